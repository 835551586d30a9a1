"""How right a model is, with how well it knows it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from onnx_models.corpus.reading import sink
from schemas.manifest import Measured

BINS = 15
DECIMALS = 4
Shares = NDArray[np.float64]
Targets = NDArray[np.intp]


def measure(
    shares: Shares, targets: Targets, labels: Sequence[str], threshold: float, accuracy_fp32: float
) -> Measured:
    """What the probabilities of the test messages are worth."""
    chosen, confidence = shares.argmax(axis=1), shares.max(axis=1)
    right = chosen == targets
    outside = sink(labels)
    covered = (confidence >= threshold) & (chosen != outside)
    return Measured(
        accuracy=share(right),
        accuracy_fp32=round(accuracy_fp32, DECIMALS),
        threshold=threshold,
        coverage=share(covered[targets != outside]),
        accuracy_covered=share(right[covered]),
        calibration_error=round(calibration_error(confidence, right), DECIMALS),
        out_of_scope_let_through=share(covered[targets == outside]),
    )


def share(hits: NDArray[np.bool_]) -> float:
    """The share that is true; of nothing it is none."""
    return round(float(hits.mean()), DECIMALS) if len(hits) else 0.0


def accuracy(shares: Shares, targets: Targets) -> float:
    """The share of messages whose best label is the right one."""
    return float((shares.argmax(axis=1) == targets).mean())


def calibration_error(confidence: Shares, right: NDArray[np.bool_]) -> float:
    """The expected gap between confidence and accuracy, over bins that hold about as many messages each."""
    bins = np.array_split(np.argsort(confidence, kind="stable"), BINS)
    gaps = [abs(confidence[rows].mean() - right[rows].mean()) * len(rows) for rows in bins if len(rows)]
    return float(sum(gaps) / len(confidence))
