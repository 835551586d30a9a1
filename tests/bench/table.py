"""What the classifier must show, in one table, of bundles trained on seeds that were named beforehand."""

import argparse
import os
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onnx_models.corpus import reading
from onnx_models.corpus.reading import OUT_OF_SCOPE, Data, Example
from onnx_models.network import encoder
from onnx_models.packing.pack import MANIFEST
from onnx_models.training.head import targets
from onnx_models.training.limits import column, cut
from onnx_models.training.measure import calibration_error
from onnx_models.training.train import train
from processors.flow import Scores
from schemas.manifest import Method
from streams.evaluation import labelled
from streams.evaluation.resampling import mean_interval
from streams.scoring.bundles import Bundle, load, shipped
from streams.scoring.scorer import OnnxScorer
from tests.bench import examples, scoring, stage
from tests.bench.told import Row, carded, lined

# Named before anything was measured.
SEEDS = (1, 2, 3)
ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "tuned"
DATASETS = Path(os.environ.get("INTENTS_DATASETS", ROOT.parent / "shared" / "datasets"))
MAP = Path(__file__).with_name("bitext_to_support.json")


@dataclass(frozen=True, slots=True)
class Graded:
    """A bundle on the test messages of its own set: the network alone, its first stage off.

    Known is the share of messages in scope whose intent comes first of all intents, as published figures count; right
    counts those too that are taken for out of scope, and those that should be. Chance is the calibration error that
    true probabilities would show on so many messages.
    """

    bundle: Bundle
    known: float
    right: float
    loss: float
    error: float
    kept: float
    found: float
    chance: float


def report(rounds: int, less: int) -> list[str]:
    """The whole table; what is missing is trained first, where torch is installed."""
    return lined(list(rows(rounds, less)))


def rows(rounds: int, less: int) -> Iterator[Row]:
    """Every figure, in the order in which they are asked for."""
    clinc, banking = (read(name) for name in ("clinc150", "banking77"))
    tuned = {name: [graded(made(name, seed), data) for seed in SEEDS]
             for name, data in (("clinc150", clinc), ("banking77", banking))}  # fmt: skip
    heads = {name: made(name, 7, "head").manifest.measured for name in tuned}
    ours = graded(load(shipped()), reading.read(scoring.OURS))
    for name, must, aim in (("clinc150", "96.4 %", "97.3 %"), ("banking77", "93.3 %", "94.5 %")):
        each = [one.known for one in tuned[name]]
        yield Row(f"{name} test, which intent, int8, tuned, mean of seeds {SEEDS}", must, aim, several(each))
    for name in tuned:
        loss = statistics.mean(one.loss for one in tuned[name])
        seen = (
            f"tuned {loss * 100:+.2f}, head {(heads[name].accuracy_fp32 - heads[name].accuracy) * 100:+.2f}"
        )
        yield Row(f"points lost from fp32 to int8, {name}", "0.15", "0.05", seen)
    yield Row(
        "points lost from fp32 to int8, the bundle that ships", "0.15", "0.05", f"{ours.loss * 100:+.2f}"
    )
    for name in tuned:
        yield Row(f"expected calibration error, {name}", "0.020", "0.012", honesty(tuned[name]))
    yield Row("expected calibration error, the bundle that ships", "0.020", "0.012", honesty([ours]))
    kept, found = (
        statistics.mean(getattr(one, field) for one in tuned["clinc150"]) for field in ("kept", "found")
    )
    yield Row("clinc150, the cut set on valid to keep 97 %: kept; out of scope found", "97 %; .82", ".90",
              f"{kept:.1%}; {found:.3f}")  # fmt: skip
    yield Row("the bundle that ships on its own test set", "90 %", "95 %", f"{ours.right:.2%}")
    yield Row(
        "the same on bitext_support by our names, never trained on", "report it", "95 %", bitext(ours.bundle)
    )
    yield from taught(less)
    yield from fast(tuned["clinc150"][0].bundle, ours.bundle, rounds, less)
    yield from first(tuned["clinc150"][0].bundle, rounds, less)
    yield from alone(tuned["clinc150"][0].bundle, ours.bundle, rounds)


def read(name: str) -> Data:
    """A public set, where it lies."""
    if not (DATASETS / name).exists():
        raise SystemExit(f"{name} is not in {DATASETS}; INTENTS_DATASETS says where the public sets lie")
    return reading.read(DATASETS / name)


