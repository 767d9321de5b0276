"""Word files: paragraphs, headings as Markdown's, and tables row by row, as they come."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import docx
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from lxml import etree

from corpus.formats.raw import Limits, Raw, printed
from qa.errors import CorpusError

if TYPE_CHECKING:
    from docx.document import Document
    from docx.styles.style import ParagraphStyle

_OLE = b"\xd0\xcf\x11\xe0"  # the container of .doc, and of an encrypted .docx
_MAX_RATIO = 200  # XML packs 10 to 30 times
_SMALL = 10_000_000  # bytes; however well packed, that much does no harm
_HEADINGS = {"Title": "#"} | {f"Heading {level}": "#" * min(level + 1, 6) for level in range(1, 10)}
# What a damaged package makes the libraries raise. python-docx has base classes for its own
# errors, but passes on those of zipfile, zlib and lxml; it looks parts up with KeyError, and takes
# values and children of elements for granted (ValueError, TypeError, AttributeError, IndexError).
_DAMAGED = (
    PythonDocxError,
    OpcError,
    etree.LxmlError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,  # a way of packing that zipfile does not know
    RuntimeError,  # an encrypted member; also RecursionError
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
)


def read_docx(data: bytes, limits: Limits) -> Raw:
    """Return the text of a Word file. Raises CorpusError when it is damaged or too large."""
    if data.startswith(_OLE):
        raise CorpusError("an old or an encrypted Word file; save it as .docx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError) as error:
        raise CorpusError(f"not a DOCX file, or a damaged one: {error}") from error
    # zipfile never unpacks more of a member than it declares, so the sum can be relied on.
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked or unpacked > max(_SMALL, _MAX_RATIO * len(data)):
        raise CorpusError(
            f"{len(data):,} bytes would unpack to {unpacked:,}; the limit is {limits.unpacked:,} "
            f"and {_MAX_RATIO} times"
        )
    try:
        document = docx.Document(io.BytesIO(data))
        text = "\n\n".join(_paragraphs(document, limits))
        title = printed(document.core_properties.title or "", text)
    except _DAMAGED as error:
        raise CorpusError(f"not a DOCX file, or a damaged one: {error}") from error
    return Raw(text, title=title, markdown=True)


def _paragraphs(document: "Document", limits: Limits) -> Iterator[str]:
    left = limits.characters
    for part in _walk(document, document.element.body):
        left -= len(part)
        if left < 0:
            raise CorpusError(f"more characters than the limit of {limits.characters:,}")
        yield part


def _walk(document: "Document", element: etree._Element) -> Iterator[str]:
    """Yield the parts in the order of the file, through frames such as content controls."""
    for child in element:
        if child.tag == qn("w:p"):
            paragraph = Paragraph(child, document)
            text = "\n".join(filter(None, map(str.strip, paragraph.text.splitlines())))
            mark = _HEADINGS.get(_builtin(paragraph.style))
            if text:
                yield f"{mark} {' '.join(text.split())}" if mark else text
        elif child.tag == qn("w:tr"):
            # The cells as they are stored: a merged one is there once, whatever width it claims.
            cells = [_cell(document, cell) for cell in child.iterchildren(qn("w:tc"))]
            if any(cells):
                yield "｜".join(cells)
        elif child.tag in _FRAMES:
            yield from _walk(document, child)


_FRAMES = {qn(f"w:{name}") for name in ("tbl", "sdt", "sdtContent", "customXml", "ins")}


def _cell(document: "Document", cell: etree._Element) -> str:
    return " ".join(
        text
        for element in cell.iter(qn("w:p"))
        if (text := " ".join(Paragraph(element, document).text.split()))
    )


def _builtin(style: "ParagraphStyle | None") -> str:
    """Return the name of the first heading style among a style and those it is based on."""
    for _ in range(10):  # a hostile chain may be a ring
        if style is None or style.name in _HEADINGS:
            break
        style = style.base_style
    return (style.name or "") if style is not None else ""
