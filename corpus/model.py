"""What a document is: plain data, with offsets that lead from every quote back to its source.

Offsets are half-open ranges of code points in `Document.text`, so that always
`document.text[passage.start:passage.end] == passage.text`, and the same for sentences.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Block:
    """A range of a text that the layout recognised as one thing.

    It may hold hard line breaks, and the blank lines of a column break inside a sentence.
    `hospitals` are the canonical names of whom it speaks.
    """

    kind: Literal["heading", "paragraph", "caption"]
    start: int
    end: int
    hospitals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a page. What the page does not tell is an empty string.

    `title_span` is where the title stands, which may be after the text; None when there is none.
    `blocks` are in reading order and do not hold the title, the byline and what is no text (such as
    a counter of visits).
    """

    title: str
    title_span: tuple[int, int] | None
    byline: str
    published: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One article. What the source does not tell (publisher, date) is an empty string.

    `text` is that of the whole file, as it was read; several articles of a file share it. `blocks`
    are the article's parts of it; without any, all of the text is the article, and is Markdown.
    `hospitals` are the canonical names of whom the document is about, `places` those that it says,
    in the form of `corpus.places`. `meta` holds what else the document says of itself: `aliases` (a
    tuple), `city`, `province`, `level`, `kind`, `byline`.
    """

    doc_id: str
    title: str
    text: str
    source: str
    publisher: str = ""
    published: str = ""
    hospitals: tuple[str, ...] = ()
    meta: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, the part of a long one or a few short ones, that can be cited.

    `context` is what a reader knows who comes to the paragraph from above: the hospital and the
    headings. It is searched together with the text, and never shown as text. `hospitals` are the
    canonical names of whom the passage speaks, `also` the ids of passages that say the same
    elsewhere, `places` and `published` those of the document.
    """

    passage_id: str
    doc_id: str
    text: str
    start: int
    end: int
    context: str = ""
    hospitals: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    published: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage; the unit that is embedded and quoted."""

    passage_id: str
    text: str
    start: int
    end: int
