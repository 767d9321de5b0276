"""The documents of a segment and what they are cut into, each read where it is needed.

Everything lies in a few arrays, in memory or mapped from files, so that a million passages open at
once and only what a question touches is ever made into objects.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from corpus.fold import fold
from corpus.model import Block, Document, Passage, Sentence
from corpus.names import about_an_institution
from corpus.reflow import searchable
from qa.blobs import ANY, Array, Blobs
from qa.substrings import holding, signatures

SOURCES_KEPT = 32  # texts of files that stay decoded
PASSAGES_KEPT = 4096
SENTENCES_KEPT = 8192
DOCUMENTS_KEPT = 64
Integers = NDArray[np.int32]
_BLOBS = ("sources", "documents", "titles", "passages", "contexts", "plain")


class Texts:
    """Documents, passages and sentences by number.

    `sources`: the texts of files, each once, since articles of a file share theirs. `documents` and
    `passages`: their fields as JSON. `titles` of documents, `contexts` and texts of passages, which
    are `plain`: folded for searching; titles, and texts together with their contexts, with
    signatures (see `qa.substrings`).
    `document_hashes`: uint64 (n_documents,), of all that each document says. `document_ids`: what
    the ids hash to. `passage_documents`: int32 (n_passages,), ascending. `runs`: int64
    (n_passages + 1,), where the sentences of each passage begin. `sentence_spans`: int32
    (n_sentences, 2), their places in the text of the document.
    """

    def __init__(self, arrays: dict[str, Array]) -> None:
        self._arrays = arrays
        blobs = (Blobs(arrays[name], arrays[f"{name}_begins"]) for name in _BLOBS)
        self._sources, self._documents, self._titles, *of_passages = blobs
        self._passages, self._contexts, self._plain = of_passages
        self.document_hashes: NDArray[np.uint64] = arrays["document_hashes"]
        self._document_ids: NDArray[np.uint64] = arrays["document_ids"]
        self.passage_documents: Integers = arrays["passage_documents"]
        self.runs: NDArray[np.int64] = arrays["runs"]
        self._spans: Integers = arrays["sentence_spans"]
        self._source = lru_cache(SOURCES_KEPT)(self._sources.text)
        self.passage = lru_cache(PASSAGES_KEPT)(self._read_passage)
        self.document = lru_cache(DOCUMENTS_KEPT)(self._read_document)
        self.sentence = lru_cache(SENTENCES_KEPT)(self._read_sentence)
        self.plain = lru_cache(PASSAGES_KEPT)(self._read_plain)

    @classmethod
    def of(
        cls,
        documents: Sequence[Document],
        passages: Sequence[Passage],
        sentences: Sequence[Sequence[Sentence]],
    ) -> Self:
        """Take documents, their passages in the same order, and the sentences of each passage."""
        sources = {document.text: None for document in documents}
        numbers = {text: number for number, text in enumerate(sources)}
        by_id = {document.doc_id: number for number, document in enumerate(documents)}
        titles = [fold(document.title) for document in documents]
        contexts = [fold(passage.context) for passage in passages]
        plain = [searchable(fold(passage.text)) for passage in passages]
        blobs = {
            "sources": Blobs.of_texts(sources),
            "documents": Blobs.of(
                _json({**asdict(document), "text": numbers[document.text]})
                for document in documents
            ),
            "titles": Blobs.of_texts(titles),
            "passages": Blobs.of(_json(list(_values(passage))) for passage in passages),
            "contexts": Blobs.of_texts(contexts),
            "plain": Blobs.of_texts(plain),
        }
        spans = [(one.start, one.end) for found in sentences for one in found]
        arrays: dict[str, Array] = {
            **{name: blob.content for name, blob in blobs.items()},
            **{f"{name}_begins": blob.begins for name, blob in blobs.items()},
            "titles_signatures": signatures(titles),
            "plain_signatures": signatures(list(map("\n".join, zip(contexts, plain, strict=True)))),
            "document_hashes": np.array([hash_of(one) for one in documents], np.uint64),
            "document_ids": np.array([_hash_of_id(one.doc_id) for one in documents], np.uint64),
            "passage_documents": np.array([by_id[one.doc_id] for one in passages], np.int32),
            "runs": np.cumsum([0, *map(len, sentences)], dtype=np.int64),
            "sentence_spans": np.array(spans, np.int32).reshape(-1, 2),
        }
        return cls(arrays)

    @property
    def arrays(self) -> dict[str, Array]:
        """Everything, by name, to be written and given to the constructor again."""
        return self._arrays

    @property
    def n_documents(self) -> int:
        return len(self._documents)

    @property
    def n_passages(self) -> int:
        return len(self._passages)

    @property
    def n_sentences(self) -> int:
        return len(self._spans)

    def document_id(self, number: int) -> str:
        """Return the id of a document, without reading its text."""
        return str(json.loads(self._documents[number])["doc_id"])

    def documents_named(self, doc_id: str) -> list[int]:
        """Return the numbers of the documents that may have an id."""
        hashed = np.uint64(_hash_of_id(doc_id))
        return [int(number) for number in np.flatnonzero(self._document_ids == hashed)]

    def passages_of(self, document: int) -> range:
        """Return the numbers of the passages of a document."""
        begin, end = np.searchsorted(self.passage_documents, [document, document + 1])
        return range(int(begin), int(end))

    def rows_of_passage(self, passage: int) -> slice:
        """Return the numbers of the sentences of a passage."""
        return slice(*self.runs[passage : passage + 2].tolist())

    def rows_of_document(self, document: int) -> slice:
        """Return the numbers of the sentences of a document."""
        passages = self.passages_of(document)
        return slice(int(self.runs[passages.start]), int(self.runs[passages.stop]))

    def saying(self, name: str) -> Iterator[int]:
        """Yield the numbers of the passages whose text says a folded name.

        Or what stands above it, where that is not the name of the institution it is about.
        """
        parts = self._contexts, self._plain
        for number in holding(parts, self._arrays["plain_signatures"], name):
            if name in said_by(self.passage(number), *self.plain(number)):
                yield number

    def titled(self, name: str) -> Iterator[int]:
        """Yield the numbers of the documents whose title says a folded name."""
        return holding((self._titles,), self._arrays["titles_signatures"], name)

    def _read_document(self, number: int) -> Document:
        return _document(json.loads(self._documents[number]), self._source)

    def _read_passage(self, number: int) -> Passage:
        return passage_of(json.loads(self._passages[number]))

    def _read_sentence(self, row: int, passage: int) -> Sentence:
        start, end = self._spans[row].tolist()
        whole = self.passage(passage)
        text = whole.text[start - whole.start : end - whole.start]
        return Sentence(whole.passage_id, text, start, end)

    def _read_plain(self, passage: int) -> tuple[str, str]:
        return self._contexts.text(passage), self._plain.text(passage)


def said_by(passage: Passage, context: str, text: str) -> str:
    """Return what a passage says of institutions: its text, and what stands above an article's."""
    return text if about_an_institution(passage.hospitals) else f"{context}\n{text}"


