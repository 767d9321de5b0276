"""The articles on a newspaper page, a web page saved as text, or the text layer of a PDF.

Lines become paragraphs (`corpus.layout_lines`), paragraphs get a kind (`corpus.layout_kinds`),
kinds show where articles begin and end, and each headline goes to the text that shares most with
it, since pages have it before their text or after. Leaves out: any knowledge of what the articles
are about, and the order of columns, which the reader of the file must get right.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from corpus.layout_kinds import (
    LONGEST_HEADING,
    dateline,
    ends_sentence,
    is_only_a_date,
    is_sub_heading,
    is_sub_title,
    iso_date,
    kind,
    lead,
    level,
    plain_title,
)
from corpus.layout_lines import paragraphs
from corpus.model import Article, Block

_SUBJECT = re.compile("[\u4e00-\u9fff]{2,12}?(?:医院|卫生院|保健院|中心|大学|集团|公司|委员会)")
_SENTENCE_END = re.compile("(?<=[。！？])(?![”’」』）])")
_SHORTEST_TITLE = 6
_TITLE_LINES = 3


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph or line with what it is; kinds as in layout_kinds.kind, and dateline."""

    kind: str
    text: str
    start: int
    end: int
    gap: int


@dataclass(slots=True)
class _Part:
    """The pieces of one article while it is put together."""

    pieces: list[_Piece] = field(default_factory=list)
    title: tuple[_Piece, ...] = ()
    continued: bool = False  # from another page, so that no headline can be before it
    signed: bool = False
    has_text: bool = False


def articles(text: str) -> tuple[Article, ...]:
    r"""Return the articles of a page in the order of the page.

    At least one for a text that is not blank. The blocks' offsets are into `text`; no two blocks
    overlap. Counters of visits and the like are left out.

    >>> [a.title for a in articles("某院启用新楼\n\n新楼昨日启用，市民称便。\n")]
    ['某院启用新楼']
    """
    pieces = list(_pieces(text))
    parts = _attach(_separate(pieces))
    found = tuple(article for part in _merge(parts) if (article := _article(part, text)).blocks)
    if found or not text.strip():
        return found
    start = len(text) - len(text.lstrip())
    whole = Block("paragraph", start, len(text.rstrip()))
    return (Article("", None, "", "", (whole,)),)


def _pieces(text: str) -> Iterator[_Piece]:
    for line in paragraphs(text):
        content = text[line.start : line.end]
        news, headline = dateline(content), lead(content)
        begins = headline or news
        if begins and begins.end() < len(content):
            cut = line.start + begins.end()
            cut += len(text[cut : line.end]) - len(text[cut : line.end].lstrip())
            role, end = "heading" if headline else "dateline", line.start + begins.end()
            yield _Piece(role, begins[0].strip(), line.start, end, line.gap)
            rest = text[cut : line.end]
            is_date = is_only_a_date(rest)  # 本报讯（记者 …）2023年5月23日
            yield _Piece("date" if is_date else "paragraph", rest, cut, line.end, 0)
        else:
            yield _Piece(kind(content), content, line.start, line.end, line.gap)


def _separate(pieces: Sequence[_Piece]) -> list[_Part]:
    """Begin an article at 本报讯, （上接…版）, a second headline, or after the writers' names.

    Headlines between two texts are left at the beginning of the second one.
    """
    parts = [_Part()]
    for index, piece in enumerate(pieces):
        part = parts[-1]
        has_text = part.has_text
        if piece.kind in {"dateline", "continued"} and has_text:
            continued = piece.kind == "continued"
            parts.append(_Part(_take_headline(part) if continued else _take_tail(part)))
            parts[-1].continued = continued
        elif piece.kind == "continued":
            part.continued = True
        elif has_text and (
            _opens(pieces, index, part) or (part.signed and piece.kind == "paragraph")
        ):
            tail = _take_tail(part)
            if _opens(pieces, index, part) or any(p.kind == "heading" for p in tail):
                parts.append(_Part(tail))
            else:
                part.pieces += tail
        part = parts[-1]
        if piece.kind == "byline" and piece.text.startswith(("（", "(")) and part.has_text:
            part.signed = True
        part.pieces.append(piece)
        part.has_text = part.has_text or piece.kind == "paragraph"
    return parts


