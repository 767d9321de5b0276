"""The English for a hospital's Chinese name, by rule: Qinghe Third People's Hospital.

Leaves out: English names that hospitals give themselves, but for a few well-known words.
"""

import re
from collections.abc import Iterator

_HAN = "\u4e00-\u9fff"
_ENGLISH_KINDS = {
    "": "",
    "人民": "People's",
    "中心": "Central",
    "中医": "Traditional Chinese Medicine",
    "妇幼保健": "Maternal and Child Health",
    "妇幼": "Maternal and Child Health",
    "儿童": "Children's",
    "妇女儿童": "Women and Children's",
    "肿瘤": "Cancer",
    "口腔": "Stomatological",
}
_ORDINAL_WORDS = "First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth"
ORDINALS = tuple(_ORDINAL_WORDS.split())
_DIGITS = {char: number for number, char in enumerate("一二三四五六七八九十", 1)}
_IN_PLACES = {"长": "chang"}  # as in 长治, where pypinyin reads zhang
# Places, universities and hospitals whose English name is not their sound.
_ENGLISH_PLACES = {
    "华西": "West China",
    "协和": "Union",
    "中山": "Sun Yat-sen",
    "清华": "Tsinghua",
    "苏州": "Soochow",
    "哈尔滨": "Harbin",
    "中国": "China",
    "香港": "Hong Kong",
    "澳门": "Macau",
    "西藏": "Tibet",
    "内蒙古": "Inner Mongolia",
    "陕西": "Shaanxi",
}
_UNIVERSITIES = {"北京": "PKU", "清华": "THU", "浙江": "ZJU", "复旦": "FDU", "中山": "SYSU"}


def local_forms(place: str, level: str, number: str, kind: str, end: str) -> Iterator[str]:
    """Yield the English for a hospital by its parts, such as 青禾, 市, 三, 人民 and 医院."""
    digit = _DIGITS.get(number, 0)
    english = _ENGLISH_KINDS.get(kind)
    if english is None or (number and not digit) or not (english or digit):
        return
    if end != "医院" and kind not in {"妇幼保健", "中医"}:
        return
    place = place_in_letters(place)
    ordinal = ORDINALS[digit - 1] if digit else ""
    hospital = " ".join(filter(None, (english, "Hospital")))
    level = {"省": "Provincial", "市": "City", "县": "County", "区": "District"}.get(level, "")
    yield " ".join(filter(None, (place, ordinal, hospital)))
    if level:
        yield " ".join(filter(None, (place, level, ordinal, hospital)))
    yield " ".join(filter(None, (ordinal, hospital, "of", place)))
    if digit:
        yield f"{place} No. {digit} {hospital}"


def university_forms(university: str, digit: str, *, affiliated: bool) -> Iterator[str]:
    """Yield the English for a university's first, second … hospital."""
    place = re.fullmatch(f"([{_HAN}]{{2,3}}?)(医科)?大学", university)
    number = _DIGITS.get(digit, 0)
    if place is None or not number:
        return
    ordinal = ORDINALS[number - 1]
    for name in _english_names(place[1]):
        english = f"{name} {'Medical ' if place[2] else ''}University"
        if affiliated:
            yield f"{ordinal} Affiliated Hospital of {english}"
        else:
            yield f"{english} {ordinal} Hospital"
    if place[1] in _UNIVERSITIES and not affiliated and not place[2]:
        yield f"{_UNIVERSITIES[place[1]]} {ordinal} Hospital"


def own_forms(own: str) -> Iterator[str]:
    """Yield the English for a hospital with a name of its own: Shengjing Hospital for 盛京医院."""
    name = re.fullmatch(f"([{_HAN}]{{2,3}})医院", own)
    for english in _english_names(name[1]) if name else ():
        yield f"{english} Hospital"


def branch_forms(university: str, own: str) -> Iterator[str]:
    """Yield the English for a university's hospital in a city: Hong Kong University Shenzhen …."""
    place = re.fullmatch(f"([{_HAN}]{{2,3}})大学", university)
    city = place_in_letters(own.removesuffix("医院"))
    for name in _english_names(place[1]) if place else ():
        yield f"{name} University {city} Hospital"
        initials = "".join(word[0] for word in name.split())
        if len(initials) > 1:
            yield f"{initials}U {city} Hospital"


def _english_names(name: str) -> tuple[str, ...]:
    """Return the English for a place's name: its own, its sound, or the sound of old."""
    from pypinyin import lazy_pinyin

    sound = "".join(lazy_pinyin(name)).capitalize()
    old = ("Peking",) if name == "北京" else ()
    return tuple(dict.fromkeys((*old, place_in_letters(name), sound)))


def place_in_letters(place: str) -> str:
    """Return a place as English names of its hospitals have it: Changzhi for 长治."""
    from pypinyin import lazy_pinyin

    sounds = lazy_pinyin(place, v_to_u=True)
    read = (_IN_PLACES.get(char, sound) for char, sound in zip(place, sounds, strict=True))
    return _ENGLISH_PLACES.get(place) or "".join(read).capitalize()
