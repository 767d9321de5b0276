"""Embeddings that were made before, so that no text is embedded twice.

A record belongs to an encoder, a role and a text, and to no document: it holds whatever changed
around it. Records are in one SQLite file, which gives three things that files of our own would have
to earn: a killed process leaves the last commit, several processes may write, and single records
can be dropped. SQLite keeps its ordinary rollback journal and not the write-ahead log, which needs
shared memory (not on every network drive) and cannot be read in a folder without write permission.
SQLite does not notice a flipped bit in a record, so each has a checksum of ours.

Token vectors are kept as float16: of the 8 bits that the index keeps nothing is lost that matters,
and an index made from records is the same whether they are old or new.
"""

import errno
import logging
import sqlite3
import struct
import time
import zlib
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from types import TracebackType

import numpy as np

from embeddings.encoder import Embedding, Role

logger = logging.getLogger(__name__)

FORMAT = 3  # raise it when the meaning of a record changes
BATCH = 64  # records in a commit, unless they come slowly
BATCH_SECONDS = 1.0
LOCK_SECONDS = 30.0
_CHECKSUM = struct.Struct("<I")
_DIMS = struct.Struct("<II")  # length of the vector, length of a token's
_HALF = float(np.finfo(np.float16).max)


class VectorCache:
    """Embeddings by key, in the file `path`, or in memory only when there is none.

    Use it in a `with` block; it holds the file open no longer. A record that cannot be written
    stays in memory, for as long as this object lives, and `failure` tells why; a `strict` cache
    raises OSError instead. A file that is damaged is made anew. A `read_only` cache leaves its file
    as it is, or as it is not.
    """

    def __init__(
        self, path: Path | None = None, *, strict: bool = False, read_only: bool = False
    ) -> None:
        self.path = path
        self.failure: OSError | None = None
        self._strict = strict
        self._read_only = read_only
        self._database: sqlite3.Connection | None = None
        self._damaged = False
        self._in_memory: dict[bytes, bytes] = {}
        self._written_at = 0.0

    def __enter__(self) -> "VectorCache":
        self._written_at = time.monotonic()
        if self.path is not None and self._read_only:
            self._database = _connect_to_read(self.path)
        elif self.path is not None:
            self._open(self.path)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self.flush()
        finally:
            self._close()

    def __contains__(self, key: bytes) -> bool:
        return self._record(key) is not None

    def __getitem__(self, key: bytes) -> Embedding:
        """Return an embedding, to the precision that is kept and without its spans."""
        record = self._record(key)
        if record is None:
            raise KeyError(key.hex())
        dim, token_dim = _DIMS.unpack_from(record, _CHECKSUM.size)
        begin = _CHECKSUM.size + _DIMS.size
        vector = np.frombuffer(record, "<f4", dim, begin)
        tokens = np.frombuffer(record, "<f2", offset=begin + vector.nbytes)
        return Embedding(
            vector.astype(np.float32, copy=False), tokens.reshape(-1, token_dim).astype(np.float32)
        )

    def add(self, key: bytes, embedding: Embedding) -> None:
        """Keep an embedding. It outlives a kill once `BATCH` others or a second have passed."""
        vector = np.asarray(embedding.vector, "<f4")
        tokens = np.clip(embedding.tokens, -_HALF, _HALF).astype("<f2")
        content = _DIMS.pack(len(vector), tokens.shape[1]) + vector.tobytes() + tokens.tobytes()
        self._in_memory[key] = _checksum(key, content) + content
        waiting = time.monotonic() - self._written_at
        if self.failure is None and (len(self._in_memory) >= BATCH or waiting >= BATCH_SECONDS):
            self.flush()

    def flush(self) -> None:
        """Commit what was added. Raises OSError when it cannot be done and the cache is strict."""
        self._written_at = time.monotonic()
        database = self._database
        if not self._in_memory or database is None or self._damaged or self._read_only:
            return
        try:
            with database:
                database.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?)", self._in_memory.items()
                )
        except sqlite3.Error as error:
            self._fail(error)
            return
        self._in_memory.clear()

    def prune(self, used: Iterable[bytes]) -> None:
        """Drop every record whose key is not among `used`, and give its room back."""
        keys = set(used)
        self._in_memory = {key: kept for key, kept in self._in_memory.items() if key in keys}
        database = self._database
        if database is None or self._damaged or self._read_only:
            return
        try:
            with database:
                found = {key for (key,) in database.execute("SELECT key FROM vectors")}
                database.executemany(
                    "DELETE FROM vectors WHERE key = ?", [(key,) for key in found - keys]
                )
            if found - keys:
                database.execute("PRAGMA incremental_vacuum").fetchall()
        except sqlite3.Error as error:  # what is left over is in nobody's way
            logger.debug("%s: %s", self.path, error)

    def _open(self, path: Path) -> None:
        try:
            self._database = _connect(path)
        except sqlite3.OperationalError as error:  # locked, full or not to be written
            self._fail(error)
            self._database = _connect_to_read(path)
        except sqlite3.DatabaseError as error:
            logger.info("%s cannot be used (%s) and is made anew", path, error)
            path.unlink(missing_ok=True)
            self._database = _connect(path)

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
        if self._damaged and self.path is not None and not self._read_only:
            logger.info("%s is damaged and will be made anew", self.path)
            with suppress(OSError):
                self.path.unlink()
            self._damaged = False

    def _fail(self, error: sqlite3.Error) -> None:
        self.failure = OSError(_errno(error), str(error), str(self.path))
        if self._strict:
            raise self.failure from error
        logger.debug("%s: %s", self.path, error)

    def _record(self, key: bytes) -> bytes | None:
        record = self._in_memory.get(key)
        if record is None and self._database is not None:
            try:
                row = self._database.execute(
                    "SELECT record FROM vectors WHERE key = ?", (key,)
                ).fetchone()
            except sqlite3.OperationalError:
                return None
            except sqlite3.DatabaseError:
                self._damaged = True  # what is added from here on stays in memory
                return None
            record = row[0] if row and _is_whole(key, row[0]) else None
        return record


