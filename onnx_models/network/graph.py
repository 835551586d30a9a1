"""An ONNX graph while it is written, node after node."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 24
IR_VERSION = 11


@dataclass(slots=True)
class Graph:
    """Nodes and constants so far; inputs holds the name of what goes into each matrix product."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)
    defaults: list[onnx.ValueInfoProto] = field(default_factory=list)

    def op(self, kind: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """Append a node with one output; returns the output's name."""
        output = name or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=f"n_{output}", **attributes))
        return output

    def constant(self, value: NDArray[np.generic]) -> str:
        """Append a constant; returns its name."""
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def default(self, name: str, value: float) -> None:
        """Append a number that a run may override."""
        self.constants.append(numpy_helper.from_array(np.array(value, np.float32), name))
        self.defaults.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, []))

    def numbers(self, *values: float) -> str:
        """Append a float32 constant."""
        return self.constant(np.array(values, np.float32))

    def whole(self, *values: int) -> str:
        """Append an int64 constant, as axes and shapes want it."""
        return self.constant(np.array(values, np.int64))


def finish(graph: Graph, labels: int, width: int) -> onnx.ModelProto:
    """The model around the graph, checked: tokens with their mask in, logits, sentence vector, any distance out."""
    inputs = [info(name, TensorProto.INT64, "tokens") for name in ("input_ids", "attention_mask")]
    outputs = [info("logits", TensorProto.FLOAT, labels), info("vector", TensorProto.FLOAT, width)]
    if any("distance" in node.output for node in graph.nodes):
        outputs.append(info("distance", TensorProto.FLOAT, 1))
    if any("early" in node.output for node in graph.nodes):
        outputs.append(info("early", TensorProto.FLOAT, 1))
    if any("features" in node.output for node in graph.nodes):
        outputs.append(helper.make_tensor_value_info("features", TensorProto.FLOAT, ["studied", "features"]))
    inside = helper.make_graph(graph.nodes, "intents", inputs + graph.defaults, outputs, graph.constants)
    opset = [helper.make_opsetid("", OPSET)]
    made = {"ir_version": IR_VERSION, "producer_name": "intent-stream"}
    model = helper.make_model(inside, opset_imports=opset, **made)
    onnx.checker.check_model(model)
    return model


def info(name: str, kind: int, width: int | str) -> onnx.ValueInfoProto:
    """What a tensor of rows looks like."""
    return helper.make_tensor_value_info(name, kind, ["rows", width])
