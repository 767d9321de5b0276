"""Words: texts are cut with jieba, to which the names in the documents are added."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from corpus.fold import fold
from corpus.lazy_pattern import lazy_pattern
from qa.dictionary import FEW, Frequencies, open_dictionary

TEXTS_REMEMBERED = 32  # a question is cut for several purposes, and its hospitals' names are
MANY = 1000  # names, for which the whole dictionary is loaded at once
QUESTION = 200  # characters; longer texts are not asked again
_WORD = lazy_pattern(r"\w", re.UNICODE)
_HAN_NUMBER = lazy_pattern("[零〇一二两三四五六七八九十百千万亿]{2,}")
_THOUSANDS = lazy_pattern(r"(?<=\d),(?=\d{3}(?!\d))")


class Tokenizer:
    """Cuts folded text into words with jieba, to which `names` are added.

    With names come, where they were worked out before, how often each counts as occurring:
    `frequencies` of the tokenizer that cut the documents. Working them out takes a second for ten
    thousand names.
    """

    def __init__(
        self, names: Iterable[str] | Mapping[str, int | None] = (), cache: Path | None = None
    ) -> None:
        from qa.cutter import Cutter

        self._jieba = Cutter()
        self._jieba.FREQ, self._jieba.total = open_dictionary(cache)
        self._jieba.initialized = True
        self._texts = 0
        known = names if isinstance(names, Mapping) else dict.fromkeys(map(fold, names))
        if len(known) > MANY:
            self._load()
        for name, frequency in known.items():
            self._jieba.add_word(name, frequency)
        self.frequencies = {name: self.frequency(name) for name in known}
        self._remembered = lru_cache(TEXTS_REMEMBERED)(self._cut)

    def cut(self, folded: str) -> list[str]:
        """Return all of a folded text in pieces, of which the words are whole."""
        self._count()
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
        return list(self._remembered(text) if len(text) <= QUESTION else self._cut(text))

    def _cut(self, text: str) -> tuple[str, ...]:
        self._count()
        plain = in_digits(fold(text))
        return tuple(word for word in self._jieba.cut_for_search(plain) if _WORD.search(word))

    def _count(self) -> None:
        self._texts += 1
        if self._texts == FEW:
            self._load()

    def _load(self) -> None:
        if isinstance(self._jieba.FREQ, Frequencies):
            self._jieba.FREQ = self._jieba.FREQ.loaded()


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
        return f"{cn2an.cn2an(match[0], 'smart'):.0f}"
    except (ValueError, OverflowError):  # that make no number: 百万千, 二三十; hundreds of 三
        return match[0]
