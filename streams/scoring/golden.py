"""Whether a bundle computes here what it computed where it was made."""

from collections.abc import Sequence
from typing import Protocol

import onnxruntime

from processors.flow import Opinion, ScoreFailed, Scores
from processors.score import ModelDown
from streams.scoring.bundles import AGAIN, Bundle, BundleError

TOLERANCE = 0.01


class Scorer(Protocol):
    """Whatever scores texts with the bundle."""

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """One result for every text."""
        ...


def verify(bundle: Bundle, scorer: Scorer) -> None:
    """Score the golden texts: a CPU or a library that computes otherwise must not decide anything."""
    golden = bundle.manifest.golden
    try:
        results = scorer.score([each.text for each in golden])
    except ModelDown as error:
        raise BundleError(f"{bundle.name}: the network does not run: {error}; {AGAIN}") from error
    for text, result in zip(golden, results, strict=True):
        if isinstance(result, ScoreFailed):
            raise BundleError(f"{bundle.name}: a golden text can't be scored: {result.detail}")
        found = {opinion.intent: opinion.confidence for opinion in result.ranked}
        for opinion in text.expected:
            _compare(bundle, opinion, found.get(opinion.intent, 0.0))


def _compare(bundle: Bundle, expected: Opinion, confidence: float) -> None:
    """Refuse a confidence that is not the promised one."""
    if abs(confidence - expected.confidence) > TOLERANCE:
        raise BundleError(
            f"{bundle.name}: a golden text gets {expected.intent} at {confidence}, not {expected.confidence}; "
            f"this CPU or onnxruntime {onnxruntime.__version__} computes otherwise than onnxruntime "
            f"{bundle.manifest.onnxruntime} did where the bundle was made: install that version, or train the "
            "bundle here with `make bundle`"
        )
