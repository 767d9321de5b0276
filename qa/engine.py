"""The engine wires the rooms together: documents, index, search, answer."""

import logging
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.model import Document, Passage
from corpus.read import BUILTIN, Reading, Skipped, read_corpus
from corpus.split import split
from embeddings.encoder import Encoder, available_cores, open_encoder
from embeddings.reranker import open_reranker
from embeddings.vector_cache import VectorCache, cache_key
from qa.answer import compose
from qa.errors import CorpusError, IndexBusy, IndexMismatch, IndexMissing, IndexNotKept
from qa.index import (
    VECTORS_FILE,
    Index,
    Manifest,
    Progress,
    build_index,
    load_index,
    save_index,
)
from qa.lexical import Tokenizer
from qa.model import Answer, Hit, Message, Query
from qa.question import understand
from qa.retrieval import Retriever
from qa.settings import Settings, read_settings
from qa.spelling import Spelling

logger = logging.getLogger(__name__)

PathLike = str | Path
MAX_K = 1000
LOCK_SECONDS = 3600.0  # another process may be indexing some ten thousand documents


class Engine:
    """Answers questions from one set of documents. Open it with `Engine.open()`."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        settings: Settings,
        skipped: tuple[Skipped, ...] = (),
        vectors: VectorCache | None = None,
    ) -> None:
        self.encoder = encoder
        self._cache = settings.cache
        self._limits = settings.limits
        self._reranker = open_reranker(settings.reranker, settings.threads or available_cores())
        self.skipped = skipped
        self._vectors = vectors or VectorCache()
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
        that cannot be written is used all the same, with a warning, unless it `must_keep`.

        Raises CorpusError, ModelUnavailable, SettingsError, IndexBusy or, when it `must_keep`,
        IndexNotKept.
        """
        settings = settings or read_settings()
        paths = _paths(corpus if corpus is not None else settings.corpus)
        model = model or settings.model
        reading = read_corpus(paths, settings.limits)
        encoder = open_encoder(model, settings.cache, settings.threads)
        folder = index_folder(settings.cache, paths, model, index_dir)
        keeper = _Keeper(folder, settings.cache, encoder, must_keep=must_keep)
        index = keeper.current(reading, progress)
        return cls(index, encoder, settings, reading.skipped, keeper.vectors)

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents that answers come from."""
        return self._index.documents

    @property
    def index(self) -> Index:
        """The index in use."""
        return self._index

    def document(self, doc_id: str) -> Document:
        """Return a document. Raises KeyError when there is none of that id."""
        return self._index.documents_by_id[doc_id]

    def passages(self, doc_id: str) -> tuple[Passage, ...]:
        """Return a document's passages in reading order, which are its paragraphs for a reader.

        Raises KeyError when there is no document of that id.
        """
        return split(self.document(doc_id))

    def passage(self, passage_id: str) -> Passage:
        """Return a passage. Raises KeyError when there is none of that id."""
        return self._index.passages_by_id[passage_id]

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
        query = self.understand(question, history, hospital)
        wide = query.kind in ("set", "comparison")
        hits = self._retriever.search(query, max(k, 40) if wide else k)
        return compose(query, hits, self._index.documents_by_id)

    def add(self, paths: PathLike | Iterable[PathLike]) -> tuple[Document, ...]:
        """Read more documents into this engine and return them; same id, newer text.

        The change lives as long as the engine: to keep documents, put them into its folder.
        Raises CorpusError when nothing could be read.
        """
        reading = read_corpus(_paths(paths), self._limits)
        documents = {**self._index.documents_by_id}
        documents.update({document.doc_id: document for document in reading.documents})
        self._rebuild(documents.values())
        self.skipped += reading.skipped
        return reading.documents

    def remove(self, doc_id: str) -> None:
        """Forget a document, for the life of this engine.

        Raises KeyError when there is none of that id, CorpusError when it is the last one.
        """
        document = self.document(doc_id)
        rest = [other for other in self._index.documents if other is not document]
        if not rest:
            raise CorpusError(f"{doc_id!r} is the only document; an engine needs at least one")
        self._rebuild(rest)

    def _rebuild(self, documents: Iterable[Document]) -> None:
        self._use(build_index(list(documents), self.encoder, self._cache, self._vectors))

    def _use(self, index: Index) -> None:
        self._index = index
        tokenizer = Tokenizer(index.gazetteer.surfaces, self._cache)
        self._spelling = Spelling(index.lexical.vocabulary, tokenizer)
        self._retriever = Retriever(index, self.encoder, tokenizer, self._reranker)


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


class _Keeper:
    """Keeps the index in one folder current."""

    def __init__(self, folder: Path, cache: Path, encoder: Encoder, *, must_keep: bool) -> None:
        self.vectors = VectorCache(folder / VECTORS_FILE, strict=must_keep)
        self._folder = folder
        self._cache = cache
        self._encoder = encoder
        self._must_keep = must_keep

    def current(self, reading: Reading, progress: Progress | None) -> Index:
        """Return the folder's index if it fits the documents; otherwise make it and keep it."""
        if index := self._load(reading):
            return index
        lock = FileLock(self._folder / "build.lock", timeout=LOCK_SECONDS)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            raise IndexBusy(
                f"another process has been making the index in {self._folder} for "
                f"{LOCK_SECONDS:.0f} s; wait for it, or give another folder with --index-dir"
            ) from error
        except OSError as error:
            self._not_kept(error)
            return self._build(reading, progress)
        try:
            # Whoever held the lock before may have made just this index.
            return self._load(reading) or self._build_and_keep(reading, progress)
        finally:
            lock.release()

    def _load(self, reading: Reading) -> Index | None:
        try:
            return load_index(self._folder, Manifest.of(reading.documents, self._encoder))
        except (IndexMissing, IndexMismatch) as reason:
            logger.debug("%s", reason)
            return None

    def _build(self, reading: Reading, progress: Progress | None) -> Index:
        logger.info("indexing %d documents (once, until they change)", len(reading.documents))
        return build_index(reading.documents, self._encoder, self._cache, self.vectors, progress)

    def _build_and_keep(self, reading: Reading, progress: Progress | None) -> Index:
        try:
            index = self._build(reading, progress)
        except OSError as error:
            if error is not self.vectors.failure:
                raise
            raise self._error(error) from error
        try:
            save_index(index, self._folder)
        except OSError as error:
            self._not_kept(error)
        else:
            self._prune(index)
        return index

    def _prune(self, index: Index) -> None:
        try:
            with self.vectors:
                name = self._encoder.name
                self.vectors.prune(cache_key(name, "passage", t) for t in index.embedded_texts)
        except OSError as error:  # the index is kept, and that is what counts
            logger.debug("%s", error)

    def _not_kept(self, error: OSError) -> None:
        if self._must_keep:
            raise self._error(error) from error
        logger.warning(
            "the index could not be kept in %s (%s) and will be made again next time; set "
            "HOSPITALQA_CACHE to a folder that can be written",
            self._folder,
            error.strerror or error,
        )

    def _error(self, error: OSError) -> IndexNotKept:
        return IndexNotKept(
            f"the index cannot be kept in {self._folder} ({error.strerror or error}); make room "
            "there, or give another folder with --index-dir or HOSPITALQA_CACHE"
        )
