"""What a scorer makes of messages, with what the threshold lets pass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from processors.decide import decide
from processors.flow import Scored, ScoreFailed
from processors.score import Scorer, score
from schemas.vocabulary import Kind
from streams.evaluation.steps import enriched, open_desk

BATCH = 256
NOT_SCORED = "(not scored)"
Watch = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """For every message the best label, its confidence, whether it is routed, whether it was cut."""

    chosen: tuple[str, ...]
    confidence: NDArray[np.float64]
    routed: NDArray[np.bool_]
    truncated: NDArray[np.bool_]

    def first(self, count: int) -> "Verdicts":
        """Those of the first messages."""
        return self._of(slice(count))

    def after(self, count: int) -> "Verdicts":
        """Those of the others."""
        return self._of(slice(count, None))

    def _of(self, part: slice) -> "Verdicts":
        return Verdicts(self.chosen[part], self.confidence[part], self.routed[part], self.truncated[part])


def verdicts(texts: Sequence[str], scorer: Scorer, threshold: float, watch: Watch) -> Verdicts:
    """What a worker would have made of each text, were every label in its catalog."""
    desk = open_desk(scorer.labels, threshold)
    scored: list[Scored] = []
    for start in range(0, len(texts), BATCH):
        scored += score(enriched(texts[start : start + BATCH]), scorer, desk)
        watch(min(BATCH, len(texts) - start))
    routed = [decision.kind is Kind.ROUTED for decision in decide(scored, desk)]
    best = [_best(each) for each in scored]
    cut = [not isinstance(each.scores, ScoreFailed) and each.scores.truncated for each in scored]
    return Verdicts(
        tuple(label for label, _ in best),
        np.array([confidence for _, confidence in best], np.float64),
        np.array(routed, np.bool_),
        np.array(cut, np.bool_),
    )


def _best(scored: Scored) -> tuple[str, float]:
    """The best label with its confidence; none, surely wrong, where there are no scores."""
    if isinstance(scored.scores, ScoreFailed):
        return NOT_SCORED, 0.0
    best = scored.scores.ranked[0]
    return best.intent, best.confidence
