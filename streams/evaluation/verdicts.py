"""What a scorer makes of messages, with what the threshold lets pass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from processors.decide import decide
from processors.flow import Opinion, Scored, ScoreFailed, Scores
from processors.score import score
from processors.scorer import Scorer
from schemas.vocabulary import Kind, Stage
from streams.evaluation.steps import enriched, open_desk

BATCH = 256
NOT_SCORED = "(not scored)"
# What a message without scores is taken for: surely wrong.
NOTHING = Scores((Opinion(NOT_SCORED, 0.0),), 0.0, truncated=False)
Watch = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """For every message the best label, its confidence, whether routed, cut, decided by the first stage."""

    chosen: tuple[str, ...]
    confidence: NDArray[np.float64]
    routed: NDArray[np.bool_]
    truncated: NDArray[np.bool_]
    early: NDArray[np.bool_]

    def first(self, count: int) -> "Verdicts":
        """Those of the first messages."""
        return self._of(slice(count))

    def after(self, count: int) -> "Verdicts":
        """Those of the others."""
        return self._of(slice(count, None))

    def _of(self, part: slice) -> "Verdicts":
        routed, truncated, early = (each[part] for each in (self.routed, self.truncated, self.early))
        return Verdicts(self.chosen[part], self.confidence[part], routed, truncated, early)


def verdicts(texts: Sequence[str], scorer: Scorer, threshold: float, watch: Watch) -> Verdicts:
    """What a worker would have made of each text, were every label in its catalog."""
    desk = open_desk(scorer.labels, threshold)
    scored: list[Scored] = []
    for start in range(0, len(texts), BATCH):
        scored += score(enriched(texts[start : start + BATCH], desk), scorer, desk)
        watch(min(BATCH, len(texts) - start))
    routed = [decision.kind is Kind.ROUTED for decision in decide(scored, desk)]
    said = [NOTHING if isinstance(each.scores, ScoreFailed) else each.scores for each in scored]
    return Verdicts(
        tuple(each.ranked[0].intent for each in said),
        np.array([each.ranked[0].confidence for each in said], np.float64),
        np.array(routed, np.bool_),
        np.array([each.truncated for each in said], np.bool_),
        np.array([each.stage is Stage.FIRST for each in said], np.bool_),
    )
