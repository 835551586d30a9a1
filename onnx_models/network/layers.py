"""The layers of the encoder, written so that onnxruntime has few steps to run between its matrix products."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from onnx import TensorProto, helper

from onnx_models.network.encoder import Array, Encoder
from onnx_models.network.graph import Graph
from onnx_models.network.quantise import Ranges, evening, gathered, product


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token vectors, a row each: what is in the graph is yet to be scaled, then shifted, channel by channel.

    A product takes both into its weights for nothing; only what is added to the next layer is scaled for real.
    """

    even: str
    scale: Array
    shift: Array


@dataclass(frozen=True, slots=True)
class Writing:
    """The graph that is written, of which weights.

    shape says how many texts of how many tokens the rows are, mask which of those are real, lengths how many.
    """

    graph: Graph
    encoder: Encoder
    ranges: Ranges | None
    shape: str
    mask: str
    lengths: str
    shown: str


def writing_on(graph: Graph, encoder: Encoder, ranges: Ranges | None, mask: str) -> Writing:
    """The graph to be written on for texts with that mask."""
    shape = graph.op("Concat", graph.op("Shape", mask), graph.whole(-1), axis=0)
    lengths = graph.op("ReduceSum", mask, graph.whole(1), keepdims=0)
    shown = graph.op("Unsqueeze", graph.op("Cast", mask, to=TensorProto.FLOAT), graph.whole(2))
    return Writing(graph, encoder, ranges, shape, mask, lengths, shown)


def embed(writing: Writing, ids: str, max_tokens: int) -> Tokens:
    """Token, position, segment embeddings, added, normalised."""
    graph, weights = writing.graph, writing.encoder.weights
    tokens = gathered(graph, weights["embeddings.word_embeddings.weight"], ids, writing.ranges)
    # There is one segment, so its row is part of every position's.
    places = weights["embeddings.position_embeddings.weight"][:max_tokens]
    places = places + weights["embeddings.token_type_embeddings.weight"][0]
    length = graph.op("Shape", ids, start=1, end=2)
    positions = graph.op("Slice", graph.constant(places), graph.whole(0), length, graph.whole(0))
    rows = graph.op("Reshape", graph.op("Add", tokens, positions), graph.whole(-1, places.shape[1]))
    return normalised(writing, "embeddings.LayerNorm", rows)


def layer(writing: Writing, at: str, tokens: Tokens) -> Tokens:
    """One transformer layer: attention, then the feed-forward part, each added to what came in."""
    attended = attention(writing, at, tokens)
    tokens = added(writing, f"{at}attention.output", attended, tokens, evened=True)
    weights, bias = linear(writing.encoder, [f"{at}intermediate.dense"], tokens)
    inner = inside(writing, f"{at}intermediate.dense", tokens.even, weights, bias)
    # The tanh form is off by 3e-4 at most, less than int8 is, at two thirds of the time of the one with erf.
    inner = writing.graph.op("Gelu", inner, approximate="tanh")
    return added(writing, f"{at}output", inner, tokens)


def attention(writing: Writing, at: str, tokens: Tokens) -> str:
    """Multi-head self-attention; query, key, value come from one product, which is a third of the calls."""
    graph, encoder = writing.graph, writing.encoder
    names = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
    weights, bias = linear(encoder, names, tokens)
    # What attention mixes stays what it is channel by channel, so evening it costs nothing: the value is evened.
    spread = evening(writing.ranges, f"{at}attention.output.dense", into(encoder, at))
    evened = np.concatenate([np.ones(2 * len(spread), np.float32), 1 / spread])
    joint = inside(writing, names[0], tokens.even, weights * evened, bias * evened)
    parts = [f"{joint}_{part}" for part in ("query", "key", "value")]
    rows = graph.op("Reshape", joint, writing.shape)
    graph.nodes.append(helper.make_node("Split", [rows], parts, name=f"n_{parts[0]}", axis=-1, num_outputs=3))
    # One node: a third faster than products, softmax, transpositions by themselves.
    inputs = [*parts, "", "", "", writing.lengths]
    mixed = graph.op("Attention", *inputs, q_num_heads=encoder.heads, kv_num_heads=encoder.heads)
    return graph.op("Reshape", mixed, graph.whole(-1, len(spread)))


def into(encoder: Encoder, at: str) -> Array:
    """The weights that the mixed values go into."""
    weights: Array = encoder.weights[f"{at}attention.output.dense.weight"].T
    return weights


def linear(encoder: Encoder, names: Sequence[str], tokens: Tokens) -> tuple[Array, Array]:
    """Weights with bias of linear layers side by side, the tokens' scale with their shift taken in."""
    weights = np.concatenate([encoder.weights[f"{name}.weight"].T for name in names], axis=1)
    bias = np.concatenate([encoder.weights[f"{name}.bias"] for name in names])
    return tokens.scale[:, None] * weights, bias + tokens.shift @ weights


def inside(writing: Writing, name: str, value: str, weights: Array, bias: Array, evened: bool = False) -> str:
    """A product with its bias; the value is known by the product's name when its range is looked for."""
    writing.graph.inputs[name] = value
    span = None if writing.ranges is None else writing.ranges[name]
    return product(writing.graph, value, weights, bias, span, evened)


def added(writing: Writing, at: str, value: str, tokens: Tokens, evened: bool = False) -> Tokens:
    """A linear layer of the value, added to the tokens, normalised."""
    graph, encoder = writing.graph, writing.encoder
    weights, bias = encoder.weights[f"{at}.dense.weight"].T, encoder.weights[f"{at}.dense.bias"]
    inner = inside(writing, f"{at}.dense", value, weights, bias + tokens.shift, evened)
    scaled = graph.op("Mul", tokens.even, graph.constant(tokens.scale))
    return normalised(writing, f"{at}.LayerNorm", graph.op("Add", inner, scaled))


def normalised(writing: Writing, name: str, value: str) -> Tokens:
    """Layer normalisation, its scale with its shift left to whoever comes next."""
    # In small steps because each of them runs vectorised: of 160 tokens they take 93 us, LayerNormalization 311.
    graph, encoder = writing.graph, writing.encoder
    axis = graph.whole(-1)
    centred = graph.op("Sub", value, graph.op("ReduceMean", value, axis, keepdims=1))
    squares = graph.op("ReduceMean", graph.op("Mul", centred, centred), axis, keepdims=1)
    length = graph.op("Sqrt", graph.op("Add", squares, graph.numbers(encoder.epsilon)))
    even = graph.op("Mul", centred, graph.op("Reciprocal", length))
    return Tokens(even, encoder.weights[f"{name}.weight"], encoder.weights[f"{name}.bias"])