def cache_key(encoder: str, role: Role, text: str, lead: str = "") -> bytes:
    """Return what a text's embedding is kept under; `lead` is what it was read with."""
    parts = "\0".join([encoder, role, lead, text])
    return blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=20).digest()


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=LOCK_SECONDS, check_same_thread=False)
    try:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version not in (0, FORMAT):
            raise sqlite3.DatabaseError(f"its format is {version}, not {FORMAT}")
        if version == 0:
            database.execute("PRAGMA page_size = 16384")  # a record is some 10 to 100 kB
            database.execute("PRAGMA auto_vacuum = INCREMENTAL")
            database.execute("PRAGMA journal_mode = TRUNCATE")
            with database:
                database.execute("BEGIN IMMEDIATE")
                database.execute(
                    "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, record BLOB)"
                )
                database.execute(f"PRAGMA user_version = {FORMAT}")
    except sqlite3.Error:
        database.close()
        raise
    return database


def _connect_to_read(path: Path) -> sqlite3.Connection | None:
    try:
        database = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False
        )
    except sqlite3.Error:
        return None
    try:
        database.execute("SELECT 1 FROM vectors LIMIT 1").fetchone()
    except sqlite3.Error:
        database.close()
        return None
    return database


def _checksum(key: bytes, content: bytes) -> bytes:
    return _CHECKSUM.pack(zlib.crc32(content, zlib.crc32(key)))


def _is_whole(key: bytes, record: bytes) -> bool:
    content = record[_CHECKSUM.size :]
    return len(content) >= _DIMS.size and record[: _CHECKSUM.size] == _checksum(key, content)


def _errno(error: sqlite3.Error) -> int:
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return {
        sqlite3.SQLITE_FULL: errno.ENOSPC,
        sqlite3.SQLITE_READONLY: errno.EROFS,
        sqlite3.SQLITE_CANTOPEN: errno.EACCES,
        sqlite3.SQLITE_BUSY: errno.EBUSY,
    }.get(primary, errno.EIO)
