"""Documents into passages, passages into sentences. Nothing is changed, only cut."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from corpus.lazy_pattern import lazy_pattern
from corpus.model import Block, Document, Passage, Sentence
from corpus.reflow import searchable

MAX_PASSAGE = 320  # code points; about what a reader takes in at a glance, and far below 512 tokens
MAX_SENTENCE = 160  # a longer one is cut at semicolons

# An end mark with the closing quotes and brackets after it. A full stop ends a sentence only
# before a space or the end, so that 48.5 and "No.5" stay whole.
_ENDING = r"(?:[。！？!?]+|…{2,}|\.(?=\s|$))[”’』」）)》\"']*"
_END = lazy_pattern(_ENDING)
_ENDED = lazy_pattern(rf"{_ENDING}$")
_SEMICOLON = lazy_pattern(r"[；;]")
_HEADING = lazy_pattern(r" {0,3}(#{1,6})[ \t]+(.*)")
_CLOSING = lazy_pattern(r"(?:^|(?<=[ \t]))#+$")
_LIST_ITEM = lazy_pattern(r"\s*(?:[-*+•●▪]|\d{1,3}[.)、])\s")
_MARKS = lazy_pattern(r"[*_`]+|\[([^\]]*)\]\([^)]*\)")


def split(document: Document) -> tuple[Passage, ...]:
    """Return the passages of a document in reading order, numbered `<doc_id>#p1`, `#p2`, ...

    They are the blocks of its layout or, without any, the paragraphs of its Markdown, which are
    separated by blank lines; a long one is cut, short ones that belong together are one passage.
    Headings become the context of what follows them.
    """
    passages: list[Passage] = []
    for start, end, hospitals, context, _ in _merged(document.text, _paragraphs(document)):
        passages.append(
            Passage(
                passage_id=f"{document.doc_id}#p{len(passages) + 1}",
                doc_id=document.doc_id,
                text=document.text[start:end],
                start=start,
                end=end,
                context=context,
                hospitals=hospitals,
                places=document.places,
                published=document.published,
            )
        )
    return tuple(passages)


def paragraph_starts(document: Document) -> frozenset[int]:
    r"""Return where the paragraphs of a document begin, of which a passage may hold several.

    >>> sorted(paragraph_starts(Document("d", "", "一。\n\n二。", "d.md")))
    [0, 4]
    """
    return frozenset(block.start for block, _ in _blocks_of(document))


class _Part(NamedTuple):
    """A paragraph, or a part of one, with what its passage would have."""

    start: int
    end: int
    hospitals: tuple[str, ...]
    context: str
    kind: str


def _paragraphs(document: Document) -> Iterator[_Part]:
    for block, headings in _blocks_of(document):
        hospitals = block.hospitals or document.hospitals
        context = " ".join(dict.fromkeys(filter(None, (*hospitals, *headings))))
        for start, end in _parts(document.text, block.start, block.end):
            yield _Part(start, end, hospitals, context, block.kind)


def _merged(text: str, parts: Iterable[_Part]) -> Iterator[_Part]:
    """Yield short parts that follow each other as one, up to `MAX_PASSAGE`.

    They are of one kind, of the same hospital and under the same heading, nothing stands between
    them, and the first of them ends with a sentence, so that none begins in one and goes on in the
    next. What the document says twice stays by itself, to be found as a repeat.
    """
    parts = tuple(parts)
    plain_texts = [searchable(text[part.start : part.end]) for part in parts]
    said = Counter(plain_texts)
    last: _Part | None = None
    alone = False
    for part, plain_text in zip(parts, plain_texts, strict=True):
        was_alone, alone = alone, said[plain_text] > 1
        if last and not (alone or was_alone) and _continues(text, last, part):
            last = last._replace(end=part.end)
            continue
        if last:
            yield last
        last = part
    if last:
        yield last


def _continues(text: str, last: _Part, part: _Part) -> bool:
    return (
        part.end - last.start <= MAX_PASSAGE
        and last[2:] == part[2:]
        and last.end <= part.start
        and not text[last.end : part.start].strip()
        and _ENDED.search(text, last.start, last.end) is not None
    )


def _blocks_of(document: Document) -> Iterator[tuple[Block, tuple[str, ...]]]:
    return _laid_out(document) if document.blocks else _markdown(document)


def _laid_out(document: Document) -> Iterator[tuple[Block, tuple[str, ...]]]:
    """Yield paragraphs and captions with the heading above them; headings in a row are one."""
    heading: list[str] = []
    open_heading = False
    for block in document.blocks:
        if block.kind == "heading":
            title = plain(searchable(document.text[block.start : block.end]).lstrip("#"))
            heading = [*heading, title] if open_heading else [title]
            open_heading = True
        else:
            open_heading = False
            yield block, () if block.kind == "caption" else tuple(heading)


def _markdown(document: Document) -> Iterator[tuple[Block, tuple[str, ...]]]:
    headings: dict[int, str] = {}
    for start, end, heading in _blocks(document.text):
        if heading:
            level = len(heading[1])
            headings = {above: title for above, title in headings.items() if above < level}
            headings[level] = plain(_CLOSING.sub("", heading[2].rstrip()))
        else:
            yield Block("paragraph", start, end), tuple(headings.values())


def sentences(passage: Passage) -> tuple[Sentence, ...]:
    """Return the sentences of a passage; together they cover all of it but white space between.

    >>> [s.text for s in sentences(Passage("d#p1", "d", "有80台。“好！”他说。", 0, 12))]
    ['有80台。', '“好！”', '他说。']
    """
    return tuple(
        Sentence(
            passage.passage_id,
            passage.text[begin:stop],
            passage.start + begin,
            passage.start + stop,
        )
        for begin, stop in _sentence_spans(passage.text, 0, len(passage.text))
    )


def plain(markdown: str) -> str:
    """Return a line without the marks of Markdown emphasis, code and links."""
    return _MARKS.sub(lambda match: match[1] or "", markdown).strip()


def _blocks(text: str) -> Iterator[tuple[int, int, re.Match[str] | None]]:
    """Yield the ranges of paragraphs, which are runs of lines that are not blank, and headings."""
    start: int | None = None
    at = 0
    for line in text.splitlines(keepends=True):
        content = line.strip()
        heading = _HEADING.match(line)
        if start is not None and (not content or heading):
            yield *_trim(text, start, at), None
            start = None
        if heading:
            yield *_trim(text, at, at + len(line)), heading
        elif content and start is None:
            start = at
        at += len(line)
    if start is not None:
        yield *_trim(text, start, at), None


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the block whole, or in parts that end with a sentence when it is too long."""
    if end - start <= MAX_PASSAGE:
        yield start, end
        return
    begin = stop = start
    for sentence_start, sentence_end in _sentence_spans(text, start, end):
        if stop > begin and sentence_end - begin > MAX_PASSAGE:
            yield begin, stop
            begin = sentence_start
        stop = sentence_end
    yield begin, stop


def _sentence_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for stop in _ends(text, start, end):
        first, last = _trim(text, begin, stop)
        if first < last:
            yield from _at_semicolons(text, first, last)
        begin = stop


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    lines = [start, *(match.end() for match in re.compile("\n").finditer(text, start, end))]
    items = [item for line in lines if (item := _LIST_ITEM.match(text, line, end))]
    numbers = {item.end() - 1 for item in items}  # the full stop of a list's "1. " ends nothing
    marks = {match.end() for match in _END.finditer(text, start, end)} - numbers
    yield from sorted(marks | {item.start() for item in items} | {end})


def _at_semicolons(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what is too long for one quote at its semicolons, then, hopeless, at the limit."""
    begin = start
    for match in _SEMICOLON.finditer(text, start, end - 1):
        if end - start > MAX_SENTENCE and match.end() - begin > MAX_SENTENCE // 4:
            yield _trim(text, begin, match.end())
            begin = match.end()
    while end - begin > 4 * MAX_SENTENCE:
        first, last = _trim(text, begin, begin + 4 * MAX_SENTENCE)
        if first < last:
            yield first, last
        begin += 4 * MAX_SENTENCE
    if begin < end:
        yield _trim(text, begin, end)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
