"""The documents that the operator uploads: a folder of files that is read beside the corpus.

Only what can be read is kept, under a name that is safe to show and to write. What is refused is
told in both languages of the operator's page.
"""

import os
import shutil
import unicodedata
import uuid
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from corpus.formats import Limits
from corpus.read import SUFFIXES, read_documents
from qa.errors import CorpusError, DataNotKept

LONGEST_NAME = 180  # bytes; file systems take 255, and an index adds to it
_FORBIDDEN = frozenset('<>:"|?*#%')  # elsewhere no part of a name, or of an address
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that was uploaded; `when` is UTC."""

    name: str
    bytes: int
    when: datetime


class Uploads:
    """The files in `folder`; none is above `largest` bytes when it comes."""

    def __init__(self, folder: Path, limits: Limits, largest: int) -> None:
        self.folder = folder
        self._limits = limits
        self._largest = largest

    def files(self) -> list[Uploaded]:
        """Return what is there, by name. Raises DataNotKept when the folder cannot be read."""
        try:
            if not self.folder.is_dir():
                return []
            paths = [path for path in self.folder.iterdir() if _is_ours(path)]
            return sorted((_uploaded(path) for path in paths), key=lambda one: one.name)
        except OSError as error:
            raise self._failed(error) from error

    def keep(self, file: Path, name: str, taken: Collection[str], *, replace: bool) -> str:
        """Keep a file under a safe form of `name`, and return that.

        `taken` are the ids of the documents in use. Raises CorpusError when the file cannot be
        read, is too large, or its name or its documents' ids are taken: a file of the same name
        gives way only to `replace`. Raises DataNotKept when it cannot be written.
        """
        safe = safe_name(name)
        target = self.folder / safe
        aside = self.folder / f".{uuid.uuid4().hex}{target.suffix}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            size = file.stat().st_size
            if size > self._largest:
                raise CorpusError(
                    f"{size:,} 字节，超过上限 {self._largest:,} "
                    f"({size:,} bytes are more than the limit of {self._largest:,})"
                )
            if os.path.lexists(target) and not replace:
                raise CorpusError(
                    "已有同名文件；要替换请勾选“替换同名文件” "
                    "(a file of this name exists; tick “replace” to replace it)"
                )
            shutil.copyfile(file, aside)
            aside.chmod(0o600)
            self._check_ids(aside, target, taken)
            aside.replace(target)
        except OSError as error:
            raise self._failed(error) from error
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
        return safe

    def remove(self, name: str) -> None:
        """Remove a file. Raises CorpusError when there is none of that name, or DataNotKept."""
        if name not in {file.name for file in self.files()}:
            raise CorpusError(f"没有上传过 {name!r} (there is no upload of that name)")
        try:
            (self.folder / name).unlink()
        except OSError as error:
            raise self._failed(error) from error

    def _check_ids(self, aside: Path, target: Path, taken: Collection[str]) -> None:
        """Refuse documents whose ids are taken by other files: none of all could be indexed."""
        ids = _ids(aside, target.name, self._limits)
        old = _ids(target, target.name, self._limits, strict=False)
        clashes = sorted(ids & (set(taken) - old))
        if any(
            one.name != target.name and Path(one.name).stem == target.stem for one in self.files()
        ):
            clashes.append(target.stem)
        if clashes:
            raise CorpusError(
                f"资料编号 {clashes[0]!r} 已被占用，请改文件名，或先重建索引 (there is a document "
                f"{clashes[0]!r} already; rename the file, or re-index first)"
            )

    def _failed(self, error: OSError) -> DataNotKept:
        return DataNotKept(
            f"{self.folder} cannot be used ({error.strerror or error}); make room there, or give "
            "another folder with HOSPITALQA_DATA"
        )


def safe_name(name: str) -> str:
    r"""Return a name that is one part of a path on any system, and shows what it is.

    Raises CorpusError when nothing is left of it or it is of no kind that can be read.

    >>> safe_name("../../etc/ 青禾三院:简介.PDF"), safe_name("C:\\a\\b.md")
    ('青禾三院_简介.pdf', 'b.md')
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(c if c.isprintable() else "" for c in last)
    shown = "".join("_" if c in _FORBIDDEN else c for c in shown)
    stem, dot, suffix = shown.rpartition(".")
    suffix = f"{dot}{suffix}".lower().strip()
    if suffix not in SUFFIXES:
        raise CorpusError(
            f"不是可以读取的类型：{', '.join(SUFFIXES)} (not one of the kinds that can be read)"
        )
    stem = stem.strip(" .~")
    if not stem:
        raise CorpusError(f"文件名 {name!r} 无法使用，请改名 (this name cannot be used; rename it)")
    if stem.partition(".")[0].casefold() in _RESERVED:
        stem = f"_{stem}"
    room = LONGEST_NAME - len(suffix)
    return stem.encode("utf-8")[:room].decode("utf-8", "ignore").strip(" .~") + suffix


def _is_ours(path: Path) -> bool:
    hidden = path.name.startswith(".")
    return not hidden and path.suffix.lower() in SUFFIXES and path.is_file()


def _uploaded(path: Path) -> Uploaded:
    found = path.stat()
    return Uploaded(path.name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


def _ids(path: Path, name: str, limits: Limits, *, strict: bool = True) -> set[str]:
    try:
        return {document.doc_id for document in read_documents(path, name, limits)}
    except CorpusError:
        if strict:
            raise
        return set()
