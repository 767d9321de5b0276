"""Text to vectors: what an encoder is, and how to open one by name.

The default name opens the model that comes with the installation, through onnxruntime. Any other
name is a sentence-transformers model: a folder, or a name on the hub.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings.verifier import Verifier

T = TypeVar("T")
Role = Literal["query", "passage"]
Spans = tuple[tuple[int, int], ...]
DEFAULT_MODEL = "multilingual-e5-small"


@dataclass(frozen=True, slots=True)
class Embedding:
    """One text's vectors, from one forward pass.

    `vector`: float32 (dim,), pooled and L2-normalised. `tokens`: float32 (n_tokens, token_dim), one
    row for each token of the text itself, without prompt and special tokens, as the model returns
    them; all of one encoder have the same length, which may be another than that of `vector`.
    `spans`: the half-open range of characters in the text that each token stands for.
    """

    vector: NDArray[np.float32]
    tokens: NDArray[np.float32]
    spans: Spans = ()

    def after(self, lead: str) -> "Embedding":
        """Return this embedding of `with_lead(lead, text)` with the tokens of `text` alone.

        With all tokens where their places are not known.
        """
        begin = len(lead)
        skipped = sum(end <= begin for _, end in self.spans) if lead else 0
        if not skipped:
            return self
        own = tuple(
            (max(start - begin - 1, 0), end - begin - 1) for start, end in self.spans[skipped:]
        )
        return Embedding(self.vector, self.tokens[skipped:], own)


class Encoder(Protocol):
    """Turns texts into vectors.

    `name` identifies the model and its runtime: an index made under one name is not used under
    another. `dim` is the length of every pooled vector.
    """

    @property
    def name(self) -> str: ...

    @property
    def dim(self) -> int: ...

    @property
    def verifier(self) -> Verifier | None:
        """What tells from this encoder's token vectors whether a sentence answers, if anything."""
        ...

    def encode(self, texts: Iterable[str], role: Role) -> Iterator[Embedding]:
        """Yield the embedding of each text, in order, with the model's prompt for `role`.

        A text longer than the model's window is read in several windows, so nothing of it is lost.
        """
        ...

    def spans(self, text: str) -> Spans:
        """Return the `spans` that the embedding of a passage has, without a forward pass."""
        ...


def with_lead(lead: str, text: str) -> str:
    """Return a text after what it is read with; the space keeps its tokens what they are alone."""
    return f"{lead} {text}" if lead else text


def open_encoder(name: str, cache: Path, threads: int = 0) -> Encoder:
    """Open the model `name`; `threads` is how many texts are encoded at a time, 0 for all cores.

    Raises ModelUnavailable when it cannot be had.
    """
    threads = threads or available_cores()
    if name == DEFAULT_MODEL:
        from embeddings.bundled import bundled_model
        from embeddings.onnx_encoder import OnnxEncoder

        return OnnxEncoder(bundled_model(cache), threads)
    from embeddings.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name, threads)


def encoder_name(model: str, cache: Path, threads: int = 0) -> str:
    """Return the name of the encoder that `open_encoder` would open; the default is not unpacked.

    Raises ModelUnavailable when another model cannot be had.
    """
    if model == DEFAULT_MODEL:
        from embeddings.onnx_encoder import ENCODER_NAME

        return ENCODER_NAME
    return open_encoder(model, cache, threads).name


def available_cores() -> int:
    """Return how many cores this process may use, which in a container is fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def token_mean(encoder: Encoder) -> NDArray[np.float32] | None:
    """Return what an encoder's token vectors are centred by; None for the mean of the texts."""
    return None if encoder.verifier is None else encoder.verifier.mean


def pool(windows: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the L2-normalised mean of the rows of all windows, float32 (dim,).

    For a text of several windows this is the mean of the windows' means, weighted by their length.
    """
    total = np.sum([rows.sum(axis=0) for rows in windows], axis=0, dtype=np.float32)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-12), np.float32)


def in_groups(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield things in lists of `size`, the last one shorter, as Python 3.12's `batched` does."""
    iterator = iter(things)
    while group := list(islice(iterator, size)):
        yield group
