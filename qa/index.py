"""The index: everything that answering needs, in memory and in a folder.

On disk an index folder holds versions, each complete in a folder of its own, and `CURRENT`, a file
that names the one in use. A new version is written aside and becomes current by one atomic rename,
so a reader sees the old index or the new one, and a killed writer leaves the old. Beside the
versions lie the embeddings they were made from (see `embeddings.vector_cache`), so that a run that
was stopped goes on where it was, and a change embeds only what is new.
"""

import json
import logging
import os
import shutil
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from corpus.fold import fold
from corpus.institutions import KnownWords
from corpus.model import Block, Document, Passage, Sentence
from corpus.names import Gazetteer
from corpus.reflow import searchable
from corpus.repeats import unique_passages
from corpus.split import sentences, split
from embeddings.encoder import Encoder
from embeddings.store import FaissStore
from embeddings.tokens import Floats, TokenVectors
from embeddings.vector_cache import VectorCache, cache_key
from qa.errors import IndexMismatch, IndexMissing
from qa.lexical import BM25, Tokenizer
from qa.model import Kind
from qa.values import bit_of, bits_held

logger = logging.getLogger(__name__)

FORMAT = 4  # raise it when the files or their meaning change
VECTORS_FILE = "vectors.sqlite"
_CHUNK = 1 << 20
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

    Rows of `vectors`, texts of `tokens` and of `lexical` are the numbers of `sentences`. `values`,
    uint8 (n_sentences,), has a bit for each kind of value that a sentence holds.
    """

    manifest: Manifest
    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    sentences: tuple[Sentence, ...]
    vectors: FaissStore
    tokens: TokenVectors
    lexical: BM25
    values: NDArray[np.uint8]

    def holding(self, kind: Kind) -> NDArray[np.bool_]:
        """Return bool (n_sentences,): whether each sentence holds a value of this kind."""
        return (self.values & np.uint8(bit_of(kind))) > 0

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
    def runs(self) -> dict[str, tuple[int, int]]:
        """The half-open run of sentences of each passage, by its id."""
        begins = np.searchsorted(self.passage_numbers, np.arange(len(self.passages) + 1)).tolist()
        return {
            passage.passage_id: run
            for passage, run in zip(self.passages, pairwise(begins), strict=True)
        }

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
        texts = {document.text for document in self.documents}  # articles of a file share theirs
        # A printed column breaks its lines within names.
        return KnownWords(sorted(searchable(fold(text)) for text in texts), self.lexical.vocabulary)

    @cached_property
    def folded_passages(self) -> tuple[str, ...]:
        """The passages' texts, folded, without the breaks within words of a printed column."""
        return tuple(searchable(fold(passage.text)) for passage in self.passages)

    @cached_property
    def folded_with_context(self) -> dict[str, str]:
        """The passages' contexts and texts, folded for searching, by passage id."""
        return {
            passage.passage_id: f"{fold(passage.context)} {text}"
            for passage, text in zip(self.passages, self.folded_passages, strict=True)
        }

    @property
    def embedded_texts(self) -> tuple[str, ...]:
        """What of each sentence was embedded."""
        pairs = zip(self.passage_numbers, self.sentences, strict=True)
        return tuple(embedded_text(self.passages[number], sentence) for number, sentence in pairs)


def build_index(
    documents: Sequence[Document],
    encoder: Encoder,
    tokenizer_cache: Path | None = None,
    vectors: VectorCache | None = None,
    progress: Progress | None = None,
) -> Index:
    """Index documents.

    Texts that `vectors` holds are not embedded again, and it then holds the others too; the index
    is the same either way. Raises OSError when a strict `vectors` cannot be written.
    """
    passages, found, texts = _parts(documents)
    keys = [cache_key(encoder.name, "passage", text) for text in texts]
    with vectors or VectorCache() as cache:
        _embed(dict(zip(keys, texts, strict=True)), encoder, cache, progress)
        pooled = np.empty((len(keys), encoder.dim), np.float32)
        for row, key in enumerate(keys):
            pooled[row] = cache[key].vector
        store = FaissStore(encoder.dim)
        store.add(pooled)
        del pooled
        tokens = TokenVectors.from_tokens(_CachedTokens(cache, keys))
    tokenizer = Tokenizer(Gazetteer.from_documents(documents).surfaces, tokenizer_cache)
    return Index(
        manifest=Manifest.of(documents, encoder),
        documents=tuple(documents),
        passages=passages,
        sentences=found,
        vectors=store,
        tokens=tokens,
        lexical=BM25.from_words(tokenizer.words(text) for text in texts),
        values=np.array([bits_held(searchable(s.text)) for s in found], np.uint8),
    )


