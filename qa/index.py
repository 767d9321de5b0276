"""The index: everything that answering needs, in memory and in a folder.

On disk an index folder holds versions, each complete in a folder of its own, and `CURRENT`, a file
that names the one in use. A new version is written aside and becomes current by one atomic rename,
so a reader sees the old index or the new one, and a killed writer leaves the old.
"""

import json
import logging
import os
import shutil
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from corpus.fold import fold
from corpus.institutions import KnownWords
from corpus.model import Block, Document, Passage, Sentence
from corpus.names import Gazetteer
from corpus.reflow import searchable
from corpus.split import sentences, split
from embeddings.encoder import Embedding, Encoder
from embeddings.store import FaissStore
from embeddings.tokens import TokenVectors
from qa.errors import IndexMismatch, IndexMissing
from qa.lexical import BM25, Tokenizer

logger = logging.getLogger(__name__)

FORMAT = 1  # raise it when the files or their meaning change
Progress = Callable[[int, int], None]
"""Called with the number of sentences embedded so far and their total."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was made from; an index is used only where all of it is the same."""

    format: int
    encoder: str
    corpus: str
    tokenizer: str

    @classmethod
    def of(cls, documents: Iterable[Document], encoder: Encoder) -> "Manifest":
        return cls(FORMAT, encoder.name, fingerprint(documents), f"jieba {_version('jieba')}")


@dataclass(frozen=True)
class Index:
    """Documents, passages and sentences with their vectors and words.

    Rows of `vectors`, texts of `tokens` and of `lexical` are the numbers of `sentences`.
    """

    manifest: Manifest
    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    sentences: tuple[Sentence, ...]
    vectors: FaissStore
    tokens: TokenVectors
    lexical: BM25

    @cached_property
    def passage_numbers(self) -> NDArray[np.int64]:
        """int64 (n_sentences,): the number of each sentence's passage."""
        numbers = {passage.passage_id: i for i, passage in enumerate(self.passages)}
        return np.array([numbers[sentence.passage_id] for sentence in self.sentences], np.int64)

    @cached_property
    def sentences_by_hospital(self) -> dict[str, NDArray[np.int64]]:
        """The numbers of the sentences of the passages about each hospital."""
        rows: dict[str, list[int]] = {}
        for row, number in enumerate(self.passage_numbers):
            for hospital in self.passages[number].hospitals:
                rows.setdefault(hospital, []).append(row)
        return {hospital: np.array(found, np.int64) for hospital, found in rows.items()}

    @cached_property
    def documents_by_id(self) -> dict[str, Document]:
        return {document.doc_id: document for document in self.documents}

    @cached_property
    def passages_by_id(self) -> dict[str, Passage]:
        return {passage.passage_id: passage for passage in self.passages}

    @cached_property
    def gazetteer(self) -> Gazetteer:
        return Gazetteer.from_documents(self.documents)

    @cached_property
    def known_words(self) -> KnownWords:
        return KnownWords(
            [fold(document.text) for document in self.documents], self.lexical.vocabulary
        )


def build_index(
    documents: Sequence[Document],
    encoder: Encoder,
    tokenizer_cache: Path | None = None,
    reuse: Index | None = None,
    progress: Progress | None = None,
) -> Index:
    """Index documents.

    Sentences that `reuse` holds in the same context are not embedded again; the new index then
    keeps that one's mean of the token vectors.
    """
    passages = tuple(passage for document in documents for passage in split(document))
    parts = [(passage, sentence) for passage in passages for sentence in sentences(passage)]
    texts = [embedded_text(passage, sentence) for passage, sentence in parts]
    embeddings = list(_embeddings(texts, encoder, reuse, progress))
    vectors = FaissStore(encoder.dim)
    vectors.add(np.stack([embedding.vector for embedding in embeddings]))
    tokenizer = Tokenizer(Gazetteer.from_documents(documents).surfaces, tokenizer_cache)
    return Index(
        manifest=Manifest.of(documents, encoder),
        documents=tuple(documents),
        passages=passages,
        sentences=tuple(sentence for _, sentence in parts),
        vectors=vectors,
        tokens=TokenVectors.from_tokens(
            [embedding.tokens for embedding in embeddings], reuse.tokens.mean if reuse else None
        ),
        lexical=BM25.from_words([tokenizer.words(text) for text in texts]),
    )


def embedded_text(passage: Passage, sentence: Sentence) -> str:
    """Return the sentence as it is searched, after its context."""
    text = searchable(sentence.text)
    return f"{passage.context}：{text}" if passage.context else text


def fingerprint(documents: Iterable[Document]) -> str:
    """Return a hash of all that the documents say; their order does not matter."""
    parts = sorted(json.dumps(asdict(document), sort_keys=True) for document in documents)
    return f"{zlib.crc32(chr(0).join(parts).encode()):08x}-{len(parts)}"


