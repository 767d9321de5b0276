"""The engine wires the rooms together: documents, index, search, answer."""

import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from corpus.model import Document, Passage
from corpus.read import BUILTIN, Skipped, read_corpus
from corpus.split import split
from corpus.stamp import stamp
from embeddings.encoder import Encoder, available_cores, open_encoder
from embeddings.reranker import open_reranker
from embeddings.vector_cache import VectorCache
from qa.answer import compose
from qa.errors import CorpusError
from qa.index import Index
from qa.indexing import Progress, update_index
from qa.keeper import Keeper
from qa.lexical import Tokenizer
from qa.model import Answer, Hit, Message, Query
from qa.question import understand
from qa.retrieval import Retriever
from qa.settings import Settings, read_settings
from qa.spelling import Spelling
from qa.stores import open_store

if TYPE_CHECKING:
    from qa.shared_index import SharedIndex

PathLike = str | Path
AnyIndex: TypeAlias = "Index | SharedIndex"
MAX_K = 1000


class Engine:
    """Answers questions from one set of documents. Open it with `Engine.open()`."""

    def __init__(
        self,
        index: AnyIndex,
        encoder: Encoder,
        settings: Settings,
        skipped: tuple[Skipped, ...] = (),
        vectors: VectorCache | None = None,
        renewed: Callable[[AnyIndex], AnyIndex] = lambda index: index,
    ) -> None:
        self.encoder = encoder
        self._cache = settings.cache
        self._limits = settings.limits
        self._reranker = open_reranker(settings.reranker, settings.threads or available_cores())
        self.skipped = skipped
        self._vectors = vectors or VectorCache()
        self._renewed = renewed
        self._use(index)

    @classmethod
    def open(
        cls,
        corpus: PathLike | Iterable[PathLike] | None = None,
        index_dir: PathLike | None = None,
        model: str | None = None,
        *,
        settings: Settings | None = None,
        progress: Progress | None = None,
        must_keep: bool = False,
    ) -> "Engine":
        """Open the engine over `corpus`: a folder, a file or several; None is the built-in corpus.

        The index is kept in `index_dir` (in the cache by default) and used again as long as the
        documents, the model and the program are the same; otherwise it is made anew, with
        `progress` called as it grows. Where another process is making it, this one waits. An index
        that cannot be written is used all the same, with a warning, unless it `must_keep`. With the
        setting `store` the documents are those that `write_shared` put there, whatever `corpus` is.

        Raises CorpusError, ModelUnavailable, SettingsError, IndexBusy or, when it `must_keep`,
        IndexNotKept; over a store IndexMissing, IndexMismatch and StoreUnavailable.
        """
        settings = settings or read_settings()
        if settings.store:
            return cls._over_store(settings, model)
        paths = _paths(corpus if corpus is not None else settings.corpus)
        model = model or settings.model
        encoder = _open_encoder(model, settings)
        folder = index_folder(settings.cache, paths, model, index_dir)
        keeper = Keeper(folder, settings.cache, encoder, must_keep=must_keep)
        seen = stamp(paths, settings.limits)
        index, skipped = keeper.current(seen, lambda: read_corpus(paths, settings.limits), progress)
        return cls(index, encoder, settings, skipped, keeper.vectors)

    @classmethod
    def _over_store(cls, settings: Settings, model: str | None) -> "Engine":
        from qa.shared_index import SharedIndex

        encoder = open_encoder(model or settings.model, settings.cache, settings.threads)
        store = open_store(settings)

        def renewed(index: AnyIndex) -> AnyIndex:
            same = isinstance(index, SharedIndex) and index.generation == store.generation
            return index if same else SharedIndex(store, encoder.name)

        return cls(SharedIndex(store, encoder.name), encoder, settings, renewed=renewed)

    @property
    def documents(self) -> Sequence[Document]:
        """The documents that answers come from."""
        return self._index.documents

    @property
    def index(self) -> AnyIndex:
        """The index in use."""
        return self._index

    def is_reachable(self) -> bool:
        """Tell, within seconds, whether what the index lies in answers."""
        return self._index.is_reachable()

    @property
    def version(self) -> str:
        """What the answers come from: another text, model or program is another version."""
        self._renew()  # a store may have a newer one, and a kept answer asks no further
        manifest = self._index.manifest
        return f"{manifest.format} {manifest.encoder} {manifest.corpus} {manifest.tokenizer}"

    def document(self, doc_id: str) -> Document:
        """Return a document. Raises KeyError when there is none of that id."""
        return self._index.document(self._index.number_of(doc_id))

    def passages(self, doc_id: str) -> tuple[Passage, ...]:
        """Return a document's passages in reading order, which are its paragraphs for a reader.

        Raises KeyError when there is no document of that id.
        """
        return split(self.document(doc_id))

    def passage(self, passage_id: str) -> Passage:
        """Return a passage. Raises KeyError when there is none of that id."""
        return self._index.passage_named(passage_id)

    def understand(
        self, question: str, history: Sequence[Message] = (), hospital: str | None = None
    ) -> Query:
        """Return how a question is understood, as `search` and `ask` do it.

        Raises ValueError when the question is empty or too long or the hospital is not known.
        """
        index = self._index
        return understand(
            question, history, index.gazetteer, index.known_words, self._spelling, hospital
        )

    def search(
        self,
        question: str,
        history: Sequence[Message] = (),
        hospital: str | None = None,
        k: int = 10,
    ) -> list[Hit]:
        """Return the `k` passages that fit best, best first.

        Raises ValueError when the question is empty or too long, the hospital is not known, or `k`
        is not in 1 to MAX_K.
        """
        _check_k(k)
        self._renew()
        return self._retriever.search(self.understand(question, history, hospital), k)

    def ask(
        self,
        question: str,
        history: Sequence[Message] = (),
        hospital: str | None = None,
        k: int = 5,
    ) -> Answer:
        """Answer from the `k` best passages, or say that the documents do not tell.

        `history` is the conversation so far, oldest message first; `hospital` limits the answer to
        one. Raises ValueError as `search` does.
        """
        _check_k(k)
        self._renew()
        query = self.understand(question, history, hospital)
        wide = query.kind in ("set", "comparison") or bool(query.sides)
        hits = self._retriever.search(query, max(k, 40) if wide else k)
        answer = compose(query, hits, self.document)
        return replace(answer, hits=tuple(hit.detached() for hit in answer.hits))

    def add(self, paths: PathLike | Iterable[PathLike]) -> tuple[Document, ...]:
        """Read more documents into this engine and return them; same id, newer text.

        The change lives as long as the engine: to keep documents, put them into its folder.
        Raises CorpusError when nothing could be read.
        """
        reading = read_corpus(_paths(paths), self._limits)
        documents = {document.doc_id: document for document in self._index.documents}
        documents.update({document.doc_id: document for document in reading.documents})
        self._rebuild(documents.values())
        self.skipped += reading.skipped
        return reading.documents

    def remove(self, doc_id: str) -> None:
        """Forget a document, for the life of this engine.

        Raises KeyError when there is none of that id, CorpusError when it is the last one.
        """
        self.document(doc_id)
        rest = [other for other in self._index.documents if other.doc_id != doc_id]
        if not rest:
            raise CorpusError(f"{doc_id!r} is the only document; an engine needs at least one")
        self._rebuild(rest)

    def _renew(self) -> None:
        """Go over to the newer index, where a store has one."""
        index = self._renewed(self._index)
        if index is not self._index:
            self._use(index)

    def _rebuild(self, documents: Iterable[Document]) -> None:
        base = self._index if isinstance(self._index, Index) else None
        updated = update_index(base, list(documents), self.encoder, self._cache, self._vectors)
        self._use(updated)

    def _use(self, index: AnyIndex) -> None:
        self._index = index
        tokenizer = Tokenizer(index.names, self._cache)
        self._spelling = Spelling(index.lexical.vocabulary, tokenizer)
        self._retriever = Retriever(index, self.encoder, tokenizer, self._reranker)


