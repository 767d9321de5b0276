"""Institutions in a question whose names are written in Latin letters, or half in Latin letters."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from corpus.english_forms import ORDINALS
from corpus.lazy_pattern import lazy_pattern

_HAN = "\u4e00-\u9fff"
# fmt: off
_ASKING = frozenset({  # words that a question may begin with, and no name
    "Which", "What", "Where", "When", "Who", "Why", "How", "Does", "Do", "Did", "Is", "Are",
    "Was", "Were", "Has", "Have", "Can", "Could", "Will", "The", "A", "At", "In", "Of", "For",
    "And",
})
# fmt: on
_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}
_NUMBERS = {  # first, 1 and 1st are 一
    form: char
    for number, (word, char) in enumerate(zip(ORDINALS, "一二三四五六七八九十", strict=True), 1)
    for form in (word.lower(), str(number), f"{number}{_SUFFIXES.get(number, 'th')}")
}
_KINDS = {
    "people's": "人民",
    "central": "中心",
    "children's": "儿童",
    "cancer": "肿瘤",
    "traditional chinese medicine": "中医",
    "tcm": "中医",
}
_HALF_CHINESE = lazy_pattern(
    f"(?P<place>[{_HAN}]{{2,6}}) +(?:(?:city|county|district|municipal|no[.]) +)*"
    rf"(?:(?P<ordinal>{'|'.join(map(re.escape, _NUMBERS))}) +)?"
    rf"(?:(?P<kind>{'|'.join(map(re.escape, _KINDS))}) +)?hospital"
)
_LATIN_WORD = lazy_pattern(r"[a-z]+(?:['’]s)?|\d+(?:st|nd|rd|th)?")
# Words of such names that are no sound of a Chinese name.
_NO_SOUND = frozenset(
    """
    hospital clinic the of and for no city county district municipal provincial province affiliated
    university medical college general people central children women cancer traditional chinese
    medicine tcm maternal child health
    """.split()  # noqa: SIM905
)
# Kinds of hospitals, in words of which one is in either name or in neither.
_SAME_KINDS = (
    ({"children", "pediatric"}, "儿"),
    ({"cancer", "tumor", "tumour", "oncology"}, "瘤|癌"),
    ({"traditional", "tcm"}, "中医"),
    ({"maternal", "maternity", "women"}, "妇"),
    ({"stomatological", "dental", "stomatology"}, "口腔"),
    ({"eye", "ophthalmic"}, "眼"),
    ({"mental", "psychiatric"}, "精神|脑科"),
    ({"orthopedic", "orthopaedic", "orthopedics"}, "骨"),
    ({"rehabilitation"}, "康复"),
    ({"affiliated", "university"}, "附属|大学|学院"),
)
KIND_WORDS = frozenset().union(*(english for english, _ in _SAME_KINDS))
_NO_NAME = lazy_pattern("[的了是和与在及]")
_ORDINAL = lazy_pattern("第([一二三四五六七八九十])")
_LETTER = lazy_pattern("[A-Za-z]")
SHORTEST_SOUND = 4  # letters
_LATIN_NAME = lazy_pattern(
    r"(?:[A-Z][\w'’.-]*(?:\s+(?:of|the|and|for|No\.?\s*\d+)\b)?[\s-]+)+(?:Hospital|Clinic)\b"
)


class Known(Protocol):
    """What the documents say."""

    @property
    def sounds(self) -> Sequence[tuple[str, Sequence[Sequence[str]]]]:
        """What stands before 医院 and the like, with it, and the readings of each character."""

    def find(self, pattern: str) -> str:
        """Return the first thing that the documents say which fits a pattern; empty for none."""


def latin_names(text: str, folded: str, known: Known) -> tuple[list[str], list[str]]:
    """Return the names that no document says, and what the documents say for the others.

    A name of kinds only (the People's Hospital) is neither.
    """
    if not _LETTER.search(text):
        return [], []
    unknown, mentioned = [], [*_half_translated(folded, known)]
    for match in _LATIN_NAME.finditer(text):
        words = [word for word in match[0].split() if word not in _ASKING]
        own = [word for word in _lower(words) if word not in _NO_SOUND and word not in _NUMBERS]
        if len(words) > 1 and own:
            said = _said_by_sound(_lower(words), own, known)
            if said:
                mentioned.append(said)
            else:
                unknown.append(" ".join(words))
    return unknown, mentioned


def _lower(words: Sequence[str]) -> list[str]:
    found = _LATIN_WORD.findall(" ".join(words).lower())
    return [word.removesuffix("'s").removesuffix("’s") for word in found]


def _said_by_sound(words: Sequence[str], own: Sequence[str], known: Known) -> str:
    """Return the name in the documents that sounds like the first of the own words.

    It has the number of the words, or none when they have none, and is of the same kind.
    """
    for taken in range(len(own), 0, -1):
        sound = "".join(own[:taken])
        if len(sound) < SHORTEST_SOUND:
            continue
        for name, syllables in known.sounds:
            for start in range(len(syllables)):
                if _begins_with(sound, syllables[start:]):
                    said = name[start:]
                    if _fits(words, said):
                        return said
    return ""


def _fits(words: Sequence[str], said: str) -> bool:
    numbers = {_NUMBERS[word] for word in words if word in _NUMBERS}
    return (
        _NO_NAME.search(said) is None
        and all(number in said for number in numbers)
        and numbers >= set(_ORDINAL.findall(said))
        and all(
            english.isdisjoint(words) == (re.search(chinese, said) is None)
            for english, chinese in _SAME_KINDS
        )
    )


def _begins_with(sound: str, readings: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first characters, each read in one of its ways, make the sound."""
    if not sound or not readings:
        return not sound
    return any(
        sound.startswith(one) and _begins_with(sound[len(one) :], readings[1:])
        for one in readings[0]
    )


def _half_translated(folded: str, known: Known) -> Iterator[str]:
    """Yield what the documents say for a name that is Chinese in its place only.

    青禾 third people's hospital is 青禾市第三人民医院, where the documents say that.
    """
    for match in _HALF_CHINESE.finditer(folded):
        ordinal = match["ordinal"]
        number = f"第{_NUMBERS[ordinal]}" if ordinal else ""
        kind = _KINDS[match["kind"]] if match["kind"] else "(?:人民|中心)?"
        said = known.find(f"{match['place']}[省市县区镇]?{number}{kind}医院")
        if said:
            yield said
