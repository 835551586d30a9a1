"""What scoring costs on one core, beside the same network the plain way."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import onnx
from onnx import numpy_helper
from tokenizers import Tokenizer

from onnx_models.network import encoder
from onnx_models.network.shallow import shallower
from onnx_models.network.transformer import Head, features
from streams.pace import Pace
from streams.scoring.bundles import MODEL, TOKENIZER, Bundle, load, shipped
from streams.scoring.scorer import OnnxScorer
from streams.settings import Settings
from tests.bench.plain import Plain, plain

ROOT = Path(__file__).parents[2]
OURS = ROOT / "onnx_models" / "data" / "support"
CLINC = Path(os.environ.get("INTENTS_DATASETS", ROOT.parent / "shared" / "datasets")) / "clinc150"
# What a worker takes at most in one batch where nothing else is set.
WORKER = Settings()
ALONE = 300
COLD_PARTS = ("imports", "hashes", "session", "golden", "first score", "all, with Python's start")
COLD = """
import time; parts = [time.perf_counter()]
from streams.scoring import bundles, golden; from streams.scoring.scorer import OnnxScorer
parts.append(time.perf_counter()); verify, spent = golden.verify, []
def timed(bundle, scorer):
    began = time.perf_counter(); verify(bundle, scorer); spent.append(time.perf_counter() - began)
golden.verify = timed
from pathlib import Path; import sys
bundle = bundles.load(Path(sys.argv[1])); parts.append(time.perf_counter())
scorer = OnnxScorer(bundle); parts.append(time.perf_counter())
scorer.score(["where is my parcel?"]); parts.append(time.perf_counter())
imports, hashes, scorer, first = (later - sooner for sooner, later in zip(parts, parts[1:]))
print(imports, hashes, scorer - sum(spent), sum(spent), first)
"""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts to be scored, each of them once."""

    name: str
    texts: list[str]
    tokens: int


@dataclass(frozen=True, slots=True)
class Rates:
    """Texts a second of processor time, round after round."""

    plain: list[float]
    ours: list[float]


def report(rounds: int, less: int) -> list[str]:
    """Throughput beside the plain way, one message alone, the start of a worker."""
    path = Path(os.environ.get("INTENTS_BUNDLE") or shipped())
    bundle = load(path)
    scorer = OnnxScorer(bundle)
    sets, said = text_sets(bundle, less)
    with tempfile.TemporaryDirectory() as folder:
        other = plain_way(bundle, Path(folder))
        found = [line for each in sets for line in shown(each, rates(scorer, other, each, rounds))]
    return [f"bundle {bundle.name}", *said, *found, *alone(scorer, sets), *cold(path, rounds)]


def text_sets(bundle: Bundle, less: int) -> tuple[list[Texts], list[str]]:
    """Our own messages, mails among them, with CLINC150's where they lie; what has to be said of that."""
    ours = [text_set(bundle, "our own, with mails", read(OURS / "test.jsonl")[::less])]
    if not CLINC.exists():
        return ours, [f"CLINC150 is not in {CLINC.name}'s place, so ours alone; INTENTS_DATASETS says where"]
    return [text_set(bundle, "CLINC150 test", read(CLINC / "test.jsonl")[::less]), *ours], []


def read(path: Path) -> list[str]:
    """The texts of a file, each once, in an order that has nothing to do with their labels."""
    found = sorted({str(row["text"]) for row in map(msgspec.json.decode, path.read_bytes().splitlines())})
    return [found[place] for place in np.random.default_rng(3).permutation(len(found))]


def text_set(bundle: Bundle, name: str, texts: list[str]) -> Texts:
    """Texts with the number of their tokens."""
    tokenizer = Tokenizer.from_str(bundle.files[TOKENIZER].decode("utf-8"))
    return Texts(name, texts, sum(len(tokenizer.encode(text).ids) for text in texts))


def plain_way(bundle: Bundle, folder: Path) -> Plain:
    """The same network: as many of the encoder's layers, with its weights, the bundle's own head."""
    source = encoder.load()
    fewer = shallower(source, bundle.manifest.training.layers or source.layers)
    return plain(fewer, head_of(bundle), observed(), bundle.manifest.max_tokens, folder)


def whole_way(bundle: Bundle, folder: Path) -> Plain:
    """The network as it would be without leaving layers out; a head of noughts takes as long as any."""
    source, labels = encoder.load(), len(bundle.manifest.labels)
    head = Head(np.zeros((features(source), labels), np.float32), np.zeros(labels, np.float32))
    return plain(source, head, observed(), bundle.manifest.max_tokens, folder)


