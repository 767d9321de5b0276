"""The text of a block as it is searched and read in one line."""

import re

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—"
_BREAK = re.compile(rf"(?<=[{_WIDE}])\s+(?=[{_WIDE}])")


def searchable(text: str) -> str:
    """Return the text without the line breaks and spaces that only the page's layout made."""
    return " ".join(_BREAK.sub("", text).split())
