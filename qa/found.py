"""What the search needs of an index, and what it is given: sentences, by number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.model import Passage, Sentence
from embeddings.tokens import Floats, Similarities
from qa.model import Kind

Rows = NDArray[np.int64]


class Words(Protocol):
    """How telling words are."""

    def idf(self, word: str) -> float:
        """Return a word's inverse document frequency."""
        ...

    def has(self, word: str) -> bool:
        """Tell whether any text holds a word."""
        ...


class Readable(Protocol):
    """Sentences and their passages, by number."""

    def similarities(self, rows: Rows, query: Floats) -> Similarities:
        """Compare a query's tokens with those of rows, which ascend."""
        ...

    def centred(self, query: Floats, row: int) -> tuple[Floats, Floats]:
        """Return the tokens of a query and of a row, centred."""
        ...

    def holding(self, kind: Kind, rows: Rows) -> NDArray[np.bool_]:
        """Return bool (n_rows,): whether each row holds a value of this kind."""
        ...

    def asking(self, rows: Rows) -> NDArray[np.bool_]:
        """Return bool (n_rows,): whether each row is a question."""
        ...

    def passage(self, number: int) -> Passage: ...

    def sentence(self, row: int, passage: int | None = None) -> Sentence: ...

    def run(self, passage: int) -> tuple[int, int]:
        """Return the half-open range of the rows of a passage."""
        ...

    def plain(self, passage: int) -> tuple[str, str]:
        """Return the context and the text of a passage, folded for searching."""
        ...

    def embedded_text(self, row: int) -> str:
        """Return what of a sentence was embedded."""
        ...


class Searchable(Protocol):
    """An index. What it finds may lie in a part of it that was fetched for the question."""

    @property
    def lexical(self) -> Words: ...

    def find(
        self,
        vector: Floats,
        words: Sequence[str],
        hospitals: Sequence[str],
        mentioned: Sequence[str],
        k: int,
    ) -> "Found":
        """Return the `k` nearest sentences and the `k` that match the words best.

        With `hospitals`, or names that are `mentioned`, only those of passages count that are about
        one of these hospitals or say one of these names, which are folded.
        """
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """Sentences that may answer, by number, and what each side of the search says of them.

    `index` has all of their passages. `passages`: int64 (n_rows,). `cosines`: of the rows that the
    dense side found. `lexical`: float32 (n_rows,), their BM25.
    """

    index: Readable
    rows: NDArray[np.int64]
    passages: NDArray[np.int64]
    cosines: dict[int, float]
    lexical: NDArray[np.float32]

    def by_passage(
        self, scores: NDArray[np.float32], k: int
    ) -> dict[int, list[tuple[float, int, int]]]:
        """Return the `k` best passages, best first, each with score, row and place of its rows.

        The best row comes first. Ties go to what stands first in the documents, so that every run
        gives the same answer.
        """
        grouped: dict[int, list[tuple[float, int, int]]] = {}
        order = np.lexsort((self.rows, -scores))
        ranked = zip(scores[order].tolist(), self.rows[order].tolist(), order.tolist(), strict=True)
        for passage, found in zip(self.passages[order].tolist(), ranked, strict=True):
            grouped.setdefault(passage, []).append(found)
        best = sorted(grouped, key=lambda passage: (-grouped[passage][0][0], passage))
        return {passage: grouped[passage] for passage in best[:k]}
