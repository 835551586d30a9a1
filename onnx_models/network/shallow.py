"""An encoder of fewer layers."""

import re
from dataclasses import replace

import numpy as np

from onnx_models.network.encoder import Encoder

LAYER = re.compile(r"(?<=encoder\.layer\.)\d+(?=\.)")


def shallower(encoder: Encoder, layers: int) -> Encoder:
    """Some of its layers, evenly chosen, the first and the last among them; the others are left out."""
    if not 0 < layers <= encoder.layers:
        raise ValueError(f"{encoder.name} has {encoder.layers} layers, so it can't have {layers}")
    kept = [int(place) for place in np.linspace(0, encoder.layers - 1, layers)]
    weights = {}
    for name, value in encoder.weights.items():
        found = LAYER.search(name)
        if found is None:
            weights[name] = value
        elif int(found[0]) in kept:
            weights[LAYER.sub(str(kept.index(int(found[0]))), name)] = value
    name = f"{encoder.name}, {layers} of {encoder.layers} layers"
    return replace(encoder, name=name, layers=layers, weights=weights)
