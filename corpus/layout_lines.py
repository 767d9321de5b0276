"""The lines of a page, and which of them the page broke in the middle of a paragraph.

A line is full when those around it are as wide, and most of them end within a sentence: only then
was it broken because the column ended. Leaves out: what the lines are (see `corpus.layout_kinds`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.layout_kinds import (
    begins_anew,
    dateline,
    ends_sentence,
    is_own_line,
    is_prose,
    signature,
)

_LINE = re.compile("[^\r\n\f\v\x1c-\x1e\x85\u2028\u2029]+|\r\n|[\r\n\f\v\x1c-\x1e\x85\u2028\u2029]")
_BREAKS = "\r\n\f\v\x1c\x1d\x1e\x85\u2028\u2029"
_BLANK = (
    " \t\u3000\u00a0\u200b\ufeff\x1f"
    + "".join(map(chr, range(0x2000, 0x200B)))
    + "\u202f\u205f\u1680"
)
NARROWEST, WIDEST = 14, 120  # of a column, in half-width characters
_FULL = 0.74  # of the column's width: the first line may be short of its lost indent
_FEWEST = 2  # lines that make a column
_AROUND = 6  # lines that tell how wide a column is
_WIDEST_GAP = 2  # blank lines of a column break
_LONGEST_TITLE = 80
_LONGEST_OWN = 120  # enough of a paragraph to tell that it is one
_BROKEN_PROSE = 40  # shorter prose without an end may be a caption or a headline
_STOPS = "。，、；：！？…”’」』）)】》"  # of a line that holds nothing else
# After these a sentence goes on.
_GOES_ON = tuple("，、,（(“‘《「『把的和与在对为以将被从向及是并由或至于给使让其该各每")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without the white space around it, or a paragraph of several such lines.

    `gap` is the number of blank lines before it; `indent` and `width` are in half-width characters.
    """

    start: int
    end: int
    gap: int
    indent: int
    width: int


def paragraphs(text: str) -> list[Line]:
    """Return the lines of `text`, with those of one paragraph joined to one range."""
    lines = list(_parts(text, _lines(text)))
    full = _full(text, lines)
    margin = _margin([line.indent for line, is_full in zip(lines, full, strict=True) if is_full])
    joined: list[Line] = []
    prose = False
    for index, line in enumerate(lines):
        last = joined[-1] if joined else None
        broken = index > 0 and full[index - 1]
        if (
            last
            and line.indent < margin + 2
            and _continues(text, last, line, broken=broken, prose=prose, full=full[index])
        ):
            joined[-1] = replace(last, end=line.end, width=last.width + line.width)
            prose = prose or is_prose(text[line.start : line.end])
        else:
            joined.append(line)
            prose = is_prose(text[line.start : line.end])
    return joined


def _margin(indents: Sequence[int]) -> int:
    """Return how far lines are indented that begin no paragraph: the least that is usual."""
    usual = [indent for indent, count in Counter(indents).items() if 5 * count >= len(indents)]
    return min(usual, default=0)


def _lines(text: str) -> Iterator[Line]:
    gap, breaks = 0, 0
    for match in _LINE.finditer(text):
        line = match[0]
        if line[0] in _BREAKS:
            breaks += 1
            continue
        bare = line.strip(_BLANK)
        if not bare:
            continue
        before = line[: len(line) - len(line.lstrip(_BLANK))]
        gap = max(0, breaks - 1)
        start = match.start() + len(before)
        yield Line(start, start + len(bare), gap, _width(before), _width(bare))
        breaks = 0


def _parts(text: str, lines: Iterator[Line]) -> Iterator[Line]:
    """Cut off what a page set in one line with something else: headline, dateline, signature."""
    for line in lines:
        cuts = [line.start, line.end]
        content = text[line.start : line.end]
        news = dateline(content, within=True)
        if news and news.start() <= _LONGEST_TITLE and not is_prose(content[: news.start()]):
            cuts.insert(1, line.start + news.start())
        signed = signature(text[max(cuts[-2], line.end - _LONGEST_TITLE) : line.end])
        if signed:
            cuts.insert(-1, line.end - len(signed))
        for index, (start, end) in enumerate(pairwise(cuts)):
            bare = text[start:end].strip(_BLANK)
            begin = start + len(text[start:end]) - len(text[start:end].lstrip(_BLANK))
            if not bare:
                continue
            gap, indent = (line.gap, line.indent) if index == 0 else (1, 0)
            yield Line(begin, begin + len(bare), gap, indent, _width(bare))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def _full(text: str, lines: Sequence[Line]) -> list[bool]:
    """Tell of each line whether it ends because the column does."""
    ended = [ends_sentence(text[max(line.start, line.end - 8) : line.end]) for line in lines]
    prose = [line.width <= WIDEST and is_prose(text[line.start : line.end]) for line in lines]
    found = []
    for index, line in enumerate(lines):
        if not NARROWEST * _FULL <= line.width <= WIDEST:
            found.append(False)
            continue
        windows = (
            range(max(0, first), min(len(lines), first + _AROUND + 1))
            for first in (index - _AROUND, index - _AROUND // 2, index)
        )
        found.append(any(_fits(line.width, window, lines, ended, prose) for window in windows))
    return found


def _fits(
    width: int, window: range, lines: Sequence[Line], ended: Sequence[bool], prose: Sequence[bool]
) -> bool:
    widths = sorted(lines[i].width for i in window)
    column = widths[len(widths) * 2 // 3]
    if len(window) < _FEWEST or not NARROWEST <= column <= WIDEST or not _FULL * column <= width:
        return False
    like = [i for i in window if _FULL * column <= lines[i].width <= column * 1.2]
    return (
        width <= column * 1.2
        and len(like) >= max(_FEWEST, 0.4 * len(window))
        and 2 * sum(ended[i] for i in like) <= len(like)
        and 2.5 * sum(prose[i] for i in like) >= len(like)
    )


def _continues(text: str, last: Line, line: Line, *, broken: bool, prose: bool, full: bool) -> bool:
    """Tell whether `line` goes on with the sentence, or in a column with the paragraph, before."""
    before, after = text[max(last.start, last.end - 8) : last.end], text[line.start : line.end]
    if line.gap == 0 and not after.strip(_STOPS):
        return True
    if (
        is_own_line(text[last.start : min(last.end, last.start + _LONGEST_OWN)])
        or is_own_line(after)
        or dateline(after)
    ):
        return False
    if broken and line.gap == 0:
        return not (ends_sentence(before) and begins_anew(after))
    if (
        ends_sentence(before, soft=not broken)
        or begins_anew(after)
        or not prose
        or line.gap > _WIDEST_GAP
    ):
        return False
    cut = broken or before.endswith(_GOES_ON) or last.end - last.start >= _BROKEN_PROSE
    return cut and (full or is_prose(after))
