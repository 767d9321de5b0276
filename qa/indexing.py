"""Making an index: documents are cut, embedded and put into segments."""

import json
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import starmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.fold import fold
from corpus.institutions import names_said
from corpus.model import Document, Passage, Sentence
from corpus.names import Gazetteer
from corpus.places import names_of_places
from corpus.reflow import searchable
from corpus.repeats import unique_passages
from corpus.split import sentences, split
from embeddings.encoder import Encoder, token_mean, with_lead
from embeddings.faiss_store import FaissStore
from embeddings.store import StoreChain
from embeddings.store_queries import Queries
from embeddings.tokens import Floats, TokenVectors
from embeddings.vector_cache import VectorCache, cache_key
from qa.index import Index, Manifest, embedded_text, lead_of
from qa.lexical import Tokenizer
from qa.likely_questions import likely_questions
from qa.postings import Postings
from qa.segment import Segment
from qa.texts import Texts, hash_of
from qa.values import bits_held

FORMAT = 15  # raise it when the files or their meaning change
SEGMENT = 200_000  # sentences; a segment ends with the document that reaches them
# From so many sentences on, tokens have 4 bits a component: see `embeddings.tokens`.
COMPACT = 50_000
Progress = Callable[[int, int], None]
"""Called with the number of sentences embedded so far and their total."""
Keep = Callable[[Segment], Segment]
"""Takes a segment that was made and returns it as it is to be used, in files for example."""


class _Cut:
    """Documents cut into passages and sentences, and what of each sentence is embedded."""

    def __init__(self, documents: Sequence[Document], passages: Sequence[Passage]) -> None:
        self.documents = documents
        self.passages = passages
        self.sentences: list[tuple[Sentence, ...]] = [sentences(one) for one in passages]
        self.texts = [
            embedded_text(passage, sentence)
            for passage, found in zip(passages, self.sentences, strict=True)
            for sentence in found
        ]
        self.leads = [lead_of(found, at) for found in self.sentences for at in range(len(found))]

    def keys(self, encoder: str) -> list[bytes]:
        """Return the key in the `VectorCache` of each text."""
        pairs = zip(self.texts, self.leads, strict=True)
        return [cache_key(encoder, "passage", text, lead) for text, lead in pairs]


def build_index(
    documents: Sequence[Document],
    encoder: Encoder,
    tokenizer_cache: Path | None = None,
    vectors: VectorCache | None = None,
    progress: Progress | None = None,
    keep: Keep = lambda segment: segment,
    onto: Index | None = None,
) -> Index:
    """Index documents, of which there is at least one.

    Texts that `vectors` holds are not embedded again, and it then holds the others too; the index
    is the same either way. With `onto` the documents are added to that index, of which nothing is
    made anew; two of one id are not looked for. Raises OSError when a strict `vectors` cannot be
    written.
    """
    cuts = list(_cuts(documents))
    total = sum(len(cut.texts) for cut in cuts)
    places = names_of_places(place for document in documents for place in document.places)
    surfaces = Gazetteer.from_documents(documents).surfaces
    names = dict.fromkeys((*surfaces, *sorted(places)))
    tokenizer = Tokenizer({**names, **(onto.names if onto else {})}, tokenizer_cache)
    made = list(onto.segments) if onto else []
    bits = 4 if onto or total > COMPACT else 8
    first = len(made)
    with vectors or VectorCache() as cache:
        done = 0
        for cut in cuts:
            _embed(cut, encoder, cache, _from(progress, done, total))
            done += len(cut.texts)
            mean = made[0].tokens.mean if made else token_mean(encoder)
            made.append(keep(_segment(cut, encoder, cache, tokenizer, mean, bits)))
    new = made[first:]
    questions = likely_questions(new, encoder, tokenizer)
    store = _store(new, sum(one.texts.n_sentences for one in made[:first]), questions)
    stores = [*(onto.vectors.stores if onto else ()), store]
    manifest = manifest_of(documents, encoder)
    removed = onto.removed if onto else ()
    return Index(manifest, made, StoreChain(stores), tokenizer.frequencies, removed)


def update_index(
    base: Index | None,
    documents: Sequence[Document],
    encoder: Encoder,
    tokenizer_cache: Path | None = None,
    vectors: VectorCache | None = None,
    progress: Progress | None = None,
    keep: Keep = lambda segment: segment,
) -> Index:
    """Return the index of documents; of a large one, `base`, only what changed is made anew.

    A small one is made again from the embeddings that `vectors` has, and so is one of which most
    documents are gone.
    """
    made_alike = base is not None and base.manifest.encoder == encoder.name
    if base is None or not made_alike or len(base.sentences) <= COMPACT:
        return build_index(documents, encoder, tokenizer_cache, vectors, progress, keep)
    wanted = {hash_of(document): document for document in documents}
    there = base.document_hashes
    removed = {number for number, hashed in there.items() if hashed not in wanted}
    new = [one for hashed, one in wanted.items() if hashed not in set(there.values())]
    if 2 * len(removed) > len(there):
        return build_index(documents, encoder, tokenizer_cache, vectors, progress, keep)
    if new:
        base = build_index(new, encoder, tokenizer_cache, vectors, progress, keep, base)
    return Index(
        manifest_of(documents, encoder),
        base.segments,
        base.vectors,
        base.names,
        base.removed | removed,
    )


