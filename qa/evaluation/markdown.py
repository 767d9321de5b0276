"""The little Markdown that a scorecard needs; text is escaped and shows as it is written."""

import re
from collections.abc import Iterable, Sequence

# Punctuation that Markdown reads inside a line is escaped as it does it; what HTML reads, or what
# makes a link or a mention, becomes an entity.
_MARKDOWN = re.compile(r"[\\`*_\[\]|~$]")
_HTML = re.compile(r"[&<>@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape(text: str) -> str:
    r"""Return a text in one line that shows as it is, without links, inside a line of Markdown.

    >>> escape("<b>*1*\n2</b>")
    '&lt;b&gt;\\*1\\* 2&lt;/b&gt;'
    """
    line = "".join(c if c.isprintable() else " " for c in text)
    line = _MARKDOWN.sub(r"\\\g<0>", " ".join(line.split()))
    return _HTML.sub(lambda found: _NAMED.get(found[0]) or f"&#{ord(found[0])};", line)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of escaped cells; all columns but the first are right-aligned."""
    line = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, line, *rows))
