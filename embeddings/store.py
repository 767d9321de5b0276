"""Vector stores: vectors in, ids and scores out. The only place that knows distances."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class VectorStore(Protocol):
    """Holds L2-normalised float32 vectors of one length; ids are 0, 1, 2, ... as they came."""

    def __len__(self) -> int: ...

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Append float32 (n, dim)."""
        ...

    def search(
        self, vector: NDArray[np.float32], k: int, among: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the ids and scores of the `k` nearest, best first; fewer when there are fewer.

        A score is the cosine, in [-1, 1]: higher is better. `among` limits the search to some ids.
        """
        ...


class FaissStore:
    """Exact search in a flat FAISS index."""

    def __init__(self, dim: int) -> None:
        import faiss

        self._index: Any = faiss.IndexFlatIP(dim)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, vectors: NDArray[np.float32]) -> None:
        self._index.add(np.ascontiguousarray(vectors, np.float32))

    def search(
        self, vector: NDArray[np.float32], k: int, among: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        import faiss

        params = None
        if among is not None:
            params = faiss.SearchParameters()
            params.sel = faiss.IDSelectorBatch(among)
        k = min(k, len(self) if among is None else len(among))
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        scores, ids = self._index.search(vector[None], k, params=params)
        return ids[0], scores[0]

    def vector(self, number: int) -> NDArray[np.float32]:
        """Return one vector, float32 (dim,)."""
        return np.asarray(self._index.reconstruct(number), np.float32)

    def to_bytes(self) -> bytes:
        import faiss

        return bytes(faiss.serialize_index(self._index))

    @classmethod
    def from_bytes(cls, data: bytes) -> "FaissStore":
        """Restore a store. Raises ValueError when the bytes are no flat FAISS index."""
        import faiss

        try:
            index = faiss.deserialize_index(np.frombuffer(data, np.uint8))
        except RuntimeError as error:
            raise ValueError(f"not a FAISS index: {error}") from error
        if not isinstance(index, faiss.IndexFlatIP):
            raise ValueError(f"not a flat FAISS index of inner products: {type(index).__name__}")  # noqa: TRY004
        store = cls(index.d)
        store._index = index
        return store
