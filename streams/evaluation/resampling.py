"""Paired intervals by drawing the messages again, with both bundles' verdicts on them."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from streams.evaluation.quality import rounded
from streams.evaluation.reliability import BINS

RESAMPLES = 2000
SEED = 20
# Rows drawn at once: 100 of 5,500 messages are 4 MB an array.
ROWS = 100
Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Statistic = Callable[[Rows], Floats]


def interval(statistic: Statistic, count: int) -> tuple[float, float]:
    """The middle 95 % of a statistic over resamples of so many messages, the same ones at every call."""
    found = np.concatenate([statistic(rows) for rows in _draws(count)])
    low, high = np.percentile(found, (2.5, 97.5)).tolist()
    return rounded(low), rounded(high)


def mean_interval(differences: Floats) -> tuple[float, float]:
    """The interval of a mean of differences, one for each message."""
    return interval(lambda rows: differences[rows].mean(axis=1), len(differences))


def macro_f1(truth: NDArray[np.intp], chosen: NDArray[np.intp], names: int) -> Statistic:
    """Macro F1 of each resample, over the intents that are in it."""
    meant, said = _one_hot(truth, names), _one_hot(chosen, names)
    hits = meant * said

    def statistic(rows: Rows) -> Floats:
        times = _times(rows)
        support, both = times @ meant, times @ meant + times @ said
        there = support > 0
        f1 = np.divide(2 * (times @ hits), both, out=np.zeros_like(both), where=there)
        mean: Floats = np.where(there, f1, 0).sum(axis=1) / there.sum(axis=1)
        return mean

    return statistic


def calibration_error(confidence: Floats, hits: NDArray[np.bool_]) -> Statistic:
    """The expected calibration error of each resample, in bins of equal mass."""
    gaps = confidence - hits
    sizes = [len(part) for part in np.array_split(np.arange(len(gaps)), BINS) if len(part)]
    starts = np.cumsum([0, *sizes[:-1]])
    # Sorted by confidence once: to sort a resample is then to sort ranks.
    order = np.argsort(confidence, kind="stable")
    ordered, ranks = gaps[order], np.argsort(order)

    def statistic(rows: Rows) -> Floats:
        sums = np.add.reduceat(ordered[np.sort(ranks[rows], axis=1)], starts, axis=1)
        error: Floats = np.abs(sums).sum(axis=1) / len(gaps)
        return error

    return statistic


def _draws(count: int) -> Iterator[Rows]:
    """Places of messages, as many as there are, a row for each resample."""
    random = np.random.default_rng(SEED)
    for _ in range(RESAMPLES // ROWS):
        yield random.integers(0, count, (ROWS, count))


def _times(rows: Rows) -> NDArray[np.float32]:
    """How often each message was drawn."""
    count = rows.shape[1]
    flat = rows + count * np.arange(len(rows))[:, None]
    return np.bincount(flat.ravel(), minlength=rows.size).reshape(rows.shape).astype(np.float32)


def _one_hot(places: NDArray[np.intp], names: int) -> NDArray[np.float32]:
    return np.eye(names, dtype=np.float32)[places]
