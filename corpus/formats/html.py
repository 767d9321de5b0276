"""Web pages: the main text as Markdown, and title, date and publisher, by trafilatura.

Its tree is taken, not its Markdown: that escapes characters, and quotes are to be as printed.
Nothing is fetched.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from lxml import etree
from trafilatura import bare_extraction
from trafilatura.settings import DEFAULT_CONFIG

from corpus.formats.decode import decode
from corpus.formats.raw import Limits, Raw
from qa.errors import CorpusError

# The encodings that pages of Chinese sites name, as Python calls the widest of each family.
_CHARSETS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
}
_CHARSET = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_PROLOG = re.compile(r"\s*<\?xml[^>]*\?>")
_TAG = re.compile(r"<[a-zA-Z!/?]")
_HEADING = re.compile(r"h([1-6])")
_BLOCKS = {"head", "p", "item", "row", "quote", "div", "list", "table", "body", "code", "main"}


def read_html(data: bytes, limits: Limits) -> Raw:
    """Return the main text of a page. Raises CorpusError when there is none."""
    declared = _CHARSET.search(data[:4096])
    name = declared[1].decode("ascii").lower() if declared else ""
    text = _PROLOG.sub("", decode(data, _CHARSETS.get(name, "")), count=1)
    if len(text) > limits.characters:
        raise CorpusError(
            f"{len(text):,} characters are more than the limit of {limits.characters:,}"
        )
    if not _TAG.search(text):
        raise CorpusError("not a web page: it holds no tags; give it the ending .txt")
    if "<html" not in text[:4096].lower():  # trafilatura takes a fragment for no page
        text = f"<html><body>{text}</body></html>"
    config = deepcopy(DEFAULT_CONFIG)
    # Fewer characters than that are left to a cruder way that keeps menus; Chinese needs fewer.
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "10"
    try:
        found = bare_extraction(
            text,
            output_format="xml",
            include_comments=False,
            include_formatting=False,
            with_metadata=True,
            config=config,
            # Only dates that the page states of itself, none guessed from its text.
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    # trafilatura logs what it expects to go wrong and returns None; these are what its parser, its
    # recursion and its conversions of broken metadata let through.
    except (
        etree.LxmlError,
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        RecursionError,
    ) as error:
        raise CorpusError(f"the page cannot be understood: {error}") from error
    body: Any = getattr(found, "body", None)
    if found is None or body is None:
        raise CorpusError("no main text found in the page; save the article as .txt")
    try:
        main = "\n\n".join(_paragraphs(body))
    except RecursionError as error:
        raise CorpusError("the page is nested too deeply") from error
    title, publisher, date = (
        str(getattr(found, key, None) or "") for key in ("title", "sitename", "date")
    )
    return Raw(
        main, title=title.strip(), publisher=publisher.strip(), published=date, markdown=True
    )


def _paragraphs(element: Any) -> Iterator[str]:
    """Yield headings, paragraphs, lists and rows of tables in the order of the page."""
    tag = element.tag
    if tag == "head":
        level = _HEADING.fullmatch(element.get("rend") or "")
        words = " ".join("".join(element.itertext()).split())
        if words:
            yield f"{'#' * int(level[1] if level else 2)} {words}"
    elif tag == "row":
        cells = [" ".join("".join(cell.itertext()).split()) for cell in element.iter("cell")]
        if any(cells):
            yield "｜".join(cells)
    elif tag == "list":
        items = [" ".join("".join(item.itertext()).split()) for item in element.iter("item")]
        if any(items):
            yield "\n".join(f"- {item}" for item in items if item)
    else:
        yield from _mixed(element)


def _mixed(element: Any) -> Iterator[str]:
    """Yield the text between blocks as paragraphs, and the blocks."""
    words = [element.text or ""]
    for child in element:
        if child.tag in _BLOCKS:
            yield from _lines("".join(words))
            words = []
            yield from _paragraphs(child)
        elif child.tag == "lb":
            words.append("\0")
        else:
            words.append("".join(child.itertext()))
        words.append(child.tail or "")
    yield from _lines("".join(words))


def _lines(words: str) -> Iterator[str]:
    """White space of the source is one space; a <br> (NUL) ends a line, two a paragraph."""
    for part in re.split(r"\0\s*\0[\s\0]*", words):
        lines = [" ".join(line.split()) for line in part.split("\0")]
        if text := "\n".join(filter(None, lines)):
            yield text
