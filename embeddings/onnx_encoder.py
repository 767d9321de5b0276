"""The default encoder at work: onnxruntime, without torch."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.bundled import FOLDER, ONNX_FILE, PROMPTS
from embeddings.encoder import Embedding, Role, Spans, in_groups, pool
from embeddings.onnx_session import open_session
from embeddings.unigram import Unigram
from embeddings.verifier import Verifier
from qa.errors import ModelUnavailable

RUNTIME = "onnx-int8"
ENCODER_NAME = f"{FOLDER} {RUNTIME}"
GROUP = 256  # texts in flight: enough to keep the threads busy, few enough to stay small in memory


class OnnxEncoder:
    """Encodes with the model in `folder`, each text on one thread, `threads` texts at a time."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        from onnxruntime.capi import onnxruntime_pybind11_state as native

        try:
            self._session = open_session(str(folder / ONNX_FILE))
            self._unigram = Unigram(folder)
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self._verifier = Verifier.open(folder.parent) if folder.name == FOLDER else None
        except (
            OSError,
            KeyError,
            ValueError,
            native.Fail,
            native.InvalidProtobuf,
            native.NoSuchFile,
        ) as error:
            raise ModelUnavailable(
                f"the model in {folder} cannot be loaded ({error}); delete that folder and it will "
                "be made anew"
            ) from error
        self._name = f"{folder.name} {RUNTIME}"
        self._dim = int(config["hidden_size"])
        self._window = int(config["max_position_embeddings"]) - 2
        self._threads = threads
        self._prompt_lengths = {
            prompt: len(self._unigram.encode(prompt.rstrip())[0])
            for prompt in set(PROMPTS.values())
        }

    @property
    def name(self) -> str:
        return self._name

    @property
    def dim(self) -> int:
        return self._dim

    @property
    def verifier(self) -> Verifier | None:
        return self._verifier

    def encode(self, texts: Iterable[str], role: Role) -> Iterator[Embedding]:
        encode_one = partial(self._encode_one, prompt=PROMPTS[role])
        groups = in_groups(texts, GROUP)
        first = next(groups, [])
        if len(first) <= 1 or self._threads == 1:  # a question needs no threads
            for group in chain([first], groups):
                yield from map(encode_one, group)
            return
        with ThreadPoolExecutor(self._threads) as executor:
            for group in chain([first], groups):
                yield from executor.map(encode_one, group)

    def spans(self, text: str) -> Spans:
        return self._tokens(text, PROMPTS["passage"])[1]

    def _tokens(self, text: str, prompt: str) -> tuple[list[int], Spans]:
        """Return the ids of prompt and text, and the places of those of the text."""
        # Lone surrogates have no UTF-8 form, which the tokenizer needs.
        clean = text.encode("utf-8", "replace").decode("utf-8")
        ids, spans = self._unigram.encode(prompt + clean)
        return ids, tuple(
            (max(start - len(prompt), 0), end - len(prompt))
            for start, end in spans[self._prompt_lengths[prompt] :]
        )

    def _encode_one(self, text: str, prompt: str) -> Embedding:
        ids, spans = self._tokens(text, prompt)
        starts = range(0, max(len(ids), 1), self._window)
        windows = [self._forward(ids[start : start + self._window]) for start in starts]
        tokens = np.concatenate([rows[1:-1] for rows, _ in windows])
        vector = pool([total for _, total in windows])
        return Embedding(vector, tokens[self._prompt_lengths[prompt] :], spans)

    def _forward(self, ids: list[int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return float32 (len(ids) + 2, token_dim), the tokens with <s> before and </s> after them.

        Also their sum before they are projected, float32 (1, dim).
        """
        inputs = np.array([[self._unigram.begin, *ids, self._unigram.end]], np.int64)
        tokens, total = self._session.run(("token_vectors", "sum"), {"input_ids": inputs})
        return tokens[0], total
