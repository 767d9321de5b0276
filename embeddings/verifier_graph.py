"""Write the verifier (`embeddings.verifier`) as an ONNX model.

onnxruntime takes half the time for it that numpy did (0.44 ms instead of 0.80 for 18 and 50 tokens,
on one thread), much of which went into calling some sixty operations on small matrices.
"""

from collections.abc import Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper

from embeddings.onnx_graph import FUSED, Graph, Shapes, made_model, of_floats
from embeddings.verifier import EPSILON, HEADS, MEAN

BELOW = -2.0  # less than any cosine

Tensors = Mapping[str, NDArray[np.float32]]


def build_verifier(tensors: Tensors) -> onnx.ModelProto:
    """Return the model.

    `tensors` are what `training.verifier.exported` makes: of each matrix its transpose, (in, out),
    and its bias; and `mean`, float32 (dim,), which is kept in the model's metadata.

    Inputs: `question`, float32 (n_query_tokens, dim), `weights`, float32 (n_query_tokens, 1), some
    of them above 0, and `sentence`, float32 (n_tokens, dim). Outputs: `logit`, float32 (1,), and
    `shares`, float32 (n_tokens,).

    A layer is a pre-norm block of a transformer whose norms' factors are in the matrices behind
    them.
    """
    graph = _Verifier(tensors)
    states, match = graph.first()
    for number in range(sum(name.endswith(".attend") for name in tensors)):
        states = graph.layer(states, str(number))
    graph.read(graph.standardised(states), match)
    dim = len(tensors["into"])
    inputs: Shapes = (
        ("question", ["asked", dim]),
        ("weights", ["asked", 1]),
        ("sentence", ["told", dim]),
    )
    outputs: Shapes = (("logit", [1]), ("shares", ["told"]))
    model = made_model(graph, "verifier", of_floats(inputs), of_floats(outputs))
    helper.set_model_props(model, {MEAN: tensors[MEAN].tobytes().hex()})
    return model


class _Verifier(Graph):
    def __init__(self, tensors: Tensors) -> None:
        super().__init__()
        self.tensors = tensors
        width = tensors["into"].shape[1]
        self.ones = self.constant("ones", np.ones(width, np.float32))
        self.first_axis = self.constant("first_axis", np.array([0]))
        self.last_axis = self.constant("last_axis", np.array([1]))
        self.below = self.constant("below", np.array(BELOW, np.float32))
        self.into = self.constant("into", tensors["into"])
        self.total = self.node("ReduceSum", ["weights", self.first_axis], keepdims=1)

    def first(self) -> tuple[str, str]:
        """Return the states below the first layer, of the tokens of both, and the MaxSim.

        They are (1, n_query_tokens + n_tokens, width) and (1, 1). Each token is told how well the
        other side matches it.
        """
        similar = self.node("MatMul", ["question", self.node("Transpose", ["sentence"])])
        # Of one token alone the second best is the best.
        after = self.constant("after", np.array([0, 0, 0, 1]))
        two = self.constant("two", np.array([2]))
        padded = self.node("Pad", [similar, after, self.below])
        best_two, _ = self.split("TopK", [padded, two], 2, axis=1)
        best, second = self.split("Split", [best_two], 2, axis=1, num_outputs=2)
        is_none = self.node("Equal", [second, self.below])
        second = self.node("Where", [is_none, best, second])
        told = self.node("Concat", [best, second, "weights"], axis=1)
        counts = self.node("Greater", ["weights", self.constant("nought", np.zeros(1, np.float32))])
        counted = self.node("Where", [counts, similar, self.below])
        own = self.node("ReduceMax", [counted, self.first_axis], keepdims=1)
        asked = self._into("question", "question.told", told)
        read = self._into("sentence", "sentence.told", self.node("Transpose", [own]))
        states = self.node("Concat", [asked, read], axis=0)
        return self.node("Unsqueeze", [states, self.first_axis]), self._weighted(best)

    def layer(self, states: str, name: str) -> str:
        joint = self._linear(f"{name}.attend", self.standardised(states))
        parts = self.split("Split", [joint], 3, axis=-1, num_outputs=3)
        # The factor of the products of queries and keys is in the matrix.
        taken = self.node("MultiHeadAttention", parts, FUSED, num_heads=HEADS, scale=1.0)
        states = self.node("Add", [states, self._linear(f"{name}.mix", taken)])
        wide = self.node("Relu", [self._linear(f"{name}.widen", self.standardised(states))])
        return self.node("Add", [states, self._linear(f"{name}.narrow", wide)])

    def standardised(self, states: str) -> str:
        return self.node("LayerNormalization", [states, self.ones], epsilon=EPSILON)

    def read(self, states: str, match: str) -> None:
        """Add the outputs: what the question's and the sentence's tokens say together."""
        states = self.node("Squeeze", [states, self.first_axis])
        length = self.node("Shape", ["question"], start=0, end=1)
        end = self.constant("end", np.array([np.iinfo(np.int64).max]))
        asked = self.node("Slice", [states, self.first_axis, length])
        told = self.node("Slice", [states, length, end])
        mean = self.node("ReduceMean", [told, self.first_axis], keepdims=1)
        total = self.node("Log", [self.total])
        seen = self.node("Concat", [self._weighted(asked), mean, match, total], axis=1)
        logit = self._linear("head", seen)
        pointed = self.node("MatMul", [told, self.constant("point", self.tensors["point"])])
        pointed = self.node("Squeeze", [pointed, self.last_axis])
        self.nodes += [
            helper.make_node("Squeeze", [logit, self.first_axis], ["logit"]),
            helper.make_node("Softmax", [pointed], ["shares"], axis=0),
        ]

    def _into(self, side: str, name: str, told: str) -> str:
        inner = self.node("MatMul", [side, self.into])
        return self.node("Add", [inner, self._linear(name, told)])

    def _linear(self, name: str, states: str) -> str:
        return self.linear(states, name, self.tensors[name].T, self.tensors[f"{name}.bias"])

    def _weighted(self, values: str) -> str:
        """Return (1, width): the mean of values of the question's tokens, by their weights."""
        sums = self.node("MatMul", [self.node("Transpose", ["weights"]), values])
        return self.node("Div", [sums, self.total])
