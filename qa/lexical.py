"""The keyword half of the search: jieba words, scored by BM25.

BM25 is Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009),
with Lucene's idf, which is never negative. Leaves out: fields, phrases, and growing in place; an
index is made once from all texts.
"""

import logging
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.fold import fold

K1 = 1.2
B = 0.75
_WORD = re.compile(r"\w", re.UNICODE)
_HAN_NUMBER = re.compile("[零〇一二两三四五六七八九十百千万亿]{2,}")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


class Tokenizer:
    """Cuts folded text into words with jieba, to which `names` are added."""

    def __init__(self, names: Iterable[str] = (), cache: Path | None = None) -> None:
        import jieba

        dictionary = _dictionary(cache)
        self._jieba = jieba.Tokenizer()
        self._jieba.FREQ = dict(dictionary.FREQ)  # `add_word` changes it
        self._jieba.total = dictionary.total
        self._jieba.initialized = True
        for name in names:
            self._jieba.add_word(fold(name))

    def cut(self, folded: str) -> list[str]:
        """Return all of a folded text in pieces, of which the words are whole."""
        return list(self._jieba.cut(folded))

    def frequency(self, word: str) -> int:
        """Return how often the dictionary's sources have a word; 0 when it is none."""
        return int(self._jieba.FREQ.get(word, 0))

    def words(self, text: str) -> list[str]:
        """Return the words of `text`, long ones also in their parts, without punctuation.

        Numbers are in digits, however they are written.

        >>> Tokenizer().words("拥有８０台透析機。"), Tokenizer().words("一千七百五十三")
        (['拥有', '80', '台', '透析', '透析机'], ['1753'])
        """
        plain = in_digits(fold(text))
        return [word for word in self._jieba.cut_for_search(plain) if _WORD.search(word)]


def in_digits(folded: str) -> str:
    """Return a folded text with its numbers in digits.

    A single character stays as it is: 一 is more often part of a word than a number.

    >>> in_digits("一千七百五十三张，1,753张，三十余家，第三医院，千方百计")
    '1753张，1753张，30余家，第三医院，千方百计'
    """
    return _HAN_NUMBER.sub(_to_digits, _THOUSANDS.sub("", folded))


def _to_digits(match: re.Match[str]) -> str:
    import cn2an

    try:
        number = cn2an.cn2an(match[0], "smart")
    except ValueError:  # characters for numbers that make none: 百万千, 二三十
        return match[0]
    return f"{number:.0f}"


@cache
def _dictionary(folder: Path | None) -> Any:
    """Return a jieba tokenizer that holds its dictionary, which takes half a second to load.

    It keeps a fast form of it in `folder`, by default in the system's temporary folder.
    """
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer.tmp_dir = str(folder)
    tokenizer.initialize()
    return tokenizer


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
    def from_words(cls, texts: Iterable[Sequence[str]]) -> "BM25":
        """Index texts that are already cut into words."""
        vocabulary: dict[str, int] = {}
        found, numbers, counts, totals = array("i"), array("i"), array("i"), array("i")
        for number, words in enumerate(texts):
            totals.append(len(words))
            for word, count in Counter(words).items():
                found.append(vocabulary.setdefault(word, len(vocabulary)))
                numbers.append(number)
                counts.append(count)
        lengths = np.array(totals, np.float32)
        norms = K1 * (1 - B + B * lengths / max(float(lengths.mean()) if totals else 1.0, 1e-9))
        order = np.argsort(np.array(found, np.int32), kind="stable")
        holding = np.bincount(np.array(found, np.int32), minlength=len(vocabulary))
        documents = np.array(numbers, np.int32)[order]
        often = np.array(counts, np.int32)[order]
        rarity = np.repeat(inverse_document_frequency(holding, len(totals)), holding)
        return cls(
            vocabulary,
            np.concatenate([np.zeros(1, np.int64), np.cumsum(holding, dtype=np.int64)]),
            documents,
            (rarity * (often / (often + norms[documents]))).astype(np.float32),
            len(totals),
        )

    def idf(self, word: str) -> float:
        """Return a word's inverse document frequency, the highest for one that no text holds."""
        number = self.vocabulary.get(word)
        holding = 0 if number is None else int(self.starts[number + 1] - self.starts[number])
        return float(inverse_document_frequency(np.array([holding]), self.size)[0])

    def scores(self, words: Iterable[str]) -> NDArray[np.float32]:
        """Return float32 (size,): how well each text matches; 0 where no word occurs."""
        scores = np.zeros(self.size, np.float32)
        for word in words:
            number = self.vocabulary.get(word)
            if number is not None:
                rows = slice(self.starts[number], self.starts[number + 1])
                scores[self.documents[rows]] += self.weights[rows]
        return scores


def inverse_document_frequency(holding: NDArray[np.int64], total: int) -> NDArray[np.float64]:
    """Return log(1 + (N - n + 0.5) / (n + 0.5)), for n of N texts that hold a word."""
    return np.asarray(np.log1p((total - holding + 0.5) / (holding + 0.5)), np.float64)
