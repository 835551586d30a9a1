"""Intents that a few messages teach, on one scale with those that were trained."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from processors.calibration import Evidence
from processors.regression import fitted

# A row that was fitted on few messages reaches less far than its intent; halving them costs what ln 2 gives back.
REACH = 5.5

Array = NDArray[np.float32]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Directions:
    """The directions in which trained intents lie apart, with the centre of all."""

    axes: Array
    centre: Array


@dataclass(frozen=True, slots=True)
class Anchors:
    """A few training messages of every label: what the head reads of them, how much all labels claim of them."""

    features: Array
    known: Array
    labels: Places
    directions: Directions | None


@dataclass(frozen=True, slots=True)
class Studied:
    """What a network makes of texts, a row for each: its evidence, what its head reads."""

    evidence: Evidence
    features: Array


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a label is taught by: features of messages, how much is known of them, for how many they count."""

    label: str
    features: Array
    known: Array
    worth: float


@dataclass(frozen=True, slots=True)
class Taught:
    """Rows for the head beside the trained ones; where the taught intents lie, how far their middles may be off."""

    labels: tuple[str, ...]
    weights: Array
    bias: Array
    directions: Directions | None
    middles: Array
    doubt: Array


def known(logits: NDArray[np.floating], temperature: float) -> Array:
    """How much the trained labels together claim of messages, in nats."""
    claimed: Array = np.logaddexp.reduce(logits.astype(np.float64) / temperature, axis=1).astype(np.float32)
    return claimed


def teach(anchors: Anchors, lessons: Sequence[Lesson], temperature: float) -> Taught:
    """The rows that tell the lessons' messages from each other and from the anchors; trained rows stay as they are."""
    centre, scale = anchors.features.mean(axis=0), 1 / spread(anchors)
    own = np.concatenate([lesson.features for lesson in lessons])
    rows = (np.concatenate([anchors.features, own]) - centre) * scale
    claimed = np.concatenate([anchors.known, *(lesson.known for lesson in lessons)])
    weights, bias = fitted(rows, claimed, *wanted(anchors, lessons))
    reach = np.log(REACH / np.array([lesson.worth for lesson in lessons]))
    weights = weights * scale
    return Taught(
        labels=tuple(lesson.label for lesson in lessons),
        weights=(weights * temperature).astype(np.float32),
        bias=((bias + reach - centre @ weights) * temperature).astype(np.float32),
        directions=anchors.directions,
        middles=middles(lessons, anchors.directions),
        # A middle of few messages is itself off by a share of what messages are.
        doubt=np.array([1 + 1 / max(len(lesson.features), 1) for lesson in lessons], np.float32),
    )


def widened(studied: Studied, taught: Taught) -> Evidence:
    """The evidence with a logit for each taught label at its end, no farther than the nearest taught intent."""
    evidence = studied.evidence
    more = studied.features @ taught.weights + taught.bias
    logits = np.concatenate([evidence.logits, more], axis=1)
    if taught.directions is None:
        return Evidence(logits, evidence.distance)
    at = placed(studied.features, taught.directions)
    squares = (at**2).sum(axis=1)[:, None] - 2 * at @ taught.middles.T + (taught.middles**2).sum(axis=1)
    nearest = (squares / at.shape[1] / taught.doubt).min(axis=1)
    return Evidence(logits, np.minimum(evidence.distance, nearest))


def placed(features: Array, directions: Directions) -> Array:
    """Where messages lie in the directions that tell trained intents apart."""
    at: Array = features @ directions.axes - directions.centre
    return at


def middles(lessons: Sequence[Lesson], directions: Directions | None) -> Array:
    """Where the middle of each lesson lies; nowhere without directions."""
    if directions is None:
        return np.zeros((len(lessons), 0), np.float32)
    return np.stack([placed(lesson.features, directions).mean(axis=0) for lesson in lessons])


def spread(anchors: Anchors) -> np.float32:
    """How far a message of a label is from its middle, in one number of its features."""
    own = np.stack(
        [anchors.features[anchors.labels == label].mean(axis=0) for label in range(count(anchors))]
    )
    apart = anchors.features - own[anchors.labels]
    # Each label's middle was taken from the same messages.
    free = max(len(apart) - len(own), 1) * apart.shape[1]
    return np.float32(np.sqrt(max(float((apart**2).sum()) / free, 1e-12)))


def count(anchors: Anchors) -> int:
    """How many labels were trained."""
    return int(anchors.labels.max()) + 1


def wanted(anchors: Anchors, lessons: Sequence[Lesson]) -> tuple[Array, Array]:
    """Which lesson each row belongs to, none for anchors; how much a row counts: a lesson as much as a label."""
    usual = len(anchors.features) / count(anchors)
    sizes = [len(lesson.features) for lesson in lessons]
    target = np.zeros((len(anchors.features) + sum(sizes), len(lessons)), np.float32)
    target[np.arange(len(anchors.features), len(target)), np.repeat(np.arange(len(lessons)), sizes)] = 1
    shares = [np.full(size, usual / size, np.float32) for size in sizes]
    return target, np.concatenate([np.ones(len(anchors.features), np.float32), *shares])
