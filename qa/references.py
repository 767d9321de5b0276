"""How a document is cited in print: GB/T 7714-2015, and a plain line.

Made of what a citation tells (title, publisher, date, source). What is not known is left out with
its punctuation. Leaves out: authors, pages, and the date on which a page was looked at.
"""

import re

from corpus.lazy_pattern import lazy_pattern

_NEWSPAPER = lazy_pattern(
    r"(?:日报|晚报|早报|晨报|时报|周报|商报|都市报|医报|报社|[\u4e00-\u9fff]报)$"
    r"|\b(?:daily|times|news|herald|gazette|post)$",
    re.IGNORECASE,
)
_URL = lazy_pattern(r"https?://\S+", re.IGNORECASE)
_HAN = lazy_pattern("[\u3400-\u9fff]")
_INNER = str.maketrans("《》", "〈〉")  # a title within a title


def reference(title: str, publisher: str, published: str, source: str) -> dict[str, str]:
    """Return both forms, the value of `reference` in the JSON form of a citation.

    >>> reference("建设区域医疗中心", "青山日报", "2021-05-10", "renhe.md")["gbt7714"]
    '建设区域医疗中心[N]. 青山日报, 2021-05-10.'
    """
    title, publisher, published = (" ".join(one.split()) for one in (title, publisher, published))
    url = source if _URL.fullmatch(source) else ""
    return {
        "gbt7714": _gbt7714(title, publisher, published, url),
        "plain": _plain(title, publisher, published, url),
    }


def _gbt7714(title: str, publisher: str, published: str, url: str) -> str:
    """Return the form of GB/T 7714-2015, 8.1-8.8, with the mark of the kind of document.

    It is [EB/OL] for what has an address, [N] for an article of a newspaper, else [Z].
    """
    if url:
        dated = f"({published})" if published else ""
        issued = " ".join(filter(None, (publisher, dated)))
        return " ".join(_sentence(part) for part in (f"{title}[EB/OL]", issued, url) if part)
    mark = "N" if _NEWSPAPER.search(publisher) else "Z"
    issued = ", ".join(filter(None, (publisher, published)))
    return " ".join(_sentence(part) for part in (f"{title}[{mark}]", issued) if part)


def _plain(title: str, publisher: str, published: str, url: str) -> str:
    if _HAN.search(title):
        named = f"《{title.translate(_INNER)}》" if title else ""
        return "，".join(filter(None, (named, publisher, published, url))) + ("" if url else "。")
    named = f"“{title}”" if title else ""
    return ", ".join(filter(None, (named, publisher, published, url))) + ("" if url else ".")


def _sentence(part: str) -> str:
    return part if part.endswith((".", "。")) else f"{part}."
