"""The engine wires the rooms together: documents, index, search, answer."""

import logging
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from corpus.model import Document, Passage
from corpus.read import BUILTIN, Reading, Skipped, read_corpus
from embeddings.encoder import Encoder, open_encoder
from qa.answer import compose
from qa.errors import CorpusError, IndexMismatch, IndexMissing
from qa.index import Index, Manifest, Progress, build_index, load_index, save_index
from qa.lexical import Tokenizer
from qa.model import Answer, Hit, Message, Query
from qa.question import understand
from qa.retrieval import Retriever
from qa.settings import Settings, read_settings

logger = logging.getLogger(__name__)

PathLike = str | Path
MAX_K = 1000


class Engine:
    """Answers questions from one set of documents. Open it with `Engine.open()`."""

    def __init__(
        self, index: Index, encoder: Encoder, cache: Path, skipped: tuple[Skipped, ...] = ()
    ) -> None:
        self.encoder = encoder
        self._cache = cache
        self.skipped = skipped
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
    ) -> "Engine":
        """Open the engine over `corpus`: a folder, a file or several; None is the built-in corpus.

        The index is kept in `index_dir` (in the cache by default) and used again as long as the
        documents, the model and the program are the same; otherwise it is made anew, with
        `progress` called as it grows.

        Raises CorpusError, ModelUnavailable or SettingsError.
        """
        settings = settings or read_settings()
        paths = _paths(corpus if corpus is not None else settings.corpus)
        model = model or settings.model
        reading = read_corpus(paths)
        encoder = open_encoder(model, settings.cache, settings.threads)
        folder = Path(index_dir) if index_dir else _index_folder(settings.cache, paths, model)
        index = _load_or_build(reading, encoder, folder, settings.cache, progress)
        return cls(index, encoder, settings.cache, reading.skipped)

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
        self.document(doc_id)
        return tuple(passage for passage in self._index.passages if passage.doc_id == doc_id)

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
        return understand(question, history, index.gazetteer, index.known_words, hospital)

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
        reading = read_corpus(_paths(paths))
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
        self._use(build_index(list(documents), self.encoder, self._cache, reuse=self._index))

    def _use(self, index: Index) -> None:
        self._index = index
        tokenizer = Tokenizer(index.gazetteer.surfaces, self._cache)
        self._retriever = Retriever(index, self.encoder, tokenizer)


def _check_k(k: int) -> None:
    if not 1 <= k <= MAX_K:
        raise ValueError(f"k is {k}; ask for 1 to {MAX_K} passages")


def _paths(corpus: PathLike | Iterable[PathLike] | None) -> list[Path]:
    if corpus is None:
        return [BUILTIN]
    if isinstance(corpus, str | Path):
        corpus = [corpus]
    return [Path(path).expanduser() for path in corpus]


def _index_folder(cache: Path, paths: Iterable[Path], model: str) -> Path:
    """Return where the index of these paths is kept: a folder of its own for each."""
    key = "\0".join([model, *(str(path.resolve()) for path in paths)])
    return cache / "indexes" / f"{zlib.crc32(key.encode('utf-8', 'surrogateescape')):08x}"


def _load_or_build(
    reading: Reading, encoder: Encoder, folder: Path, cache: Path, progress: Progress | None
) -> Index:
    expected = Manifest.of(reading.documents, encoder)
    try:
        return load_index(folder, expected)
    except (IndexMissing, IndexMismatch) as reason:
        logger.debug("%s", reason)
    logger.info("indexing %d documents (once, until they change)", len(reading.documents))
    index = build_index(reading.documents, encoder, cache, progress=progress)
    try:
        save_index(index, folder)
    except OSError as error:
        logger.warning(
            "the index could not be kept in %s (%s) and will be made again next time; set "
            "HOSPITALQA_CACHE to a folder that can be written",
            folder,
            error.strerror or error,
        )
    return index
