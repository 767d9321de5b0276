"""BM25 over the postings of several segments: how well a text matches the words of a question.

BM25 is Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009),
with Lucene's idf, which is never negative. Its statistics are those of all segments together, so
that a score does not depend on which segment a text is in. Leaves out: fields and phrases.

The best texts are found as follows, and are exactly those that scoring every text would give. What
each word adds to a text is rounded up to a multiple of `UNIT`, and these small integers are added
up for all texts, which takes a tenth of the time that floats take. They say how well a text can
match at most, and to within a unit a word also how well at least; so that only the few texts with
a bound near the k-th highest need to be scored. (Bounds before scores are an old idea: Turtle and
Flood, "Query Evaluation: Strategies and Optimizations", 1995.)
"""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from heapq import merge
from itertools import accumulate, groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from qa.postings import Kinds, Postings, SortedWords

K1 = 1.2
B = 0.75
# Up to so many texts every one is scored, which is quicker then (`python -m benchmarks.lexical`).
FEW = 20_000
# A word in more than one of so many texts is common: what it adds is kept for all texts, one byte
# each, and added up in a run, which for such a word is quicker than going through its postings.
COMMON = 16
UNIT = float(np.log1p(COMMON)) / 127  # no common word has a higher idf; a byte has room for two
KEPT_BYTES = 128 << 20  # for what common words add
_BOUNDED = 300  # texts, in the time that scoring one takes
_SPREAD = 64  # groups of texts for each text that is sought
_SORTED_AT_ONCE = 400  # texts; of more it is quicker to find the best ones first
_REMEMBERED = 4096  # words
_AT_ONCE = 4  # questions, each of which is scored for more than one purpose


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A word's postings in one segment, whose texts are numbered from `base`."""

    segment: int
    base: int
    rows: NDArray[np.int32]
    kinds: Kinds
    shares: NDArray[np.float64]  # of the word's idf, that each kind of posting adds to a text


@dataclass(frozen=True, slots=True, eq=False)
class _Word:
    """A word that some text holds."""

    idf: float
    holding: int  # texts
    parts: tuple[_Part, ...]

    def adds(self, part: _Part) -> NDArray[np.float32]:
        """Return what the word adds to the score of a text, for each kind of posting."""
        return (self.idf * part.shares).astype(np.float32)

    def steps(self, part: _Part) -> NDArray[np.uint16]:
        """Return what the word adds to each text of a part, in units, rounded up."""
        whole = (self.idf / UNIT * part.shares).astype(np.uint16)
        return (whole + np.uint16(1))[part.kinds]


