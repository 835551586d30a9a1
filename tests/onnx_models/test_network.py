"""The graph against the same network worked out by hand."""

import math

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from onnx_models.network.asking import Packed, ask, pack, session
from onnx_models.network.encoder import Array, Encoder
from onnx_models.network.ranges import observe
from onnx_models.network.shallow import shallower
from onnx_models.network.transformer import Head, build, features, middles
from tests.onnx_models import loud, tiny

TOKENS = [[2, 5, 9, 3], [2, 7, 3], [2, 12, 6, 6, 14, 3], [2, 20, 18, 3], [2, 3]]
Reals = NDArray[np.float64]


def through(encoder: Encoder) -> Head:
    width = features(encoder)
    return Head(np.eye(width, dtype=np.float32), np.zeros(width, np.float32))


def groups(*rows: list[int]) -> list[Packed]:
    order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
    return [pack(rows, order)]


def by_hand(encoder: Encoder, tokens: list[int]) -> list[Reals]:
    """The token vectors at every depth, in float64."""
    weights = {name: value.astype(np.float64) for name, value in encoder.weights.items()}
    hidden = weights["embeddings.word_embeddings.weight"][tokens]
    hidden = hidden + weights["embeddings.position_embeddings.weight"][: len(tokens)]
    hidden = norm(
        hidden + weights["embeddings.token_type_embeddings.weight"][0], weights, "embeddings.LayerNorm"
    )
    depths = [hidden]
    for number in range(encoder.layers):
        depths.append(layer(depths[-1], weights, f"encoder.layer.{number}.", encoder.heads))
    return depths


def layer(hidden: Reals, weights: dict[str, Reals], at: str, heads: int) -> Reals:
    query, key, value = (
        linear(hidden, weights, f"{at}attention.self.{part}").reshape(len(hidden), heads, -1)
        for part in ("query", "key", "value")
    )
    scores = np.einsum("qhd,khd->hqk", query, key) / math.sqrt(query.shape[-1])
    shares = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    mixed = np.einsum("hqk,khd->qhd", shares, value).reshape(hidden.shape)
    attended = linear(mixed, weights, f"{at}attention.output.dense")
    hidden = norm(attended + hidden, weights, f"{at}attention.output.LayerNorm")
    inner = linear(hidden, weights, f"{at}intermediate.dense")
    inner = inner * (1 + np.tanh(math.sqrt(2 / math.pi) * (inner + 0.044715 * inner**3))) / 2
    return norm(linear(inner, weights, f"{at}output.dense") + hidden, weights, f"{at}output.LayerNorm")


def linear(value: Reals, weights: dict[str, Reals], name: str) -> Reals:
    product: Reals = value @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return product


def norm(value: Reals, weights: dict[str, Reals], name: str) -> Reals:
    centred = value - value.mean(axis=-1, keepdims=True)
    even = centred / np.sqrt(centred.var(axis=-1, keepdims=True))
    scaled: Reals = even * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return scaled


def sentence(hidden: Reals) -> Reals:
    mean = hidden.mean(axis=0)
    unit: Reals = mean / np.linalg.norm(mean)
    return unit


def cosines(one: Array, other: Array) -> Array:
    values: Array = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    return values


@pytest.mark.parametrize("layers", [1, 3])
def test_the_graph_says_what_the_network_worked_out_by_hand_says(layers: int) -> None:
    encoder = tiny.encoder(layers=layers)
    model = build(encoder, through(encoder), tiny.POSITIONS)
    vectors, read = (ask(model, output, groups(*TOKENS)) for output in ("vector", "logits"))
    for row, tokens in enumerate(TOKENS):
        depths = by_hand(encoder, tokens)
        expected = np.concatenate([sentence(depths[depth]) for depth in (*middles(encoder), layers)])
        np.testing.assert_allclose(read[row], expected, atol=1e-5)
        np.testing.assert_allclose(vectors[row], sentence(depths[-1]), atol=1e-5)


