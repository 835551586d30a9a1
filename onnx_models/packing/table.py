"""A student as the one file of a bundle's first stage."""

from io import BytesIO
from typing import Any

import numpy as np

from onnx_models.training.student import Weights
from onnx_models.training.wording import Wording

FIRST_STAGE = "first_stage.npz"
HIGHEST = 127


def rounded(weights: Weights) -> Weights:
    """The weights as they come out of the file: the table in int8, every row with a scale of its own."""
    table = weights["table"]
    scales = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / np.float32(HIGHEST)
    return {**weights, "table": np.round(table / scales).astype(np.int8), "scales": scales.astype(np.float32)}


def whole(weights: Weights) -> Weights:
    """Rounded weights as they are worked with."""
    return {**weights, "table": weights["table"] * weights["scales"]}


def packed(weights: Weights, known: Wording) -> bytes:
    """The file: arrays by name; the same weights give the same bytes."""
    out = BytesIO()
    np.savez(out, tokens=known.tokens, pairs=known.pairs, **dict[str, Any](weights))
    return out.getvalue()
