"""Logits as probabilities that can be taken at their word."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.manifest import Scope

# A temperature outside of this says that the logits are wrong, not that they need scaling.
LOWEST, HIGHEST = 0.25, 4.0
DECIMALS = 6
# Probabilities move by about 1e-6 with the shape of the batch: this near to a limit, a text is asked about alone.
NEAR = 1e-5
# People say what they want first; below it stand quotes with what is printed under every mail. Measured on 250 of
# our own mails, right in %: plain in windows of 128 tokens / 250 tokens of another matter quoted below, windows of
# 128 / a legal footer below, windows of 96. Each window counting .35 of the one before 97.2 / 95.2 / 88.0, half
# 97.2 / 92.8 / 88.0, all alike 97.6 / 50.0 / 50.4, the first alone 96.8 / 96.4 / 75.6, the surest one
# 89.6 / 54.4 / 75.2; windows of 256 tokens, which mix it all, 96.8 / 53.2 / 43.2. Means of probabilities lose to
# means of logits; sharing by how little of a window is out of scope changes nothing.
FADING = 0.35

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a network says of texts, a row for each: every label's logit, the distance to the nearest intent."""

    logits: NDArray[np.floating]
    distance: NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What makes probabilities of evidence; with a scope there is a sink, the column of what is out of scope."""

    temperature: float
    scope: Scope | None = None
    sink: int = -1


def calibration(labels: tuple[str, ...], temperature: float, scope: Scope | None) -> Calibration:
    """The calibration of a bundle with these labels."""
    return Calibration(temperature, scope, labels.index(scope.label) if scope else -1)


def honest(evidence: Evidence, calibration: Calibration) -> Floats:
    """The probability of every label: the scope says how much the intents share; every row sums to 1."""
    scope, sink, temperature = calibration.scope, calibration.sink, calibration.temperature
    if scope is None:
        return probabilities(evidence.logits, temperature)
    outside = logistic(signals(evidence, sink) @ weights(scope) + scope.bias)
    inside = probabilities(np.delete(evidence.logits, sink, axis=1), temperature)
    return np.insert(inside * (1 - outside)[:, None], sink, outside, axis=1)


def together(evidence: Evidence, windows: Sequence[Sequence[int]]) -> Evidence:
    """The evidence of texts from that of their windows, one text after the other; each told by its windows' lengths.

    A mean of logits, of distances: a window counts by its length, less the later it comes.
    """
    if all(len(lengths) == 1 for lengths in windows):
        return evidence
    share = np.concatenate([fading(lengths) for lengths in windows])
    begins = np.cumsum([0, *[len(lengths) for lengths in windows[:-1]]])
    logits = np.add.reduceat(evidence.logits * share[:, None], begins)
    return Evidence(logits, np.add.reduceat(evidence.distance * share, begins))


def fading(lengths: Sequence[int]) -> Floats:
    """How much each window of a text counts; all together count one."""
    weights: Floats = np.array(lengths, np.float64) * FADING ** np.arange(len(lengths))
    weights /= weights.sum()
    return weights


def signals(evidence: Evidence, sink: int) -> Floats:
    """What speaks for a message being out of scope, a column each: the sink's odds, the peak, the distance."""
    logits = evidence.logits.astype(np.float64)
    intents = np.delete(logits, sink, axis=1)
    peak = intents.max(axis=1)
    together = peak + np.log(np.exp(intents - peak[:, None]).sum(axis=1))
    return np.column_stack([logits[:, sink] - together, peak, evidence.distance])


def weights(scope: Scope) -> Floats:
    """The weights of the signals, in their order."""
    return np.array([scope.odds, scope.peak, scope.distance])


def logistic(values: Floats) -> Floats:
    """From any number to a probability; no number is too large for it."""
    powers = np.exp(-np.abs(values))
    shares: Floats = np.where(values >= 0, 1, powers) / (1 + powers)
    return shares


def probabilities(logits: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """The softmax of the logits over the temperature, in float64; every row sums to 1."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def rounded(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities to 6 decimals: the numbers that are compared, written, replayed."""
    return np.round(shares, DECIMALS)


def best(shares: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """The columns of the highest values of each row, best first; of equals the earlier column."""
    # The best of what is left, a few times over: a quarter of the time that sorting all of 151 columns takes.
    left, rows = shares.copy(), np.arange(len(shares))
    order = np.empty((len(shares), min(count, shares.shape[1])), np.intp)
    for place in range(order.shape[1]):
        order[:, place] = left.argmax(axis=1)
        left[rows, order[:, place]] = -np.inf
    return order
