"""Putting an index into an engine that many processes share, by one process or by several.

Each of several takes the documents whose ids fall to its shard, and all of them meet only in the
engine: they fill one generation, and whoever sees that all shards are there publishes it. A process
that was stopped is started again and does no harm: rows and values have names of their own.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from corpus.fold import fold
from corpus.institutions import names_said
from corpus.model import Document
from corpus.names import about_an_institution
from corpus.read import BUILTIN, Skipped, read_corpus
from embeddings.encoder import Encoder, open_encoder
from embeddings.store import Floats, Rows
from embeddings.vector_cache import VectorCache
from qa.engine import index_folder
from qa.errors import IndexMissing, SettingsError
from qa.index import Index
from qa.indexing import Progress, build_index, manifest_of
from qa.lexical import Tokenizer
from qa.settings import Settings
from qa.shared_blob import blobs_of
from qa.shared_index import SAID, document_name, facts_name, passage_name, payload_of
from qa.stores import create_store, open_store
from qa.texts import document_to_json, said_by
from qa.versions import VECTORS_FILE

AT_ONCE = 512  # rows or values in a call
Shard = tuple[int, int]
"""Which shard, from 1, of how many."""


class Shelf(Protocol):
    """What is needed of the engine to write; `embeddings.milvus.MilvusStore` has it."""

    @property
    def generation(self) -> int: ...
    def add(
        self,
        ids: Rows,
        vectors: Floats,
        groups: Sequence[Sequence[str]],
        payloads: Sequence[bytes] | None = None,
    ) -> None: ...
    def put(self, values: dict[str, bytes]) -> None: ...
    def get(self, names: Iterable[str]) -> dict[str, bytes]: ...
    def publish(self) -> None: ...


def parse_shard(text: str) -> Shard:
    """Return the shard that `2/8` means. Raises SettingsError when it means none."""
    number, _, count = text.partition("/")
    if number.isascii() and number.isdigit() and count.isascii() and count.isdigit():
        shard = int(number), int(count)
        if 1 <= shard[0] <= shard[1]:
            return shard
    raise SettingsError(f"--shard is {text!r}; write the second of eight shards as 2/8")


@dataclass(frozen=True, slots=True)
class Done:
    """What came of indexing into a store: how many documents it was, and what readers now see."""

    documents: int
    skipped: tuple[Skipped, ...]
    outcome: str


def index_into_store(
    settings: Settings, shard: Shard, index_dir: Path | None, progress: Progress | None
) -> Done:
    """Read the documents of the settings and put a shard of them into its store.

    Embeddings are kept in `index_dir`, in the cache by default, so that a process that was stopped
    goes on where it was. Raises what reading, embedding and the store raise.
    """
    paths = [(settings.corpus or BUILTIN).expanduser()]
    reading = read_corpus(paths, settings.limits)
    encoder = open_encoder(settings.model, settings.cache, settings.threads)
    manifest = asdict(manifest_of(reading.documents, encoder))
    number, there = _published(settings)
    if there == manifest:
        return Done(len(reading.documents), reading.skipped, "they are there already")
    store = create_store(settings, number + 1, encoder.dim)
    folder = index_folder(settings.cache, paths, settings.model, index_dir)
    folder.mkdir(parents=True, exist_ok=True)
    published = write_shared(
        store,
        reading.documents,
        encoder,
        shard,
        settings.cache,
        VectorCache(folder / VECTORS_FILE),
        progress,
    )
    whole = f"published as generation {number + 1}"
    part = f"shard {shard[0]} of {shard[1]} is there, others are missing"
    return Done(len(reading.documents), reading.skipped, whole if published else part)


def _published(settings: Settings) -> tuple[int, dict[str, Any]]:
    """Return the generation that readers see and what it was made from; 0 where there is none."""
    store = open_store(settings)
    try:
        found = store.get([facts_name(1)])
        number = store.generation
    except IndexMissing:
        return 0, {}
    return number, json.loads(found[facts_name(1)])["manifest"] if found else {}


def write_shared(
    shelf: Shelf,
    documents: Sequence[Document],
    encoder: Encoder,
    shard: Shard = (1, 1),
    tokenizer_cache: Path | None = None,
    vectors: VectorCache | None = None,
    progress: Progress | None = None,
) -> bool:
    """Put a shard of all `documents` into the engine; tell whether all shards are now there.

    The generation is then the one that readers see. Raises CorpusError for a shard without
    documents, and StoreUnavailable when the engine is away.
    """
    number, count = shard
    own = [one for one in documents if _shard_of(one.doc_id, count) == number]
    manifest = asdict(manifest_of(documents, encoder))
    facts: dict[str, Any] = {"manifest": manifest, "shards": count}
    if own:
        index = build_index(own, encoder, tokenizer_cache, vectors, progress)
        facts |= _write(shelf, index, number, Tokenizer(index.names, tokenizer_cache))
    else:
        facts |= _nothing(encoder.dim)
    shelf.put({facts_name(number): json.dumps(facts, ensure_ascii=True).encode()})
    there = shelf.get([facts_name(one) for one in range(1, count + 1)])
    alike = [json.loads(one)["manifest"] == manifest for one in there.values()]
    if len(there) < count or not all(alike):
        return False
    shelf.publish()
    return True


def _shard_of(doc_id: str, count: int) -> int:
    return zlib.crc32(doc_id.encode("utf-8", "surrogatepass")) % count + 1


def _write(shelf: Shelf, index: Index, shard: int, tokenizer: Tokenizer) -> dict[str, Any]:
    """Write rows, passages and documents; return what they have in common."""
    said = _said_by_passage(index)
    holding: dict[str, int] = {}
    total = 0
    for rows in _batches(range(len(index.sentences))):
        ids, groups, payloads = [], [], []
        for row in rows:
            number = index.passage_of(row)
            passage, place = index.passage(number), row - index.run(number)[0]
            words = tokenizer.words(index.embedded_text(row))
            total += len(words)
            for word in set(words):
                holding[word] = holding.get(word, 0) + 1
            ids.append(_id_of(f"{passage.passage_id} {place}"))
            groups.append([*passage.hospitals, *said[passage.passage_id]])
            payloads.append(payload_of(passage.passage_id, place, words))
        vectors = index.pooled(np.array(rows, np.int64))
        shelf.add(np.array(ids, np.int64), vectors, groups, payloads)
    blobs = [blob for segment in index.segments for blob in blobs_of(segment, shard - 1)]
    for some in _batches(blobs):
        shelf.put({passage_name(one.passage.passage_id): one.to_bytes() for one in some})
    for found in _batches(list(index.documents)):
        shelf.put({document_name(one.doc_id): document_to_json(one) for one in found})
    passages: dict[str, list[str]] = {one.doc_id: [] for one in index.documents}
    for blob in blobs:
        passages[blob.passage.doc_id].append(blob.passage.passage_id)
    return {
        "documents": list(passages.items()),
        "entities": [[one.name, *one.aliases] for one in index.gazetteer.entities],
        "said": "\n".join(one.said for one in index.segments),
        "lines": list(dict.fromkeys(line[1:] for lines in said.values() for line in lines)),
        "names": dict(index.names),
        "holding": holding,
        "sentences": len(index.sentences),
        "words": total,
        "mean": index.segments[0].tokens.mean.tolist(),
    }


def _nothing(dim: int) -> dict[str, Any]:
    """Return what no documents have in common."""
    return {
        "documents": [],
        "entities": [],
        "said": "",
        "lines": [],
        "names": {},
        "holding": {},
        "sentences": 0,
        "words": 0,
        "mean": [0.0] * dim,
    }


def _said_by_passage(index: Index) -> dict[str, list[str]]:
    """Return the names of institutions that each passage counts as saying, as groups.

    As in `Index.rows_saying`: what an article says in its title, or an article about no institution
    says anywhere, all of its passages say.
    """
    own: dict[str, str] = {}
    whole = {one.doc_id: names_said([fold(one.title)]) for one in index.documents}
    for number, passage in enumerate(index.passages):
        own[passage.passage_id] = names_said([said_by(passage, *index.plain(number))])
        if not about_an_institution(passage.hospitals):
            whole[passage.doc_id] += "\n" + own[passage.passage_id]
    return {
        passage.passage_id: [
            f"{SAID}{line}"
            for line in dict.fromkeys(
                f"{own[passage.passage_id]}\n{whole[passage.doc_id]}".split("\n")
            )
            if line
        ]
        for passage in index.passages
    }


def _id_of(name: str) -> int:
    """Return a number of 62 bits for a name: one that every process gives it."""
    hashed = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(hashed, "little") >> 2


def _batches(items: Any) -> Iterator[Any]:
    return (items[at : at + AT_ONCE] for at in range(0, len(items), AT_ONCE))
