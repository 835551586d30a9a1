"""The same network the plain way: exported as it is, quantised by onnxruntime's own tool, run as batches arrive."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from tokenizers import Tokenizer

from onnx_models.network.encoder import Array, Encoder
from onnx_models.network.graph import Graph, finish
from onnx_models.network.transformer import Head, middles

ROWS = 32
RANGE_TEXTS = 128
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Plain:
    """A session with a tokenizer that pads to the longest of the batch."""

    tokenizer: Tokenizer
    session: onnxruntime.InferenceSession

    def probabilities(self, texts: Sequence[str]) -> Iterator[Array]:
        """The probabilities of texts in batches of 32 as they arrive."""
        for start in range(0, len(texts), ROWS):
            yield softmax(self._logits(texts[start : start + ROWS]))

    def _logits(self, texts: Sequence[str]) -> Array:
        logits: Array = self.session.run(["logits"], fed(self.tokenizer, texts))[0]
        return logits


class Texts(CalibrationDataReader):  # type: ignore[misc]
    """Training texts for onnxruntime's quantiser, one at a time."""

    def __init__(self, tokenizer: Tokenizer, texts: Iterable[str]) -> None:
        """Nothing is tokenised before it is wanted."""
        self._left = (fed(tokenizer, [text]) for text in texts)

    def get_next(self) -> dict[str, Ids] | None:
        """The next text, or nothing when all were seen."""
        return next(self._left, None)


def plain(encoder: Encoder, head: Head, texts: Sequence[str], max_tokens: int, folder: Path) -> Plain:
    """The network in int8 as onnxruntime makes it of an ordinary graph, ranges observed on some texts."""
    tokenizer = padding(encoder.tokenizer, max_tokens)
    source, target = folder / "fp32.onnx", folder / "int8.onnx"
    onnx.save(ordinary(encoder, head, max_tokens), source)
    # The kindest settings there are: uint8 times int8 runs on VNNI, and only products with weights are quantised.
    quantize_static(
        source,
        target,
        Texts(tokenizer, texts[:RANGE_TEXTS]),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul"],
        extra_options={"MatMulConstBOnly": True},
    )
    return Plain(tokenizer, running(target))


def running(path: Path) -> onnxruntime.InferenceSession:
    """A session on one thread, all else as it comes."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def padding(content: bytes, max_tokens: int) -> Tokenizer:
    """The encoder's tokenizer, cutting and padding by itself."""
    tokenizer = Tokenizer.from_str(content.decode("utf-8"))
    tokenizer.enable_truncation(max_tokens)
    tokenizer.enable_padding()
    return tokenizer


def fed(tokenizer: Tokenizer, texts: Sequence[str]) -> dict[str, Ids]:
    """A batch as the graph takes it, every text as long as the longest."""
    found = tokenizer.encode_batch(list(texts))
    return {
        "input_ids": np.array([each.ids for each in found], np.int64),
        "attention_mask": np.array([each.attention_mask for each in found], np.int64),
    }


def softmax(logits: Array) -> Array:
    """Probabilities in the precision of the logits."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares


def ordinary(encoder: Encoder, head: Head, max_tokens: int) -> onnx.ModelProto:
    """The network in fp32 with the nodes that an exporter writes."""
    graph, weights = Graph(), encoder.weights
    mask = graph.op("Cast", "attention_mask", to=onnx.TensorProto.FLOAT)
    gone = graph.op("Mul", graph.op("Sub", graph.numbers(1), mask), graph.numbers(-1e9))
    bias = graph.op("Unsqueeze", gone, graph.whole(1, 2))
    tokens = graph.op("Gather", graph.constant(weights["embeddings.word_embeddings.weight"]), "input_ids")
    places = weights["embeddings.position_embeddings.weight"][:max_tokens]
    places = places + weights["embeddings.token_type_embeddings.weight"][0]
    length = graph.op("Shape", "input_ids", start=1, end=2)
    positions = graph.op("Slice", graph.constant(places), graph.whole(0), length, graph.whole(0))
    depths = [norm(graph, encoder, "embeddings.LayerNorm", graph.op("Add", tokens, positions))]
    for number in range(encoder.layers):
        depths.append(layer(graph, encoder, f"encoder.layer.{number}.", depths[-1], bias))
    middle = [mean(graph, depths[depth], mask) for depth in middles(encoder)]
    features = graph.op("Concat", *middle, mean(graph, depths[-1], mask, "vector"), axis=-1)
    columns = graph.op("MatMul", features, graph.constant(head.weights))
    graph.op("Add", columns, graph.constant(head.bias), name="logits")
    return finish(graph, len(head.bias), weights["embeddings.LayerNorm.bias"].size)


def layer(graph: Graph, encoder: Encoder, at: str, hidden: str, bias: str) -> str:
    """A transformer layer, query, key, value each a product of its own."""
    width = encoder.weights[f"{at}attention.self.query.bias"].size // encoder.heads
    heads = graph.whole(0, 0, encoder.heads, width)
    query, key, value = (
        graph.op("Reshape", linear(graph, encoder, f"{at}attention.self.{part}", hidden), heads)
        for part in ("query", "key", "value")
    )
    query, value = (graph.op("Transpose", part, perm=[0, 2, 1, 3]) for part in (query, value))
    scores = graph.op("MatMul", query, graph.op("Transpose", key, perm=[0, 2, 3, 1]))
    scores = graph.op("Add", graph.op("Div", scores, graph.numbers(width**0.5)), bias)
    mixed = graph.op("MatMul", graph.op("Softmax", scores, axis=-1), value)
    mixed = graph.op("Reshape", graph.op("Transpose", mixed, perm=[0, 2, 1, 3]), graph.whole(0, 0, -1))
    attended = linear(graph, encoder, f"{at}attention.output.dense", mixed)
    hidden = norm(graph, encoder, f"{at}attention.output.LayerNorm", graph.op("Add", attended, hidden))
    inner = graph.op("Gelu", linear(graph, encoder, f"{at}intermediate.dense", hidden))
    added = graph.op("Add", linear(graph, encoder, f"{at}output.dense", inner), hidden)
    return norm(graph, encoder, f"{at}output.LayerNorm", added)


def linear(graph: Graph, encoder: Encoder, name: str, value: str) -> str:
    """A product with its bias."""
    weights, bias = encoder.weights[f"{name}.weight"], encoder.weights[f"{name}.bias"]
    return graph.op("Add", graph.op("MatMul", value, graph.constant(weights.T)), graph.constant(bias))


def norm(graph: Graph, encoder: Encoder, name: str, value: str) -> str:
    """Layer normalisation as one node."""
    scale, bias = (graph.constant(encoder.weights[f"{name}.{part}"]) for part in ("weight", "bias"))
    return graph.op("LayerNormalization", value, scale, bias, axis=-1, epsilon=encoder.epsilon)


def mean(graph: Graph, hidden: str, mask: str, name: str = "") -> str:
    """The mean of the token vectors at length one."""
    shown = graph.op("Unsqueeze", mask, graph.whole(2))
    total = graph.op("ReduceSum", graph.op("Mul", hidden, shown), graph.whole(1), keepdims=0)
    count = graph.op("ReduceSum", shown, graph.whole(1), keepdims=0)
    return graph.op("LpNormalization", graph.op("Div", total, count), name=name, axis=-1, p=2)