def _opens(pieces: Sequence[_Piece], index: int, part: _Part) -> bool:
    """Tell whether a further headline stands here: # again, or one with its writers or date."""
    piece = pieces[index]
    if piece.kind != "heading" or is_sub_heading(piece.text):
        return False
    if level(piece.text):
        return level(piece.text) == 1 and any(level(p.text) == 1 for p in part.pieces)
    if len(piece.text) < _SHORTEST_TITLE or index + 2 >= len(pieces):
        return False
    following = [p.kind for p in pieces[index + 1 : index + 3]]
    return following[0] in {"byline", "date"} and following[1] in {"paragraph", "byline", "date"}


def _take_tail(part: _Part) -> list[_Piece]:
    """Remove and return what stands after the last paragraph and the writers' names."""
    cut = len(part.pieces)
    while cut and part.pieces[cut - 1].kind not in {"paragraph", "byline", "dateline"}:
        cut -= 1
    tail = part.pieces[cut:]
    del part.pieces[cut:]
    return tail


def _take_headline(part: _Part) -> list[_Piece]:
    """Remove and return the headline alone that stands before a continuation."""
    last = part.pieces[-1]
    if last.kind != "heading" or len(last.text) > LONGEST_HEADING:
        return []
    return [part.pieces.pop()]


def _attach(parts: list[_Part]) -> list[_Part]:
    """Give each article its headline."""
    grams = [
        _grams("".join(p.text for p in part.pieces if p.kind == "paragraph")) for part in parts
    ]
    for index, part in enumerate(parts):
        leading = _leading(part)
        if index and leading:
            previous = parts[index - 1]
            best = max(leading, key=lambda p: _score(p.text, grams[index - 1]))
            own = max(leading, key=lambda p: _score(p.text, grams[index]))
            before, after = _score(best.text, grams[index - 1]), _score(own.text, grams[index])
            if not previous.title and before > after:
                _give(previous, part, best)
            else:
                _give_captions(previous, part, own)
            leading = _leading(part)
        if leading:
            part.title = _title_lines(part, leading, single=index > 0, grams=grams[index])
        if not part.title and not part.continued:
            part.title = _inner_title(part)
    last = parts[-1]
    tail = [p for p in _take_tail_view(last) if p.kind == "heading"]
    if tail and (not last.title or _is_weak(last)):
        best = max(tail, key=lambda p: _score(p.text, grams[-1]))
        own_score = _score("".join(p.text for p in last.title), grams[-1])
        if len(best.text) >= _SHORTEST_TITLE and _score(best.text, grams[-1]) > max(1, own_score):
            last.title = (best,)
    return parts


def _leading(part: _Part) -> list[_Piece]:
    """Return the headlines before the first paragraph, none that stand after the continuation."""
    found = []
    for piece in part.pieces:
        if piece.kind in {"paragraph", "dateline", "continued"}:
            break
        if piece.kind == "heading" and not is_sub_heading(piece.text):
            found.append(piece)
    return [piece for piece in found if not is_sub_title(piece.text)] or found


def _give(previous: _Part, part: _Part, title: _Piece) -> None:
    """Move everything up to the headline to the article before, whose headline it is."""
    cut = part.pieces.index(title) + 1
    while cut < len(part.pieces) and is_sub_title(part.pieces[cut].text):
        cut += 1
    moved = part.pieces[:cut]
    previous.title = tuple(moved[moved.index(title) :])
    previous.pieces += moved
    del part.pieces[:cut]


def _give_captions(previous: _Part, part: _Part, title: _Piece) -> None:
    """Move what stands before the headline to the article before."""
    cut = part.pieces.index(title)
    previous.pieces += part.pieces[:cut]
    del part.pieces[:cut]


def _title_lines(
    part: _Part, leading: Sequence[_Piece], *, single: bool, grams: frozenset[str]
) -> tuple[_Piece, ...]:
    """Return the lines of the headline: those of Markdown's first level, or the first together."""
    first = next((p for p in leading if level(p.text) == 1), leading[0])
    at = part.pieces.index(first)
    found = [first]
    for piece in part.pieces[at + 1 : at + _TITLE_LINES]:
        if piece.kind != "heading" or is_sub_heading(piece.text) or piece.gap > 1:
            break
        joins = piece.gap == 0 or not single or is_sub_title(piece.text)
        if not (is_sub_title(piece.text) or (joins and _score(piece.text, grams) > 1)):
            break
        found.append(piece)
    return tuple(found)


