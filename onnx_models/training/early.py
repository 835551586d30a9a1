"""The way out after the first layers, as open as validation messages allow."""

import numpy as np
from numpy.typing import NDArray

from onnx_models.network.encoder import Array
from onnx_models.network.transformer import Early, Head
from onnx_models.training.head import Targets, logits, regression
from onnx_models.training.temperature import temperature

STRENGTH = 100.0
# A way out that fewer take than this costs every text more than it spares.
FEWEST = 0.1


def early(
    train: tuple[Array, Targets], valid: tuple[Array, Targets], whole: Array, labels: int, seed: int
) -> Early | None:
    """A head on the first layers whose surest answers are never worse than all layers' on validation messages."""
    head, truth = regression(*train, labels, STRENGTH, seed), valid[1]
    said = logits(head, valid[0])
    # Both on the scale of the whole network's, so that one temperature is right for either.
    scale = np.float32(temperature(whole, truth) / temperature(said, truth))
    said = said * scale
    gap = widest(lead(said), said.argmax(axis=1) == truth, whole.argmax(axis=1) == truth)
    return None if gap is None else Early(Head(head.weights * scale, head.bias * scale), gap)


def lead(said: Array) -> Array:
    """By how much the best label of each message is above the second."""
    two = np.partition(said, -2, axis=1)[:, -2:]
    ahead: Array = two[:, 1] - two[:, 0]
    return ahead


def widest(leads: Array, right: NDArray[np.bool_], right_later: NDArray[np.bool_]) -> float | None:
    """The smallest lead down to which leaving early has lost nothing at any point; nothing if few would leave."""
    order = np.argsort(-leads, kind="stable")
    lost = np.cumsum(right_later[order].astype(int) - right[order])
    worse = np.flatnonzero(lost > 0)
    leaving = int(worse[0]) if len(worse) else len(order)
    return float(leads[order[leaving - 1]]) if leaving >= FEWEST * len(order) else None
