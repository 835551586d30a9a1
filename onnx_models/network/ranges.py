"""The span of what goes into every matrix product, seen on training texts."""

from collections.abc import Iterable

import numpy as np
from onnx import TensorProto, helper

from onnx_models.network.asking import Packed, session
from onnx_models.network.encoder import Encoder
from onnx_models.network.graph import finish
from onnx_models.network.quantise import Range, Ranges
from onnx_models.network.transformer import Head, write


def observe(encoder: Encoder, head: Head, max_tokens: int, groups: Iterable[Packed]) -> Ranges:
    """Run the network in fp32 with every product's input as an output; keep the extremes of every channel."""
    graph = write(encoder, head, max_tokens, None)
    model = finish(graph, len(head.bias), len(encoder.weights["embeddings.LayerNorm.bias"]))
    taps = sorted(set(graph.inputs.values()))
    model.graph.output.extend(helper.make_tensor_value_info(tap, TensorProto.FLOAT, None) for tap in taps)
    running = session(model)
    spans: dict[str, Range] = {}
    for group in groups:
        values = running.run(taps, {"input_ids": group.ids, "attention_mask": group.mask})
        for tap, value in zip(taps, values, strict=True):
            real = value[group.mask.reshape(-1).astype(bool)]
            spans[tap] = wider(spans.get(tap), Range(real.min(axis=0), real.max(axis=0)))
    return {name: spans[tap] for name, tap in graph.inputs.items()}


def wider(known: Range | None, seen: Range) -> Range:
    """A range that holds both."""
    if known is None:
        return seen
    return Range(np.minimum(known.low, seen.low), np.maximum(known.high, seen.high))