def embedding_keys(documents: Iterable[Document], encoder: str) -> list[bytes]:
    """Return the key in the `VectorCache` of each sentence that the index of documents embeds."""
    return [cache_key(encoder, "passage", text) for text in _parts(documents)[2]]


def embedded_text(passage: Passage, sentence: Sentence) -> str:
    """Return the sentence as it is searched, after its context."""
    text = searchable(sentence.text)
    return f"{passage.context}：{text}" if passage.context else text


def fingerprint(documents: Iterable[Document]) -> str:
    """Return a hash of all that the documents say; their order does not matter."""
    parts = sorted(json.dumps(asdict(document), sort_keys=True) for document in documents)
    return f"{zlib.crc32(chr(0).join(parts).encode()):08x}-{len(parts)}"


def save_index(index: Index, folder: Path) -> None:
    """Write the index as the folder's current version, and drop older ones.

    Raises OSError when that cannot be done; the old version is then still the current one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "write.lock"):
        name = f"v-{uuid.uuid4().hex[:12]}"
        aside = folder / f"{name}.tmp"
        try:
            aside.mkdir()
            checksums = {file: _write(aside / file, write) for file, write in _files(index)}
            manifest = {**asdict(index.manifest), "checksums": checksums}
            content = json.dumps(manifest, indent=2).encode()
            _write(aside / "manifest.json", lambda file: file.write(content))
            aside.replace(folder / name)
            _write(folder / "CURRENT.tmp", lambda file: file.write(name.encode()))
            (folder / "CURRENT.tmp").replace(folder / "CURRENT")
        except OSError:
            for left in (folder / name, aside):
                shutil.rmtree(left, ignore_errors=True)
            with suppress(OSError):
                (folder / "CURRENT.tmp").unlink(missing_ok=True)
            raise
        for old in folder.glob("v-*"):
            if old.name != name:
                shutil.rmtree(old, ignore_errors=True)


def load_index(folder: Path, expected: Manifest) -> Index:
    """Open the folder's current version.

    Raises IndexMissing when there is none or it is damaged, IndexMismatch when it was not made as
    `expected` tells.
    """
    try:
        current, manifest = _current(folder)
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


def indexed_documents(folder: Path) -> list[dict[str, Any]]:
    """Return the fields of the documents in the folder's current version, whatever made it.

    There are none when there is no index or it is damaged.
    """
    try:
        current, manifest = _current(folder)
        _check(current / "texts.json", manifest["checksums"]["texts.json"])
        documents = json.loads((current / "texts.json").read_bytes())["documents"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        logger.debug("nothing to compare with in %s: %s", folder, error)
        return []
    return [fields for fields in documents if isinstance(fields, dict)]


class _CachedTokens:
    """The token vectors of one text after another, as often as they are gone through."""

    def __init__(self, cache: VectorCache, keys: Sequence[bytes]) -> None:
        self._cache = cache
        self._keys = keys

    def __iter__(self) -> Iterator[Floats]:
        return (self._cache[key].tokens for key in self._keys)


def _parts(
    documents: Iterable[Document],
) -> tuple[tuple[Passage, ...], tuple[Sentence, ...], list[str]]:
    """Return the passages and the sentences of documents, and what of each sentence is embedded."""
    every = [passage for document in documents for passage in split(document)]
    kept, repeats = unique_passages(every)
    passages = tuple(replace(passage, also=repeats[passage.passage_id]) for passage in kept)
    pairs = [(passage, sentence) for passage in passages for sentence in sentences(passage)]
    texts = [embedded_text(passage, sentence) for passage, sentence in pairs]
    return passages, tuple(sentence for _, sentence in pairs), texts


def _embed(
    texts: dict[bytes, str], encoder: Encoder, cache: VectorCache, progress: Progress | None
) -> None:
    """Bring into the cache what it does not hold yet."""
    missing = {key: text for key, text in texts.items() if key not in cache}
    embeddings = encoder.encode(missing.values(), "passage")
    for number, (key, embedding) in enumerate(zip(missing, embeddings, strict=True), start=1):
        cache.add(key, embedding)
        if progress:
            progress(number, len(missing))


def _files(index: Index) -> Iterator[tuple[str, Callable[[BinaryIO], object]]]:
    """Yield each file's name and what writes it."""
    texts = {document.text: None for document in index.documents}  # each once, in their order
    numbers = {text: number for number, text in enumerate(texts)}
    content = {
        "texts": list(texts),
        "documents": [
            {**asdict(document), "text": numbers[document.text]} for document in index.documents
        ],
        "passages": [asdict(passage) for passage in index.passages],
        "sentences": [asdict(sentence) for sentence in index.sentences],
        "vocabulary": list(index.lexical.vocabulary),
    }
    yield "texts.json", lambda file: file.write(json.dumps(content, ensure_ascii=False).encode())
    yield "vectors.faiss", lambda file: file.write(index.vectors.to_bytes())
    yield "arrays.npz", lambda file: _pack(index, file)


