"""The keyword half of the search: jieba words, scored by BM25.

BM25 is Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009),
with Lucene's idf, which is never negative. Leaves out: fields, phrases, and growing in place; an
index is made once from all texts.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.fold import fold

K1 = 1.2
B = 0.75
_WORD = re.compile(r"\w", re.UNICODE)


class Tokenizer:
    """Cuts folded text into words with jieba, to which `names` are added."""

    def __init__(self, names: Iterable[str] = (), cache: Path | None = None) -> None:
        import jieba

        jieba.setLogLevel(logging.WARNING)
        self._jieba = jieba.Tokenizer()
        if cache is not None:  # by default jieba shares a file in the system's temporary folder
            cache.mkdir(parents=True, exist_ok=True)
            self._jieba.tmp_dir = str(cache)
        for name in names:
            self._jieba.add_word(fold(name))

    def words(self, text: str) -> list[str]:
        """Return the words of `text`, long ones also in their parts, without punctuation.

        >>> Tokenizer().words("拥有８０台透析機。")
        ['拥有', '80', '台', '透析机']
        """
        return [word for word in self._jieba.cut_for_search(fold(text)) if _WORD.search(word)]


@dataclass(frozen=True, slots=True)
class BM25:
    """Postings of every word: for word `i`, the rows `starts[i]:starts[i + 1]` of the two arrays.

    `documents`: int32, the numbers of the texts that hold the word, ascending.
    `weights`: float32, the word's whole BM25 contribution to each of these texts.
    """

    vocabulary: dict[str, int]
    starts: NDArray[np.int64]
    documents: NDArray[np.int32]
    weights: NDArray[np.float32]
    size: int

    @classmethod
    def from_words(cls, texts: Sequence[Sequence[str]]) -> "BM25":
        """Index texts that are already cut into words."""
        postings: dict[str, list[tuple[int, int]]] = {}
        for number, words in enumerate(texts):
            for word, count in Counter(words).items():
                postings.setdefault(word, []).append((number, count))
        lengths = np.array([len(words) for words in texts], np.float32)
        norms = K1 * (1 - B + B * lengths / max(float(lengths.mean()) if len(texts) else 1.0, 1e-9))
        starts = np.zeros(len(postings) + 1, np.int64)
        documents = np.empty(sum(map(len, postings.values())), np.int32)
        weights = np.empty(len(documents), np.float32)
        for i, rows in enumerate(postings.values()):
            begin, end = starts[i], starts[i] + len(rows)
            starts[i + 1] = end
            documents[begin:end], counts = np.array(rows, np.int32).T
            weights[begin:end] = inverse_document_frequency(len(rows), len(texts)) * (
                counts / (counts + norms[documents[begin:end]])
            )
        vocabulary = {word: i for i, word in enumerate(postings)}
        return cls(vocabulary, starts, documents, weights, len(texts))

    def scores(self, words: Iterable[str]) -> NDArray[np.float32]:
        """Return float32 (size,): how well each text matches; 0 where no word occurs."""
        scores = np.zeros(self.size, np.float32)
        for word in words:
            number = self.vocabulary.get(word)
            if number is not None:
                rows = slice(self.starts[number], self.starts[number + 1])
                scores[self.documents[rows]] += self.weights[rows]
        return scores


def inverse_document_frequency(holding: int, total: int) -> float:
    """Return log(1 + (N - n + 0.5) / (n + 0.5)), for n of N texts that hold the word."""
    return float(np.log1p((total - holding + 0.5) / (holding + 0.5)))
