"""A plain network in half precision, its int8 taken out, for hardware that runs int8 poorly."""

from collections.abc import Iterable

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from onnx_models.network.encoder import Array
from onnx_models.packing.plain import Draft, finished, kept

# What is worked out from here on - logits, distance - stays in single precision: it costs nothing.
WHOLE_FROM = "features"


def dequantised(model: onnx.ModelProto) -> onnx.ModelProto:
    """The network with its weights as they are when out of int8, nothing rounded between its steps."""
    draft = Draft({each.name: each for each in model.graph.initializer}, "whole")
    quantised = {
        node.output[0]: node.input[0] for node in model.graph.node if node.op_type == "QuantizeLinear"
    }
    for node in model.graph.node:
        inputs = [draft.now(each) for each in node.input]
        if node.op_type == "DequantizeLinear" and node.input[0] in draft.constants:
            draft.known[node.output[0]] = draft.constant(numbers(draft, node))
        elif node.op_type == "DequantizeLinear":
            draft.known[node.output[0]] = draft.now(quantised[node.input[0]])
        else:
            kept(draft, node, inputs)
    return finished(model, draft)


def numbers(draft: Draft, node: onnx.NodeProto) -> Array:
    """What a table of int8 stands for; zero is zero in all of ours."""
    codes, scales = (numpy_helper.to_array(draft.constants[name]) for name in node.input[:2])
    found: Array = codes.astype(np.float32) * scales
    return found


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The network in float16 up to what the head reads."""
    half = {name for node in before(model) for name in node.output}
    draft = Draft({each.name: each for each in model.graph.initializer}, "half")
    for node in model.graph.node:
        if node.output[0] in half:
            kept(draft, changed(node), [halfway(draft, name) for name in node.input])
        else:
            kept(draft, node, [back(draft, name, half) for name in node.input])
    for output in model.graph.output:
        if output.name in half:
            said = next(node for node in draft.nodes if output.name in node.output)
            said.output[0] = said.name = f"{output.name}_half"
            rename(draft.nodes, output.name, said.output[0])
            draft.op("Cast", [said.output[0]], output.name, to=TensorProto.FLOAT)
    return finished(model, draft)


def before(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    """Every node that the head's features are worked out by, themselves too."""
    needed, found = {WHOLE_FROM}, []
    for node in reversed(model.graph.node):
        if needed & set(node.output):
            found.append(node)
            needed |= set(node.input)
    return found


def changed(node: onnx.NodeProto) -> onnx.NodeProto:
    """The node in half precision."""
    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    for attribute in copy.attribute:
        if copy.op_type == "Cast" and attribute.name == "to" and attribute.i == TensorProto.FLOAT:
            attribute.i = TensorProto.FLOAT16
    return copy


def halfway(draft: Draft, name: str) -> str:
    """A constant in half precision; what is no number stays as it is."""
    tensor = draft.constants.get(name)
    if tensor is None or tensor.data_type != TensorProto.FLOAT:
        return name
    short = f"{name}_half"
    if short not in draft.constants:
        draft.constants[short] = numpy_helper.from_array(
            numpy_helper.to_array(tensor).astype(np.float16), short
        )
    return short


def back(draft: Draft, name: str, half: set[str]) -> str:
    """A value out of half precision."""
    return draft.op("Cast", [name], to=TensorProto.FLOAT) if name in half else name


def rename(nodes: Iterable[onnx.NodeProto], old: str, new: str) -> None:
    """Let every node read a value by another name."""
    for node in nodes:
        for place, name in enumerate(node.input):
            if name == old:
                node.input[place] = new
