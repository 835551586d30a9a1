"""What a bundle learns from a few examples: intents of CLINC150 that were withheld from its training."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from onnx_models.corpus.reading import Data, Example, read
from onnx_models.network import encoder
from onnx_models.network.asking import reader
from onnx_models.network.transformer import build
from onnx_models.packing.anchors import ANCHORS, anchors
from onnx_models.packing.pack import MODEL, TOKENIZER, bare, digests, write
from onnx_models.training.head import regression, says
from onnx_models.training.making import Run, near, observed, through, vectors
from onnx_models.training.temperature import calibrated
from processors.calibration import Evidence, calibration, honest
from processors.examples import Studied, widened
from processors.text import CHARACTERS_PER_TOKEN
from schemas.catalog import Intent
from schemas.events import Target
from schemas.manifest import Golden, Manifest, Measured, Training
from schemas.vocabulary import RiskClass, TargetKind
from streams.scoring.bundles import Bundle, load
from streams.scoring.examples import Study, taught, untrained
from streams.scoring.reading import Read, Reader
from streams.scoring.runs import runs
from streams.scoring.session import Network
from tests.bench.described import DESCRIPTIONS

ROOT = Path(__file__).parents[2]
CLINC = Path(os.environ.get("INTENTS_DATASETS", ROOT.parent / "shared" / "datasets")) / "clinc150"
CACHE = ROOT / ".cache" / "examples"
# Named before anything was measured.
WITHHELD, SEED, DRAWS = 30, 30, (1, 2, 3)
# Everything was chosen with INTENTS_EXAM=valid.
VALID = os.environ.get("INTENTS_EXAM") == "valid"
SINK = "oos"
TOKENS, STRENGTH = 256, 30.0
NOTHING = "0" * 64
SERVED = Target(TargetKind.WORKFLOW, "taught")


@dataclass(frozen=True, slots=True)
class Split:
    """Messages with what they mean."""

    texts: list[str]
    intents: list[str]


@dataclass(frozen=True, slots=True)
class Course:
    """A bundle that never saw some intents, with messages to teach it by; what its network makes of an exam."""

    bundle: Bundle
    study: Study
    withheld: frozenset[str]
    train: tuple[Example, ...]
    exam: Split
    studied: Studied


@dataclass(frozen=True, slots=True)
class Marks:
    """The share of right answers on taught intents, on trained ones, the share of the others found out of scope."""

    taught: float
    trained: float
    outside: float


def report(rounds: int, less: int) -> list[str]:
    """Accuracy on the taught intents, points lost on the trained ones, with ten examples, five, a description alone."""
    if not CLINC.exists():
        return [f"CLINC150 is not in {CLINC.name}'s place; INTENTS_DATASETS says where"]
    course = begun(read(CLINC), less)
    before = examined(course, {})
    lines = [f"untaught: {before.trained:.1%} of the trained, {before.outside:.1%} out of scope found"]
    for name, lessons in ways(course).items():
        found = np.array([figures(examined(course, intents), before) for intents in lessons])
        taught, lost, outside = found.mean(axis=0)
        lines.append(f"{name:30} taught {taught:.1%}, lost {lost:.2f} points, out of scope {outside:.1%}")
    return lines


def begun(data: Data, less: int) -> Course:
    """The bundle with its exam studied once, which is what takes time."""
    made = bundle(data)
    reader, network = Reader(made), Network(made)
    exam = split((data.valid if VALID else data.test)[::less])
    windows = [each.windows[0] for each in reader.read(exam.texts) if isinstance(each, Read)]
    rows: dict[int, Studied] = {}
    for places in runs([len(window) for window in windows]):
        said = network.study([windows[place] for place in places])
        rows |= {place: row(said, at) for at, place in enumerate(places)}
    studied = joined([rows[place] for place in range(len(windows))])
    return Course(made, Study(network, reader), withheld(data), data.train, exam, studied)


def row(studied: Studied, at: int) -> Studied:
    """What a network made of one text of several."""
    evidence, rows = studied.evidence, slice(at, at + 1)
    return Studied(Evidence(evidence.logits[rows], evidence.distance[rows]), studied.features[rows])


def joined(parts: Sequence[Studied]) -> Studied:
    """What a network made of many texts."""
    logits = np.concatenate([each.evidence.logits for each in parts])
    distance = np.concatenate([each.evidence.distance for each in parts])
    return Studied(Evidence(logits, distance), np.concatenate([each.features for each in parts]))


def figures(marks: Marks, before: Marks) -> tuple[float, float, float]:
    """What a report says of an examination."""
    return marks.taught, (before.trained - marks.trained) * 100, marks.outside


def ways(course: Course) -> dict[str, list[dict[str, Intent]]]:
    """The ways to teach, each as catalogs; the descriptions of other intents lie beside."""
    others = {name: intent(DESCRIPTIONS[name]) for name in DESCRIPTIONS if name not in course.withheld}
    told = {name: intent(DESCRIPTIONS[name]) for name in course.withheld}
    return {
        "10 examples": [drawn(course, seed, 10, describe=False) for seed in DRAWS],
        "5 examples": [drawn(course, seed, 5, describe=False) for seed in DRAWS],
        "5 examples with a description": [others | drawn(course, seed, 5, describe=True) for seed in DRAWS],
        "a description alone": [others | told],
        "the same, no others described": [told],
    }


def drawn(course: Course, seed: int, count: int, describe: bool) -> dict[str, Intent]:
    """The withheld intents, each with a few of its training messages."""
    random = np.random.default_rng(seed)
    found = {}
    for name in sorted(course.withheld):
        own = [each.text for each in course.train if each.intent == name]
        picked = random.choice(len(own), count, replace=False)
        found[name] = intent(DESCRIPTIONS[name] if describe else "", [own[place] for place in picked])
    return found


def intent(description: str, examples: Sequence[str] = ()) -> Intent:
    """An intent of a catalog."""
    return Intent(RiskClass.READ_ONLY, SERVED, description, tuple(examples))


def examined(course: Course, intents: Mapping[str, Intent]) -> Marks:
    """What the bundle makes of the exam once it was taught."""
    manifest, evidence, labels = (
        course.bundle.manifest,
        course.studied.evidence,
        course.bundle.manifest.labels,
    )
    if untrained(intents, labels):
        more = taught(course.bundle, intents, course.study)
        evidence, labels = widened(course.studied, more), labels + more.labels
    shares = honest(evidence, calibration(labels, manifest.temperature, manifest.scope))
    answers = np.array(labels)[shares.argmax(axis=1)]
    truth = np.array(course.exam.intents)
    right, new, outside = answers == truth, np.isin(truth, sorted(course.withheld)), truth == SINK
    return Marks(float(right[new].mean()), float(right[~new & ~outside].mean()), float(right[outside].mean()))


def withheld(data: Data) -> frozenset[str]:
    """The intents that the bundle never sees."""
    names = [label for label in data.labels if label != SINK]
    return frozenset(np.random.default_rng(SEED).choice(names, WITHHELD, replace=False).tolist())


def split(examples: Sequence[Example]) -> Split:
    """The messages of a split."""
    return Split([each.text for each in examples], [each.intent for each in examples])


def bundle(data: Data) -> Bundle:
    """A bundle of the other intents on the encoder as it is, made where it does not lie in the cache."""
    out = CACHE / f"clinc120-{data.sha256[:8]}"
    if not (out / "manifest.json").exists():
        gone = withheld(data)
        train, valid, test = (
            tuple(each for each in part if each.intent not in gone)
            for part in (data.train, data.valid, data.test)
        )
        pack(Data(train, valid, test, data.sha256), out)
    return load(out)


# On one thread, as a training is.
@threadpool_limits.wrap(limits=1)  # type: ignore[untyped-decorator]
def pack(data: Data, out: Path) -> None:
    """The bundle in its folder; a strength that suits CLINC150, no way out, no first stage, nothing measured."""
    source = encoder.load()
    tokenizer = bare(source.tokenizer)
    run = Run(source, data, reader(tokenizer, TOKENS, TOKENS * CHARACTERS_PER_TOKEN), 7)
    ranges = observed(run)
    first = build(source, through(run), TOKENS, ranges)
    known, tried = vectors(run, first, data.train, "train"), vectors(run, first, data.valid, "valid")
    head = near(regression(*known, len(data.labels), STRENGTH, run.seed), known, data.labels)
    found = calibrated(says(head, tried[0]), tried[1], data.labels)
    files = {
        MODEL: build(source, head, TOKENS, ranges).SerializeToString(deterministic=True),
        TOKENIZER: tokenizer,
        ANCHORS: anchors(*known, head, found.temperature),
    }
    manifest = Manifest(
        format=1,
        name="clinc120",
        version="0",
        languages=("en",),
        labels=data.labels,
        files=digests(files),
        max_tokens=TOKENS,
        max_characters=TOKENS * CHARACTERS_PER_TOKEN,
        temperature=found.temperature,
        onnxruntime=onnxruntime.__version__,
        training=Training("head", source.name, NOTHING, data.sha256, 0, 0, 0, run.seed, STRENGTH),
        measured=Measured(0, 0, 0, 0, 0, 0, 0),
        golden=(Golden("hello", ()),),
        scope=found.scope,
    )
    write(out, files, manifest)