def _open_encoder(model: str, settings: Settings) -> Encoder:
    """Open the encoder, and import meanwhile what the index needs.

    One takes as long as the other, and opening a model lets Python do something else.
    """
    with ThreadPoolExecutor(1) as beside:
        for library in ("faiss", "jieba"):  # one that fails does so again where it is needed
            beside.submit(import_module, library)
        return open_encoder(model, settings.cache, settings.threads)


def _check_k(k: int) -> None:
    if not 1 <= k <= MAX_K:
        raise ValueError(f"k is {k}; ask for 1 to {MAX_K} passages")


def _paths(corpus: PathLike | Iterable[PathLike] | None) -> list[Path]:
    if corpus is None:
        return [BUILTIN]
    if isinstance(corpus, str | Path):
        corpus = [corpus]
    return [Path(path).expanduser() for path in corpus]


def index_folder(
    cache: Path, paths: Iterable[Path], model: str, index_dir: PathLike | None = None
) -> Path:
    """Return where the index of these paths is kept: by default a folder of its own for each."""
    if index_dir:
        return Path(index_dir).expanduser()
    key = "\0".join([model, *(str(path.resolve()) for path in paths)])
    return cache / "indexes" / f"{zlib.crc32(key.encode('utf-8', 'surrogateescape')):08x}"
