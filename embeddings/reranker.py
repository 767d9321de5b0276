"""A cross-encoder as the last stage of the search: slow, optional, and any by name."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker(Protocol):
    """Tells how well texts answer a question, reading each together with it."""

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 (n_texts,): higher is better; the scale is the model's own."""
        ...


class CrossEncoderReranker:
    """`sentence_transformers.CrossEncoder(name)`, on the CPU."""

    def __init__(self, name: str, threads: int = 1) -> None:
        self._model = _load(name, threads)

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        pairs = [(question, text) for text in texts]
        return np.asarray(self._model.predict(pairs, show_progress_bar=False), np.float32)


def open_reranker(name: str, threads: int = 1) -> Reranker | None:
    """Return the reranker `name`, a folder or a name on the hub; None for the empty name.

    Raises ModelUnavailable when it cannot be had.
    """
    return CrossEncoderReranker(name, threads) if name else None


def _load(name: str, threads: int) -> "CrossEncoder":
    try:
        import torch
        from safetensors import SafetensorError
        from sentence_transformers import CrossEncoder
    except ImportError as error:
        raise ModelUnavailable(
            f"the reranker {name!r} needs sentence-transformers: install it with "
            "`pip install 'hospital-qa[models]'`"
        ) from error
    torch.set_num_threads(threads)
    try:
        return CrossEncoder(name, device="cpu", num_labels=1)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
        raise ModelUnavailable(
            f"the reranker {name!r} cannot be loaded ({' '.join(str(error).split())}); give the "
            "path of a cross-encoder's folder or a name on the hub that this machine can reach"
        ) from error
