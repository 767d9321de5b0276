"""An index that lies in an engine of its own, such as Milvus, and in no process that answers.

A row of the engine is a sentence: its vector, the hospitals that its passage is about, the names
that the passage says (`~name`), and the words that it is found by. Passages, documents and what
concerns all of them (names, how many sentences hold a word) lie there as values. A question takes
two calls: one for the nearest sentences with their words, one for the passages that are ranked.

The words' half of the search chooses among the `WIDE` nearest sentences, since not every version of
the engine has a search by words; where an index has no more sentences than that, it finds what
`qa.index` finds.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Protocol

import numpy as np

from corpus.institutions import KnownWords
from corpus.model import Document, Passage
from corpus.names import Entity, Gazetteer, merged
from embeddings.store import Floats, Rows, StoreChain
from qa.bm25 import K1, B, inverse_document_frequency
from qa.errors import IndexMismatch, IndexMissing
from qa.found import Found
from qa.index import Index, Manifest, Numbered
from qa.indexing import FORMAT
from qa.shared_blob import Blob, by_shard, segment_of
from qa.texts import document_from_json

WIDE = 1000  # sentences
DOCUMENTS_KEPT = 256
SAID = "~"  # before the name of an institution that a passage says, as a group


class Shelf(Protocol):
    """What is needed of the engine; `embeddings.milvus.MilvusStore` has it."""

    @property
    def generation(self) -> int: ...
    def search(self, vector: Floats, k: int, groups: Sequence[str] = ()) -> tuple[Rows, Floats]: ...
    def fetch(self, ids: Sequence[int]) -> dict[int, bytes]: ...
    def get(self, names: Sequence[str]) -> dict[str, bytes]: ...
    def snapshot(self) -> "Shelf": ...
    def ping(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How many sentences hold each word, and how long they are: the corpus' side of BM25."""

    holding: dict[str, int]
    size: int
    mean_length: float

    def idf(self, word: str) -> float:
        """Return a word's inverse document frequency."""
        return inverse_document_frequency(self.holding.get(word, 0), self.size)

    def has(self, word: str) -> bool:
        """Tell whether any text holds a word."""
        return word in self.holding

    def score(self, asked: Sequence[str], words: Sequence[str]) -> float:
        """Return the BM25 of a sentence of these words; see `qa.bm25`."""
        norm = K1 * (1 - B + B * len(words) / self.mean_length)
        score = np.float32(0)
        for word in asked:
            count = words.count(word)
            if count:
                score += np.float32(self.idf(word)) * np.float32(count / (count + norm))
        return float(score)

    @property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(self.holding)


