"""Institutions in a question that the documents are not about."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from corpus.latin_names import latin_names
from corpus.lazy_pattern import HAN, lazy_pattern

_HAN = "\u4e00-\u9fff"
# Where an institution's name begins, when one walks back from its 医院.
_NOT_IN_NAME = lazy_pattern(
    "[的了在是有和与跟及或去到给从被把让请问对向比哪些那这该本各全两几多少所家个间每我你他她它您咱们什么怎样着还也又兼"
    "知道想看查找叫吃喝吗呢吧算嘅喺嗰啲佢咗睇]"
)
_IN_NAME = lazy_pattern(f"[{_HAN}0-9]")
# What ends before a name in two characters: 想问下青禾三院, 青禾那边卫生院.
_NOT_IN_NAME_EITHER = lazy_pattern(
    "(?:[问说讲聊看查一]下|[这那哪][边里头儿]|里[头面边]|[镇乡村县街城][上里]|系[咪唔]|是不)$"
)
LONGEST_HEAD = 16
SHORTEST_NAME = 4
_CENTRE = lazy_pattern(f"{HAN}{{2,4}}?[省市县区]{HAN}{{2,8}}?中心(?!{HAN}{{0,2}}[院站所校])")
_GRADE = lazy_pattern("[一二三](?:级|[甲乙丙])?(?:[甲乙丙特]等)?|[省市县]级")
# Any hospital of a place: 大医院 after a verb, 老医院, and 市医院 or 老五院, which say no place.
_ANY = lazy_pattern(
    "(?:^|[上往去到找看进跑来在是的家])[大小老新旧]$|^大学$|(?:公[立营]|民营|私[立营]|老牌|[省市县地]级)$"
    "|(?:顶[尖级]|一流|知名|著名|有名|同[级类等]|[其别]他|别[的家]|外[地省]|当地|本地|附近|周边)$"
    "|(?:乡镇|镇村|村镇|县乡)$|(?:^|[的和与跟在去到])(?:先进|兄弟|合作|协作|定点|基层|[上下]级)$"
)
# When something was, before an institution: 1956年起医院, 三年里汀江二院; 年 is left of 去年.
_WHEN = lazy_pattern(
    "(?:19|20)?[0-9]{2}年代?[底初末]?|[0-9]{1,2}(?:月份?[底初末]?|[日号])"
    "|[一二三四五六七八九十]+月份?[底初末]?|[一二两三四五六七八九十几近]+[年天]|[今明当]?年[底初末]?"
)
_SINCE = lazy_pattern("以?[来后前]|起|之[后前]|[里内间中]")
_GENERIC = ("市", "县", "区", "省", "第", "人民", "中心", "中医", "妇幼")
_BARE_ORDINAL = lazy_pattern("老?[省市县区]?立?")
_NAMED = lazy_pattern(f"[{_HAN}]{{2,10}}?(?:医院|卫生院|保健院|疗养院|[肺精神]+病院)")
_INNER_END = lazy_pattern("中心|[医学]院|卫生院|保健院|诊所|站|所")
_GOES_ON = lazy_pattern("附属|第|分院|院区")
_IN_A_COUNTY = lazy_pattern(f"{HAN}{{2,4}}?[县区市旗]")
_TOWNSHIP = lazy_pattern(f"{HAN}{{2,4}}?[镇乡]")
# What an institution's name ends with; in 院长 and 住院 nothing ends.
_NAME_END = lazy_pattern(
    "医院|(?<![住出入])院(?![长内外里感方士务])|中心|诊所|[站所]|附[一二三]院?"
)
_CLAUSE_END = lazy_pattern(r"[，。；、：！？,;!?\s]")
LONGEST_SAID = 28  # characters of a clause before such an end
_DIGITS = "一二三四五六七八九十"
_INSTITUTION = lazy_pattern("(?:医院|卫生院|保健院|中医院|[一二三四五六七八九十]院|附[一二三]院?)")
_PROPER = lazy_pattern(
    f"[{_HAN}]{{2,}}[省市县区州]|第[一二三四五六七八九十]"
    "|[一二三四五六七八九十](?=院|医院|人民|附属)|大学|附属|[0-9]{2}"
)
_PROPER_TAGS = frozenset({"nr", "nrt", "ns", "nt", "nz"})
_PLACE_TAGS = frozenset({"ns", "nt"})


class KnownWords:
    """What the documents say, for telling a new name from a description.

    `said` is what `names_said` finds in folded texts; `words` is every word of them.
    """

    def __init__(self, said: str, words: Collection[str]) -> None:
        self._said = said
        self._words = words

    def holds(self, span: str) -> bool:
        """Tell whether the documents say `span`, which ends as an institution's name does."""
        return span in self._said

    def names(self, word: str) -> bool:
        """Tell whether the documents have this word."""
        return word in self._words

    def find(self, pattern: str) -> str:
        """Return the first thing that the documents say which fits a pattern; empty for none."""
        match = re.search(pattern, self._said)
        return match[0] if match else ""

    @cached_property
    def sounds(self) -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
        """The names that end in 医院 and the like, some of which begin too early.

        With each are the readings of its characters.
        """
        from pypinyin import Style, pinyin

        names = dict.fromkeys(_NAMED.findall(self._said))
        read = (pinyin(name, style=Style.NORMAL, heteronym=True) for name in names)
        return tuple(
            (name, tuple(map(tuple, found))) for name, found in zip(names, read, strict=True)
        )

    def describes(self, span: str) -> bool:
        """Tell whether `span` can be cut into words that the documents use."""
        reachable = {0}
        for end in range(1, len(span) + 1):
            if any(start in reachable and span[start:end] in self._words for start in range(end)):
                reachable.add(end)
        return len(span) in reachable


