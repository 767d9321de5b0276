"""Products of 8-bit vectors against NumPy, and the graph against the `onnx` package."""

from base64 import b64decode

import numpy as np
import pytest
from onnx import TensorProto, helper

from embeddings.integer_dots import GRAPH, LARGEST, integer_dots


def made() -> bytes:
    value = helper.make_tensor_value_info
    inputs = ["a", "b", "one", "steps", "zero"]
    graph = helper.make_graph(
        [helper.make_node("MatMulIntegerToFloat", inputs, ["c"], domain="com.microsoft")],
        "dots",
        [
            value("a", TensorProto.UINT8, ["n", "dim"]),
            value("zero", TensorProto.UINT8, []),
            value("b", TensorProto.INT8, ["dim", "m"]),
            value("steps", TensorProto.FLOAT, ["m"]),
        ],
        [value("c", TensorProto.FLOAT, ["n", "m"])],
        [helper.make_tensor("one", TensorProto.FLOAT, [], [1.0])],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="")
    return bytes(model.SerializeToString())


@pytest.mark.parametrize("zero", [0, 8, 128])
def test_products_are_exact_up_to_the_largest_numbers(zero: int) -> None:
    random = np.random.default_rng(0)
    stored = random.integers(0, 256, (300, 384)).astype(np.uint8)
    others = random.integers(-LARGEST, LARGEST + 1, (384, 7)).astype(np.int8)
    steps = random.random(7).astype(np.float32)
    stored[0], others[:, 0] = 255, LARGEST
    exact = (stored.astype(np.int64) - zero) @ others.astype(np.int64)
    expected = exact.astype(np.float32) * steps
    assert np.array_equal(integer_dots(stored, zero, others, steps), expected)


def test_the_graph_is_one_product_of_integers() -> None:
    assert b64decode(GRAPH) == made()
