"""One file of any kind we read -> its text, and what it says of itself.

The libraries that know a format are imported when the first file of that format is read. What they
raise for a broken or hostile file becomes a CorpusError in the module of that format.
"""

import stat
from collections.abc import Callable
from pathlib import Path

from corpus.formats.decode import decode
from corpus.formats.front import read_markdown
from corpus.formats.raw import (
    DEFAULT_LIMITS,
    MAX_BYTES,
    MAX_CHARACTERS,
    MAX_PAGES,
    MAX_UNPACKED,
    Limits,
    Raw,
)
from qa.errors import CorpusError

__all__ = [
    "DEFAULT_LIMITS",
    "MAX_BYTES",
    "MAX_CHARACTERS",
    "MAX_PAGES",
    "MAX_UNPACKED",
    "Limits",
    "Raw",
    "read_file",
    "supported_suffixes",
]


def supported_suffixes() -> tuple[str, ...]:
    """Return the endings of the files that can be read, in lower case and with their dots."""
    return tuple(sorted(_READERS))


def read_file(path: Path, limits: Limits = DEFAULT_LIMITS) -> Raw:
    """Return the text of a file, with lines ended by LF, and what the file says of itself.

    Raises CorpusError with the reason when the file is of no supported kind, is no regular file,
    is damaged, encrypted or empty, or is above one of the limits.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise CorpusError(f"not one of {', '.join(supported_suffixes())}")
    raw = reader(_load(path, limits), limits)
    if len(raw.text) > limits.characters:
        raise CorpusError(
            f"{len(raw.text):,} characters are more than the limit of {limits.characters:,}; "
            "split the file"
        )
    if not raw.text.strip():
        raise CorpusError("the file holds no text")
    return raw


def _load(path: Path, limits: Limits) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # reading a pipe would wait for ever
            raise CorpusError("not a regular file")
        with path.open("rb") as file:
            data = file.read(limits.bytes + 1)
            size = max(file.seek(0, 2), len(data))
    except OSError as error:
        raise CorpusError(f"cannot be opened: {error.strerror}") from error
    except ValueError as error:  # a NUL in the path
        raise CorpusError(f"cannot be opened: {error}") from error
    if size > limits.bytes:
        raise CorpusError(f"{size:,} bytes is more than the limit of {limits.bytes:,}")
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        raise CorpusError("the file is empty")
    return data


def _read_text(data: bytes, limits: Limits) -> Raw:
    del limits
    return Raw(decode(data))


def _read_markdown(data: bytes, limits: Limits) -> Raw:
    del limits
    return read_markdown(decode(data))


def _read_html(data: bytes, limits: Limits) -> Raw:
    from corpus.formats.html import read_html

    return read_html(data, limits)


def _read_pdf(data: bytes, limits: Limits) -> Raw:
    from corpus.formats.pdf import read_pdf

    return read_pdf(data, limits)


def _read_docx(data: bytes, limits: Limits) -> Raw:
    from corpus.formats.docx import read_docx

    return read_docx(data, limits)


_READERS: dict[str, Callable[[bytes, Limits], Raw]] = {
    ".docx": _read_docx,
    ".htm": _read_html,
    ".html": _read_html,
    ".md": _read_markdown,
    ".pdf": _read_pdf,
    ".txt": _read_text,
    ".xhtml": _read_html,
}
