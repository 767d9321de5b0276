"""Answers that were given lately, so that what is asked again need not be answered again."""

import hashlib
import threading
from collections import OrderedDict

from qa.model import Answer


class AnswerCache:
    """Keeps the `size` answers that were asked for last; 0 keeps none. Thread-safe."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: bytes) -> Answer | None:
        """Return the answer that is kept under a key, or None."""
        with self._lock:
            answer = self._answers.get(key)
            if answer is not None:
                self._answers.move_to_end(key)
            return answer

    def put(self, key: bytes, answer: Answer) -> None:
        """Keep an answer; the one that was asked for longest ago makes room."""
        with self._lock:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > self.size:
                self._answers.popitem(last=False)


def key_of(*parts: object) -> bytes:
    """Return the key of all that an answer depends on, by how Python writes it.

    It is a digest: a conversation is long, and would be kept as long as its answer.

    >>> key_of("q", None, 5) == key_of("q", None, 5), key_of("q", None, 5) == key_of("q", "5")
    (True, False)
    """
    text = repr(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()
