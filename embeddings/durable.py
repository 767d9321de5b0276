"""Files that a crash leaves whole or not there, and arrays that are mapped from them.

A file is written beside its place, kept by the system (fsync), and then put there by one rename.
The size and the crc32 of what was written tell damage later: the crc is looked at for small files
always, and for large ones when asked to, since reading a gigabyte takes a second.
"""

import os
import tempfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

CHECKED = 64 << 20  # bytes up to which a file's checksum is looked at always: 0.1 s
MAPPED = 1 << 20  # bytes from which an array is mapped: a smaller one is read as quickly
_CHUNK = 1 << 20

Stamp = tuple[int, int]
"""Size in bytes and crc32 of a file."""


class Sink:
    """Writes to a file, and knows the size and the crc32 of what was written."""

    def __init__(self, file: BinaryIO) -> None:
        self.size = self.checksum = 0
        self._file = file

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.checksum = zlib.crc32(data, self.checksum)
        return self._file.write(data)


def write_file(path: Path, produce: Callable[[Sink], object]) -> Stamp:
    """Put a file in its place, durably, and return its stamp. Raises OSError."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            sink = Sink(file)
            produce(sink)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    keep_names(path.parent)
    return sink.size, sink.checksum


def write_array(path: Path, array: NDArray[Any]) -> Stamp:
    """Write an array as `.npy`, as `write_file` does."""
    return write_file(
        path, partial(np.lib.format.write_array, array=np.asarray(array), allow_pickle=False)
    )


def read_array(path: Path) -> NDArray[Any]:
    """Return an array; a large one is mapped. Raises OSError, ValueError when it is no array."""
    if path.stat().st_size <= MAPPED:
        return np.asarray(np.load(path, allow_pickle=False))
    # As a plain array: slicing a `memmap` takes several times as long.
    return np.asarray(np.lib.format.open_memmap(path, mode="r"))


def check_file(path: Path, stamp: Stamp, *, verify: bool = False) -> None:
    """Raise ValueError naming the file when it is not as it was written, OSError without one.

    `verify` reads large files too.
    """
    size, checksum = stamp
    there = path.stat().st_size
    if there != size:
        raise ValueError(f"{path.name} has {there:,} bytes and not {size:,}")
    if (verify or size <= CHECKED) and _checksum(path) != checksum:
        raise ValueError(f"{path.name} has changed since it was written")


def keep_names(folder: Path) -> None:
    """Ask the system to keep the names in a folder too, where that can be asked for."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            checksum = zlib.crc32(part, checksum)
    return checksum
