"""What makes a model's probabilities honest, found on validation messages."""

import numpy as np
from numpy.typing import NDArray

from onnx_models.network.encoder import Array
from onnx_models.training.scope import scope
from processors.calibration import HIGHEST, LOWEST, Calibration, Evidence, calibration, probabilities

STEPS = 400
Targets = NDArray[np.intp]


def calibrated(evidence: Evidence, targets: Targets, labels: tuple[str, ...]) -> Calibration:
    """The scope that fits these messages, then the temperature that fits those in scope."""
    found = scope(evidence, targets, labels)
    if found is None:
        return calibration(labels, temperature(evidence.logits, targets), None)
    sink = labels.index(found.label)
    inside = targets != sink
    intents = np.delete(evidence.logits[inside], sink, axis=1)
    others = targets[inside] - (targets[inside] > sink)
    return calibration(labels, temperature(intents, others), found)


def temperature(logits: Array, targets: Targets) -> float:
    """The temperature, within its bounds, that fits these messages best; to 4 decimals."""
    tried = np.geomspace(LOWEST, HIGHEST, STEPS)
    losses = [log_loss(logits, targets, float(value)) for value in tried]
    return round(float(tried[int(np.argmin(losses))]), 4)


def log_loss(logits: Array, targets: Targets, at: float) -> float:
    """The mean surprise at the right answers."""
    shares = probabilities(logits, at)[np.arange(len(targets)), targets]
    return float(-np.log(np.maximum(shares, 1e-12)).mean())
