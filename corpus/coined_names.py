"""A hospital's name in a title that no dictionary tells: 霁湖医院, 云峤医学院附属医院.

It begins where a part of the title begins, perhaps after a word such as 走进, and the article says
it again. Leaves out: names within a sentence, where nothing shows where they begin.
"""

from corpus.institution_names import generic_words, tells_the_kind
from corpus.lazy_pattern import lazy_pattern

_HAN = "\u4e00-\u9fff"
_PART = lazy_pattern(f"[{_HAN}]+")
_NAME = lazy_pattern(
    "(?:走进|走近|探访|探秘|访|记|在|聚焦|来自|致敬|关于|援建|祝贺)?"
    f"(?P<name>(?P<head>[{_HAN}]{{2,10}}?)(?:总医院|医院|卫生院|保健院|疗养院))"
)
# What counts, points or describes, and is no part of a name.
_NO_NAME = lazy_pattern(
    "[一二两三四五六七八九十几多各某每][家所间个座地级]|[家所这那该本我其]|[的了和与及是有为让从到]"
)


def coined_name(title: str, body: str) -> str:
    """Return the name that a title begins a part with and the body says too; empty for none.

    Both are without white space within names.

    >>> coined_name("提灯人：霁湖医院庆祝护士节", "记者从霁湖医院获悉")
    '霁湖医院'
    >>> coined_name("三家县级医院一比", "县级医院有三家")
    ''
    """
    for part in _PART.findall(title):
        found = _NAME.match(part)
        if found and not _describes(found["head"]) and found["name"] in body:
            return found["name"]
    return ""


def _describes(head: str) -> bool:
    """Tell whether it is any hospital of a kind: 社区, 县级, 公立, 中心."""
    return (
        _NO_NAME.search(head) is not None
        or any(word in head for word in generic_words())
        or tells_the_kind(head)
    )
