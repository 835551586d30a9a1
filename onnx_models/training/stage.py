"""The first stage: a student of the network that is told when to keep out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onnx_models.corpus.reading import Example, sink
from onnx_models.packing.table import packed, rounded, whole
from onnx_models.training.head import targets
from onnx_models.training.limits import Exam, Limits, choose, cut, outcome
from onnx_models.training.making import THRESHOLD, Run
from onnx_models.training.progress import say
from onnx_models.training.student import WIDTH, Lesson, Weights, answers, learn
from onnx_models.training.temperature import temperature
from onnx_models.training.variants import ROUNDS, WAYS, variants
from onnx_models.training.wording import Wording, parts, table, wording
from processors.calibration import probabilities
from schemas.first_stage import FirstStage

# A longer text says more than one thing, and costs the network less by the token.
LONGEST = 64
# Accuracy that the stage may cost on validation messages.
WISH = 0.0005
# What is known of a training message counts as much as what the network says of it.
TRUTH = np.float32(0.5)
EMBEDDINGS = "embeddings.word_embeddings.weight"
DECIMALS = 6

Shares = NDArray[np.float64]
Ask = Callable[[Sequence[str], str], Shares]


@dataclass(frozen=True, slots=True)
class Stage:
    """The file of a first stage, with what the manifest says of it."""

    content: bytes
    promise: FirstStage


@dataclass(frozen=True, slots=True)
class Sheet:
    """Messages as tokens, with the network's probabilities, the truth."""

    ids: Sequence[Sequence[int]]
    network: Shares
    truth: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Student:
    """A student as it is packed, its temperature, what it and the network say of validation messages."""

    weights: Weights
    heat: float
    valid: Exam


def first_stage(run: Run, ask: Ask, wish: float = WISH) -> Stage | None:
    """A student that learns from the network's words, its limits found on validation messages; none if it is no use."""
    train, valid, test = (
        sheet(run, part, ask, name)
        for name, part in (("train", run.data.train), ("valid", run.data.valid), ("test", run.data.test))
    )
    known = wording(train.ids)
    students = [student(run, weights, known, valid) for weights in learnt(run, ask, train, known)]
    best = max(students, key=lambda each: decided(each, wish))
    promise = promised(best.valid, exam(run, whole(best.weights), known, test, best.heat), best.heat, wish)
    if promise.sure == 1:
        say("no first stage: it decides nothing at the wished loss")
        return None
    say(f"first stage decides {promise.coverage:.1%} of test, costs {promise.loss:.2%}")
    return Stage(packed(best.weights, known), promise)


def sheet(run: Run, part: Sequence[Example], ask: Ask, name: str) -> Sheet:
    """Those messages of a split that are short enough for the stage."""
    short = [each for each in part if len(run.reader.read(each.text)) <= LONGEST]
    network = ask([each.text for each in short], f"asking the network about {name}")
    return Sheet(
        [run.reader.read(each.text) for each in short],
        network,
        targets([each.intent for each in short], run.data.labels),
    )


def learnt(run: Run, ask: Ask, train: Sheet, known: Wording) -> Iterator[Weights]:
    """The weights after lessons on the messages with variants of them that the network alone has labelled: few, many.

    Of CLINC150's validation messages a student of many decides 80 % at no loss, one of few 75 %. Of our own one of few
    decides twice as much: a lone word, such as "renew" about a passport, comes to say too much to the other.
    """
    texts = [each.text for each in run.data.train if len(run.reader.read(each.text)) <= LONGEST]
    exact = np.eye(len(run.data.labels), dtype=np.float32)[train.truth]
    ids: list[Sequence[int]] = list(train.ids)
    shares = [TRUTH * exact + (1 - TRUTH) * train.network.astype(np.float32)]
    begun = table(known, run.encoder.weights[EMBEDDINGS], WIDTH)
    for number, changed in enumerate(variants(texts, run.encoder, run.seed), start=1):
        ids += [run.reader.read(text) for text in changed]
        shares.append(ask(changed, f"asking the network about variants, {number}").astype(np.float32))
        if number in (WAYS, WAYS * ROUNDS):
            yield rounded(learn(Lesson(parts(ids, known), np.concatenate(shares)), begun, run.seed))


def student(run: Run, weights: Weights, known: Wording, valid: Sheet) -> Student:
    """A student with its temperature, examined on validation messages."""
    heat = temperature(answers(whole(weights), parts(valid.ids, known)), valid.truth)
    return Student(weights, heat, exam(run, whole(weights), known, valid, heat))


def decided(given: Student, wish: float) -> float:
    """The share of validation messages that it decides at the wished loss."""
    found = choose(given.valid, wish, floor=THRESHOLD)
    return outcome(given.valid, found, cut(given.valid)).coverage


def exam(run: Run, weights: Weights, known: Wording, given: Sheet, heat: float) -> Exam:
    """What student and network say of messages."""
    said = probabilities(answers(weights, parts(given.ids, known)), heat)
    return Exam(said, given.network, given.truth, sink(run.data.labels))


def promised(valid: Exam, test: Exam, heat: float, wish: float) -> FirstStage:
    """What the manifest says: limits from validation messages, what they do to test messages."""
    # What the stage decides should not end with a person for want of confidence that the network has.
    found = choose(valid, wish, floor=THRESHOLD)
    limits = Limits(round(found.sure, DECIMALS), round(found.outside, DECIMALS))
    did = outcome(test, limits, cut(valid))
    return FirstStage(
        longest=LONGEST,
        temperature=heat,
        sure=limits.sure,
        outside=limits.outside,
        wish=wish,
        coverage=round(did.coverage, DECIMALS),
        loss=round(did.loss, DECIMALS),
        refusals_lost=round(did.refusals_lost, DECIMALS),
    )
