"""What the first stage saves, what it costs, at several limits."""

import os
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from onnx_models.corpus import reading
from onnx_models.corpus.reading import OUT_OF_SCOPE, Example
from onnx_models.training.head import targets
from onnx_models.training.limits import Exam, Limits, choose, column, cut
from onnx_models.training.making import THRESHOLD
from onnx_models.training.measure import calibration_error
from processors.calibration import Floats
from processors.flow import Scores
from schemas.vocabulary import Stage
from streams.scoring.bundles import Bundle, load, shipped
from streams.scoring.first_stage import FirstStage
from streams.scoring.reading import Read, Reader
from streams.scoring.scorer import OnnxScorer
from tests.bench import scoring

WISHES = (0.0, 0.0005, 0.001, 0.0015, 0.0025)
PUBLIC = ("clinc150", "banking77")
WHOLE = "all layers, the plain way"
HEAD = f"{'':30}{'decided':>8}{'right':>8}{'loss':>7}{'recall':>8}{'ECE':>7}{'messages/s':>12}{'times':>7}"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a scorer says of messages, with who decided."""

    shares: Floats
    first: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Row:
    """A way of scoring, ready to run."""

    name: str
    scorer: OnnxScorer


def report(rounds: int, less: int) -> list[str]:
    """Coverage, accuracy, out-of-scope recall, speed, of the network alone, of limits chosen on valid."""
    bundle = load(Path(os.environ.get("INTENTS_BUNDLE") or shipped()))
    if bundle.manifest.first_stage is None:
        return [f"{bundle.name} has no first stage; train one, or set INTENTS_BUNDLE"]
    folder = folder_of(bundle)
    data = reading.read(folder)
    valid, test = data.valid, data.test[::less]
    network = OnnxScorer(bundle, first_stage=False)
    mock = exam(bundle, network, valid)
    rows = [Row("network alone", network), Row("as the manifest says", OnnxScorer(bundle))]
    rows += [Row(f"at most {wish:.2%} on valid", chosen(bundle, mock, wish)) for wish in WISHES]
    rates = measured(bundle, rows, [each.text for each in test if each.intent != OUT_OF_SCOPE], rounds)
    before = answers(network, test)
    lines = [line(bundle, row, before, test, cut(mock), rates) for row in rows]
    plain = f"{'plain, 32 as they arrive':30}{'':38}{rates[''][0]:12,.0f}{1:7.2f}"
    said = [f"bundle {bundle.name} on {folder.name}, {len(test)} test messages", HEAD, plain]
    if WHOLE in rates:
        said.append(f"{WHOLE:30}{'':38}{rates[WHOLE][0]:12,.0f}{scoring.times(rates[WHOLE], rates['']):7.2f}")
    return [*said, *lines]


def folder_of(bundle: Bundle) -> Path:
    """The data set that the bundle's labels come from."""
    folders = [scoring.OURS, *(scoring.CLINC.parent / name for name in PUBLIC)]
    known = [
        each for each in folders if each.exists() and reading.read(each).labels == bundle.manifest.labels
    ]
    if not known:
        raise SystemExit(
            f"{bundle.name}: its data is not here; INTENTS_DATASETS says where the public sets lie"
        )
    return known[0]


def exam(bundle: Bundle, network: OnnxScorer, valid: Sequence[Example]) -> Exam:
    """What both stages say of the validation messages that can be scored."""
    said = answers(network, valid)
    scored = np.flatnonzero(said.shares.any(axis=1)).tolist()
    read = Reader(bundle).read([valid[place].text for place in scored])
    windows = [each.windows[0] for each in read if isinstance(each, Read)]
    truth = targets([valid[place].intent for place in scored], bundle.manifest.labels)
    return Exam(FirstStage(bundle).shares(windows), said.shares[scored], truth, sink(bundle))


def chosen(bundle: Bundle, mock: Exam, wish: float) -> OnnxScorer:
    """A scorer whose first stage costs no more than this on valid."""
    return OnnxScorer(limited(bundle, choose(mock, wish, THRESHOLD)))


def limited(bundle: Bundle, limits: Limits) -> Bundle:
    """The bundle with other limits of its first stage."""
    assert bundle.manifest.first_stage is not None
    promise = msgspec.structs.replace(bundle.manifest.first_stage, sure=limits.sure, outside=limits.outside)
    return Bundle(msgspec.structs.replace(bundle.manifest, first_stage=promise), bundle.digest, bundle.files)


def answers(scorer: OnnxScorer, part: Sequence[Example]) -> Answers:
    """The probabilities of every message; none at all where there is no score."""
    none = (0.0,) * len(scorer.labels)
    found = scorer.score([each.text for each in part])
    shares = [each.shares if isinstance(each, Scores) else none for each in found]
    first = [isinstance(each, Scores) and each.stage is Stage.FIRST for each in found]
    return Answers(np.array(shares), np.array(first))


def sink(bundle: Bundle) -> int:
    """The label of what is out of scope, -1 where there is none."""
    return reading.sink(bundle.manifest.labels)


def measured(bundle: Bundle, rows: list[Row], texts: list[str], rounds: int) -> dict[str, list[float]]:
    """Messages a second beside the plain ways, round by round, all in turn.

    Under no name the same network; where layers were left out of it, beside it the network with all of them.
    """
    given = scoring.text_set(bundle, "", texts)
    found: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        plain = {"": scoring.plain_way(bundle, Path(folder))}
        if bundle.manifest.training.layers:
            plain[WHOLE] = scoring.whole_way(bundle, Path(folder))
        for _ in range(rounds):
            for name, other in plain.items():
                found[name].append(scoring.rate(partial(scoring.plainly, other, texts), given))
            for row in rows:
                found[row.name].append(scoring.rate(partial(scoring.in_batches, row.scorer, texts), given))
    return found


def line(
    bundle: Bundle,
    row: Row,
    before: Answers,
    test: Sequence[Example],
    limit: float,
    rates: dict[str, list[float]],
) -> str:
    """One row: share decided and right of those in scope, accuracy lost, recall of those out of scope."""
    said = answers(row.scorer, test)
    truth = targets([each.intent for each in test], bundle.manifest.labels)
    inside, right = truth != sink(bundle), said.shares.argmax(axis=1) == truth
    loss = (before.shares.argmax(axis=1) == truth)[inside].mean() - right[inside].mean()
    refused = column(said.shares, sink(bundle)) > limit
    recall = f"{refused[~inside].mean():8.3f}" if (~inside).any() else f"{'-':>8}"
    error = calibration_error(said.shares.max(axis=1), right)
    rate = statistics.median(rates[row.name])
    times = scoring.times(rates[row.name], rates[""])
    return (
        f"{row.name:30}{said.first[inside].mean():8.1%}{right[inside].mean():8.2%}{loss * 100:+7.2f}{recall}"
        f"{error:7.3f}{rate:12,.0f}{times:7.2f}"
    )
