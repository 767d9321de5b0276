"""Many byte strings in two arrays, which may be mapped from files."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

ANY = "surrogatepass"  # texts may hold lone surrogates


class Blobs(Sequence[bytes]):
    """Byte strings one after another: uint8 (n_bytes,), and int64 (n + 1,) where they begin."""

    def __init__(self, content: Array, begins: Array) -> None:
        self.content = content
        self.begins = begins
        # A memoryview gives one item several times faster than an array.
        self._bytes = content.data
        self._begins = begins.data

    @classmethod
    def of(cls, items: Iterable[bytes]) -> Self:
        """Join byte strings."""
        content, begins = bytearray(), [0]
        for item in items:
            content += item
            begins.append(len(content))
        return cls(np.frombuffer(content, np.uint8), np.array(begins, np.int64))

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> Self:
        """Join texts."""
        return cls.of(text.encode("utf-8", ANY) for text in texts)

    def __len__(self) -> int:
        return len(self.begins) - 1

    def __getitem__(self, number: Any) -> Any:
        return self.joined(number, number + 1)

    def joined(self, begin: int, end: int) -> bytes:
        """Return the byte strings of a half-open range, joined."""
        return bytes(self._bytes[self._begins[begin] : self._begins[end]])

    def text(self, number: int) -> str:
        """Return a byte string as the text that it is."""
        return str(self._bytes[self._begins[number] : self._begins[number + 1]], "utf-8", ANY)