@dataclass(frozen=True, slots=True)
class Institutions:
    """Institutions in a question that no document is about.

    `unknown`: no document says their name. `mentioned`: what the documents say of the name, where
    they mention it in passing.
    """

    unknown: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()


def names_said(texts: Iterable[str]) -> str:
    """Return the ends of clauses that may be an institution's name, each on a line and once.

    Texts are folded, without breaks in words. Only in these is ever looked for a name, which saves
    keeping all that the documents say.
    """
    found: dict[str, None] = {}
    for text in texts:
        for match in _NAME_END.finditer(text):
            before = text[max(0, match.start() - LONGEST_SAID) : match.start()]
            found[_CLAUSE_END.split(before)[-1] + match[0]] = None
    return "\n".join(found)


def institutions(text: str, folded: str, known: KnownWords) -> Institutions:
    """Find names that look like a hospital's in a question without one of the gazetteer.

    `folded` is `text` folded. A name is the run of characters before 医院, 卫生院 and the like, up
    to a word that no name holds. It counts when it is particular: with a place, an ordinal, a
    university, a proper noun of jieba's dictionary, or a word that the documents never use.
    """
    unknown, mentioned = latin_names(text, folded, known)
    for head, ending in _heads(folded):
        if not _is_particular(head, ending, known):
            continue
        said = _said(head, ending, known)
        if said:
            mentioned.append(said)
        else:
            unknown.append(head + ending)
    mentioned += _centres(folded, known)
    if mentioned:  # a name in Latin letters beside one in Chinese is most likely its translation
        unknown = [name for name in unknown if not name.isascii()]
    return Institutions(tuple(unknown), tuple(dict.fromkeys(mentioned)))


def _heads(folded: str) -> Iterator[tuple[str, str]]:
    """Yield names in two parts, such as (北京协和, 医院)."""
    for match in _INSTITUTION.finditer(folded):
        begin = match.start()
        while begin > max(0, match.start() - LONGEST_HEAD) and _continues(folded, begin - 1):
            begin -= 1
        yield _without_time(folded[begin : match.start()]), match[0]


def _without_time(head: str) -> str:
    """Return what stands before 医院 without a time, where the rest can be a name or is nothing.

    五月花 stays, for 花 is none, and of 今年来宾市 only 今年 is taken away.
    """
    when = _WHEN.match(head)
    if when is None:
        return head
    rest = head[when.end() :]
    since = _SINCE.match(rest)
    for name in (rest, rest[since.end() :] if since else rest):
        if not name or name.startswith(_GENERIC) or _begins_with_name(name):
            return name
    return head


def _begins_with_name(text: str) -> bool:
    return any(text[:length] in proper_nouns() for length in range(2, len(text) + 1))


