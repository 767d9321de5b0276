"""The places that an article says: 汉阴县.

A place is told by its level (市, 县, 区, 镇, 乡), by a dateline (本报汀源讯) or by a newspaper
(汀源日报). It is kept as its name and one more character for what tells it, 讯 and 报 for the last
two; 属 for the city that other articles tell (see `corpus.full_names`). Provinces are a list, as
they are told without a level. Leaves out: countries, which tell too little, villages and
streets, which tell too much.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache, lru_cache

from corpus.english_forms import place_in_letters
from corpus.fold import fold
from corpus.institution_names import (
    cut,
    is_function_word,
    seldom_begins_a_name,
    seldom_written,
)
from corpus.institutions import proper_nouns
from corpus.lazy_pattern import lazy_pattern
from corpus.reflow import searchable

NAMES_KEPT = 4096  # places whose names in letters are remembered
MOST = 16  # of an article, beside provinces; one that lists more is about none of them
DATELINE, NEWSPAPER, BELONGS = "讯", "报", "属"
PROVINCE = "省"
LEVELS = frozenset("市县区镇乡")
_BY_SIZE = ("镇乡", "县区", f"市{DATELINE}{NEWSPAPER}{BELONGS}", PROVINCE)
_HAN = "\u4e00-\u9fff"
# After a level, what makes another word of it: 县长, 县民; but 县民政局, 市上周.
_GOES_ON = "[长级场内里外下域]|民(?![政族宗警兵办营])|上(?![周月半年午])"
# What follows the name of a place: its level, or a newspaper called by it.
_AFTER = lazy_pattern(
    f"(?<=[{_HAN}]{{2}})(?:(?:市(?![集价值面售场])|[县区]|镇(?![静痛定压馆寺宅守])|乡(?![镇村土亲愁音间]))(?!{_GOES_ON})|[日晚晨]报)"
)
_DATELINE = lazy_pattern(f"本报([{_HAN}]{{2,4}}?)(?:\\d+月\\d+日)?[讯电]")
_PARAGRAPHS = lazy_pattern(r"\n\s*\n")  # over which no name goes: 启用 / 霁州日报
_LETTERS = lazy_pattern("[a-z]{4}")
_AS_OTHER_WORDS = "[河湖][南北]|江西|[山广][东西]|海南"  # 一河北岸, 中山东路
_PROVINCES = lazy_pattern(
    f"(?:(?:{_AS_OTHER_WORDS})(?=省)|(?:(?<![{_HAN}])|(?<=[在到从去赴援给对为是由和与]))"
    f"(?:{_AS_OTHER_WORDS})|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|四川|贵州|云南|陕西|甘肃|青海|台湾"
    "|内蒙古|西藏|宁夏|新疆)(?![路街道巷桥岸侧边面]|[东西南北中][路街]|白药)"
)
_BEFORE = 8  # characters that are cut into words; what the cut begins in the middle of is far off
_NOUN_TAGS = frozenset({"n", "nrfg"})
_LENGTHS = (2, 3)  # characters of a name that no dictionary has
_A_CHARACTER = lazy_pattern(f"[{_HAN}]")
_ANY_PLACE = lazy_pattern(
    "[全各本该老旧城主郊外小这那某每几多数一二两三四五六七八九十][省市县区镇乡城]{1,2}$"
)
# What counts, points or describes, and is no part of such a name.
_NO_NAME = frozenset(
    "省市县区镇乡村街院校社医病本各全少所家个我老旧新小外下上里该某名大昨近原进月日天年号郊座讯电"
)


def places_of(text: str) -> tuple[str, ...]:
    """Return the first places that a text says, folded, the dateline's first, and its provinces.

    >>> places_of("本报汀源讯 青柏縣的路修好了，老城区还没有，云南也是。")
    ('汀源讯', '青柏县', '云南省')
    """
    text = _plain(text)
    datelines = (name + DATELINE for name in _DATELINE.findall(text))
    said = (name + (NEWSPAPER if len(after) > 1 else after) for name, after in _said(text))
    first = list(dict.fromkeys((*datelines, *said)))[:MOST]
    provinces = (name + PROVINCE for name in _PROVINCES.findall(text))
    return tuple(dict.fromkeys((*first, *provinces)))


def names_of_places(places: Iterable[str]) -> set[str]:
    """Return the names of places without what tells them.

    >>> sorted(names_of_places(["汀源讯", "汀源市", "青柏县"]))
    ['汀源', '青柏']
    """
    return {place[:-1] for place in places}


def innermost(places: Collection[str]) -> set[str]:
    """Return of a county and its city the county, of a city and its province the city.

    >>> innermost({"湖南省", "汀源市"})
    {'汀源市'}
    """
    by_size = ({place for place in places if place[-1] in levels} for levels in _BY_SIZE)
    return next(filter(None, by_size), set())


def home(text: str, level: str) -> str:
    """Return the place that a text calls 市 or 县 (the level) without its name; empty if unclear.

    That of the dateline, a city's of the newspaper, or else the only one of that level, if it is
    said twice: whoever comes from elsewhere is told once.

    >>> home("岚屏日报记者 市二医院昨天迁到东柳区", "市"), home("伤者是竹溪县人", "县")
    ('岚屏', '')
    """
    text = _plain(text)
    said = _said(text)
    of_level = Counter(name for name, after in said if after[0] == level)
    datelines = _DATELINE.findall(text)
    from_here = [name for name in datelines if name in of_level or name + level in proper_nouns()]
    if level == "市":
        from_here += [name for name, after in said if len(after) > 1]
    if from_here or datelines:
        return next(iter(from_here), "")
    ((only, times),) = of_level.most_common() if len(of_level) == 1 else (("", 0),)
    return only if times > 1 else ""


def may_say_others(folded: str, names: Collection[str]) -> bool:
    """Tell whether a folded text may say places beside those of the names; nothing is cut for it.

    >>> may_say_others("汀源县的路", {"汀源"}), may_say_others("青柏县的路", {"汀源"})
    (False, True)
    """
    if not set(_PROVINCES.findall(folded)) <= set(names):
        return True
    before = (folded[: match.start()] for match in _AFTER.finditer(folded))
    return any(text[-1] not in _NO_NAME and not text.endswith(tuple(names)) for text in before)


def _plain(text: str) -> str:
    return searchable(_PARAGRAPHS.sub("。", fold(text)))


def _said(text: str) -> list[tuple[str, str]]:
    """Return the names of places with what tells them: 市, 县 …, 日报."""
    said = (
        (_name_at_the_end(text[max(0, match.start() - _BEFORE) : match.start()], match[0]), match)
        for match in _AFTER.finditer(text)
    )
    return [(name, match[0]) for name, match in said if name and not name.endswith("自治")]


def _name_at_the_end(text: str, level: str) -> str:
    """Return a proper noun, or characters that are no words; empty when there is neither."""
    *words, last = cut(text + level)
    if last != level:  # 长治市, but also 全市
        return last[: -len(level)] if len(last) > len(level) + 1 and last in _places() else ""
    if len(words[-1]) > 1:
        # 合肥市 is in the dictionary, and 合肥 not; a newspaper is of a city.
        names = {words[-1], words[-1] + (level if len(level) == 1 else "市")}
        known = not names.isdisjoint(_places()) or _is_a_rare_noun(words[-1], level)
        return words[-1] if known else ""
    name = words.pop() if words[-1] == "和" else ""  # 清和县
    while words and _is_of_a_name(words[-1]):
        name = words.pop() + name
    if len(name) == 1 and words and seldom_begins_a_name(words[-1]):
        name = words.pop() + name
    return name if len(name) in _LENGTHS else ""


def _is_a_rare_noun(word: str, level: str) -> bool:
    """Tell whether a word before a level is one that hardly anybody writes: 安澜, 石盘.

    A district is called by anything: 候诊区.
    """
    return level in "市县镇乡" and word in proper_nouns(_NOUN_TAGS) and seldom_written(word)


@cache
def _places() -> frozenset[str]:
    """Return the proper nouns that are not any place: 全市, 老城, 本县."""
    return frozenset(one for one in proper_nouns() if _ANY_PLACE.match(one) is None)


def _is_of_a_name(word: str) -> bool:
    joins = word in _NO_NAME or is_function_word(word) or seldom_begins_a_name(word)
    return len(word) == 1 and not joins and _A_CHARACTER.match(word) is not None


def places_named(folded: str, names: Collection[str]) -> set[str]:
    """Return which of the names of places a folded question has, none within another one.

    >>> sorted(places_named("汀源的路", {"汀源", "青柏", "源的"}))
    ['汀源', '源的']
    """
    named = {name for name in names if name in folded}
    if _LETTERS.search(folded):
        named |= {name for name in names if _in_letters(name) in folded}
    return {name for name in named if not any(name in other for other in named - {name})}


@lru_cache(NAMES_KEPT)
def _in_letters(name: str) -> str:
    return place_in_letters(name).lower()