def observed() -> list[str]:
    """Texts to observe ranges on."""
    with (OURS / "train.jsonl").open("rb") as file:
        return [str(msgspec.json.decode(line)["text"]) for line in file][::16]


def head_of(bundle: Bundle) -> Head:
    """What reads all layers: the widest of the products that have a column for each label, its bias right after it."""
    model = onnx.load_from_string(bundle.files[MODEL])
    labels = len(bundle.manifest.labels)
    tables = [numpy_helper.to_array(each) for each in model.graph.initializer if each.dims[-1:] == [labels]]
    heads = [place for place, each in enumerate(tables) if each.ndim == 2 and each.dtype == np.float32]
    widest = max(heads, key=lambda place: len(tables[place]))
    return Head(tables[widest], tables[widest + 1])


def rates(scorer: OnnxScorer, other: Plain, given: Texts, rounds: int) -> Rates:
    """Both in turn, so that what the machine does meanwhile hits both."""
    found = Rates([], [])
    for _ in range(rounds):
        found.plain.append(rate(lambda: plainly(other, given.texts), given))
        found.ours.append(rate(lambda: in_batches(scorer, given.texts), given))
    return found


def rate(work: Callable[[], None], given: Texts) -> float:
    """Texts a second of this process's time on a core; waiting for a core that others use is not counted."""
    began = time.process_time()
    work()
    return len(given.texts) / (time.process_time() - began)


def plainly(other: Plain, texts: Sequence[str]) -> None:
    """Score every text the plain way."""
    for _ in other.probabilities(texts):
        pass


def times(ours: Sequence[float], plain: Sequence[float]) -> float:
    """How many times as fast, a median over rounds."""
    return statistics.median(one / other for one, other in zip(ours, plain, strict=True))


def in_batches(scorer: OnnxScorer, texts: Sequence[str]) -> None:
    """Score as a worker does that is behind: batches as large as its pace allows."""
    pace, start = Pace(WORKER.batch_count, 1, WORKER.batch_ms / 1000), 0
    while start < len(texts):
        batch, began = texts[start : start + pace.count], time.process_time()
        scorer.score(batch)
        pace.learn(len(batch), time.process_time() - began)
        start += len(batch)


def shown(given: Texts, found: Rates) -> list[str]:
    """The medians, with what they are of each other."""
    each = given.tokens / len(given.texts)
    ratio = times(found.ours, found.plain)
    rows = [f"{given.name}: {len(given.texts)} texts of {each:.1f} tokens"]
    for name, values in (("plain onnxruntime int8, 32 as they arrive", found.plain), ("ours", found.ours)):
        median = statistics.median(values)
        rows.append(f"  {name:42} {median:8,.0f} messages/s {median * each:10,.0f} tokens/s")
    return [*rows, f"  {ratio:.2f} times (median of {len(found.ours)} interleaved rounds)"]


def alone(scorer: OnnxScorer, sets: Sequence[Texts]) -> list[str]:
    """One message at a time, by the clock on the wall."""
    rows = []
    for given in sets:
        some = given.texts[:ALONE]
        spent = sorted(milliseconds(scorer, text) for text in some)
        p50, p99 = (spent[int(len(spent) * share)] for share in (0.5, 0.99))
        rows.append(f"one message alone, {given.name}: p50 {p50:.2f} ms, p99 {p99:.2f} ms")
    return rows


def milliseconds(scorer: OnnxScorer, text: str) -> float:
    """How long one text took."""
    began = time.perf_counter()
    scorer.score([text])
    return (time.perf_counter() - began) * 1000


def cold(path: Path, rounds: int) -> list[str]:
    """From nothing to the first score in a process of its own, part by part."""
    runs = [cold_once(path) for _ in range(max(3, rounds))]
    medians = [statistics.median(parts) for parts in zip(*runs, strict=True)]
    parts = ", ".join(f"{name} {value:.2f} s" for name, value in zip(COLD_PARTS, medians, strict=True))
    return [f"cold start: {parts}"]


def cold_once(path: Path) -> list[float]:
    """The seconds of every part, last of all the whole process."""
    began = time.perf_counter()
    command = [sys.executable, "-c", COLD, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [*map(float, done.stdout.split()), time.perf_counter() - began]
