"""What a reader returns, and how much it may read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_BYTES = 20_000_000  # of the file
MAX_CHARACTERS = 5_000_000  # of its text; about 50 books
MAX_PAGES = 2_000
MAX_UNPACKED = 200_000_000  # bytes of a DOCX or of one stream of a PDF, decompressed


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be; anything above is refused before it costs much.

    `bytes`: the file. `characters`: its text, in code points. `pages`: of a PDF. `unpacked`: bytes
    of all that is packed in a DOCX together, or of one compressed stream of a PDF.
    """

    bytes: int = MAX_BYTES
    characters: int = MAX_CHARACTERS
    pages: int = MAX_PAGES
    unpacked: int = MAX_UNPACKED


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Raw:
    """The text of a file and what the file says of itself; what it does not say is empty.

    `meta` is the front matter. `markdown` tells that headings are marked with `#`. `pages` are the
    offsets in `text` (code points) at which the pages of a PDF begin.
    """

    text: str
    title: str = ""
    publisher: str = ""
    published: str = ""
    meta: Mapping[str, object] = field(default_factory=dict)
    markdown: bool = False
    pages: tuple[int, ...] = ()


def printed(title: str, text: str) -> str:
    """Return the title that a file's properties hold if it is also printed in the text, else "".

    The properties of PDF and DOCX files are left over from templates and file names more often
    than not ("Microsoft Word - 1.doc"); a title that the reader can see is one.
    """
    wanted = "".join(title.split())
    return title.strip() if wanted and wanted in "".join(text[:20_000].split()) else ""
