"""Logits as probabilities that can be taken at their word."""

import numpy as np
from numpy.typing import NDArray

# A temperature outside of this says that the logits are wrong, not that they need scaling.
LOWEST, HIGHEST = 0.25, 4.0
DECIMALS = 6


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
    order: NDArray[np.intp] = np.argsort(-shares, axis=-1, kind="stable")[:, :count]
    return order
