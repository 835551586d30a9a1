"""A bundle's network in steps that every provider has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from onnx_models.network.graph import IR_VERSION

# The newest that onnxruntime's builds for other hardware, which lag behind, read in full.
OPSET = 20
EARLY, GAP = "early", "early_gap"
# Beyond what any score reaches, within what half precision holds.
GONE = -1e4


@dataclass(slots=True)
class Draft:
    """A graph that is written anew; a value that became another one is known by its old name too."""

    constants: dict[str, onnx.TensorProto]
    prefix: str
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)

    def now(self, name: str) -> str:
        """What a value is called now."""
        while name in self.known:
            name = self.known[name]
        return name

    def op(self, kind: str, inputs: Sequence[str], output: str = "", **attributes: Any) -> str:
        """Append a node with one output."""
        name = output or f"{self.prefix}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=f"n_{name}", **attributes))
        return name

    def constant(self, value: NDArray[np.generic]) -> str:
        """Add a constant."""
        name = f"{self.prefix}c{len(self.constants)}"
        self.constants[name] = numpy_helper.from_array(value, name)
        return name

    def whole(self, *values: int) -> str:
        """Add an int64 constant."""
        return self.constant(np.array(values, np.int64))


def plain(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network, its int8 left in it, without the way out and without a step that reckons with shapes."""
    draft = Draft({each.name: each for each in model.graph.initializer if each.name != GAP}, "plain")
    rows = next(
        (n.input[1] for n in model.graph.node if n.op_type == "Gather" and n.input[0] == "attention_mask"), ""
    )
    slices = {node.output[0]: node.input[0] for node in model.graph.node if node.op_type == "Slice"}
    for node in model.graph.node:
        inputs = [draft.now(each) for each in node.input]
        if node.op_type == "Gather" and rows and node.input[1] == rows:
            draft.known[node.output[0]] = inputs[0]
        elif node.op_type == "ScatterND":
            draft.op("Identity", [draft.now(slices[node.input[2]])], node.output[0])
        elif node.op_type == "Reshape":
            draft.known[node.output[0]] = inputs[0]
        elif node.op_type == "Slice" and node.input[0] in draft.constants:
            draft.op("Gather", [inputs[0], positions(draft)], node.output[0])
        else:
            LOWERED.get(node.op_type, kept)(draft, node, inputs)
    return finished(model, draft)


def kept(draft: Draft, node: onnx.NodeProto, inputs: list[str]) -> None:
    """The node as it is."""
    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    del copy.input[:]
    copy.input.extend(inputs)
    draft.nodes.append(copy)


def gemm(draft: Draft, node: onnx.NodeProto, inputs: list[str]) -> None:
    """A product that may have more than two dimensions."""
    draft.op("Add", [draft.op("MatMul", inputs[:2]), inputs[2]], node.output[0])


def length_one(draft: Draft, node: onnx.NodeProto, inputs: list[str]) -> None:
    """A vector over its own length."""
    squares = draft.op("ReduceSumSquare", [inputs[0], draft.whole(-1)], keepdims=1)
    draft.op("Div", [inputs[0], draft.op("Sqrt", [squares])], node.output[0])


def attention(draft: Draft, node: onnx.NodeProto, inputs: list[str]) -> None:
    """Attention, product by product."""
    heads = next(each.i for each in node.attribute if each.name == "q_num_heads")
    split = draft.whole(0, 0, heads, -1)
    query, key, value = (
        draft.op("Transpose", [draft.op("Reshape", [name, split])], perm=order)
        for name, order in zip(inputs, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]), strict=False)
    )
    scale = draft.constant(np.array((width(draft) / heads) ** -0.5, np.float32))
    scores = draft.op("MatMul", [draft.op("Mul", [query, scale]), key])
    shares = draft.op("Softmax", [draft.op("Add", [scores, gone(draft)])], axis=-1)
    mixed = draft.op("Transpose", [draft.op("MatMul", [shares, value])], perm=[0, 2, 1, 3])
    draft.op("Reshape", [mixed, draft.whole(0, 0, -1)], node.output[0])


def width(draft: Draft) -> int:
    """How many channels a token has: those of the table that its id is looked up in."""
    table = next(n.input[0] for n in draft.nodes if n.op_type == "Gather" and n.input[1] == "input_ids")
    return int(draft.constants[table].dims[1])


def gone(draft: Draft) -> str:
    """Nothing where there is a token, a large negative number where there is padding."""
    mask = draft.op("Cast", ["attention_mask"], to=onnx.TensorProto.FLOAT)
    padding = draft.op("Sub", [draft.constant(np.array(1, np.float32)), mask])
    large = draft.op("Mul", [padding, draft.constant(np.array(GONE, np.float32))])
    return draft.op("Unsqueeze", [large, draft.whole(1, 2)])


def positions(draft: Draft) -> str:
    """The place of every token in its text, counted from the mask."""
    counted = draft.op("CumSum", ["attention_mask", draft.constant(np.array(1, np.int64))])
    return draft.op("Sub", [counted, draft.whole(1)])


LOWERED: dict[str, Callable[[Draft, onnx.NodeProto, list[str]], None]] = {
    "Gemm": gemm,
    "LpNormalization": length_one,
    "Attention": attention,
}


def finished(model: onnx.ModelProto, draft: Draft) -> onnx.ModelProto:
    """The model with what its outputs need, nothing else, checked."""
    outputs = [each for each in model.graph.output if each.name != EARLY]
    needed, nodes = {each.name for each in outputs}, list[onnx.NodeProto]()
    for node in reversed(draft.nodes):
        if needed & set(node.output):
            nodes.append(node)
            needed |= set(node.input)
    inputs = [each for each in model.graph.input if each.name != GAP]
    constants = [each for name, each in draft.constants.items() if name in needed]
    graph = helper.make_graph(nodes[::-1], "intents", inputs, outputs, constants)
    made = {"ir_version": IR_VERSION, "producer_name": "intent-stream"}
    written = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], **made)
    onnx.checker.check_model(written)
    return written
