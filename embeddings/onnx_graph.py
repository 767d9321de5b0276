"""Write a BERT encoder as an ONNX model with 8-bit linear layers.

The model takes one text at a time and returns the vectors of its tokens and the sum of its hidden
states, which is its pooled vector but for the length: padding would cost time, and the scale of the
quantised activations would make a text's vector depend on the others in its batch.

The weights of the linear layers are int8, one scale for each output channel; their activations are
quantised as they come (dynamic quantisation, see "Quantize ONNX models" in onnxruntime's
documentation). Weights use 7 of the 8 bits, because processors without VNNI instructions add the
products of two neighbours in 16 bits and would overflow. Embeddings, norms and attention keep their
precision (quantising the embedding table costs retrieval quality), and so do the linear layers that
the caller names because their inputs have outliers. The embedding table is not copied; the model
points at its bytes in the safetensors file beside it, which onnxruntime maps into memory.

The graph is written node by node with onnxruntime's fused operators (domain `com.microsoft`), so
that neither torch nor an optimiser is needed to make it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from embeddings.unpack import Weights

FUSED = "com.microsoft"
WORD_EMBEDDINGS = "embeddings.word_embeddings.weight"
WEIGHT_LIMIT = 63  # 7-bit signed integers

Shapes: TypeAlias = Iterable[tuple[str, Sequence[int | str]]]
"""Inputs or outputs of a model: their names, and their lengths, of which some have names too."""


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """Where the embedding table lies: `length` bytes from `offset` on in the file `location`."""

    location: str
    offset: int
    length: int
    dtype: int  # a TensorProto data type


@dataclass
class Graph:
    """Nodes and constants in the making; outputs are named after their operator and number.

    `quantised` tells of a linear layer, by name, whether it is.
    """

    quantised: Callable[[str], bool] = lambda _: False
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, operator: str, inputs: list[str], domain: str = "", **attributes: object) -> str:
        return self.split(operator, inputs, 1, domain, **attributes)[0]

    def split(
        self, operator: str, inputs: list[str], outputs: int, domain: str = "", **attributes: object
    ) -> list[str]:
        names = [f"{operator}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(
            helper.make_node(operator, inputs, names, domain=domain or None, **attributes)
        )
        return names

    def linear(
        self, x: str, name: str, weight: NDArray[np.float32], bias: NDArray[np.float32]
    ) -> str:
        if not self.quantised(name):
            product = self.node("MatMul", [x, self.constant(f"{name}.weight", weight.T)])
            return self.node("Add", [product, self.constant(f"{name}.bias", bias)])
        integers, scales = quantize_per_channel(weight.T)
        return self.node(
            "DynamicQuantizeMatMul",
            [
                x,
                self.constant(f"{name}.weight", integers),
                self.constant(f"{name}.scale", scales),
                self.constant(f"{name}.zero", np.zeros(len(scales), np.int8)),
                self.constant(f"{name}.bias", bias),
            ],
            FUSED,
        )


def quantize_per_channel(
    weight: NDArray[np.float32],
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return int8 (in, out) and scales (out,), such that their product is near `weight`."""
    scales = np.maximum(np.abs(weight).max(axis=0), 1e-12) / WEIGHT_LIMIT
    return np.rint(weight / scales).astype(np.int8), scales.astype(np.float32)


def build_encoder(
    weights: Weights, words: StoredTensor, float_layers: Iterable[str] = ()
) -> onnx.ModelProto:
    """Return the model.

    Input: `input_ids`, int64 (1, length). Outputs: `token_vectors`, float32 (1, length, token_dim),
    and `sum`, float32 (1, dim), over all tokens before they are projected. `float_layers` names
    linear layers that are not quantised (`encoder.layer.4.output.dense`).
    """
    in_float = frozenset(float_layers)
    graph = Graph(lambda name: name not in in_float)
    graph.constants.append(_external(words, weights))
    x = _embed(graph, weights)
    for layer in range(weights.architecture.num_hidden_layers):
        x = _layer(graph, weights, f"encoder.layer.{layer}", x)
    tokens, token_dim = x, weights.architecture.hidden_size
    if weights.projection is not None:
        tokens = graph.node("MatMul", [x, graph.constant("projection", weights.projection)])
        token_dim = weights.projection.shape[1]
    axes = graph.constant("axes", np.array([1]))
    graph.nodes += [
        helper.make_node("Identity", [tokens], ["token_vectors"]),
        helper.make_node("ReduceSum", [x, axes], ["sum"], keepdims=0),
    ]
    hidden_size = weights.architecture.hidden_size
    outputs: Shapes = (("token_vectors", [1, "length", token_dim]), ("sum", [1, hidden_size]))
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "length"])
    return made_model(graph, "encoder", [ids], of_floats(outputs))


