"""PDF files: the text layer by PDFium, put into reading order.

PDFium reads what Chrome reads, is fuzzed as a browser's part is, comes as a wheel without further
libraries and may be used freely (BSD, Apache); pdfminer and pypdf raise dozens of kinds of errors
on damaged files, PyMuPDF is under the AGPL.
"""

import ctypes
import re
import sys
import threading
import zlib
from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from corpus.formats.columns import GUTTER, Run, read_page
from corpus.formats.raw import Limits, Raw, printed
from qa.errors import CorpusError

_STREAM = re.compile(rb"stream\r?\n")
_Box = tuple[float, float, float, float]  # left, bottom, right, top
_STEP = 65_536
_ONE_AT_A_TIME = threading.Lock()  # PDFium is not made for threads
_HYPHENS = {"\x02": "-", "\ufffe": "-"}  # how it reports a hyphen at the end of a line


def read_pdf(data: bytes, limits: Limits) -> Raw:
    """Return the text of a PDF with the offsets of its pages.

    Raises CorpusError when it is damaged, encrypted, has no text layer or is above a limit.
    """
    _refuse_bombs(data, limits)
    with _ONE_AT_A_TIME:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
                raise CorpusError("encrypted; save a copy without a password") from error
            raise CorpusError(f"not a PDF, or a damaged one: {error}") from error
        try:
            return _read(document, limits)
        finally:
            document.close()


def _read(document: pdfium.PdfDocument, limits: Limits) -> Raw:
    count = len(document)
    if count > limits.pages:
        raise CorpusError(f"{count:,} pages are more than the limit of {limits.pages:,}; split it")
    text = ""
    pages: list[int] = []
    left = limits.characters
    for number in range(count):
        try:
            page = document[number]
            layer = page.get_textpage()
        except pdfium.PdfiumError as error:
            raise CorpusError(f"page {number + 1} is damaged: {error}") from error
        left -= layer.count_chars()
        if left < 0:
            raise CorpusError(f"more characters than the limit of {limits.characters:,}")
        found = read_page(list(_runs(layer)))
        if text and found:
            text += "\n\n"
        pages.append(len(text))
        text += found
        layer.close()
        page.close()
    if not text.strip():
        raise CorpusError(f"{count} pages without a text layer (a scan?); run OCR first")
    title = document.get_metadata_value("Title")
    return Raw(text, title=printed(title, text), pages=tuple(pages))


def _runs(layer: pdfium.PdfTextPage) -> Iterator[Run]:
    """Yield the characters that stand beside each other without a gap as wide as a gutter."""
    words = ""
    box = (0.0, 0.0, 0.0, 0.0)
    for char, this in _characters(layer):
        if not char.isspace():
            height = max(box[3] - box[1], this[3] - this[1])
            beside = (
                min(box[3], this[3]) - max(box[1], this[1]) > 0.4 * height
                and -0.5 * height < this[0] - box[2] < GUTTER * height
            )
            if words.strip() and not beside:
                yield _run(words, box)
                words = ""
            box = _around(box, this) if words.strip() else this
            words = words if words.strip() else ""
        words += char
    if words.strip():
        yield _run(words, box)


def _run(words: str, box: _Box) -> Run:
    # PDFium may give a character beyond U+FFFF as two halves.
    whole = words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return Run(" ".join(whole.split()), *box)


def _around(box: _Box, this: _Box) -> _Box:
    return (
        min(box[0], this[0]),
        min(box[1], this[1]),
        max(box[2], this[2]),
        max(box[3], this[3]),
    )


def _characters(layer: pdfium.PdfTextPage) -> Iterator[tuple[str, _Box]]:
    rect = pdfium_c.FS_RECTF()
    for index in range(layer.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(layer.raw, index)
        if not 0 < code <= sys.maxunicode:
            continue
        char = _HYPHENS.get(chr(code), chr(code))
        if char < " " and not char.isspace():
            continue
        if pdfium_c.FPDFText_GetLooseCharBox(layer.raw, index, ctypes.byref(rect)):
            yield char, (rect.left, rect.bottom, rect.right, rect.top)


def _refuse_bombs(data: bytes, limits: Limits) -> None:
    """Raise CorpusError when a stream of the file unpacks to more than the limit."""
    total = 0
    for match in _STREAM.finditer(data):
        total += _unpacked(data, match.end(), limits.unpacked)
        if total > 5 * limits.unpacked:
            raise CorpusError(f"it would unpack to more than {5 * limits.unpacked:,} bytes")


def _unpacked(data: bytes, at: int, limit: int) -> int:
    """Return the size of a stream that is packed by zlib; 0 for any other."""
    unpacker = zlib.decompressobj()
    size = 0
    try:
        while at < len(data) and not unpacker.eof:
            rest = data[at : at + _STEP]
            at += _STEP
            while rest and not unpacker.eof:
                size += len(unpacker.decompress(rest, 16 * _STEP))
                rest = unpacker.unconsumed_tail
                if size > limit:
                    raise CorpusError(f"a part of it would unpack to more than {limit:,} bytes")
    except zlib.error:  # packed in another way, or not at all
        return size
    return size
