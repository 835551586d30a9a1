"""The way out of the network after its first layers, for texts whose intent is plain by then."""

from dataclasses import dataclass, replace

import numpy as np
from onnx import TensorProto, helper

from onnx_models.network.encoder import Encoder
from onnx_models.network.graph import Graph
from onnx_models.network.layers import Tokens, Writing, writing_on

GAP = "early_gap"


@dataclass(frozen=True, slots=True)
class Fork:
    """Which texts go on, how many those are."""

    going: str
    count: str


def exit_depth(encoder: Encoder) -> int:
    """After how many layers the way out is."""
    return encoder.layers // 3


def early_depths(encoder: Encoder) -> tuple[int, ...]:
    """The depths that the early head reads."""
    last = exit_depth(encoder)
    return tuple(sorted({max(0, last - 1), last}))


def fork(graph: Graph, logits: str, gap: float) -> Fork:
    """A text goes on where its best label does not lead by the gap."""
    graph.default(GAP, gap)
    beyond = graph.op("Sub", lead(graph, logits), GAP, name="early")
    behind = graph.op("Less", graph.op("Squeeze", beyond, graph.whole(1)), graph.numbers(0.0))
    going = graph.op("Squeeze", graph.op("NonZero", behind), graph.whole(0))
    return Fork(going, graph.op("Shape", going))


def lead(graph: Graph, logits: str) -> str:
    """By how much the best logit is above the second."""
    best, places = f"{logits}_best", f"{logits}_places"
    made = helper.make_node("TopK", [logits, graph.whole(2)], [best, places], name=f"n_{best}", axis=1)
    graph.nodes.append(made)
    return graph.op("MatMul", best, graph.constant(np.array([[1], [-1]], np.float32)))


def going_on(writing: Writing, tokens: Tokens, found: Fork) -> tuple[Writing, Tokens]:
    """The network written on for the texts that go on; the first one too where none does, to be thrown away."""
    graph = writing.graph
    # onnxruntime's Attention refuses a batch of nothing.
    none = graph.op("Cast", graph.op("Equal", found.count, graph.whole(0)), to=TensorProto.INT64)
    spare = graph.op("Slice", graph.whole(0), graph.whole(0), none)
    rows = graph.op("Concat", found.going, spare, axis=0)
    mask = graph.op("Gather", writing.mask, rows)
    kept = graph.op("Gather", graph.op("Reshape", tokens.even, writing.shape), rows)
    flat = graph.op("Reshape", kept, graph.whole(-1, len(tokens.scale)))
    return writing_on(graph, writing.encoder, writing.ranges, mask), replace(tokens, even=flat)


def joined(graph: Graph, found: Fork, first: str, later: str, name: str) -> str:
    """What was said early, with what was said later put in its place."""
    real = graph.op("Slice", later, graph.whole(0), found.count, graph.whole(0))
    places = graph.op("Unsqueeze", found.going, graph.whole(1))
    return graph.op("ScatterND", first, places, real, name=name)


def nothing(writing: Writing, width: int) -> str:
    """Zeros for every text."""
    graph = writing.graph
    shape = graph.op("Concat", graph.op("Shape", writing.mask, end=1), graph.whole(width), axis=0)
    return graph.op("ConstantOfShape", shape)
