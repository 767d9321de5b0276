"""Which texts hold which words: postings on disk, in segments that never change.

A segment (the word is Lucene's) holds the postings of some texts. More texts make another segment
and rewrite nothing. It knows nothing of the texts in other segments, so that it keeps counts and
no scores: see `qa.bm25`. Leaves out: positions of words, merging segments, dropping texts.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from embeddings.durable import Stamp, write_array

Kinds = NDArray[np.unsignedinteger[Any]]

_ARRAYS = ("spellings", "bounds", "starts", "rows", "kinds", "pairs", "totals")
FILES = tuple(f"words.{name}.npy" for name in _ARRAYS)
_LOW = 2**32 - 1
_SORTED_AT_ONCE = 1 << 20  # words; their keys take 8 MB
_REMEMBERED = 4096  # words


class SortedWords(Collection[str]):
    """Words in the order of their UTF-8, found by binary search in a mapped file.

    A dict of 600,000 words takes a third of a second and 80 MB to make.

    `spellings`: uint8, the words one after the other. `bounds`: int64 (n + 1,), word `i` is
    `spellings[bounds[i]:bounds[i + 1]]`.
    """

    def __init__(self, spellings: NDArray[np.uint8], bounds: NDArray[np.int64]) -> None:
        self.spellings = spellings
        self.bounds = bounds
        # A memoryview gives one item several times faster than an array.
        self._bytes = spellings.data
        self._bounds = bounds.data
        self.number = lru_cache(_REMEMBERED)(self._number)

    @classmethod
    def from_sorted(cls, words: Sequence[str]) -> Self:
        """Pack words that are sorted and distinct."""
        spelled = [_encoded(word) for word in words]
        bounds = np.zeros(len(words) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, spelled), np.int64, len(words)), out=bounds[1:])
        return cls(np.frombuffer(b"".join(spelled), np.uint8), bounds)

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.number(word) is not None

    def __iter__(self) -> Iterator[str]:
        for begin, end in pairwise(self.bounds.tolist()):
            yield str(self._bytes[begin:end], "utf-8", "surrogatepass")

    def _number(self, word: str) -> int | None:
        """Return a word's place in the order, or None."""
        encoded = _encoded(word)
        place = bisect_left(range(len(self)), encoded, key=self._at)
        return place if place < len(self) and self._at(place) == encoded else None

    def _at(self, number: int) -> bytes:
        return bytes(self._bytes[self._bounds[number] : self._bounds[number + 1]])


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The postings of one segment; those of word `i` are `starts[i]:starts[i + 1]`.

    `rows`: int32, the numbers of the texts that hold the word, ascending.
    `kinds`: which row of `pairs` tells of the word in that text; uint8, or as wide as is needed.
    `pairs`: int64 (n, 2), how often a text holds a word, and the words of that text. There are some
    thousand different ones at most where texts are sentences, so that what BM25 makes of them is
    worked out once for each, and not for each posting.
    `totals`: int64 (2,), the number of texts, and of all their words.
    """

    words: SortedWords
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    kinds: Kinds
    pairs: NDArray[np.int64]
    totals: NDArray[np.int64]

    @classmethod
    def from_words(cls, texts: Iterable[Sequence[str]]) -> Self:
        """Index texts that are already cut into words.

        In memory are at one time some 12 bytes a posting (a text and one of its words), and every
        different word once.
        """
        numbers: defaultdict[str, int] = defaultdict()
        numbers.default_factory = numbers.__len__
        found, lengths = array("i"), array("i")
        parts, size, total = [], 0, 0
        for words in texts:
            found.extend(map(numbers.__getitem__, words))
            lengths.append(len(words))
            if len(found) >= _SORTED_AT_ONCE:
                parts.append(_Part.sorted_from(found, lengths, size))
                size, total = size + len(lengths), total + len(found)
                found, lengths = array("i"), array("i")
        parts.append(_Part.sorted_from(found, lengths, size))
        totals = np.array([size + len(lengths), total + len(found)], np.int64)
        ordered = sorted(numbers)
        order = np.fromiter(map(numbers.__getitem__, ordered), np.int64, len(ordered))
        return cls(SortedWords.from_sorted(ordered), *_joined(parts, order), totals)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Map the files that `save` wrote; what is asked for is read when it is asked for.

        Raises OSError when a file is not there, ValueError when it is not what was written.
        """
        spellings, bounds, starts, rows, kinds, pairs, totals = (
            _mapped(folder / name) for name in FILES
        )
        if not (
            len(bounds) == len(starts) > 0
            and bounds[-1] == len(spellings)
            and starts[-1] == len(rows) == len(kinds)
        ):
            raise ValueError(f"the files words.* in {folder} do not fit each other; index it anew")
        return cls(SortedWords(spellings, bounds), starts, rows, kinds, pairs, totals)

    @property
    def size(self) -> int:
        """The number of texts."""
        return int(self.totals[0])

    def of(self, word: str) -> tuple[NDArray[np.int32], Kinds]:
        """Return the texts that hold a word, ascending, and of which kind each is; maybe none."""
        number = self.words.number(word)
        if number is None:
            return self.rows[:0], self.kinds[:0]
        held = slice(self.starts[number], self.starts[number + 1])
        return self.rows[held], self.kinds[held]

    def save(self, folder: Path) -> dict[str, Stamp]:
        """Write `FILES` into an existing folder, each whole or not at all, and return their stamps.

        A folder is written once: a crash while a second segment is written over a first one may
        leave files of both. Raises OSError.
        """
        words: list[NDArray[Any]] = [self.words.spellings, self.words.bounds]
        arrays = [*words, self.starts, self.rows, self.kinds, self.pairs, self.totals]
        named = zip(FILES, arrays, strict=True)
        return {name: write_array(folder / name, content) for name, content in named}


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The postings of some texts in a row, by word; `sizes[i]` of them are of word `words[i]`.

    `packed` are its own pairs: the text's length, times 2**32, plus the count.
    """

    words: NDArray[np.int64]
    sizes: NDArray[np.int64]
    rows: NDArray[np.int32]
    kinds: Kinds
    packed: NDArray[np.int64]

    @classmethod
    def sorted_from(cls, found: "array[int]", lengths: "array[int]", first: int) -> Self:
        """Sort the words `found` in texts of these lengths, which are numbered from `first`."""
        sizes = np.array(lengths, np.int64)
        keys = np.array(found, np.int64) << 32
        keys |= np.repeat(np.arange(len(sizes)), sizes)
        keys.sort()
        begins = np.flatnonzero(np.diff(keys, prepend=-1))
        texts = keys[begins] & _LOW
        packed = sizes[texts] << 32
        packed |= np.diff(begins, append=len(keys))
        distinct = np.unique(packed)
        words = keys[begins] >> 32
        changes = np.flatnonzero(np.diff(words, prepend=-1))
        return cls(
            words[changes],
            np.diff(changes, append=len(words)),
            (texts + first).astype(np.int32),
            np.searchsorted(distinct, packed).astype(np.min_scalar_type(len(distinct))),
            distinct,
        )


def _joined(
    parts: list[_Part], order: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int32], Kinds, NDArray[np.int64]]:
    """Return starts, rows, kinds and pairs of all parts, with words in `order`.

    The parts are used up, which halves the memory that is needed.
    """
    holding = np.zeros(len(order), np.int64)
    for part in parts:
        holding[part.words] += part.sizes
    starts = np.zeros(len(order) + 1, np.int64)
    np.cumsum(holding[order], out=starts[1:])
    free = np.empty(len(order), np.int64)  # where the next posting of a word belongs
    free[order] = starts[:-1]
    packed = np.unique(np.concatenate([part.packed for part in parts]))
    rows = np.empty(starts[-1], np.int32)
    kinds = np.empty(starts[-1], np.min_scalar_type(len(packed)))
    parts.reverse()
    while parts:  # from the first text on, so that rows ascend
        part = parts.pop()
        ends = np.cumsum(part.sizes)
        places = np.repeat(free[part.words] - (ends - part.sizes), part.sizes)
        places += np.arange(len(places))
        rows[places] = part.rows
        kinds[places] = np.searchsorted(packed, part.packed)[part.kinds]
        free[part.words] += part.sizes
    return starts, rows, kinds, np.stack([packed & _LOW, packed >> 32], axis=1)


def _encoded(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")


def _mapped(path: Path) -> NDArray[Any]:
    """Map an array. As a plain one: slicing a `memmap` takes several times as long."""
    return np.asarray(np.lib.format.open_memmap(path, mode="r"))