def of_floats(shapes: Shapes) -> list[onnx.ValueInfoProto]:
    """Return inputs or outputs, by name and shape, that are float32."""
    return [helper.make_tensor_value_info(name, TensorProto.FLOAT, list(to)) for name, to in shapes]


def made_model(
    graph: Graph,
    name: str,
    inputs: Iterable[onnx.ValueInfoProto],
    outputs: Iterable[onnx.ValueInfoProto],
) -> onnx.ModelProto:
    """Return the model of a graph whose outputs its nodes make."""
    made = helper.make_graph(graph.nodes, name, list(inputs), list(outputs), graph.constants)
    return helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(FUSED, 1)],
        ir_version=10,  # the newest that onnxruntime 1.20 reads
    )


def _external(words: StoredTensor, weights: Weights) -> onnx.TensorProto:
    tensor = onnx.TensorProto(name=WORD_EMBEDDINGS, data_type=words.dtype)
    tensor.dims.extend(weights.tensors[WORD_EMBEDDINGS].shape)
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (
        ("location", words.location),
        ("offset", words.offset),
        ("length", words.length),
    ):
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def _embed(graph: Graph, weights: Weights) -> str:
    tensors = weights.tensors
    gathered = graph.node("Gather", [WORD_EMBEDDINGS, "input_ids"])
    words = graph.node("Cast", [gathered], to=TensorProto.FLOAT)
    # Every token has type 0, so its embedding is added to those of the positions beforehand.
    positions = (
        tensors["embeddings.position_embeddings.weight"]
        + tensors["embeddings.token_type_embeddings.weight"][0]
    )
    length = graph.node("Shape", ["input_ids"], start=1, end=2)
    begin = graph.constant("begin", np.array([0]))
    used = graph.node("Slice", [graph.constant("positions", positions), begin, length])
    return graph.node(
        "LayerNormalization",
        [
            graph.node("Add", [words, used]),
            graph.constant("norm.weight", tensors["embeddings.LayerNorm.weight"]),
            graph.constant("norm.bias", tensors["embeddings.LayerNorm.bias"]),
        ],
        epsilon=weights.architecture.layer_norm_eps,
    )


def _layer(graph: Graph, weights: Weights, name: str, x: str) -> str:
    def of(part: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return weights.tensors[f"{name}.{part}.weight"], weights.tensors[f"{name}.{part}.bias"]

    def linear(inner: str, part: str) -> str:
        return graph.linear(inner, f"{name}.{part}", *of(part))

    def add_and_norm(inner: str, residual: str, part: str) -> str:
        weight, bias = of(part)
        return graph.node(
            "SkipLayerNormalization",
            [
                inner,
                residual,
                graph.constant(f"{name}.{part}.weight", weight),
                graph.constant(f"{name}.{part}.bias", bias),
            ],
            FUSED,
            epsilon=weights.architecture.layer_norm_eps,
        )

    projections = [of(f"attention.self.{part}") for part in ("query", "key", "value")]
    joint_weight, joint_bias = (np.concatenate(parts) for parts in zip(*projections, strict=True))
    joint = graph.linear(x, f"{name}.attention.self", joint_weight, joint_bias)
    query, key, value = graph.split("Split", [joint], 3, axis=-1, num_outputs=3)
    heads = weights.architecture.num_attention_heads
    attended = graph.node("MultiHeadAttention", [query, key, value], FUSED, num_heads=heads)
    x = add_and_norm(linear(attended, "attention.output.dense"), x, "attention.output.LayerNorm")
    inner = graph.node("Gelu", [linear(x, "intermediate.dense")])
    return add_and_norm(linear(inner, "output.dense"), x, "output.LayerNorm")
