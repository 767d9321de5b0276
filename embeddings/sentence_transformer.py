"""Any sentence-transformers model as an encoder, with the prompts that it brings."""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.encoder import Embedding, Role, Spans, in_groups, pool
from qa.errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PROMPT_NAMES: dict[Role, tuple[str, ...]] = {
    "query": ("query",),
    "passage": ("document", "passage", "corpus"),
}
BATCH = 32
SLACK = 8  # a piece of a long text is tokenised anew, which may make a few tokens more


class SentenceTransformerEncoder:
    """Encodes with `SentenceTransformer(name)`, on `threads` threads."""

    def __init__(self, name: str, threads: int = 1) -> None:
        self._model = _load(name, threads)
        self._name = f"{name} {_fingerprint(Path(name))}".strip()
        self._dim = int(self._model.get_embedding_dimension() or 0)
        special = self._model.tokenizer("a", return_special_tokens_mask=True)["special_tokens_mask"]
        self._before = special.index(0)
        self._after = special[::-1].index(0)
        prompts = self._model.prompts
        self._prompts = {
            role: next((prompts[name] for name in names if prompts.get(name)), "")
            for role, names in PROMPT_NAMES.items()
        }

    @property
    def name(self) -> str:
        return self._name

    @property
    def dim(self) -> int:
        return self._dim

    @property
    def verifier(self) -> None:
        return None  # it is made for one model's token vectors

    def encode(self, texts: Iterable[str], role: Role) -> Iterator[Embedding]:
        prompt, skipped = self._prompts[role], self._skipped(role)
        for group in in_groups(texts, BATCH):
            windows = [self._windows(text, skipped) for text in group]
            outputs = iter(self._run([piece for pieces, _ in windows for piece in pieces], prompt))
            for pieces, spans in windows:
                yield self._join([next(outputs) for _ in pieces], skipped, spans)

    def spans(self, text: str) -> Spans:
        return self._windows(text, self._skipped("passage"))[1]

    def _skipped(self, role: Role) -> int:
        """Return how many tokens stand before those of a text."""
        prompt = self._prompts[role].rstrip()
        prompt_ids = self._model.tokenizer(prompt, add_special_tokens=False)["input_ids"]
        return int(self._before + len(prompt_ids))

    def _windows(self, text: str, skipped: int) -> tuple[list[str], Spans]:
        """Cut a text that is longer than the model reads into pieces that it can read.

        Also return what characters of it each token stands for.
        """
        limit = (self._model.max_seq_length or 512) - skipped - self._after
        clean = text.encode("utf-8", "replace").decode("utf-8")
        encoded = self._model.tokenizer(
            clean, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        spans = tuple((begin, end) for begin, end in encoded["offset_mapping"])
        if len(spans) <= limit:
            return [clean], spans
        step = max(limit - SLACK, 1)
        cuts = [0, *(begin for begin, _ in spans[step::step]), len(clean)]
        return [clean[begin:end] for begin, end in pairwise(cuts)], spans

    def _run(self, texts: list[str], prompt: str) -> list[dict[str, Any]]:
        outputs: list[dict[str, Any]] = self._model.encode(
            texts,
            prompt=prompt or None,
            output_value=None,
            batch_size=BATCH,
            show_progress_bar=False,
        )
        return outputs

    def _join(self, outputs: list[dict[str, Any]], skipped: int, spans: Spans) -> Embedding:
        rows = [_rows(output) for output in outputs]
        if len(outputs) == 1:
            vector = _array(outputs[0]["sentence_embedding"])
        else:
            weights = [len(tokens) for tokens in rows]
            vectors = np.stack([_array(output["sentence_embedding"]) for output in outputs])
            vector = vectors.T @ np.array(weights, np.float32)
        tokens = np.concatenate([tokens[skipped : len(tokens) - self._after] for tokens in rows])
        # Where a cut made other tokens of the same text, their places are not known; then none is
        # told.
        return Embedding(pool([vector[None]]), tokens, spans if len(spans) == len(tokens) else ())


def _rows(output: dict[str, Any]) -> np.ndarray:
    rows = _array(output["token_embeddings"])
    return rows[_array(output["attention_mask"]) > 0]  # some models pad on the left


def _array(tensor: Any) -> np.ndarray:
    return np.asarray(tensor.detach().cpu().float().numpy(), np.float32)


def _load(name: str, threads: int) -> "SentenceTransformer":
    try:
        import torch
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise ModelUnavailable(
            f"the model {name!r} needs sentence-transformers: install it with "
            "`pip install 'hospital-qa[models]'`"
        ) from error
    torch.set_num_threads(threads)
    try:
        model = SentenceTransformer(name, device="cpu")
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
        raise ModelUnavailable(
            f"the model {name!r} cannot be loaded ({' '.join(str(error).split())}); give the path "
            "of a sentence-transformers folder or a name on the hub that this machine can reach"
        ) from error
    if not getattr(model.tokenizer, "is_fast", False):
        raise ModelUnavailable(
            f"the model {name!r} has no vectors of single tokens with their places in the text, "
            "which the ranking needs; choose a transformer model with a fast tokenizer"
        )
    return model


def _fingerprint(folder: Path) -> str:
    """Return what tells two states of a local model folder apart; nothing for a name on the hub."""
    if not folder.is_dir():
        return ""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        status = path.stat()
        digest.update(
            f"{path.relative_to(folder)} {status.st_size} {status.st_mtime_ns}\n".encode()
        )
    return digest.hexdigest()[:12]