def _pack(index: Index, file: BinaryIO) -> None:
    np.savez(
        file,
        token_starts=index.tokens.starts,
        token_vectors=index.tokens.vectors,
        token_scales=index.tokens.scales,
        token_mean=index.tokens.mean,
        word_starts=index.lexical.starts,
        word_documents=index.lexical.documents,
        word_weights=index.lexical.weights,
        values=index.values,
    )


def _current(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Return the folder of the current version and its manifest."""
    current = folder / (folder / "CURRENT").read_text(encoding="ascii").strip()
    manifest = json.loads((current / "manifest.json").read_text(encoding="utf-8"))
    if not isinstance(manifest, dict):
        raise ValueError("manifest.json holds no fields")  # noqa: TRY004
    return current, manifest


def _check(path: Path, checksum: int) -> None:
    with path.open("rb") as file:
        if _checksum(file) != checksum:
            raise ValueError(f"{path.name} has changed since it was written")


def _checksum(file: BinaryIO) -> int:
    value = 0
    while chunk := file.read(_CHUNK):
        value = zlib.crc32(chunk, value)
    return value


def _read(folder: Path, manifest: Manifest, checksums: dict[str, int]) -> Index:
    for name, checksum in checksums.items():
        _check(folder / name, checksum)
    texts = json.loads((folder / "texts.json").read_bytes())
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        tokens = TokenVectors(
            arrays["token_starts"],
            arrays["token_vectors"],
            arrays["token_scales"],
            arrays["token_mean"],
        )
        lexical = BM25(
            {word: i for i, word in enumerate(texts["vocabulary"])},
            arrays["word_starts"],
            arrays["word_documents"],
            arrays["word_weights"],
            len(texts["sentences"]),
        )
        values = arrays["values"]
    return Index(
        manifest=manifest,
        documents=tuple(_document(fields, texts["texts"]) for fields in texts["documents"]),
        passages=tuple(_passage(fields) for fields in texts["passages"]),
        sentences=tuple(Sentence(**fields) for fields in texts["sentences"]),
        vectors=FaissStore.from_bytes((folder / "vectors.faiss").read_bytes()),
        tokens=tokens,
        lexical=lexical,
        values=values,
    )


def _document(fields: dict[str, Any], texts: Sequence[str]) -> Document:
    """Undo what JSON did, where lists were tuples, and give the text that articles share."""
    meta = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in fields["meta"].items()
    }
    blocks = tuple(
        Block(**{**block, "hospitals": tuple(block["hospitals"])}) for block in fields["blocks"]
    )
    hospitals = tuple(fields["hospitals"])
    restored = {"text": texts[fields["text"]], "hospitals": hospitals, "meta": meta}
    return Document(**{**fields, **restored, "blocks": blocks})


def _passage(fields: dict[str, Any]) -> Passage:
    lists = {name: tuple(fields[name]) for name in ("hospitals", "also")}
    return Passage(**{**fields, **lists})


def _write(path: Path, write: Callable[[BinaryIO], object]) -> int:
    """Write durably; return the checksum."""
    with path.open("w+b") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)  # not summed up while writing: a zip archive goes back to fill in its sizes
        return _checksum(file)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"