def save_index(index: Index, folder: Path) -> None:
    """Write the index as the folder's current version, and drop older ones."""
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "write.lock"):
        name = f"v-{uuid.uuid4().hex[:12]}"
        aside = folder / f"{name}.tmp"
        try:
            aside.mkdir()
            checksums = {file: _write(aside / file, data) for file, data in _files(index)}
            manifest = {**asdict(index.manifest), "checksums": checksums}
            _write(aside / "manifest.json", json.dumps(manifest, indent=2).encode())
            aside.replace(folder / name)
            _write(folder / "CURRENT.tmp", name.encode())
            (folder / "CURRENT.tmp").replace(folder / "CURRENT")
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        for old in folder.glob("v-*"):
            if old.name != name:
                shutil.rmtree(old, ignore_errors=True)


def load_index(folder: Path, expected: Manifest) -> Index:
    """Open the folder's current version.

    Raises IndexMissing when there is none or it is damaged, IndexMismatch when it was not made as
    `expected` tells.
    """
    try:
        current = folder / (folder / "CURRENT").read_text(encoding="ascii").strip()
        manifest = json.loads((current / "manifest.json").read_text(encoding="utf-8"))
        checksums = manifest.pop("checksums")
        found = Manifest(**manifest)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexMissing(
            f"no usable index in {folder} ({error}); make one with `hospital-qa index`"
        ) from error
    different = [
        f"{key} is {value!r}, not {asdict(expected)[key]!r}"
        for key, value in asdict(found).items()
        if value != asdict(expected)[key]
    ]
    if different:
        raise IndexMismatch(
            f"the index in {folder} does not fit: {'; '.join(different)}; make it anew with "
            "`hospital-qa index`"
        )
    try:
        return _read(current, found, checksums)
    except (OSError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise IndexMissing(
            f"the index in {folder} is damaged ({error}); make it anew with `hospital-qa index`"
        ) from error


def _embeddings(
    texts: Sequence[str], encoder: Encoder, reuse: Index | None, progress: Progress | None
) -> Iterator[Embedding]:
    known = _embedded(reuse) if reuse and reuse.manifest.encoder == encoder.name else {}
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    for number, (text, embedding) in enumerate(
        zip(missing, encoder.encode(missing, "passage"), strict=True), start=1
    ):
        known[text] = embedding
        if progress:
            progress(number, len(missing))
    for text in texts:
        yield known[text]


def _embedded(index: Index) -> dict[str, Embedding]:
    """Return what an index's sentences were embedded as, to the precision that it keeps."""
    known = {}
    for row, sentence in enumerate(index.sentences):
        passage = index.passages[index.passage_numbers[row]]
        known[embedded_text(passage, sentence)] = Embedding(
            index.vectors.vector(row), index.tokens.restored(row)
        )
    return known


def _files(index: Index) -> Iterator[tuple[str, bytes]]:
    content = {
        "documents": [asdict(document) for document in index.documents],
        "passages": [asdict(passage) for passage in index.passages],
        "sentences": [asdict(sentence) for sentence in index.sentences],
        "vocabulary": list(index.lexical.vocabulary),
    }
    yield "texts.json", json.dumps(content, ensure_ascii=False).encode()
    yield "vectors.faiss", index.vectors.to_bytes()
    yield "arrays.npz", _pack(index)


def _pack(index: Index) -> bytes:
    buffer = BytesIO()
    np.savez(
        buffer,
        token_starts=index.tokens.starts,
        token_vectors=index.tokens.vectors,
        token_scales=index.tokens.scales,
        token_mean=index.tokens.mean,
        word_starts=index.lexical.starts,
        word_documents=index.lexical.documents,
        word_weights=index.lexical.weights,
    )
    return buffer.getvalue()


def _read(folder: Path, manifest: Manifest, checksums: dict[str, int]) -> Index:
    data = {}
    for name, checksum in checksums.items():
        data[name] = (folder / name).read_bytes()
        if zlib.crc32(data[name]) != checksum:
            raise ValueError(f"{name} has changed since it was written")
    texts = json.loads(data["texts.json"])
    arrays = np.load(BytesIO(data["arrays.npz"]), allow_pickle=False)
    return Index(
        manifest=manifest,
        documents=tuple(_document(fields) for fields in texts["documents"]),
        passages=tuple(_passage(fields) for fields in texts["passages"]),
        sentences=tuple(Sentence(**fields) for fields in texts["sentences"]),
        vectors=FaissStore.from_bytes(data["vectors.faiss"]),
        tokens=TokenVectors(
            arrays["token_starts"],
            arrays["token_vectors"],
            arrays["token_scales"],
            arrays["token_mean"],
        ),
        lexical=BM25(
            {word: i for i, word in enumerate(texts["vocabulary"])},
            arrays["word_starts"],
            arrays["word_documents"],
            arrays["word_weights"],
            len(texts["sentences"]),
        ),
    )


def _document(fields: dict[str, Any]) -> Document:
    """Undo what JSON did: lists were tuples."""
    meta = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in fields["meta"].items()
    }
    blocks = tuple(
        Block(**{**block, "hospitals": tuple(block["hospitals"])}) for block in fields["blocks"]
    )
    hospitals = tuple(fields["hospitals"])
    return Document(**{**fields, "hospitals": hospitals, "meta": meta, "blocks": blocks})


def _passage(fields: dict[str, Any]) -> Passage:
    return Passage(**{**fields, "hospitals": tuple(fields["hospitals"])})


def _write(path: Path, data: bytes) -> int:
    """Write durably; return the checksum."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return zlib.crc32(data)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"
