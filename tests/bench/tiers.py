"""Our own tiers beside each other: how right, how fast, how dear, how many examples each asks for."""

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.svm import LinearSVC

from onnx_models.corpus.reading import Data
from streams.evaluation import labelled
from streams.evaluation.evaluating import CORE_HOUR, THRESHOLD
from streams.evaluation.opening import candidate
from streams.evaluation.quality import right
from streams.evaluation.speed import Asked, Clock, course, timed
from streams.evaluation.verdicts import verdicts
from streams.scoring.bundles import load, shipped
from streams.scoring.scorer import OnnxScorer
from streams.settings import Settings
from tests.bench import frozen

ROOT = Path(__file__).parents[2]
DATASETS = Path(os.environ.get("INTENTS_DATASETS", ROOT.parent / "shared" / "datasets"))
SETS = {"support": ROOT / "onnx_models" / "data" / "support", "clinc150": DATASETS / "clinc150"}
# Bundles that were tuned on these sets lie here on demand, as NAME-VERSION.
TUNED = ROOT / ".cache" / "tuned"
SHARES = (0.1, 0.25, 0.5, 1.0)
HEADER = ("tier", *(f"{share:.0%}" for share in SHARES), "p50 ms", "p99 ms", "messages/s", "a million")
WIDTHS = (46, *(8,) * len(SHARES), *(11,) * 4)


@dataclass(frozen=True, slots=True)
class Tier:
    """A way to tell intents: its accuracy at each share of the training messages, with what answers by it."""

    name: str
    accuracies: tuple[float | None, ...]
    asked: Asked


@dataclass(frozen=True, slots=True)
class Vectorised:
    """TF-IDF with a support vector machine."""

    model: Pipeline

    def score(self, texts: Sequence[str]) -> Sequence[object]:
        """The best label of every text."""
        return list(self.model.predict(texts))


def report(rounds: int, less: int, tuned: Sequence[Path] = ()) -> list[str]:
    """The table of every set that lies here; fewer test messages where less is asked for."""
    lines: list[str] = []
    for name, folder in SETS.items():
        if folder.is_dir():
            lines += ["", *table(name, folder, tuned or bundles(name), less)]
    return lines


def bundles(name: str) -> list[Path]:
    """The finished bundles of a set: those trained on demand; for our own messages the one that ships."""
    return [*([shipped()] if name == "support" else []), *sorted(TUNED.glob(f"{name}-*"))]


def table(name: str, folder: Path, tuned: Sequence[Path], less: int) -> list[str]:
    """One line for each tier of a set."""
    messages = labelled.read(folder, "test")
    tiers = [
        *made_here(folder, len(messages.own)),
        *(tier for path in tuned for tier in trained(path, messages)),
    ]
    texts = [each.text for each in messages.own][::less]
    clocks = timed([tier.asked for tier in tiers], course(texts), lambda _: None)
    title = f"{name}: accuracy on {len(messages.own)} test messages at shares of the training messages; "
    return [
        f"{title}a million at {CORE_HOUR:g} a core-hour",
        row(HEADER),
        *(
            row(cells(tier, clock, len(course(texts).batched)))
            for tier, clock in zip(tiers, clocks, strict=True)
        ),
    ]


def made_here(folder: Path, own: int) -> list[Tier]:
    """The tiers that are trained in seconds; the split's own test messages are the first ones."""
    run = frozen.begin(folder)
    rows = list(range(own))
    plain = {share: vectorised(run.data, share) for share in SHARES}
    truth = np.array([each.intent for each in run.data.test[:own]])
    texts = [each.text for each in run.data.test[:own]]
    accuracies = [float((model.model.predict(texts) == truth).mean()) for model in plain.values()]
    tiers = [Tier("TF-IDF with SVM", tuple(accuracies), plain[1.0])]
    int8, fp32 = frozen.frozen("int8", run, int8=True), frozen.frozen("fp32", run, int8=False)
    bold = frozen.strength(int8)
    for title, source in (("frozen head, fp32", fp32), ("frozen head, int8", int8)):
        heads = {share: frozen.head(source, share, bold) for share in SHARES}
        right = tuple(frozen.accuracy(source, head, rows) for head in heads.values())
        tiers.append(Tier(title, right, OnnxScorer(frozen.bundle(source, heads[1.0]))))
    return tiers


def trained(path: Path, messages: labelled.Messages) -> Iterator[Tier]:
    """A finished bundle, asked as a worker asks it: with its first stage, where it has one, then without."""
    manifest = load(path).manifest
    ways: list[Literal["on", "off"]] = ["on", "off"] if manifest.first_stage else ["off"]
    for way in ways:
        opened = candidate(Settings(first_stage=way), path)
        texts = [each.text for each in messages.own]
        hits = right(messages.own, verdicts(texts, opened.fresh(), THRESHOLD, lambda _: None))
        nothing = (None,) * (len(SHARES) - 1)
        title = f"{manifest.training.method} int8, {path.name}, first stage {way}"
        yield Tier(title, (*nothing, float(hits.mean())), opened.fresh())


def vectorised(data: Data, share: float) -> Vectorised:
    """Words with their pairs, letters within words: what people try first."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    model = make_pipeline(make_union(words, letters), LinearSVC(random_state=frozen.SEED))
    chosen = [data.train[place] for place in frozen.some(data, share)]
    return Vectorised(model.fit([each.text for each in chosen], [each.intent for each in chosen]))


def cells(tier: Tier, clock: Clock, messages: int) -> tuple[str, ...]:
    """A tier in words."""
    p50, p99 = np.percentile(np.array(clock.alone_s) * 1000, (50, 99)).tolist()
    million = clock.batches_s / messages * 1e6 / 3600 * CORE_HOUR
    return (
        tier.name,
        *("-" if each is None else f"{each:.2%}" for each in tier.accuracies),
        f"{p50:.2f}",
        f"{p99:.2f}",
        f"{messages / clock.batches_s:,.0f}",
        f"{million:.4f}",
    )


def row(found: Sequence[str]) -> str:
    """Cells under their headings."""
    first, *rest = (cell.ljust(width) for cell, width in zip(found, WIDTHS, strict=True))
    return (first + "".join(rest)).rstrip()


def main() -> None:
    """Print the tables, with tuned bundles that are named."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="example: python -m tests.bench.tiers --set support"
    )
    parser.add_argument("--set", choices=list(SETS), help="one set only")
    parser.add_argument("--tuned", type=Path, action="append", default=[], help="a bundle tuned on this set")
    given = parser.parse_args()
    sets = [given.set] if given.set else list(SETS)
    for name in sets:
        print("\n".join(table(name, SETS[name], given.tuned or bundles(name), 1)), flush=True)


if __name__ == "__main__":
    main()
