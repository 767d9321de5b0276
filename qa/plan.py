"""What indexing would do, worked out without writing anything."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from corpus.model import Document
from corpus.read import Reading, Skipped
from embeddings.vector_cache import VectorCache
from qa.index import VECTORS_FILE, embedding_keys, indexed_documents

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
    before = _by_source((fields["source"], fields) for fields in indexed_documents(folder))
    after = _by_source((document.source, asdict(document)) for document in reading.documents)
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


def _by_source(documents: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, list[str]]:
    """Return the documents of each file in a form in which those read and those stored compare."""
    found: dict[str, list[str]] = {}
    for source, fields in documents:
        found.setdefault(source, []).append(json.dumps(fields, sort_keys=True))
    return {source: sorted(contents) for source, contents in found.items()}


def _keys(documents: Iterable[Document], encoder: str) -> dict[str, list[bytes]]:
    keys: dict[str, list[bytes]] = {}
    for document in documents:
        keys.setdefault(document.source, []).extend(embedding_keys([document], encoder))
    return keys


def _missing(keys: Sequence[bytes], folder: Path) -> set[bytes]:
    """Return which embeddings are not kept; a file that is not there is not made."""
    with VectorCache(folder / VECTORS_FILE, read_only=True) as vectors:
        return {key for key in set(keys) if key not in vectors}


def _state(before: list[str] | None, after: list[str] | None) -> State:
    if before is None:
        return "new"
    if after is None:
        return "removed"
    return "unchanged" if before == after else "changed"
