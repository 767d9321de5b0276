"""Other names that an article gives the hospital that it is about: 该院挂A、B的牌子, 又名C."""

import re
from collections.abc import Iterator

from corpus.institution_names import institution_names
from corpus.lazy_pattern import lazy_pattern
from corpus.short_forms import customary_forms, partial_forms

_HAN = "\u4e00-\u9fff"
_CLAUSE = lazy_pattern("[^。！？；\n]+")
# On signs beside the first, and what it is called too. No name is cut from within a longer word.
_SIGNS = lazy_pattern("挂(?:有|着|了)?(?P<names>[^。！？；，,]{4,80}?)的?招?牌")
_CALLED = lazy_pattern("(?:又名|又称|亦称|也称|别名)(?:为)?(?P<names>[^。！？；，,（）()]{4,30})")
_NAME = lazy_pattern(f'[“"]?([{_HAN}]{{4,20}}(?:医院|中心|卫生院|保健院|疗养院))[”"]?(?:等)?')
_BEGINS = lazy_pattern(f"[{_HAN}]{{2,4}}[省市县区]|中国|国家|全国")
# Signs of a partner, and of what is not the whole hospital.
_NO_NAME = lazy_pattern(
    "合作|协作|会诊|培训|基地|分院|技术|指导|胸痛|卒中|创伤|急救|诊疗|研究|远程"
)


def other_names(text: str, hospital: str) -> tuple[str, ...]:
    """Return other names of `hospital`, in their order; `text` is without breaks in words.

    A name counts when it begins with the place of the hospital, and the clauses before speak of no
    other one.

    >>> text = "该院同时挂青禾市精神卫生中心、青禾市荣军医院的牌子。该院又名青禾市安定医院。"
    >>> other_names(text, "青禾市第三人民医院")
    ('青禾市精神卫生中心', '青禾市荣军医院', '青禾市安定医院')
    """
    forms = (hospital, *customary_forms(hospital), *partial_forms(hospital))
    place = _BEGINS.match(hospital)
    if place is None:
        return ()
    found = (name for sentence in _CLAUSE.findall(text) for name in _names(sentence, forms))
    return tuple(dict.fromkeys(name for name in found if name.startswith(place[0])))


def _names(sentence: str, forms: tuple[str, ...]) -> Iterator[str]:
    for pattern in (_SIGNS, _CALLED):
        for match in pattern.finditer(sentence):
            if not _speaks_of(sentence[: match.start()], forms):
                continue
            for part in re.split("[、和及与]", match["names"]):
                name = _NAME.fullmatch(part.strip())
                if name and not _NO_NAME.search(name[1]):
                    yield name[1]


def _speaks_of(before: str, forms: tuple[str, ...]) -> bool:
    """Tell whether the last institution that is named before is the hospital itself."""
    named = [found.name for found in institution_names(before)]
    return not named or named[-1] in forms
