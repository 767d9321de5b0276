"""What a question names that is no hospital: 柳溪大桥, 杨湾小学, a person.

What is told of one bridge is not told of another, nor of one person. Leaves out: things whose names
do not say their kind, and names of people that are words, or have two characters.
"""

from collections.abc import Callable, Iterable

from corpus.lazy_pattern import HAN, lazy_pattern
from qa.person_names import FAMILY, people

_KINDS = (
    "大桥|隧道|公路|高速|铁路|地铁|水库|水厂|电厂|[小中大]学(?![生校])|高中|幼儿园|学院|(?<![小中大])学校(?!长)|中专|职高"
    "|博物馆|图书馆|美术馆|体育[馆场]|纪念馆|文化馆|科技馆|展览馆|剧院|影院|书店|公园|湿地|植物园|动物园|广场"
    "|码头|机场|车站|火车站|高铁站|市场|超市|商场|小区|社区|街道|花园|新村|古[镇村城街]|开发区|园区|集团|公司(?!员)"
    "|合作社|马拉松|剧团|法院|派出所|村(?![民医官干委支])|路(?![上线过口面灯段])|巷|厂(?![家商房长])"
)
_THING = lazy_pattern(f"(?=({HAN}{{2}}(?:{_KINDS})))")
_QUOTED = lazy_pattern('["《「『]([^"》」』]{2,12})["》」』]')
_MAY_BE_A_PERSON = lazy_pattern(f"(?=([{FAMILY}]{HAN}{{2}}))")
SELDOM = 20  # times that jieba's sources have it: more, and it is a word, not part of a name


def things_named(folded: str) -> set[str]:
    """Return what a folded text may name by two characters and its kind, or in quotation marks.

    >>> sorted(things_named('鹤汀大桥离澜西小学多远,"红葫芦"是什么'))
    ['澜西小学', '红葫芦', '鹤汀大桥']
    """
    quoted = (match[1] for match in _QUOTED.finditer(folded))
    return {match[1] for match in _THING.finditer(folded)}.union(quoted)


def may_be_people(folded: str, frequency: Callable[[str], int]) -> set[str]:
    """Return what a folded text may name by a family name and two characters that are no word.

    `frequency` tells how often jieba's sources have a word.

    >>> may_be_people("张守拙今年多大", lambda word: 900 if word == "今年" else 0)
    {'张守拙'}
    """
    found = {match[1] for match in _MAY_BE_A_PERSON.finditer(folded)}
    return {
        name
        for name in found
        if all(frequency(part) <= SELDOM for part in (name, name[:2], name[1:]))
    }


def names_lacking(
    asked: str,
    articles: Iterable[tuple[str, str]],
    frequency: Callable[[str], int],
    is_elsewhere: Callable[[str], bool],
) -> dict[str, frozenset[str]]:
    """Return, for ids of articles, what a folded question names and another says but not they.

    `articles` are ids and folded texts, of which some may be of one article. Who may be a person is
    one where a text says so, or `is_elsewhere` tells that articles say so that are not among these.
    """
    things, maybe = things_named(asked), may_be_people(asked, frequency)
    if not things and not maybe:
        return {}
    said: dict[str, set[str]] = {}
    known = set[str]()
    for doc_id, text in articles:
        here = {name for name in things | maybe if name in text}
        said.setdefault(doc_id, set()).update(here)
        known |= here & things
        if here - known:
            known |= here.intersection(people(text))
    known |= {name for name in maybe.difference(*said.values()) if is_elsewhere(name)}
    return {doc_id: frozenset(known - names) for doc_id, names in said.items() if known - names}