def _continues(folded: str, at: int) -> bool:
    """Tell whether a name may hold the character: 和 only within a proper noun, as in 协和."""
    if not _IN_NAME.match(folded[at]) or _NOT_IN_NAME_EITHER.search(folded[: at + 1]):
        return False
    if not _NOT_IN_NAME.match(folded[at]):
        return True
    around = (folded[i:j] for i in range(max(0, at - 2), at + 1) for j in range(at + 1, at + 4))
    return any(len(part) > 1 and part in proper_nouns() for part in around)


def _is_particular(head: str, ending: str, known: KnownWords) -> bool:
    if _GRADE.fullmatch(head) or _ANY.search(head):
        return False
    if _BARE_ORDINAL.fullmatch(head) and ending[0] in _DIGITS:
        return known.find(f"第?{ending[0]}[^，。；、\\s]{{0,6}}院") == ""
    return _PROPER.search(head + ending) is not None or _is_named(head, known)


def _is_named(head: str, known: KnownWords) -> bool:
    """Tell whether there is a proper noun in it, or a word that the documents never use."""
    begins = (_begins_with_name(head[start:]) for start in range(len(head)))
    return not known.describes(head) or any(begins)


def names_a_place(text: str) -> bool:
    """Tell whether a text holds the name of a place or of an institution.

    >>> names_a_place("汉阴村医多久考核一次"), names_a_place("院长是谁")
    (True, False)
    """
    places = proper_nouns(_PLACE_TAGS)
    return any(
        text[start:end] in places
        for start in range(len(text))
        for end in range(start + 2, len(text) + 1)
    )


def _said(head: str, ending: str, known: KnownWords) -> str:
    """Return the longest end of the name that the documents say; one that is still a name."""
    for start in range(len(head)):
        end_of_name = head[start:] + ending
        if known.holds(end_of_name) and (start == 0 or _may_begin(head, start)):
            return end_of_name
    found = _said_before(head, known) or _said_longer(head + ending, known)
    inner = "" if found else _without_city(head, known)
    return _said(inner, ending, known) if inner else found


def _without_city(head: str, known: KnownWords) -> str:
    """Return what follows the city of a county's institution: 青禾白砚县 [医院]; empty for none."""
    places = (head[:end] for end in range(2, len(head)) if known.names(head[:end]))
    rest = next((head[len(place) :].lstrip("市州") for place in places), "")
    return rest if _IN_A_COUNTY.match(rest) else ""


def _may_begin(head: str, start: int) -> bool:
    """Tell whether a name can begin there: with a proper noun, or a township after its county.

    Not within an ordinal: the dictionary has 二人 as a name, and 第二人民医院 is that of many
    places.
    """
    rest = head[start:]
    in_a_county = head[start - 1] in "省市县区州旗" and _TOWNSHIP.match(rest) is not None
    return in_a_county or (head[start - 1] != "第" and _begins_with_name(rest))


def _said_longer(name: str, known: KnownWords) -> str:
    """Return the longer name that the documents have for a short one: 青禾三院, 青禾中医院."""
    letters = re.sub("[省市县区第]", "", name)
    letters = name if len(letters) < SHORTEST_NAME else letters
    if len(letters) < SHORTEST_NAME:
        return ""
    return known.find("[^，。；、\\s]{0,3}?".join(map(re.escape, letters)))


def _centres(folded: str, known: KnownWords) -> Iterator[str]:
    """Yield the centres with a place in their name that the documents mention."""
    for match in _CENTRE.finditer(folded):
        if known.holds(match[0]):
            yield match[0]


def _said_before(head: str, known: KnownWords) -> str:
    """Return the institution that the head itself begins with: 青禾市精神卫生中心算三级 [医院]."""
    inner = [match.end() for match in _INNER_END.finditer(head)]
    return next(
        (
            head[:end]
            for end in reversed(inner)
            if known.holds(head[:end]) and not _GOES_ON.search(head[end:])
        ),
        "",
    )


@cache
def proper_nouns(tags: frozenset[str] = _PROPER_TAGS) -> frozenset[str]:
    """Return the names of places, people and institutions in jieba's dictionary, by its tags."""
    from jieba import get_dict_file

    with get_dict_file() as file:
        rows = (line.decode("utf-8").split(" ") for line in file)
        return frozenset(word for word, _, tag in rows if tag.strip() in tags)
