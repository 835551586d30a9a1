"""Heads on the frozen encoder at several sizes of training data, each made once."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import onnx
import onnxruntime
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from onnx_models.corpus.reading import Data, Example, read
from onnx_models.network import encoder
from onnx_models.network.asking import ask, reader
from onnx_models.network.encoder import Array
from onnx_models.network.quantise import Ranges
from onnx_models.network.transformer import Head, build
from onnx_models.packing.pack import MODEL, TOKENIZER, bare, digests
from onnx_models.training.head import STRENGTHS, Targets, logits, regression, targets
from onnx_models.training.making import Run, observed, through
from onnx_models.training.temperature import log_loss, temperature
from processors.text import CHARACTERS_PER_TOKEN
from schemas.manifest import Golden, Manifest, Measured, Training
from streams.scoring.bundles import Bundle

CACHE = Path(__file__).parents[2] / ".cache" / "tiers"
MAX_TOKENS = 256
SEED = 7
# Where the strength is chosen: by then the order of the strengths has settled, at a quarter of the time.
CHOSEN_AT = 0.25
NOTHING = "0" * 64


@dataclass(frozen=True, slots=True)
class Frozen:
    """An encoder in one precision, with what it makes of every split of a set."""

    name: str
    run: Run
    ranges: Ranges | None
    vectors: dict[str, Array]


def begin(folder: Path) -> Run:
    """A training on the installed encoder."""
    source = encoder.load(None)
    return Run(
        source,
        read(folder),
        reader(bare(source.tokenizer), MAX_TOKENS, MAX_TOKENS * CHARACTERS_PER_TOKEN),
        SEED,
    )


def frozen(name: str, run: Run, int8: bool) -> Frozen:
    """The encoder's vectors of a set, computed where they do not lie in the cache."""
    ranges = observed(run) if int8 else None
    model = build(run.encoder, through(run), run.reader.max_tokens, ranges)
    # What was encoded by another graph, or of other messages, is another file.
    key = hashlib.sha256(model.SerializeToString(deterministic=True) + run.data.sha256.encode()).hexdigest()
    parts = {"train": run.data.train, "valid": run.data.valid, "test": run.data.test}
    found = {
        split: _kept(CACHE / f"{key[:16]}-{split}.npy", partial(_encoded, run, model, messages))
        for split, messages in parts.items()
    }
    return Frozen(name, run, ranges, found)


def some(data: Data, share: float) -> list[int]:
    """The places of a share of every intent's training messages, the smaller share within the larger."""
    places: dict[str, list[int]] = {}
    for place in np.random.default_rng(SEED).permutation(len(data.train)).tolist():
        places.setdefault(data.train[place].intent, []).append(place)
    return sorted(place for each in places.values() for place in each[: max(1, round(share * len(each)))])


def strength(source: Frozen) -> float:
    """The strength that suits the validation messages best."""
    run = source.run
    truth = _truth(run, run.data.valid)

    def loss(candidate: float) -> float:
        said = logits(head(source, CHOSEN_AT, candidate), source.vectors["valid"])
        return log_loss(said, truth, temperature(said, truth))

    return min(STRENGTHS, key=loss)


# On one thread, as a training is.
@threadpool_limits.wrap(limits=1)  # type: ignore[untyped-decorator]
def head(source: Frozen, share: float, bold: float) -> Head:
    """The head of a share of the training messages."""
    run, rows = source.run, some(source.run.data, share)
    vectors = source.vectors["train"][rows]
    truth = _truth(run, [run.data.train[row] for row in rows])
    key = hashlib.sha256(vectors.tobytes() + truth.tobytes() + str((bold, SEED)).encode()).hexdigest()

    def fitted() -> Array:
        made = regression(vectors, truth, len(run.data.labels), bold, SEED)
        return np.vstack([made.weights, made.bias])

    both = _kept(CACHE / f"{key[:16]}-head.npy", fitted)
    return Head(both[:-1], both[-1])


def bundle(source: Frozen, made: Head) -> Bundle:
    """The whole network, as a worker would load it."""
    run = source.run
    said = logits(made, source.vectors["valid"])
    model = build(run.encoder, made, run.reader.max_tokens, source.ranges)
    files = {MODEL: model.SerializeToString(deterministic=True), TOKENIZER: bare(run.encoder.tokenizer)}
    manifest = Manifest(
        format=1,
        name=source.name,
        version="0",
        languages=("en",),
        labels=run.data.labels,
        files=digests(files),
        max_tokens=run.reader.max_tokens,
        max_characters=run.reader.max_characters,
        temperature=temperature(said, _truth(run, run.data.valid)),
        onnxruntime=onnxruntime.__version__,
        training=Training("head", run.encoder.name, NOTHING, run.data.sha256, 0, 0, 0, SEED, 1.0),
        measured=Measured(0, 0, 0, 0, 0, 0, 0),
        golden=(Golden("hello", ()),),
    )
    return Bundle(manifest, hashlib.sha256(msgspec.json.encode(manifest)).hexdigest(), files)


def accuracy(source: Frozen, made: Head, rows: list[int]) -> float:
    """The share of some test messages that a head gets right."""
    truth = _truth(source.run, [source.run.data.test[row] for row in rows])
    return float((logits(made, source.vectors["test"][rows]).argmax(axis=1) == truth).mean())


def _encoded(run: Run, model: onnx.ModelProto, messages: tuple[Example, ...]) -> Array:
    return ask(model, "logits", run.reader.pack([each.text for each in messages]))


def _truth(run: Run, part: Sequence[Example]) -> Targets:
    return targets([each.intent for each in part], run.data.labels)


def _kept(path: Path, make: Callable[[], Array]) -> Array:
    """An array from its file, made where there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, make())
    kept: Array = np.load(path)
    return kept
