"""Passages that say the same: one is kept, and the places of all others are remembered.

A page is printed twice, or a paper reprints an article with a word changed and other line breaks.
Losing a fact is worse than showing one twice: whatever might tell another thing stays.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import ceil

import numpy as np
from numpy.typing import NDArray

from corpus.lazy_pattern import lazy_pattern
from corpus.model import Passage
from corpus.reflow import searchable

MIN_NEAR = 12  # characters without white space; of a shorter text every one tells
MIN_SHARED = 0.9  # of the 4-grams of the longer text, so that what is dropped adds little to it
MAX_EDIT = 4  # characters changed in a row; a longer insertion may be a fact of its own

_GRAM = 4  # characters
_WINDOW = 16  # neighbours that share a frequent 4-gram and are compared; keeps the time linear
_FEW = 64  # texts that are compared each with each
_TABLE_BITS = 20  # of the table in which 4-grams are counted, for all sizes of a corpus

_WIDE = {0xFF01 + i: 0x21 + i for i in range(94)}
_MARKS = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "｡": "。", "､": "、", "￥": "¥"})
_FORM = _WIDE | _MARKS
# White space between two figures or Latin words parts them; all other is only layout.
_SPACE = lazy_pattern(r"\s+(?![0-9A-Za-z])|(?<![0-9A-Za-z])\s+")
# What tells one statement from another: figures; acronyms; and characters that alone turn it, which
# are negations, grades, directions, sexes and changes.
_DECISIVE = lazy_pattern(
    r"\d+(?:[.,:/]\d+)*|[%‰]|[A-Z]{2,}|[两半双]"
    "|[不未无没非否甲乙丙丁上下左右前后男女增减升降]"
)
# A department, an illness or a room is told from another one by the characters before these.
_NAMED = lazy_pattern(
    r"[\u3400-\u9fff]{0,2}(?:科(?![学研技普教])|病(?![人房床情历例])|[室症癌炎楼])"
)

_Grams = NDArray[np.uint64]


def unique_passages(
    passages: Sequence[Passage],
) -> tuple[tuple[Passage, ...], dict[str, tuple[str, ...]]]:
    """Return the passages to keep, in order, and the ids of the repeats of each kept passage.

    The first of a group stays; every kept id is a key, with an empty tuple if nothing repeats it.
    Repeats are about the same hospitals and have the same text but for white space and the width
    of punctuation or, from `MIN_NEAR` characters on, but for a few characters none of which is
    part of a figure, a negation or the name of a department. What is a group does not depend on
    the order of `passages`. Their ids have to be distinct.
    """
    same: dict[tuple[tuple[str, ...], str], list[int]] = defaultdict(list)
    for at, passage in enumerate(passages):
        same[passage.hospitals, _plain(passage.text)].append(at)
    comparable: dict[tuple[object, ...], list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for hospitals, text in same:
        about = (hospitals, *_decisive(text)) if len(text) >= MIN_NEAR else (hospitals, text)
        comparable[about].append((hospitals, text))
    groups = [
        sorted(at for key in group for at in same[key])
        for keys in comparable.values()
        for group in _groups(sorted(keys))
    ]
    groups.sort()
    return (
        tuple(passages[group[0]] for group in groups),
        {
            passages[group[0]].passage_id: tuple(passages[at].passage_id for at in group[1:])
            for group in groups
        },
    )


def _plain(text: str) -> str:
    """Return `text` without layout and in one width of punctuation, letters and digits."""
    return _SPACE.sub("", searchable(text).translate(_FORM))


def _decisive(text: str) -> tuple[object, ...]:
    """Return what has to be equal in two texts that say the same."""
    numerals = "".join(char for char in text if char.isnumeric())  # also 三, 百, ½ and ①
    return numerals, tuple(_DECISIVE.findall(text)), tuple(_NAMED.findall(text))


def _groups(keys: list[tuple[tuple[str, ...], str]]) -> list[list[tuple[tuple[str, ...], str]]]:
    """Return the keys, which are sorted, in groups of which each is linked by near repeats."""
    if len(keys) == 1:
        return [keys]
    texts = [text for _, text in keys]
    grams = [_grams(text) for text in texts]
    prints = [_print(each) for each in grams]
    parents = list(range(len(keys)))

    def root(at: int) -> int:
        while parents[at] != at:
            parents[at] = parents[parents[at]]
            at = parents[at]
        return at

    for one, other in _candidates(grams):
        # Each 4-gram that only one text has changes at most one bit: a cheap and safe first look.
        differing = (prints[one] ^ prints[other]).bit_count()
        if differing > _allowance(len(grams[one]), len(grams[other])):
            continue
        first, second = root(one), root(other)
        if first != second and _near(texts[one], texts[other], grams[one], grams[other]):
            parents[max(first, second)] = min(first, second)
    groups: dict[int, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for at, key in enumerate(keys):
        groups[root(at)].append(key)
    return list(groups.values())


def _grams(text: str) -> _Grams:
    """Return the 4-grams of `text` as numbers, sorted; the same in every process."""
    chars = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    count = max(0, len(chars) - _GRAM + 1)
    mixed = np.zeros(count, np.uint64)
    for shift in range(_GRAM):
        mixed = (mixed ^ chars[shift : shift + count]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


def _print(grams: _Grams) -> int:
    """Return a number of 1,024 bits, of which each 4-gram sets one."""
    bits = np.zeros(1024, np.uint8)
    bits[(grams >> np.uint64(54)).astype(np.int64)] = 1
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _allowance(one: int, other: int) -> float:
    """Return how many 4-grams may be in one only of two texts that have so many; or less than 0."""
    return one + other - 2 * (MIN_SHARED * max(one, other))


def _candidates(grams: list[_Grams]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that may share enough: those with a rare 4-gram in common.

    Two sets that share the part `MIN_SHARED` of the larger one also share one of its rarest
    4-grams, of which only as many are looked at as may differ, and one. So no pair is missed,
    except among more than `_WINDOW` texts that share all of these.
    """
    if len(grams) <= _FEW:
        yield from combinations(range(len(grams)), 2)
        return
    slots = [(each >> np.uint64(64 - _TABLE_BITS)).astype(np.int64) for each in grams]
    table = np.zeros(1 << _TABLE_BITS, np.int64)
    for slot in slots:
        table[slot] += 1
    having: dict[int, list[int]] = defaultdict(list)
    for at, (each, slot) in enumerate(zip(grams, slots, strict=True)):
        rarest = np.lexsort((each, table[slot]))
        for gram in each[rarest[: len(each) - ceil(MIN_SHARED * len(each)) + 1]].tolist():
            having[gram].append(at)
    for places in having.values():
        for begin, one in enumerate(places):
            # In the order of the texts, near ones mostly stand beside each other.
            for other in places[begin + 1 : begin + 1 + _WINDOW]:
                yield one, other


def _near(text: str, other: str, grams: _Grams, others: _Grams) -> bool:
    """Tell whether two texts differ in a few characters, here and there, only."""
    from rapidfuzz.distance import Levenshtein

    differing = np.setxor1d(grams, others, assume_unique=True).size
    return differing <= _allowance(len(grams), len(others)) and all(
        max(edit.src_end - edit.src_start, edit.dest_end - edit.dest_start) <= MAX_EDIT
        for edit in Levenshtein.opcodes(text, other)
        if edit.tag != "equal"
    )