def made(name: str, seed: int, method: Method = "tune") -> Bundle:
    """The bundle of a set, trained where it does not lie in the cache."""
    out = CACHE / (f"{name}-{seed}" if method == "tune" else f"{name}-head")
    if not (out / MANIFEST).exists():
        train(encoder.load(), read(name), out, seed, method=method)
    return load(out)


def graded(bundle: Bundle, data: Data) -> Graded:
    """Its network on the test messages, the cut for what is out of scope set on valid."""
    network = OnnxScorer(bundle, first_stage=False)
    valid, test = (stage.answers(network, part).shares for part in (data.valid, data.test))
    truth, sink = truths(data.test, data), stage.sink(bundle)
    inside, right = truth != sink, test.argmax(axis=1) == truth
    own = bundle.manifest.measured
    among = test if sink < 0 else np.where(np.arange(test.shape[1]) == sink, -1.0, test)
    limit = np.quantile(column(valid, sink)[truths(data.valid, data) != sink], 0.97)
    refused = column(test, sink) > limit
    return Graded(
        bundle=bundle,
        known=float((among.argmax(axis=1) == truth)[inside].mean()),
        right=float(right.mean()),
        loss=own.accuracy_fp32 - own.accuracy,
        error=calibration_error(test.max(axis=1), right),
        chance=by_chance(test.max(axis=1)),
        kept=float(1 - refused[inside].mean()),
        found=float(refused[~inside].mean()) if (~inside).any() else 0.0,
    )


def by_chance(confidence: NDArray[np.float64], draws: int = 300) -> float:
    """The calibration error where every probability is true, a mean over draws."""
    random = np.random.default_rng(0)
    return statistics.mean(
        calibration_error(confidence, random.random(len(confidence)) < confidence) for _ in range(draws)
    )


def truths(part: Sequence[Example], data: Data) -> NDArray[np.intp]:
    """The labels that messages should get."""
    return targets([each.intent for each in part], data.labels)


def bitext(bundle: Bundle) -> str:
    """How many of the messages that others wrote of such a shop are right, under our names."""
    messages = labelled.mapped(labelled.read(DATASETS / "bitext_support", "test"), MAP).own
    said = OnnxScorer(bundle).score([each.text for each in messages])
    hits = [
        isinstance(scores, Scores) and scores.ranked[0].intent == each.intent
        for scores, each in zip(said, messages, strict=True)
    ]
    return f"{np.mean(hits):.1%} of {len(messages)}"


def taught(less: int) -> Iterator[Row]:
    """Thirty intents withheld, then taught."""
    course = examples.begun(read("clinc150"), less)
    before = examples.examined(course, {})
    ways = examples.ways(course)
    for way, must, aim in (("10 examples", "85 %; 1", "90 %; 0.5"), ("a description alone", "68 %", "75 %")):
        found = [examples.figures(examples.examined(course, each), before) for each in ways[way]]
        right, lost, _ = np.array(found).mean(axis=0)
        yield Row(f"30 intents of clinc150 withheld, then {way}: right; points lost", must, aim,
                  f"{right:.1%}; {lost:.2f}")  # fmt: skip


def fast(clinc: Bundle, ours: Bundle, rounds: int, less: int) -> Iterator[Row]:
    """Every message through the network, beside the plain way."""
    for bundle, folder in ((clinc, DATASETS / "clinc150"), (ours, scoring.OURS)):
        texts = scoring.read(folder / "test.jsonl")[::less]
        given = scoring.text_set(bundle, folder.name, texts)
        (line,) = speeds(bundle, given, {"ours": OnnxScorer(bundle, first_stage=False)}, rounds)
        yield Row(f"times plain onnxruntime int8, the network alone, {given.name}", "2.2", "4", line)


