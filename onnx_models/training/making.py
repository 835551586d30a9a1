"""The way from labelled messages to a measured model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import onnx
from numpy.typing import NDArray

from onnx_models.corpus.augment import augmented
from onnx_models.corpus.reading import Data, Example, sink
from onnx_models.network.asking import Packed, Reader, ask, evidence, grouped
from onnx_models.network.encoder import Array, Encoder
from onnx_models.network.quantise import Ranges
from onnx_models.network.ranges import observe
from onnx_models.network.transformer import Early, Head, build, build_first, features
from onnx_models.packing.anchors import anchors
from onnx_models.training.early import early
from onnx_models.training.head import Fitted, Targets, fit, says, targets
from onnx_models.training.measure import accuracy, measure
from onnx_models.training.progress import shown
from onnx_models.training.scope import nearness
from onnx_models.training.temperature import calibrated
from processors.calibration import Calibration, Evidence, honest, together
from schemas.manifest import Measured

# The ranges stop growing after a few hundred messages; they are taken at even steps, for all intents to be in it.
RANGE_TEXTS = 512
THRESHOLD = 0.85
# How often each validation message is said anew for the temperature.
ANEW = 3


@dataclass(frozen=True, slots=True)
class Run:
    """What a training starts from."""

    encoder: Encoder
    data: Data
    reader: Reader
    seed: int


@dataclass(frozen=True, slots=True)
class Learnt:
    """A head with the calibration of what it says."""

    fitted: Fitted
    calibration: Calibration
    train: tuple[Array, Targets]


@dataclass(frozen=True, slots=True)
class Made:
    """A model with its head, its calibration, what it says of the validation messages, how good it is.

    Anchors are what lets a worker teach it more.
    """

    model: onnx.ModelProto
    fitted: Fitted
    calibration: Calibration
    valid: NDArray[np.float64]
    measured: Measured
    anchors: bytes


def make(run: Run) -> Made:
    """The int8 model: ranges of the training messages, a head on what int8 makes of them, its measure."""
    ranges = observed(run)
    learnt = fit_on(run, ranges, "int8")
    head, most = learnt.fitted.head, run.reader.max_tokens
    model = build(run.encoder, head, most, ranges, way_out(run, ranges, head))
    # What leaves early is calibrated together with what does not.
    said = asked(run, model, run.data.valid, "asking the model about valid")
    anew = [
        asked(
            run,
            model,
            augmented(run.data.valid, run.seed, copy),
            f"asking the model about valid said anew, {copy}",
        )
        for copy in range(1, ANEW + 1)
    ]
    calibration = calibrated(said, truths(run, run.data.valid), run.data.labels, anew)
    test = scored(run, model, calibration, run.data.test, "asking the model about test")
    truth = truths(run, run.data.test)
    measured = measure(test, truth, run.data.labels, THRESHOLD, accuracy_fp32(run))
    kept = anchors(*learnt.train, head, calibration.temperature)
    return Made(model, learnt.fitted, calibration, honest(said, calibration), measured, kept)


def observed(run: Run) -> Ranges:
    """The ranges of what goes into the matrix products, on some of the training messages."""
    some = run.data.train[:: max(1, len(run.data.train) // RANGE_TEXTS)]
    groups = packed(run, some, "observing ranges")
    return observe(run.encoder, through(run), run.reader.max_tokens, groups)


def fit_on(run: Run, ranges: Ranges | None, how: str) -> Learnt:
    """A calibrated head on what an encoder makes of messages in int8, or in fp32 where there are no ranges."""
    encoder = build(run.encoder, through(run), run.reader.max_tokens, ranges)
    train = vectors(run, encoder, run.data.train, f"encoding train, {how}")
    valid = vectors(run, encoder, run.data.valid, f"encoding valid, {how}")
    fitted = fit(train, valid, len(run.data.labels), run.seed, sink(run.data.labels))
    head = near(fitted.head, train, run.data.labels)
    found = calibrated(says(head, valid[0]), valid[1], run.data.labels)
    return Learnt(replace(fitted, head=head), found, train)


def way_out(run: Run, ranges: Ranges, head: Head) -> Early | None:
    """The way out after the first layers, if enough messages may take it without loss."""
    first = build_first(run.encoder, run.reader.max_tokens, ranges)
    train = vectors(run, first, run.data.train, "encoding train, first layers")
    valid = vectors(run, first, run.data.valid, "encoding valid, first layers")
    whole = build(run.encoder, head, run.reader.max_tokens, ranges)
    said, _ = vectors(run, whole, run.data.valid, "asking all layers about valid")
    found = early(train, valid, said, len(run.data.labels), run.seed)
    return None if found is None else replace(found, head=near(found.head, train, run.data.labels))


def near(head: Head, train: tuple[Array, Targets], labels: Sequence[str]) -> Head:
    """The head with what it takes to see how far a message is from every intent, if any can be out of scope."""
    if sink(labels) < 0:
        return head
    vectors, truth = train
    inside = truth != sink(labels)
    return replace(head, nearness=nearness(vectors[inside], truth[inside]))


def accuracy_fp32(run: Run) -> float:
    """The accuracy of the same training where nothing is in int8."""
    learnt = fit_on(run, None, "fp32")
    encoder = build(run.encoder, through(run), run.reader.max_tokens)
    values, truth = vectors(run, encoder, run.data.test, "encoding test, fp32")
    return accuracy(honest(says(learnt.fitted.head, values), learnt.calibration), truth)


def vectors(run: Run, model: onnx.ModelProto, part: Sequence[Example], what: str) -> tuple[Array, Targets]:
    """What the head reads of messages, with the labels they should get."""
    return ask(model, "logits", packed(run, part, what)), truths(run, part)


def scored(
    run: Run, model: onnx.ModelProto, calibration: Calibration, part: Sequence[Example], what: str
) -> NDArray[np.float64]:
    """The probabilities that the whole model gives messages."""
    return honest(asked(run, model, part, what), calibration)


def asked(run: Run, model: onnx.ModelProto, part: Sequence[Example], what: str) -> Evidence:
    """What the whole model says of messages, all their windows together."""
    split = [run.reader.split(example.text) for example in part]
    groups = shown(list(grouped([window for each in split for window in each])), what)
    return together(evidence(model, groups), [[len(window) for window in each] for each in split])


def packed(run: Run, part: Sequence[Example], what: str) -> Iterator[Packed]:
    """Messages in groups, their passing shown to whoever waits."""
    return shown(list(run.reader.pack([example.text for example in part])), what)


def truths(run: Run, part: Sequence[Example]) -> Targets:
    """The labels that messages should get."""
    return targets([example.intent for example in part], run.data.labels)


def through(run: Run) -> Head:
    """A head that passes on what it reads, for when that is what is wanted."""
    width = features(run.encoder)
    return Head(np.eye(width, dtype=np.float32), np.zeros(width, np.float32))
