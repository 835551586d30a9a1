"""A product in int8 whose sums of two do not fit in 16 bits, which is where a processor without VNNI adds them."""

import numpy as np
import onnx
from onnx import TensorProto, helper

from onnx_models.network.graph import IR_VERSION, OPSET, Graph
from onnx_models.network.quantise import Range, product

WIDTH = 64
FEEDS = {"value": np.ones((5, WIDTH), np.float32)}
# Every value is 1, every weight is 1, and so is every step of 255 and of 127.
SUM = np.full((5, WIDTH), WIDTH, np.float32)


def loud() -> onnx.ModelProto:
    """Ones times ones, each the highest there is in its type."""
    graph, most = Graph(), np.ones(WIDTH, np.float32)
    spans = Range(np.zeros(WIDTH, np.float32), most)
    said = product(graph, "value", np.ones((WIDTH, WIDTH), np.float32), np.zeros(WIDTH, np.float32), spans)
    graph.op("Identity", said, name="sum")
    inside, outside = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", WIDTH]) for name in ("value", "sum")
    )
    inner = helper.make_graph(graph.nodes, "loud", [inside], [outside], graph.constants)
    opset = [helper.make_opsetid("", OPSET)]
    return helper.make_model(inner, opset_imports=opset, ir_version=IR_VERSION)
