"""The places that an article says, by their names alone: 汉阴 for 汉阴县.

A place is told by its level (市, 县, 区, 镇, 乡) or by a dateline (本报汀源讯, 汀源日报). Leaves
out: provinces and countries, which tell too little, and villages and streets, which tell too much.
"""

from collections.abc import Collection
from functools import lru_cache

from corpus.english_forms import place_in_letters
from corpus.fold import fold
from corpus.institution_names import cut
from corpus.institutions import proper_nouns
from corpus.lazy_pattern import lazy_pattern
from corpus.reflow import searchable

NAMES_KEPT = 4096  # places whose names in letters are remembered
MOST = 16  # of an article; one that lists more is about none of them
_HAN = "\u4e00-\u9fff"
# What follows the name of a place: its level, or a newspaper called by it.
_AFTER = lazy_pattern(f"(?<=[{_HAN}]{{2}})(?:[市县区镇乡](?![长级民场内里外上下])|[日晚晨]报)")
_DATELINE = lazy_pattern(f"本报([{_HAN}]{{2,4}}?)(?:\\d+月\\d+日)?[讯电]")
_LETTERS = lazy_pattern("[a-z]{4}")
_BEFORE = 8  # characters that are cut into words; what the cut begins in the middle of is far off
_LENGTHS = (2, 3)  # characters of a name that no dictionary has
_A_CHARACTER = lazy_pattern(f"[{_HAN}]")
# What counts, points or describes, and is no part of such a name.
_NO_NAME = frozenset(
    "省市县区镇乡村州街院校社医病的了在是有和与跟及或去到给从被把让对向比这那本各全两几多少所家个每我你他老旧新城"
    "小外下上里为以该某名大"
)


def places_of(text: str) -> tuple[str, ...]:
    """Return the folded names of the first places that a text says, in their order.

    >>> places_of("本报汀源讯 青柏縣的路修好了，老城区还没有。")
    ('汀源', '青柏')
    """
    text = searchable(fold(text))
    said = (
        _name_at_the_end(text[max(0, match.start() - _BEFORE) : match.start()], match[0])
        for match in _AFTER.finditer(text)
    )
    return tuple(dict.fromkeys(filter(None, (*_DATELINE.findall(text), *said))))[:MOST]


def _name_at_the_end(text: str, level: str) -> str:
    """Return a proper noun, or characters that are no words; empty when there is neither."""
    words = cut(text)
    if len(words[-1]) > 1 and _NO_NAME.isdisjoint(words[-1]):
        names = {words[-1], words[-1] + level}  # 长治市 is in the dictionary, and 长治 not
        return "" if names.isdisjoint(proper_nouns()) else words[-1]
    name = ""
    while words and _is_of_a_name(words[-1]):
        name = words.pop() + name
    return name if len(name) in _LENGTHS else ""


def _is_of_a_name(word: str) -> bool:
    return len(word) == 1 and word not in _NO_NAME and _A_CHARACTER.match(word) is not None


def places_named(folded: str, places: Collection[str]) -> set[str]:
    """Return which of the places a folded question names, none within the name of another.

    >>> sorted(places_named("汀源的路", {"汀源", "青柏", "源的"}))
    ['汀源', '源的']
    """
    named = {place for place in places if place in folded}
    if _LETTERS.search(folded):
        named |= {place for place in places if _in_letters(place) in folded}
    return {place for place in named if not any(place in other for other in named - {place})}


@lru_cache(NAMES_KEPT)
def _in_letters(place: str) -> str:
    return place_in_letters(place).lower()
