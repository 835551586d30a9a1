"""The first stage: a student of the network that is told when to keep out."""

from collections.abc import Callable, Sequence
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
from onnx_models.training.variants import variants
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


def first_stage(run: Run, ask: Ask, wish: float = WISH) -> Stage | None:
    """A student that learns from the network's words, its limits found on validation messages; none if it is no use."""
    train, valid, test = (
        sheet(run, part, ask, name)
        for name, part in (("train", run.data.train), ("valid", run.data.valid), ("test", run.data.test))
    )
    known = wording(train.ids)
    weights = rounded(learnt(run, ask, train, known))
    logits = answers(whole(weights), parts(valid.ids, known))
    heat = temperature(logits, valid.truth)
    mocks = [exam(run, whole(weights), known, each, heat) for each in (valid, test)]
    promise = promised(mocks[0], mocks[1], heat, wish)
    if promise.sure == 1:
        say("no first stage: it decides nothing at the wished loss")
        return None
    say(f"first stage decides {promise.coverage:.1%} of test, costs {promise.loss:.2%}")
    return Stage(packed(weights, known), promise)


def sheet(run: Run, part: Sequence[Example], ask: Ask, name: str) -> Sheet:
    """Those messages of a split that are short enough for the stage."""
    short = [each for each in part if len(run.reader.read(each.text)) <= LONGEST]
    network = ask([each.text for each in short], f"asking the network about {name}")
    return Sheet(
        [run.reader.read(each.text) for each in short],
        network,
        targets([each.intent for each in short], run.data.labels),
    )


def learnt(run: Run, ask: Ask, train: Sheet, known: Wording) -> Weights:
    """The weights after lessons on the messages, then on variants of them that the network alone has labelled."""
    texts = [each.text for each in run.data.train if len(run.reader.read(each.text)) <= LONGEST]
    exact = np.eye(len(run.data.labels), dtype=np.float32)[train.truth]
    ids: list[Sequence[int]] = list(train.ids)
    shares = [TRUTH * exact + (1 - TRUTH) * train.network.astype(np.float32)]
    for number, changed in enumerate(variants(texts, run.encoder, run.seed), start=1):
        ids += [run.reader.read(text) for text in changed]
        shares.append(ask(changed, f"asking the network about variants, {number}").astype(np.float32))
    begun = table(known, run.encoder.weights[EMBEDDINGS], WIDTH)
    return learn(Lesson(parts(ids, known), np.concatenate(shares)), begun, run.seed)


def exam(run: Run, weights: Weights, known: Wording, given: Sheet, heat: float) -> Exam:
    """What student and network say of messages."""
    student = probabilities(answers(weights, parts(given.ids, known)), heat)
    return Exam(student, given.network, given.truth, sink(run.data.labels))


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