def test_padding_changes_nothing() -> None:
    encoder = tiny.encoder(layers=2)
    model = build(encoder, through(encoder), tiny.POSITIONS)
    together = ask(model, "logits", groups(*TOKENS))
    alone = np.concatenate([ask(model, "logits", groups(tokens)) for tokens in TOKENS])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_the_head_is_applied_to_what_it_reads() -> None:
    encoder = tiny.encoder()
    read = ask(build(encoder, through(encoder), tiny.POSITIONS), "logits", groups(*TOKENS))
    head = Head(np.full((features(encoder), 2), 0.5, np.float32), np.array([1, -1], np.float32))
    logits = ask(build(encoder, head, tiny.POSITIONS), "logits", groups(*TOKENS))
    np.testing.assert_allclose(logits, read @ head.weights + head.bias, atol=1e-5)


def test_int8_stays_close_to_fp32_in_a_quarter_of_the_bytes() -> None:
    words = [*tiny.WORDS, *(f"word{number}" for number in range(2000))]
    encoder = tiny.encoder(words, layers=2)
    ranges = observe(encoder, through(encoder), tiny.POSITIONS, groups(*TOKENS))
    fp32 = build(encoder, through(encoder), tiny.POSITIONS)
    int8 = build(encoder, through(encoder), tiny.POSITIONS, ranges)
    assert cosines(*(ask(model, "logits", groups(*TOKENS)) for model in (fp32, int8))).min() > 0.995
    assert len(int8.SerializeToString()) < 0.5 * len(fp32.SerializeToString())


def test_no_product_overflows_in_training_on_any_processor() -> None:
    np.testing.assert_allclose(session(loud.loud()).run(["sum"], loud.FEEDS)[0], loud.SUM, rtol=1e-5)


def test_every_product_of_weights_is_in_int8() -> None:
    encoder = tiny.encoder(layers=2)
    ranges = observe(encoder, through(encoder), tiny.POSITIONS, groups(*TOKENS))
    model = build(encoder, through(encoder), tiny.POSITIONS, ranges)
    assert sorted(constants_of_two_sides(model)) == ["embedding scales", "head", "positions"]


def constants_of_two_sides(model: onnx.ModelProto) -> list[str]:
    """The tables that are still in fp32."""
    names = {
        (len(tiny.WORDS), 1): "embedding scales",
        (tiny.POSITIONS, tiny.WIDTH): "positions",
        (features(tiny.encoder(layers=2)),) * 2: "head",
    }
    tables = [each for each in model.graph.initializer if len(each.dims) == 2]
    return [names[tuple(each.dims)] for each in tables if each.data_type == onnx.TensorProto.FLOAT]


def test_a_range_holds_what_every_group_showed() -> None:
    encoder = tiny.encoder()
    parts = [observe(encoder, through(encoder), tiny.POSITIONS, groups(tokens)) for tokens in TOKENS]
    whole = observe(
        encoder, through(encoder), tiny.POSITIONS, [one for each in TOKENS for one in groups(each)]
    )
    for name, span in whole.items():
        np.testing.assert_array_equal(span.low, np.min([part[name].low for part in parts], axis=0))
        np.testing.assert_array_equal(span.high, np.max([part[name].high for part in parts], axis=0))


@pytest.mark.parametrize(
    ("layers", "kept"), [(1, [0]), (2, [0, 5]), (3, [0, 2, 5]), (4, [0, 1, 3, 5]), (6, list(range(6)))]
)
def test_a_shallower_encoder_keeps_layers_evenly_first_and_last(layers: int, kept: list[int]) -> None:
    whole = tiny.encoder(layers=6)
    fewer = shallower(whole, layers)
    name = "encoder.layer.{}.attention.self.query.weight"
    found = [fewer.weights[name.format(number)] for number in range(layers)]
    assert all(
        np.array_equal(one, whole.weights[name.format(number)])
        for one, number in zip(found, kept, strict=True)
    )
    assert len(fewer.weights) == len(tiny.encoder(layers=layers).weights)


def test_no_encoder_has_more_layers_than_it_has() -> None:
    with pytest.raises(ValueError, match="tiny has 1 layers, so it can't have 2"):
        shallower(tiny.encoder(), 2)