class SharedIndex:
    """One generation of an index in an engine. Raises StoreUnavailable when that is away."""

    def __init__(self, shelf: Shelf, encoder: str) -> None:
        """Open what readers see of `shelf` now.

        Raises IndexMissing when that is nothing, IndexMismatch when another encoder made it.
        """
        self._shelf = shelf.snapshot()
        self._facts = _facts(self._shelf)
        self.manifest = Manifest(**self._facts[0]["manifest"])
        if self.manifest.encoder != encoder or self.manifest.format != FORMAT:
            raise IndexMismatch(
                f"the engine's index was made by {self.manifest.encoder!r}, format "
                f"{self.manifest.format}, and not by {encoder!r}, format {FORMAT}; make it anew "
                "with `hospital-qa index`"
            )
        self._means = [np.array(one["mean"], np.float32) for one in self._facts]
        self._listed = sorted(tuple(row) for one in self._facts for row in one["documents"])
        self._numbers = {row[0]: number for number, row in enumerate(self._listed)}
        self.document = lru_cache(DOCUMENTS_KEPT)(self._fetch_document)

    @property
    def generation(self) -> int:
        """The number of the generation; a newer one is another index."""
        return self._shelf.generation

    @cached_property
    def lexical(self) -> Frequencies:
        holding: dict[str, int] = {}
        for one in self._facts:
            for word, count in one["holding"].items():
                holding[word] = holding.get(word, 0) + count
        size = sum(one["sentences"] for one in self._facts)
        words = sum(one["words"] for one in self._facts)
        return Frequencies(holding, size, max(words / max(size, 1), 1e-9))

    @property
    def documents(self) -> Sequence[Document]:
        """The documents, in the order of their ids; each is fetched when it is asked for."""
        return Numbered(range(len(self._listed)), self.document)

    @property
    def passages(self) -> Sequence[Passage]:
        """The passages, in the order of their documents; each is fetched when it is asked for."""
        ids = [one for row in self._listed for one in row[1]]
        return Numbered(range(len(ids)), lambda number: self.passage_named(ids[number]))

    @property
    def sentences(self) -> range:
        """As many numbers as there are sentences."""
        return range(self.lexical.size)

    @cached_property
    def names(self) -> dict[str, int]:
        """The names that the tokenizer knew, with their frequencies."""
        return {name: count for one in self._facts for name, count in one["names"].items()}

    @cached_property
    def gazetteer(self) -> Gazetteer:
        rows = (row for one in self._facts for row in one["entities"])
        return Gazetteer(merged(Entity(name, tuple(also)) for name, *also in rows))

    @cached_property
    def known_words(self) -> KnownWords:
        said = "\n".join(one["said"] for one in self._facts)
        return KnownWords(said, self.lexical.vocabulary)

    def number_of(self, doc_id: str) -> int:
        """Return the number of a document. Raises KeyError when there is none of that id."""
        return self._numbers[doc_id]

    def passage_named(self, passage_id: str) -> Passage:
        """Return a passage. Raises KeyError when there is none of that id."""
        name = passage_name(passage_id)
        return Blob.from_bytes(self._shelf.get([name])[name]).passage

    def passages_in(self, document: int) -> Iterator[Passage]:
        """Yield the passages of a document that are searched; repeats of others are not."""
        return map(self.passage_named, self._listed[document][1])

    def find(
        self,
        vector: Floats,
        words: Sequence[str],
        hospitals: Sequence[str],
        mentioned: Sequence[str],
        k: int,
    ) -> Found:
        """Return the `k` nearest sentences and, of the nearest `WIDE`, the `k` of the best words.

        See `qa.found.Searchable`.
        """
        shelf = self._shelf
        groups = [*hospitals, *(f"{SAID}{name}" for name in self._saying(mentioned))]
        if mentioned and not groups:
            return self._nothing()
        ids, cosines = shelf.search(vector, WIDE, groups)
        payloads = shelf.fetch(ids.tolist())
        near = [
            (number, *_payload(payloads[number])) for number in ids.tolist() if number in payloads
        ]
        scores = [self.lexical.score(words, found) for _, _, _, found in near]
        by_words = sorted(range(len(near)), key=lambda at: (-scores[at], near[at][1:3]))
        chosen = {*range(min(k, len(near))), *(at for at in by_words[:k] if scores[at] > 0)}
        if not chosen:
            return self._nothing()
        names = dict.fromkeys(passage_name(near[at][1]) for at in sorted(chosen))
        blobs = by_shard([Blob.from_bytes(one) for one in shelf.get(list(names)).values()])
        segments = [segment_of(found, self._means[shard]) for shard, found in blobs.items()]
        part = Index(self.manifest, segments, StoreChain(()), {})
        places = {
            passage.passage_id: part.run(number)[0] for number, passage in enumerate(part.passages)
        }
        rows = {places[near[at][1]] + near[at][2]: at for at in chosen}
        ordered = np.array(sorted(rows), np.int64)
        return Found(
            part,
            ordered,
            part.passages_of(ordered),
            {row: float(cosines[at]) for row, at in rows.items() if at < k},
            np.array([scores[rows[row]] for row in ordered.tolist()], np.float32),
        )

    def is_reachable(self) -> bool:
        """Tell, within seconds, whether the engine answers."""
        return self._shelf.ping()

    def explain(self) -> list[str]:
        """Return in words how the index is laid out."""
        return [
            f"generation {self.generation} in the engine, of {len(self._facts)} shards",
            f"{len(self._listed):,} documents, {self.lexical.size:,} sentences",
        ]

    def _saying(self, names: Sequence[str]) -> Iterator[str]:
        """Yield what passages say, by their groups, that has one of the names in it."""
        return (line for line in self._lines if any(name in line for name in names))

    @cached_property
    def _lines(self) -> dict[str, None]:
        return dict.fromkeys(line for one in self._facts for line in one["lines"])

    def _nothing(self) -> Found:
        nothing = np.empty(0, np.int64)
        part = Index(self.manifest, (), StoreChain(()), {})
        return Found(part, nothing, nothing, {}, np.empty(0, np.float32))

    def _fetch_document(self, number: int) -> Document:
        name = document_name(self._listed[number][0])
        return document_from_json(self._shelf.get([name])[name])


def passage_name(passage_id: str) -> str:
    """Return the name of the value that a passage is."""
    return f"passage/{passage_id}"


def document_name(doc_id: str) -> str:
    """Return the name of the value that a document is."""
    return f"document/{doc_id}"


def facts_name(shard: int) -> str:
    """Return the name of the value of what a shard's documents have in common."""
    return f"facts/{shard}"


def payload_of(passage_id: str, place: int, words: Sequence[str]) -> bytes:
    """Return what goes with a sentence: its passage, its place in that, and its words."""
    fields = json.dumps([passage_id, place, " ".join(words)], ensure_ascii=False)
    return fields.encode("utf-8", "surrogatepass")


def _payload(data: bytes) -> tuple[str, int, list[str]]:
    passage_id, place, words = json.loads(data)
    return passage_id, place, words.split(" ")


def _facts(shelf: Shelf) -> list[dict[str, Any]]:
    """Return what each shard's documents have in common. Raises IndexMissing, IndexMismatch."""
    first = shelf.get([facts_name(1)]).get(facts_name(1))
    if first is None:
        raise IndexMissing(
            "the engine's index holds no documents; make it with `hospital-qa index`"
        )
    shards = json.loads(first)["shards"]
    names = [facts_name(shard) for shard in range(1, shards + 1)]
    found = shelf.get(names)
    if set(found) != set(names):
        raise IndexMissing(
            f"{shards - len(found)} of the {shards} shards of the engine's index are not there; "
            "run `hospital-qa index --shard` for each"
        )
    facts = [json.loads(found[name]) for name in names]
    if any(one["manifest"] != facts[0]["manifest"] for one in facts):
        raise IndexMismatch(
            "the shards of the engine's index were made from different documents or models; make "
            "them anew with `hospital-qa index --shard`"
        )
    return facts
