"""What indexing would do, worked out without writing anything."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.model import Document
from corpus.read import Reading, Skipped
from embeddings.vector_cache import VectorCache
from qa.errors import IndexMismatch, IndexMissing
from qa.indexing import embedding_keys
from qa.texts import hash_of
from qa.versions import VECTORS_FILE, IndexFolder

logger = logging.getLogger(__name__)

State = Literal["new", "changed", "unchanged", "removed"]


@dataclass(frozen=True, slots=True)
class FilePlan:
    """What becomes of a file: `source` as documents name it, and its sentences not embedded yet."""

    source: str
    state: State
    to_embed: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of every file, in order of their names, and of all sentences together.

    `to_embed` counts a sentence once, however many files say it in the same context.
    """

    files: tuple[FilePlan, ...]
    skipped: tuple[Skipped, ...]
    sentences: int
    to_embed: int

    def count(self, state: State) -> int:
        """Return how many files are in a state."""
        return sum(file.state == state for file in self.files)


def plan_index(reading: Reading, folder: Path, encoder: str) -> Plan:
    """Compare what was read with the index in `folder`, for the encoder of that name."""
    before = _hashes_by_source(_indexed(folder))
    after = _hashes_by_source((one.source, hash_of(one)) for one in reading.documents)
    keys = _keys(reading.documents, encoder)
    every = [key for found in keys.values() for key in found]
    missing = _missing(every, folder)
    files = [
        FilePlan(
            source,
            _state(before.get(source), after.get(source)),
            len(missing.intersection(keys.get(source, ()))),
        )
        for source in sorted({*before, *after})
    ]
    return Plan(tuple(files), reading.skipped, len(every), len(missing))


def _indexed(folder: Path) -> list[tuple[str, int]]:
    """Return file and hash of each document in the folder's index; none where there is none."""
    try:
        index = IndexFolder(folder).load()
    except (IndexMissing, IndexMismatch) as error:
        logger.debug("nothing to compare with in %s: %s", folder, error)
        return []
    return [(index.document(at).source, hashed) for at, hashed in index.document_hashes.items()]


def _hashes_by_source(documents: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for source, hashed in documents:
        found.setdefault(source, []).append(hashed)
    return {source: sorted(hashes) for source, hashes in found.items()}


def _keys(documents: Iterable[Document], encoder: str) -> dict[str, list[bytes]]:
    keys: dict[str, list[bytes]] = {}
    for document in documents:
        keys.setdefault(document.source, []).extend(embedding_keys([document], encoder))
    return keys


def _missing(keys: Sequence[bytes], folder: Path) -> set[bytes]:
    """Return which embeddings are not kept; a file that is not there is not made."""
    with VectorCache(folder / VECTORS_FILE, read_only=True) as vectors:
        return {key for key in set(keys) if key not in vectors}


def _state(before: list[int] | None, after: list[int] | None) -> State:
    if before is None:
        return "new"
    if after is None:
        return "removed"
    return "unchanged" if before == after else "changed"
