"""Whether confidence can be taken at its word."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from streams.evaluation.figures import Bin, Point
from streams.evaluation.labelled import OUT_OF_SCOPE, Labelled
from streams.evaluation.quality import right, rounded, share
from streams.evaluation.verdicts import Verdicts

BINS = 15
POINTS = 200
Hits = NDArray[np.bool_]


def bins(confidence: NDArray[np.float64], hits: Hits) -> tuple[Bin, ...]:
    """The messages in bins of equal mass, least sure first."""
    order = np.argsort(confidence, kind="stable")
    return tuple(_bin(confidence[rows], hits[rows]) for rows in np.array_split(order, BINS) if len(rows))


def calibration_error(confidence: NDArray[np.float64], hits: Hits) -> float:
    """The expected gap between confidence and accuracy over those bins."""
    found = bins(confidence, hits)
    gaps = sum(abs(each.confidence - each.accuracy) * each.messages for each in found)
    return rounded(gaps / len(confidence))


def at_threshold(threshold: float, messages: Sequence[Labelled], found: Verdicts) -> Point:
    """What the decision made of a threshold; an out-of-scope message that is routed is routed wrong."""
    return Point(
        threshold,
        share(found.routed[in_scope(messages)]),
        share(right(messages, found)[found.routed]),
    )


def curve(messages: Sequence[Labelled], found: Verdicts) -> tuple[Point, ...]:
    """What every other threshold would give, strict first; the sink is never routed."""
    eligible = np.array([label != OUT_OF_SCOPE for label in found.chosen], np.bool_)
    rows = np.flatnonzero(eligible)[np.argsort(-found.confidence[eligible], kind="stable")]
    if not len(rows):
        return ()
    inside = in_scope(messages)
    coverage = np.cumsum(inside[rows]) / max(1, inside.sum())
    accuracy = np.cumsum(right(messages, found)[rows]) / np.arange(1, len(rows) + 1)
    chosen = np.unique(np.linspace(0, len(rows) - 1, POINTS).astype(int))
    return tuple(
        Point(float(found.confidence[rows[at]]), rounded(coverage[at]), rounded(accuracy[at]))
        for at in chosen.tolist()
    )


def in_scope(messages: Sequence[Labelled]) -> Hits:
    """Which messages mean one of the intents."""
    return np.array([each.intent != OUT_OF_SCOPE for each in messages], np.bool_)


def _bin(confidence: NDArray[np.float64], hits: Hits) -> Bin:
    return Bin(
        float(confidence.min()),
        float(confidence.max()),
        len(hits),
        rounded(float(confidence.mean())),
        share(hits),
    )
