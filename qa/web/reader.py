"""An article for reading: its passages with their anchors, and what is highlighted in them."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.model import Document, Passage
from corpus.reflow import origins, searchable
from corpus.split import paragraph_starts

# Controls, bidirectional marks and overrides, lone surrogates: they are named instead of obeyed.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_RANGE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")

Range = tuple[int, int]
"""A half-open range of code points of a document's text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text of one kind.

    `text`, `quote`, `control`, a character that is only named, or `break`, before a paragraph that
    is not the first of its passage; it has no text.
    """

    text: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A passage as it is read. `heading` is empty where it is that of the paragraph before."""

    anchor: str
    heading: str
    pieces: tuple[Piece, ...]
    current: bool = False


def paragraphs(
    document: Document, passages: Sequence[Passage], quote: Range | None = None, current: str = ""
) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a document, with the quote set off.

    `current` is the passage that a reader came for, by its id or its anchor (`p12`).
    """
    found = []
    starts = paragraph_starts(document)
    above = ""
    for passage in passages:
        anchor = passage.passage_id.rpartition("#")[2]
        heading = _heading(document, passage)
        found.append(
            Paragraph(
                anchor,
                "" if heading == above else heading,
                tuple(_pieces(passage, quote, starts)),
                current=bool(current) and current in (anchor, passage.passage_id),
            )
        )
        above = heading
    return tuple(found)


def quoted_range(text: str, length: int) -> Range | None:
    """Return the range that `text` writes as `start-end`; None when there is none in `length`.

    >>> quoted_range("3-8", 10), quoted_range("8-3", 10), quoted_range("3-11", 10)
    ((3, 8), None, None)
    """
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    start, end = int(match[1]), int(match[2])
    return (start, end) if start < end <= length else None


def pieces(text: str, kind: str = "text") -> Iterator[Piece]:
    """Yield a text with its unseen characters named, so that they cannot change what is around."""
    at = 0
    for match in _INVISIBLE.finditer(text):
        if match.start() > at:
            yield Piece(text[at : match.start()], kind)
        yield Piece(f"U+{ord(match[0]):04X}", "control")
        at = match.end()
    if at < len(text):
        yield Piece(text[at:], kind)


def _pieces(passage: Passage, quote: Range | None, starts: Collection[int]) -> Iterator[Piece]:
    shown = searchable(passage.text)
    places = origins(passage.text)

    def at(offset: int) -> int:
        return bisect_left(places, offset - passage.start)

    begin = end = len(shown)
    if quote is not None and quote[0] < passage.end and quote[1] > passage.start:
        begin, end = map(at, quote)
    breaks = {at(start) for start in starts if passage.start < start < passage.end}
    for first, last in pairwise(sorted({0, begin, end, len(shown)} | breaks)):
        if first in breaks:
            yield Piece("", "break")
        yield from pieces(shown[first:last], "quote" if begin <= first < end else "text")


def _heading(document: Document, passage: Passage) -> str:
    """Return the headings above a passage, without whom the article is about anyway."""
    heading = passage.context
    for known in (*passage.hospitals, document.title):
        heading = heading.removeprefix(known).strip()
    return heading