def first(bundle: Bundle, rounds: int, less: int) -> Iterator[Row]:
    """What the first stage adds, at no loss, at a loss of .15 point."""
    data = read("clinc150")
    test, network = data.test[::less], OnnxScorer(bundle, first_stage=False)
    mock = stage.exam(bundle, network, data.valid)
    before, truth, limit = stage.answers(network, test), truths(test, data), cut(mock)
    texts = [each.text for each in test if each.intent != OUT_OF_SCOPE]
    ways = {
        "no loss": stage.chosen(bundle, mock, 0.0),
        "a loss of .15 point": stage.chosen(bundle, mock, 0.0015),
    }
    given, sink = scoring.text_set(bundle, "clinc150", texts), stage.sink(bundle)

    def right(said: stage.Answers) -> NDArray[np.float64]:
        """1 for each message in scope that it is right about."""
        known: NDArray[np.float64] = (said.shares.argmax(axis=1) == truth)[truth != sink].astype(float)
        return known

    lines = speeds(bundle, given, ways, rounds)
    for (name, scorer), line, (must, aim) in zip(
        ways.items(), lines, (("5.5", ""), ("8", "12")), strict=True
    ):
        seen = stage.answers(scorer, test)
        lost = right(before) - right(seen)
        low, high = mean_interval(lost)
        recall = [(column(each.shares, sink) > limit)[truth == sink].mean() for each in (before, seen)]
        told = (
            f"{line}; lost {lost.mean() * 100:+.2f} (95 %: {low * 100:+.2f} to {high * 100:+.2f}), "
            f"recall lost {(recall[0] - recall[1]) * 100:+.1f}"
        )
        yield Row(f"times plain with the first stage, clinc150 in scope, aimed at {name}", must, aim, told)


def speeds(bundle: Bundle, given: scoring.Texts, ways: Mapping[str, OnnxScorer], rounds: int) -> list[str]:
    """Each scorer beside the plain way, all in turn: times, messages a second."""
    rates = stage.measured(bundle, [stage.Row(*way) for way in ways.items()], given.texts, rounds)
    each = given.tokens / len(given.texts)
    return [
        f"{scoring.times(rates[name], rates['']):.2f} "
        f"({statistics.median(rates[name]):,.0f} messages/s, {statistics.median(rates[name]) * each:,.0f} tokens/s"
        f"{of_whole(rates, name)})"
        for name in ways
    ]


def of_whole(rates: Mapping[str, Sequence[float]], name: str) -> str:
    """The same beside the network with all its layers, where some were left out."""
    whole = rates.get(stage.WHOLE)
    return f"; {scoring.times(rates[name], whole):.2f} times all layers the plain way" if whole else ""


def alone(clinc: Bundle, ours: Bundle, rounds: int) -> Iterator[Row]:
    """One message at a time; a worker's start to its first score."""
    for bundle, folder, what in (
        (clinc, DATASETS / "clinc150", "clinc150"),
        (ours, scoring.OURS, "our own, mails among them"),
    ):
        scorer = OnnxScorer(bundle)
        texts = scoring.read(folder / "test.jsonl")[: scoring.ALONE]
        spent = sorted(scoring.milliseconds(scorer, text) for text in texts)
        p50, p99 = (spent[int(len(spent) * share)] for share in (0.5, 0.99))
        yield Row(f"one message alone, {what}, p50 / p99", "1.5 / 3 ms", "", f"{p50:.2f} / {p99:.2f} ms")
    whole = statistics.median(scoring.cold_once(shipped())[-1] for _ in range(max(3, rounds)))
    yield Row("cold start of a worker to its first score", "2 s", "1 s", f"{whole:.2f} s")


def honesty(graded: Sequence[Graded]) -> str:
    """The mean of calibration errors, beside what chance alone would make of them."""
    error, chance = (statistics.mean(getattr(one, field) for one in graded) for field in ("error", "chance"))
    return f"{error:.4f}; true probabilities would show {chance:.4f}"


def several(shares: Sequence[float]) -> str:
    """A mean with what it is the mean of."""
    return f"{statistics.mean(shares):.2%} ({', '.join(f'{each:.2%}' for each in shares)})"


def main() -> None:
    """Print the table; write it into the card of the bundle that ships, where that is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="example: python -m tests.bench.table --card"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--card", action="store_true", help="write it into the shipped bundle's card too")
    given = parser.parse_args()
    found = []
    for row in rows(given.rounds, 1):
        print(f"{row.what}: {row.seen} (must {row.must})", file=sys.stderr, flush=True)
        found.append(row)
    print("\n".join(lined(found)))
    if given.card:
        print(carded(found, shipped()))


if __name__ == "__main__":
    main()