class BM25:
    """Scores the texts of several segments, numbered through in the order of the segments.

    A word that is asked twice counts twice. Several threads may use it at once.
    """

    def __init__(self, segments: Sequence[Postings]) -> None:
        self.vocabulary = Vocabulary([segment.words for segment in segments])
        self._segments = tuple(segments)
        *self._bases, self.size = accumulate((part.size for part in segments), initial=0)
        words = sum(int(segment.totals[1]) for segment in segments)
        mean_length = max(words / max(self.size, 1), 1e-9)
        self._shares = [_shares(segment.pairs, mean_length) for segment in segments]
        self._word = lru_cache(_REMEMBERED)(self._look_up)
        self._weighted = lru_cache(_REMEMBERED)(self._weights)
        self._summed = lru_cache(_AT_ONCE)(self._sum_of)
        self._common = lru_cache(max(KEPT_BYTES // max(self.size, 1), 1))(self._steps_of_all)

    def idf(self, word: str) -> float:
        """Return a word's inverse document frequency, the highest for one that no text holds."""
        known = self._word(word)
        return known.idf if known else inverse_document_frequency(0, self.size)

    def has(self, word: str) -> bool:
        """Tell whether any text holds a word."""
        return self._word(word) is not None

    def scores(self, words: Iterable[str]) -> NDArray[np.float32]:
        """Return float32 (size,): how well each text matches; 0 where no word occurs."""
        return self._sum_of(tuple(words))

    def scores_at(self, words: Iterable[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return float32 (len(rows),): how well the texts with these numbers match."""
        if self.size <= FEW:
            return self._summed(tuple(words))[rows]
        distinct, places = np.unique(rows, return_inverse=True)
        return self._scores_at(self._known(words), distinct)[places]

    def best(
        self, words: Iterable[str], k: int, among: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the `k` texts that match best, of those `among`, best first, and their scores.

        Fewer where fewer match at all; of equal ones the lower number comes first. Raises
        ValueError when `k` is not positive.
        """
        if k < 1:
            raise ValueError(f"k is {k}; ask for at least one text")
        rows = None if among is None else _ascending(among)
        if self.size <= FEW:
            rows = np.arange(self.size) if rows is None else rows
            return _top(rows, self._summed(tuple(words))[rows], k)
        known = self._known(words)
        if rows is None or len(rows) * _BOUNDED > self.size:
            rows = self._promising(known, k, rows)
        return _top(rows, self._scores_at(known, rows), k)

    def _sum_of(self, words: tuple[str, ...]) -> NDArray[np.float32]:
        weights = self._weighted if self.size <= FEW else self._weights
        scores = np.zeros(self.size, np.float32)
        for word in words:
            rows, added = weights(word)
            scores[rows] += added
        return scores

    def _known(self, words: Iterable[str]) -> list[_Word]:
        return [known for known in map(self._word, words) if known]

    def _look_up(self, word: str) -> _Word | None:
        parts = []
        for number, segment in enumerate(self._segments):
            rows, kinds = segment.of(word)
            if len(rows):
                base, shares = self._bases[number], self._shares[number]
                parts.append(_Part(number, base, rows, kinds, shares))
        holding = sum(len(part.rows) for part in parts)
        idf = inverse_document_frequency(holding, self.size)
        return _Word(idf, holding, tuple(parts)) if parts else None

    def _weights(self, word: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the texts that hold a word, and what it adds to the score of each."""
        known = self._word(word)
        if known is None:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        rows = np.concatenate([part.base + part.rows.astype(np.int64) for part in known.parts])
        return rows, np.concatenate([known.adds(part)[part.kinds] for part in known.parts])

    def _scores_at(self, words: list[_Word], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Score texts whose numbers ascend."""
        ends = np.searchsorted(rows, [*self._bases, self.size]).tolist()
        # Of the postings' own type, as arrays of two types are searched slowly.
        local = [
            (rows[begin:end] - base).astype(np.int32)
            for base, (begin, end) in zip(self._bases, pairwise(ends), strict=True)
        ]
        scores = np.zeros(len(rows), np.float32)
        for word in words:
            for part in word.parts:
                sought = local[part.segment]
                if not len(sought):
                    continue
                places = np.searchsorted(part.rows, sought)
                np.minimum(places, len(part.rows) - 1, out=places)
                found = np.flatnonzero(part.rows[places] == sought)
                at = found + ends[part.segment]
                scores[at] += word.adds(part)[part.kinds[places[found]]]
        return scores

    def _promising(
        self, words: list[_Word], k: int, among: NDArray[np.int64] | None
    ) -> NDArray[np.int64]:
        """Return texts, ascending, that the `k` best are among."""
        highest = sum(word.idf / UNIT + 1 for word in words)
        if highest > np.iinfo(np.uint16).max:  # some hundred rare words
            return np.arange(self.size) if among is None else among
        common = [word for word in words if word.holding * COMMON > self.size]
        bounds = self._sum(common)
        for word in words:
            if word not in common:
                for part in word.parts:
                    np.add.at(bounds[part.base :], part.rows, word.steps(part))
        slack = len(words) + 1  # a step a word, and one for what floats round off
        if among is None:
            return _near_the_top(bounds, k, slack)
        return among[_near_the_top(bounds[among], k, slack)]

    def _sum(self, common: list[_Word]) -> NDArray[np.uint16]:
        """Return uint16 (size,): what these words add to every text, in units, rounded up.

        As many as a byte has room for are added up in bytes, which takes half the time.
        """
        total = np.zeros(self.size, np.uint16)
        packed, room = np.zeros(self.size, np.uint8), 255
        for word in common:
            most = int(word.idf / UNIT) + 1
            if most > room:
                total += packed
                packed, room = np.zeros(self.size, np.uint8), 255
            packed += self._common(word)
            room -= most
        total += packed
        return total

    def _steps_of_all(self, word: _Word) -> NDArray[np.uint8]:
        """Return uint8 (size,): what a common word adds to every text, in units, rounded up."""
        steps = np.zeros(self.size, np.uint8)
        for part in word.parts:
            steps[part.base :][part.rows] = word.steps(part)
        return steps


class Vocabulary(Collection[str]):
    """The words of several segments, in the order of their characters."""

    def __init__(self, segments: Sequence[SortedWords]) -> None:
        self._segments = segments

    def __contains__(self, word: object) -> bool:
        return any(word in segment for segment in self._segments)

    def __iter__(self) -> Iterator[str]:
        return (word for word, _ in groupby(merge(*self._segments)))

    def __len__(self) -> int:
        return self._size

    @cached_property
    def _size(self) -> int:
        return sum(1 for _ in self)


def inverse_document_frequency(holding: int, total: int) -> float:
    """Return log(1 + (N - n + 0.5) / (n + 0.5)), for n of N texts that hold a word."""
    return math.log1p((total - holding + 0.5) / (holding + 0.5))


def _shares(pairs: NDArray[np.int64], mean_length: float) -> NDArray[np.float64]:
    """Return tf / (tf + k1 (1 - b + b length / mean length)), for counts and lengths (n, 2)."""
    counts, lengths = pairs.T
    norms = K1 * (1 - B + B * lengths.astype(np.float32) / mean_length)
    return np.asarray(counts / (counts + norms), np.float64)


def _ascending(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return rows in order and without repeats, quickly where they are so already."""
    if (rows[1:] > rows[:-1]).all():
        return rows
    ordered = np.sort(rows)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def _near_the_top(bounds: NDArray[np.uint16], k: int, slack: int) -> NDArray[np.int64]:
    """Return where bounds above 0 are at most `slack` below the `k`-th highest."""
    groups = _SPREAD * k
    width = len(bounds) // groups
    if width > 1:
        # k of the groups' highest are no higher than the k highest, and there are few of them. Of
        # neighbours, which may be of one document, each is in another group.
        highest = bounds[: width * groups].reshape(width, groups).max(axis=0)
        near = np.flatnonzero(bounds >= _floor(highest, k, slack))
    else:
        near = np.flatnonzero(bounds)
    return near[bounds[near] >= _floor(bounds[near], k, slack)]


def _floor(bounds: NDArray[np.uint16], k: int, slack: int) -> int:
    place = len(bounds) - k
    return max(int(np.partition(bounds, place)[place]) - slack, 1) if place >= 0 else 1


def _top(
    rows: NDArray[np.int64], scores: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the `k` best scores above 0, of rows that ascend."""
    held = np.flatnonzero(scores > 0)
    place = len(held) - k
    if len(held) > max(k, _SORTED_AT_ONCE):
        found = scores[held]
        least = np.partition(found, place)[place]
        above = held[found > least]
        # Of perhaps thousands of equal ones only the first, which sorting need not see.
        held = np.concatenate([above, held[found == least][: k - len(above)]])
    order = held[np.argsort(-scores[held], kind="stable")[:k]]
    return rows[order], scores[order]
