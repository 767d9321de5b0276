"""Files into documents. What cannot be read is named with its reason and does not stop the rest."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from corpus.model import Document
from corpus.split import plain
from qa.errors import CorpusError

BUILTIN = Path(__file__).parent / "hospitals"
SUFFIXES = (".md", ".txt")
MAX_BYTES = 20_000_000
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
META_TEXT = ("city", "province", "level", "kind")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading: the documents in order of their ids, and what was left out."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...] = ()


def read_corpus(paths: Iterable[Path]) -> Reading:
    """Read files, and folders with all that is in them.

    A document's id is its path below the folder (its name, for a single file) without the suffix.
    Raises CorpusError when a path does not exist, nothing could be read, or two documents would
    have the same id.
    """
    documents: dict[str, Document] = {}
    skipped: list[Skipped] = []
    roots = list(paths)
    for root in roots:
        if not root.exists():
            raise CorpusError(f"{root} does not exist; give a folder or files of documents")
        for path in _files(root):
            name = path.relative_to(root).as_posix() if root.is_dir() else path.name
            if path.suffix.lower() not in SUFFIXES:
                skipped.append(Skipped(str(path), f"not one of {', '.join(SUFFIXES)}"))
                continue
            try:
                document = read_document(path, name)
            except CorpusError as error:
                skipped.append(Skipped(str(path), str(error)))
                continue
            if document.doc_id in documents:
                raise CorpusError(
                    f"{path} and {documents[document.doc_id].source} would both be the document "
                    f"{document.doc_id!r}; rename one or change its `id`"
                )
            documents[document.doc_id] = document
    if not documents:
        reasons = "; ".join(f"{file.path}: {file.reason}" for file in skipped[:5])
        raise CorpusError(
            f"nothing to read in {', '.join(map(str, roots))}: {reasons or 'no files'}; documents "
            f"are files ending in {', '.join(SUFFIXES)}"
        )
    return Reading(tuple(documents[key] for key in sorted(documents)), tuple(skipped))


def read_document(path: Path, name: str = "") -> Document:
    """Read one file. Raises CorpusError with the reason when it cannot be done."""
    name = name or path.name
    text = _decode(_load(path))
    if not text.strip():
        raise CorpusError("the file is empty")
    front: dict[str, object] = {}
    if path.suffix.lower() == ".md":
        front, text = _front_matter(text)
        if not text.strip():
            raise CorpusError("there is nothing after the front matter")
    return _document(front, text, name)


def _files(root: Path) -> Iterator[Path]:
    """Yield the files of a folder in a stable order, without hidden ones and links out of it."""
    if root.is_file():
        yield root
        return
    for folder, folders, files in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            if not name.startswith(".") and _is_within(path, root):
                yield path


def _is_within(path: Path, folder: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a link to itself
        return False


def _load(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait for ever
            raise CorpusError("not a regular file")
        if status.st_size > MAX_BYTES:
            raise CorpusError(f"{status.st_size:,} bytes is more than the limit of {MAX_BYTES:,}")
        return path.read_bytes()
    except OSError as error:
        raise CorpusError(f"cannot be opened: {error.strerror}") from error


def _decode(data: bytes) -> str:
    if b"\0" in data:
        raise CorpusError("not a text file: it holds NUL bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"not UTF-8: byte {data[error.start]:#04x} at position {error.start}; save it as UTF-8"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    """Cut YAML between two `---` lines off the beginning."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, text
    try:
        front = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError) as error:  # ValueError: the 45th of a month, say
        raise CorpusError(
            f"the front matter is not YAML: {' '.join(str(error).split())}"
        ) from error
    if front is None:  # nothing, or comments only
        front = {}
    if not isinstance(front, dict):
        raise CorpusError("the front matter is not a list of `key: value` lines")
    return front, text[match.end() :]


def _document(front: dict[str, object], text: str, name: str) -> Document:
    source = front.get("source")
    source = source if isinstance(source, dict) else {"title": front.get("title")}
    title = _string(source.get("title")) or _first_heading(text) or Path(name).stem
    hospital = _string(front.get("name"))
    meta: dict[str, str | tuple[str, ...]] = {
        key: _string(front[key]) for key in META_TEXT if key in front
    }
    meta["aliases"] = _strings(front.get("aliases"))
    if "byline" in source:
        meta["byline"] = _string(source["byline"])
    return Document(
        doc_id=_string(front.get("id")) or name.removesuffix(Path(name).suffix),
        title=title,
        text=text,
        source=name,
        publisher=_string(source.get("publisher")),
        published=_string(source.get("date")),
        hospitals=(hospital,) if hospital else (),
        meta=meta,
    )


def _first_heading(text: str) -> str:
    line = next((line for line in text.splitlines() if line.strip()), "")
    return plain(line.lstrip("#").strip())[:80]


def _string(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip() if value is not None else ""


def _strings(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    return tuple(filter(None, map(_string, values)))
