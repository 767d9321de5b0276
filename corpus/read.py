"""Files into documents. What cannot be read is named with its reason and does not stop the rest."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from corpus.formats import DEFAULT_LIMITS, Limits, Raw, read_file, supported_suffixes
from corpus.full_names import with_full_names
from corpus.model import Article, Document
from corpus.names import alias_key, is_institution
from corpus.places import places_of
from corpus.reflow import searchable
from corpus.short_forms import ALIASES_FILE, read_aliases
from corpus.split import plain
from qa.errors import CorpusError

BUILTIN = Path(__file__).parent / "hospitals"
SUFFIXES = supported_suffixes()
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


def read_corpus(paths: Iterable[Path], limits: Limits = DEFAULT_LIMITS) -> Reading:
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
        aliases = read_aliases(root if root.is_dir() else root.parent)
        for path in files_below(root):
            if path.name == ALIASES_FILE:
                continue
            name = path.relative_to(root).as_posix() if root.is_dir() else path.name
            if path.suffix.lower() not in SUFFIXES:
                skipped.append(Skipped(_shown(path), f"not one of {', '.join(SUFFIXES)}"))
                continue
            try:
                found = read_documents(path, name, limits, aliases)
            except CorpusError as error:
                skipped.append(Skipped(_shown(path), _printable(str(error))))
                continue
            for document in found:
                other = documents.setdefault(document.doc_id, document)
                if other is not document:
                    raise CorpusError(
                        f"{path} and {other.source} would both be the document "
                        f"{document.doc_id!r}; rename one or change its `id`"
                    )
    if not documents:
        reasons = "; ".join(f"{file.path}: {file.reason}" for file in skipped[:5])
        raise CorpusError(
            f"nothing to read in {', '.join(map(str, roots))}: {reasons or 'no files'}; documents "
            f"are files ending in {', '.join(SUFFIXES)}"
        )
    whole = with_full_names([documents[key] for key in sorted(documents)])
    return Reading(whole, tuple(skipped))


def read_documents(
    path: Path,
    name: str = "",
    limits: Limits = DEFAULT_LIMITS,
    aliases: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[Document, ...]:
    """Read the articles of one file. Raises CorpusError with the reason when it cannot be done.

    A file whose front matter names its hospital is one article. Of any other the layout tells the
    articles, and the text whom each part is about; `aliases` adds other names to those found.
    `meta["pages"]` of a PDF are the offsets of its pages in the text, as decimal strings.
    """
    name = name or path.name
    if _printable(name) != name:  # it is an id, and is shown in terminals and pages
        raise CorpusError("its name holds characters that cannot be shown; rename it")
    raw = read_file(path, limits)
    whole = _document(raw, name)
    if whole.hospitals:
        return (_with_places(whole),)
    # A question to the built-in corpus need not wait for what only other documents need.
    from corpus.layout import articles
    from corpus.subjects import subjects

    found = tuple(
        replace(article, title=plain(article.title.lstrip("# "))) for article in articles(raw.text)
    )
    if len(found) == 1 and not found[0].title:
        found = (replace(found[0], title=_title_outside(raw)),)
    about = subjects(raw.text, found)
    return tuple(
        _with_places(
            _article(whole, article, blocks, number if len(found) > 1 else 0, aliases or {})
        )
        for number, (article, blocks) in enumerate(zip(found, about, strict=True), start=1)
    )


def _article(
    whole: Document,
    article: Article,
    hospitals: Sequence[tuple[str, ...]],
    number: int,
    aliases: Mapping[str, tuple[str, ...]],
) -> Document:
    """Return the part of a file's document that is one article; `number` is 0 for the only one."""
    names = tuple(dict.fromkeys(name for block in hospitals for name in block))
    blocks = (
        replace(block, hospitals=about)
        for block, about in zip(article.blocks, hospitals, strict=True)
    )
    meta = dict(whole.meta)
    meta.update({alias_key(name): aliases[name] for name in names if name in aliases})
    if len(names) == 1 and is_institution(names[0]):
        from corpus.other_names import other_names

        (name,) = names
        told = "".join(searchable(whole.text[block.start : block.end]) for block in article.blocks)
        also = (*aliases.get(name, ()), *other_names(told, name))
        if also:
            meta[alias_key(name)] = tuple(dict.fromkeys(one for one in also if one != name))
    if article.byline:
        meta["byline"] = article.byline
    return replace(
        whole,
        doc_id=f"{whole.doc_id}~{number}" if number else whole.doc_id,
        title=article.title or whole.title,
        published=article.published or whole.published,
        hospitals=names,
        meta=meta,
        blocks=tuple(blocks),
    )


def _with_places(document: Document) -> Document:
    """Return the document with the places that its title and its part of the text say."""
    # A line may begin with a dateline, which is in no block.
    starts = (document.text.rfind("\n", 0, block.start) + 1 for block in document.blocks)
    ends = (block.end for block in document.blocks)
    texts = [document.text[start:end] for start, end in zip(starts, ends, strict=True)]
    byline = str(document.meta.get("byline", ""))
    said = "\n\n".join([document.title, byline, *(texts or [document.text])])
    return replace(document, places=places_of(said))


def files_below(root: Path) -> Iterator[Path]:
    """Yield the files of a folder in a stable order, without hidden ones and links out of it."""
    if root.is_file():
        yield root
        return
    for folder, folders, files in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            if not name.startswith(".") and (not path.is_symlink() or _is_within(path, root)):
                yield path


def _is_within(path: Path, folder: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a link to itself
        return False


def _document(raw: Raw, name: str) -> Document:
    front, text = raw.meta, raw.text
    source = _source(front)
    title = _title_outside(raw) or _first_heading(text) or Path(name).stem
    hospital = _string(front.get("name"))
    meta: dict[str, str | tuple[str, ...]] = {
        key: _string(front[key]) for key in META_TEXT if key in front
    }
    meta["aliases"] = _strings(front.get("aliases"))
    if "byline" in source:
        meta["byline"] = _string(source["byline"])
    if raw.pages:
        meta["pages"] = tuple(map(str, raw.pages))
    return Document(
        doc_id=_string(front.get("id")) or name.removesuffix(Path(name).suffix),
        title=title,
        text=text,
        source=name,
        publisher=_string(source.get("publisher")) or raw.publisher,
        published=_string(source.get("date")) or raw.published,
        hospitals=(hospital,) if hospital else (),
        meta=meta,
    )


def _source(front: Mapping[str, Any]) -> dict[str, Any]:
    source = front.get("source")
    return source if isinstance(source, dict) else {"title": front.get("title")}


def _title_outside(raw: Raw) -> str:
    """Return the title that stands outside the text: in front matter, or in a page's head."""
    return _string(_source(raw.meta).get("title")) or raw.title


def _shown(path: Path) -> str:
    return _printable(str(path))


def _printable(text: str) -> str:
    """Return a text with what would upset a terminal or an encoder as backslash sequences."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
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
