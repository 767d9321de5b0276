"""What a value of the asked kind looks like in a text."""

import re

from qa.model import Kind

_FIGURE = re.compile(r"\d|[一二两三四五六七八九十百千万]+[个名位张台人次家项种条分层年天级]")
_PATTERNS: dict[Kind, re.Pattern[str]] = {
    "number": _FIGURE,
    "date": re.compile(r"\d{2,4}年|\d+月|\d+日"),
}


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
