"""Records in a file of JSON lines, appended safely by several threads and processes.

A record is one write, flushed to the disk under a lock; when that fails, the file is cut back to
what it held. A line that a killed process left unfinished costs only itself: the next record begins
a line of its own, and who reads is told. The file can be read by its owner alone.
"""

import errno
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import Any

from filelock import FileLock

from qa.errors import DataNotKept

LOCK_SECONDS = 10.0
_POLL_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Lines:
    """What was read: the records, oldest first, and the places of lines that are none."""

    records: tuple[dict[str, Any], ...] = ()
    damaged: tuple[str, ...] = ()


class JsonLines:
    """Records in the file `path`, which holds at most `limit` bytes.

    A full file that is `rotated` becomes `<path>.1`, in the place of the one before it, and another
    is begun; of one that is not, no more is kept until somebody moves it away.
    """

    def __init__(self, path: Path, limit: int, *, rotated: bool = False) -> None:
        self.path = path
        self._limit = limit
        self._rotated = rotated
        self._threads = threading.Lock()

    @property
    def older(self) -> Path:
        """The file that a full one becomes."""
        return self.path.with_name(f"{self.path.name}.1")

    def append(self, record: Mapping[str, Any]) -> None:
        """Keep a record durably. Raises DataNotKept that says why when it cannot be done."""
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        # What UTF-8 cannot hold, half of a surrogate pair, becomes \udXXX: JSON's own escape.
        line = text.encode("utf-8", "backslashreplace") + b"\n"
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked():
                self._make_room(len(line))
                self._write(line)
        except OSError as error:
            raise DataNotKept(
                f"{self.path} cannot be written ({error.strerror or error}); make room there, or "
                "give another folder with HOSPITALQA_DATA"
            ) from error

    def read(self) -> Lines:
        """Return the records; there are none where there is no file.

        Raises DataNotKept when a file is there and cannot be read.
        """
        try:
            if not self.path.parent.is_dir():
                return Lines()
            with self._locked(to_write=False):
                files = [
                    (path.name, path.read_bytes())
                    for path in (self.older, self.path)
                    if path.is_file()
                ]
        except OSError as error:
            raise DataNotKept(
                f"{self.path} cannot be read ({error.strerror or error}); see to it that this user "
                "may read it"
            ) from error
        records, damaged = [], []
        for name, content in files:
            for number, line in enumerate(content.split(b"\n"), start=1):
                record = _record(line)
                if record is not None:
                    records.append(record)
                elif line.strip():
                    damaged.append(f"{name}, line {number}")
        return Lines(tuple(records), tuple(damaged))

    def _make_room(self, wanted: int) -> None:
        size = self.path.stat().st_size if self.path.exists() else 0
        if not size or size + wanted <= self._limit:
            return
        if not self._rotated:
            raise DataNotKept(
                f"{self.path} is full ({size:,} of {self._limit:,} bytes); move it away, and it is "
                "begun anew"
            )
        self.path.replace(self.older)

    def _write(self, line: bytes) -> None:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab+", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(-1, os.SEEK_END)
                line = line if file.read(1) == b"\n" else b"\n" + line
            try:
                _write_all(file, line)
                os.fsync(file.fileno())
            except OSError:
                with suppress(OSError):
                    file.truncate(size)
                raise

    @contextmanager
    def _locked(self, *, to_write: bool = True) -> Iterator[None]:
        """Keep others out. What is only to be read, in a folder that only can be, needs no lock."""
        with self._threads:
            if not to_write and not os.access(self.path.parent, os.W_OK):
                yield
                return
            lock = FileLock(f"{self.path}.lock", timeout=LOCK_SECONDS, mode=0o600)
            with lock.acquire(poll_interval=_POLL_SECONDS):
                yield


def _write_all(file: RawIOBase, line: bytes) -> None:
    if file.write(line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
