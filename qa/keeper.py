"""Keeps the index in a folder current: opens it, adds what is new, or makes it."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.read import Reading, Skipped
from embeddings.encoder import Encoder
from embeddings.vector_cache import VectorCache, cache_key
from qa.errors import IndexBusy, IndexMismatch, IndexMissing, IndexNotKept
from qa.index import Index
from qa.indexing import COMPACT, Progress, manifest_of, tokenizer_name, update_index
from qa.segment import Segment
from qa.versions import VECTORS_FILE, IndexFolder, Source

if TYPE_CHECKING:
    from filelock import FileLock

logger = logging.getLogger(__name__)

LOCK_SECONDS = 3600.0  # another process may be indexing some ten thousand documents
Read = Callable[[], Reading]


class Keeper:
    """Keeps the index in one folder current."""

    def __init__(self, folder: Path, cache: Path, encoder: Encoder, *, must_keep: bool) -> None:
        self.vectors = VectorCache(folder / VECTORS_FILE, strict=must_keep)
        self._folder = IndexFolder(folder)
        self._cache = cache
        self._encoder = encoder
        self._must_keep = must_keep
        self._warned = False

    def current(
        self, stamp: str, read: Read, progress: Progress | None
    ) -> tuple[Index, tuple[Skipped, ...]]:
        """Return the folder's index, and the files that were not read.

        Where the stamp of the files is that of the index, they are not read. Otherwise they are,
        and the index is made current and kept. Raises what `read` raises, IndexBusy and, when it
        must be kept, IndexNotKept.
        """
        if unchanged := self._unchanged(stamp):
            return unchanged
        reading = read()
        index = self._load(reading)
        if index is None:
            return self._locked(reading, Source(stamp, reading.skipped), progress), reading.skipped
        self._stamped(index, Source(stamp, reading.skipped))
        return index, reading.skipped

    def _unchanged(self, stamp: str) -> tuple[Index, tuple[Skipped, ...]] | None:
        try:
            source, found = self._folder.source(), self._folder.manifest()
            made_alike = (self._encoder.name, tokenizer_name()) == (found.encoder, found.tokenizer)
            if stamp and source.stamp == stamp and made_alike:
                return self._folder.load(found), source.skipped
        except (IndexMissing, IndexMismatch) as reason:
            logger.debug("%s", reason)
        return None

    def _stamped(self, index: Index, source: Source) -> None:
        """Note that these files made the index, so that they need not be read the next time."""
        try:
            with self._lock(0):
                self._folder.tidy()
                if source.stamp and self._folder.manifest() == index.manifest:
                    self._folder.save(index, source)
        except (OSError, IndexMissing, IndexMismatch, KeyError) as error:  # as good without
            logger.debug("%s", error)

    def _locked(self, reading: Reading, source: Source, progress: Progress | None) -> Index:
        """Make the index while no other process does."""
        from filelock import Timeout

        lock = self._lock(LOCK_SECONDS)
        try:
            self._folder.path.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            raise IndexBusy(
                f"another process has been making the index in {self._folder.path} for "
                f"{LOCK_SECONDS:.0f} s; wait for it, or give another folder with --index-dir"
            ) from error
        except OSError as error:
            self._not_kept(error)
            return self._build(reading, progress)
        try:
            # Whoever held the lock before may have made just this index.
            return self._load(reading) or self._build_and_keep(reading, source, progress)
        finally:
            lock.release()

    def _lock(self, seconds: float) -> "FileLock":
        from filelock import FileLock

        return FileLock(self._folder.path / "build.lock", timeout=seconds)

    def _load(self, reading: Reading) -> Index | None:
        try:
            return self._folder.load(manifest_of(reading.documents, self._encoder))
        except (IndexMissing, IndexMismatch) as reason:
            logger.debug("%s", reason)
            return None

    def _base(self) -> Index | None:
        """Return the folder's index to go on from, whatever documents it is of."""
        try:
            return self._folder.load()
        except (IndexMissing, IndexMismatch):
            return None

    def _build(self, reading: Reading, progress: Progress | None) -> Index:
        logger.info("indexing %d documents (once, until they change)", len(reading.documents))
        return update_index(
            self._base(),
            reading.documents,
            self._encoder,
            self._cache,
            self.vectors,
            progress,
            self._keep,
        )

    def _keep(self, segment: Segment) -> Segment:
        """Put a segment into its files at once, so that it needs no memory; if that can be done."""
        try:
            return self._folder.keep(segment)
        except OSError as error:
            self._not_kept(error)
            return segment

    def _build_and_keep(self, reading: Reading, source: Source, progress: Progress | None) -> Index:
        try:
            index = self._build(reading, progress)
        except OSError as error:
            if error is not self.vectors.failure:
                raise
            raise self._error(error) from error
        try:
            self._folder.save(index, source)
        except OSError as error:
            self._not_kept(error)
        else:
            self._prune(index)
        return index

    def _prune(self, index: Index) -> None:
        """Drop embeddings that are not needed again: of a large index, what is made stays."""
        rows = range(len(index.sentences)) if len(index.sentences) <= COMPACT else range(0)
        try:
            with self.vectors:
                name = self._encoder.name
                self.vectors.prune(
                    cache_key(name, "passage", index.embedded_text(row), index.lead(row))
                    for row in rows
                )
        except OSError as error:  # the index is kept, and that is what counts
            logger.debug("%s", error)

    def _not_kept(self, error: OSError) -> None:
        if self._must_keep:
            raise self._error(error) from error
        if self._warned:
            return
        self._warned = True
        logger.warning(
            "the index could not be kept in %s (%s) and will be made again next time; set "
            "HOSPITALQA_CACHE to a folder that can be written",
            self._folder.path,
            error.strerror or error,
        )

    def _error(self, error: OSError) -> IndexNotKept:
        return IndexNotKept(
            f"the index cannot be kept in {self._folder.path} ({error.strerror or error}); make "
            "room there, or give another folder with --index-dir or HOSPITALQA_CACHE"
        )