def manifest_of(documents: Iterable[Document], encoder: Encoder) -> Manifest:
    """Return what an index of documents has to be made from."""
    return Manifest(FORMAT, encoder.name, fingerprint(documents), tokenizer_name())


def tokenizer_name() -> str:
    """Return the name of what cuts texts into words, with its version."""
    import jieba

    return f"jieba {jieba.__version__}"


def fingerprint(documents: Iterable[Document]) -> str:
    """Return a hash of all that the documents say; their order does not matter."""
    return fingerprint_of(map(hash_of, documents))


def fingerprint_of(hashes: Iterable[int]) -> str:
    """Return the fingerprint of documents whose contents hash so."""
    parts = sorted(hashes)
    return f"{zlib.crc32(json.dumps(parts).encode()):08x}-{len(parts)}"


def embedding_keys(documents: Iterable[Document], encoder: str) -> list[bytes]:
    """Return the key in the `VectorCache` of each sentence that the index of documents embeds."""
    return [key for cut in _cuts(list(documents)) for key in cut.keys(encoder)]


def _cuts(documents: Sequence[Document]) -> Iterator[_Cut]:
    """Yield the documents of one segment after the other."""
    every = [passage for document in documents for passage in split(document)]
    kept, repeats = unique_passages(every)
    passages: dict[str, list[Passage]] = {document.doc_id: [] for document in documents}
    for passage in kept:
        passages[passage.doc_id].append(replace(passage, also=repeats[passage.passage_id]))
    chosen: list[Document] = []
    size = 0
    for document in documents:
        chosen.append(document)
        size += sum(len(one.text) for one in passages[document.doc_id])
        if size >= SEGMENT * _CHARACTERS:
            yield _Cut(chosen, [p for one in chosen for p in passages[one.doc_id]])
            chosen, size = [], 0
    if chosen:
        yield _Cut(chosen, [p for one in chosen for p in passages[one.doc_id]])


_CHARACTERS = 40  # of a sentence; only the size of segments depends on it


def _embed(cut: _Cut, encoder: Encoder, cache: VectorCache, progress: Progress | None) -> None:
    """Bring into the cache what it does not hold yet."""
    keyed = dict(zip(cut.keys(encoder.name), zip(cut.leads, cut.texts, strict=True), strict=True))
    missing = {key: pair for key, pair in keyed.items() if key not in cache}
    embeddings = encoder.encode(starmap(with_lead, missing.values()), "passage")
    pairs = zip(missing.items(), embeddings, strict=True)
    for number, ((key, (lead, _)), embedding) in enumerate(pairs, start=1):
        cache.add(key, embedding.after(lead))
        if progress:
            progress(number + len(keyed) - len(missing), len(keyed))


def _from(progress: Progress | None, done: int, total: int) -> Progress | None:
    """Return what tells a segment's progress as that of all."""
    if progress is None or not done:
        return progress
    return lambda now, _of: progress(done + now, total)


def _segment(
    cut: _Cut,
    encoder: Encoder,
    cache: VectorCache,
    tokenizer: Tokenizer,
    mean: Floats | None,
    bits: int,
) -> Segment:
    keys = cut.keys(encoder.name)
    pooled = _allocate((len(keys), encoder.dim), np.float16)
    for row, key in enumerate(keys):
        pooled[row] = cache[key].vector
    tokens = TokenVectors.from_tokens(
        _CachedTokens(cache, keys), mean, bits=bits, allocate=_allocate
    )
    found = (sentence for one in cut.sentences for sentence in one)
    texts = {document.text: None for document in cut.documents}  # articles of a file share theirs
    return Segment(
        texts=Texts.of(cut.documents, cut.passages, cut.sentences),
        pooled=pooled,
        tokens=tokens,
        values=np.array([bits_held(searchable(one.text)) for one in found], np.uint8),
        postings=Postings.from_words(tokenizer.words(text) for text in cut.texts),
        entities=Gazetteer.from_documents(cut.documents).entities,
        # A printed column breaks its lines within names.
        said=names_said(searchable(fold(text)) for text in texts),
    )


class _CachedTokens:
    """The token vectors of one text after another, as often as they are gone through."""

    def __init__(self, cache: VectorCache, keys: Sequence[bytes]) -> None:
        self._cache = cache
        self._keys = keys

    def __iter__(self) -> Iterator[Floats]:
        return (self._cache[key].tokens for key in self._keys)


_IN_MEMORY = 64 << 20  # bytes


def _allocate(shape: tuple[int, ...], kind: type[np.generic]) -> NDArray[Any]:
    """Return an empty array; a large one lies in a temporary file, which goes with it."""
    if np.prod(shape, dtype=np.int64) * np.dtype(kind).itemsize <= _IN_MEMORY:
        return np.empty(shape, kind)
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, kind, "w+", shape=shape)


def _store(segments: Sequence[Segment], first: int, questions: Queries) -> FaissStore:
    """Return a store of the vectors of segments, whose rows are numbered from `first`."""
    pooled = [segment.pooled for segment in segments]
    vectors = _allocate((sum(map(len, pooled)), pooled[0].shape[1]), np.float32)
    begin = 0
    for part in pooled:
        vectors[begin : begin + len(part)] = part
        begin += len(part)
    groups = [names for segment in segments for names in segment.groups()]
    ids = np.arange(first, first + len(vectors), dtype=np.int64)
    return FaissStore.build(vectors, groups, ids=ids, queries=questions)