def document_to_json(document: Document) -> bytes:
    """Return a document with its text as JSON."""
    return _json(asdict(document))


def document_from_json(data: bytes) -> Document:
    """Undo `document_to_json`."""
    return _document(json.loads(data), str)


def hash_of(document: Document) -> int:
    """Return a 64-bit hash of all that a document says."""
    return _hash(json.dumps(asdict(document), sort_keys=True).encode())


def passage_of(values: Iterable[Any]) -> Passage:
    """Return the passage of its values in their order, where JSON made lists of tuples."""
    own: list[Any] = [tuple(value) if isinstance(value, list) else value for value in values]
    return Passage(*own)


def _hash_of_id(doc_id: str) -> int:
    return _hash(doc_id.encode("utf-8", ANY))


def _hash(content: bytes) -> int:
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "little")


def _values(passage: Passage) -> Iterator[object]:
    return (getattr(passage, field.name) for field in fields(passage))


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode("utf-8", ANY)


def _document(found: dict[str, Any], source: Any) -> Document:
    """Undo what JSON did, where lists were tuples, and give the text that articles share."""
    meta = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in found["meta"].items()
    }
    blocks = tuple(
        Block(**{**block, "hospitals": tuple(block["hospitals"])}) for block in found["blocks"]
    )
    names = {name: tuple(found[name]) for name in ("hospitals", "places")}
    text = source(found["text"])
    return Document(**{**found, **names, "text": text, "meta": meta, "blocks": blocks})