def _inner_title(part: _Part) -> tuple[_Piece, ...]:
    """Return a headline that stands after its lead: # or with ——, or about the same subject."""
    pieces = [p for p in part.pieces if p.kind in {"heading", "paragraph"}]
    for index, piece in enumerate(pieces):
        if piece.kind != "heading" or is_sub_heading(piece.text):
            continue
        below = pieces[index + 1 : index + 2]
        if below and below[0].kind == "heading" and is_sub_title(below[0].text):
            return (piece, below[0])
        if level(piece.text) == 1:
            return (piece,)
        subjects = _SUBJECT.findall(piece.text)
        if below and 0 < index <= _TITLE_LINES and any(s in pieces[0].text for s in subjects):
            return (piece,)
    return ()


def _take_tail_view(part: _Part) -> list[_Piece]:
    tail = _take_tail(part)
    part.pieces += tail
    return tail


def _is_weak(part: _Part) -> bool:
    """Tell whether the headline is only the first of several sub-headings of one form."""
    if not part.title:
        return True
    width = len(part.title[0].text)
    like = [p for p in part.pieces if p.kind == "heading" and len(p.text) == width]
    return len(like) > _TITLE_LINES - 1


def _merge(parts: Sequence[_Part]) -> Iterator[_Part]:
    """Join a headline and its lead with the text before them that they belong to."""
    kept: list[_Part] = []
    for part in parts:
        last = kept[-1] if kept else None
        if last and part.title and last.signed and _belongs(part, last):
            kept[-1] = replace(
                part, pieces=[*last.pieces, *part.pieces], signed=True, continued=last.continued
            )
        else:
            kept.append(part)
    yield from kept


def _belongs(part: _Part, last: _Part) -> bool:
    """Tell whether a headline with a shorter, unsigned text is that of the signed text before."""
    kinds = {piece.kind for piece in part.pieces}
    if part.signed or not _is_weak(last) or kinds & {"dateline", "byline"}:
        return False
    before = "".join(p.text for p in last.pieces if p.kind == "paragraph")
    here = "".join(p.text for p in part.pieces if p.kind == "paragraph")
    title = "".join(p.text for p in part.title)
    grams = _grams(before)
    shared = len(_grams(title) & grams) / max(1, len(_grams(title)))
    own = _score("".join(p.text for p in last.title), grams)
    return len(here) < len(before) and shared > 1 / 2 and _score(title, grams) > own


def _grams(text: str) -> frozenset[str]:
    bare = "".join(char for char in text if char.isalnum())
    return frozenset(bare[i : i + 2] for i in range(len(bare) - 1))


def _score(title: str, grams: frozenset[str]) -> float:
    """Return how much of a headline a text says: pairs of characters, times their share."""
    own = _grams(title)
    shared = len(own & grams)
    return shared * shared / max(1, len(own))


def _article(part: _Part, text: str) -> Article:
    title = part.title
    span = (title[0].start, title[-1].end) if title else None
    bylines = [p.text for p in part.pieces if p.kind in {"byline", "dateline"}]
    dated = {"date", "furniture", "byline", "dateline"}
    dates = (iso_date(p.text) for p in part.pieces if p.kind in dated)
    return Article(
        title=" ".join(plain_title(p.text) for p in title),
        title_span=span,
        byline=" ".join(filter(None, map(_writers, bylines))),
        published=next((day for day in dates if day), ""),
        blocks=tuple(_blocks(part, text)),
    )


def _writers(byline: str) -> str:
    """Return a byline in one line without brackets, of a dateline what its brackets hold."""
    byline = re.sub(r"[ \u3000]*[\r\n]+[ \u3000]*", "", byline)
    if dateline(byline):
        byline = byline.partition("（" if "（" in byline else "(")[2]
    return " ".join(byline.strip("（）():： ").split())


def _blocks(part: _Part, text: str) -> Iterator[Block]:
    texts = [p for p in part.pieces if p.kind in {"heading", "caption", "paragraph"}]
    last = max((i for i, p in enumerate(texts) if _is_text(p)), default=-1)
    end = texts[last].end if last >= 0 else 0
    for piece in texts:
        if piece in part.title:
            continue
        trails = piece.start > end
        role: Literal["heading", "paragraph", "caption"] = "paragraph"
        if piece.kind == "caption" or (piece.kind == "heading" and trails and last >= 0):
            role = "caption"
        elif piece.kind == "heading" and last >= 0:
            role = "heading"
        start = piece.start + len(piece.text) - len(piece.text.lstrip("# \u3000\t"))
        if start < piece.end and text[start : piece.end].strip():
            yield Block(role, start if role == "heading" else piece.start, piece.end)


def _is_text(piece: _Piece) -> bool:
    return piece.kind == "paragraph" and ends_sentence(piece.text[-8:], soft=True)
