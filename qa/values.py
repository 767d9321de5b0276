"""What a value of the asked kind looks like in a text."""

import re

from qa.model import Kind

_FIGURE = re.compile(r"\d|[一二两三四五六七八九十百千万]+[个名位张台人次家项种条分层年天级]")
_PATTERNS: dict[Kind, re.Pattern[str]] = {
    "number": _FIGURE,
    "money": re.compile(
        r"[\d一二三四五六七八九十百千万亿]\s*(?:多|余)?(?:元|块钱|美元|港元|欧元|人民币|[千万亿]元)"
    ),
    "phone": re.compile(r"\d{3,4}[- ]?\d{7,8}|1\d{10}"),
    "hours": re.compile(r"\d{1,2}\s*[:：点时]|[一二三四五六七八九十]点|24小时|全天"),
    "date": re.compile(r"\d{2,4}年|\d+月|\d+日"),
}


# Without a value of these kinds a sentence cannot be the answer, however near it is.
INDISPENSABLE: frozenset[Kind] = frozenset({"money", "phone", "hours"})


def has_kind(kind: Kind) -> bool:
    """Tell whether values of this kind can be recognised at all."""
    return kind in _PATTERNS


def holds_value(kind: Kind, text: str) -> bool:
    """Tell whether `text` holds a value of this kind.

    >>> holds_value("date", "建于1931年"), holds_value("number", "没有写明")
    (True, False)
    """
    pattern = _PATTERNS.get(kind)
    return pattern is not None and pattern.search(text) is not None
