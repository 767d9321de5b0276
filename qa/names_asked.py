"""Names that only a list, or a relative's name, can answer: 那6名院士分别是谁, 他爸爸叫什么.

A text that has other names does not tell these. What it names is told wide, for a text that may
tell must never count as silent.
"""

from corpus.lazy_pattern import HAN, lazy_pattern
from qa.person_names import A_NAME, people

_SEVERAL = lazy_pattern(
    r"(?:[两二三四五六七八九十]|(?<!\d)(?!1\D)\d+)(?P<of>[名位家所])[^,。?]{0,20}?"
    "(?:,?(?:都|[分各]别)*(?:叫|姓)(?:什么|啥|甚|[咩乜])|,?姓甚名谁|(?:都|[分各]别)*是(?:谁|哪)|姓名|名单)"
)
_INSTITUTION = lazy_pattern(
    f"(?:(?![家所个座的和与及了建办管]){HAN}){{2,14}}?(?:[医学]院|学校|[小中大]学|公司|卫生[院室])"
)
_IN_A_ROW = lazy_pattern(f"{A_NAME}[、和]{A_NAME}|{HAN}·{HAN}+、")
_KIN = (
    "爸爸?|父亲|爹",
    "妈妈?|母亲|娘",
    "丈夫|老公|爱人|老伴",
    "妻子|老婆|太太|爱人|老伴",
    "[大小二独]?儿子|独子",
    "[大小二独]?女儿|闺女|独女",
)
# What asks for a relative's name and what tells it: 父亲张山, or the other way round, 张山的女儿.
_OF_KIN = tuple(
    (
        lazy_pattern(f"(?:{kin})(?:的?(?:名字|姓名|全名|大名)|[叫姓]|是谁)"),
        lazy_pattern(
            f'(?:{kin})(?:名?[叫是])?["“]?(?:{A_NAME}|[老小阿]{HAN}|{HAN}某)|{A_NAME}的(?:{"|".join(_KIN)})'
        ),
    )
    for kin in _KIN
)


def lacks_names(asked: str, text: str, beside: str) -> bool:
    """Tell whether a folded question asks for names that a folded text does not have.

    `beside` are names that do not count, those of the question.

    >>> lacks_names("那6名院士分别是谁", "与6名院士签约,院长李明说", "")
    True
    >>> lacks_names("托管的那6家医院,都叫什么", "全面托管了6家医院,建成42个联盟", "")
    True
    >>> lacks_names("有3家分院,院长是谁", "院长李明", "")
    False
    >>> lacks_names("她爸叫什么", "教练瞿卫红选中了她", "")
    True
    >>> lacks_names("她爸叫什么", "父亲张山种茶", "")
    False
    """
    several = _SEVERAL.search(asked)
    if several and several["of"] in "名位":
        # By what they begin with: 李明 may be found as 李明说 too.
        named = {name[:2] for name in people(text) if name not in beside}
        return len(named) <= 1 and not _IN_A_ROW.search(text)
    if several:
        return len({name for name in _INSTITUTION.findall(text) if name not in beside}) <= 1
    return any(asks.search(asked) and not told.search(text) for asks, told in _OF_KIN)
