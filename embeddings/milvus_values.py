"""Named values of any size in a Milvus collection of their own.

A value is cut into chunks. The first one lies under the key and says how many there are, and of
which version; it is written last, so a reader finds a value as it was or as it is, never a mixture.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Any
from uuid import uuid4

from embeddings.milvus_schema import CHUNK_BYTES, among, batches, to_bytes, to_text
from qa.errors import StoreUnavailable

READ_AT_ONCE = 256  # chunks; 16 MiB
FIELDS = ["key", "chunks", "version", "text"]


@dataclass(frozen=True, slots=True)
class Values:
    """Reads and writes values through three functions of its collection."""

    query: Callable[..., list[dict[str, Any]]]
    upsert: Callable[[list[dict[str, Any]]], None]
    remove: Callable[[list[str]], None]

    def put(self, values: Mapping[str, bytes]) -> None:
        """Store values, each replacing what is there under its name."""
        old = self._heads(values)
        rows = [row for name, data in values.items() for row in _rows(name, data)]
        heads = [row for row in rows if row["chunks"]]
        for batch in batches(row for row in rows if not row["chunks"]):
            self.upsert(batch)
        for batch in batches(heads):
            self.upsert(batch)
        self.remove([key for head in old for key in _rest(head)])

    def get(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return the values that are there, by name."""
        names = list(names)
        found = {}
        # A value that is replaced between the two reads of one attempt is whole in the next.
        for _ in range(3):
            heads = {head["key"]: head for head in self._heads(names, FIELDS)}
            keys = [key for head in heads.values() for key in _rest(head)]
            texts = {row["key"]: row["text"] for row in self._read(keys, ["key", "text"])}
            if len(texts) < len(keys):
                continue
            for name in names:
                if head := heads.get(_key(name)):
                    chunks = [head["text"], *(texts[key] for key in _rest(head))]
                    found[name] = b"".join(to_bytes(text) for text in chunks)
            return found
        raise StoreUnavailable(f"the values {names[:3]} are being replaced all the time: ask again")

    def delete(self, names: Iterable[str]) -> None:
        """Remove values; names that are not there are ignored."""
        heads = self._heads(names)
        self.remove([head["key"] for head in heads])
        self.remove([key for head in heads for key in _rest(head)])

    def _heads(self, names: Iterable[str], fields: list[str] = FIELDS[:3]) -> list[dict[str, Any]]:
        return list(self._read((_key(name) for name in names), fields))

    def _read(self, keys: Iterable[str], fields: list[str]) -> Iterator[dict[str, Any]]:
        waiting = iter(keys)
        while some := list(islice(waiting, READ_AT_ONCE)):
            yield from self.query(filter=among("key", some), output_fields=fields)


def _key(name: str) -> str:
    return blake2b(name.encode(), digest_size=16).hexdigest()


def _rest(head: dict[str, Any]) -> list[str]:
    return [f"{head['key']}.{head['version']}.{i}" for i in range(1, head["chunks"])]


def _rows(name: str, data: bytes) -> Iterator[dict[str, Any]]:
    """Yield the first chunk, which knows their number, then the others."""
    starts = range(0, max(len(data), 1), CHUNK_BYTES)
    head = {
        "key": _key(name),
        "chunks": len(starts),
        # Not made from the data: another process may just be removing the chunks of the same data.
        "version": uuid4().hex,
        "vector": [1.0, 0.0],
    }
    for key, start in zip([head["key"], *_rest(head)], starts, strict=True):
        chunks = head["chunks"] if start == 0 else 0
        yield {**head, "key": key, "chunks": chunks, "text": to_text(data[start:][:CHUNK_BYTES])}
