"""Products of 8-bit vectors against NumPy, and the graph against the `onnx` package."""

from base64 import b64decode

import numpy as np
from onnx import TensorProto, helper

from embeddings.integer_dots import GRAPH, LARGEST, integer_dots


def made() -> bytes:
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["a", "b"], ["c"])],
        "dots",
        [
            value("a", TensorProto.UINT8, ["n", "dim"]),
            value("b", TensorProto.INT8, ["dim", "m"]),
        ],
        [value("c", TensorProto.INT32, ["n", "m"])],
    )
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=9, producer_name="")
    return bytes(model.SerializeToString())


def test_products_are_exact_up_to_the_largest_numbers() -> None:
    random = np.random.default_rng(0)
    stored = random.integers(0, 256, (300, 384)).astype(np.uint8)
    others = random.integers(-LARGEST, LARGEST + 1, (384, 7)).astype(np.int8)
    stored[0], others[:, 0] = 255, LARGEST
    expected = stored.astype(np.int64) @ others.astype(np.int64)
    assert np.array_equal(integer_dots(stored, others), expected)


def test_the_graph_is_one_product_of_integers() -> None:
    assert b64decode(GRAPH) == made()
