"""Vector stores: vectors in, ids and scores out. The only place that knows distances."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from embeddings.store_choice import Choice

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]


class VectorStore(Protocol):
    """Rows: an int64 id, an L2-normalised vector, and the groups that the row belongs to."""

    def __len__(self) -> int:
        """Return how many rows there are, without those removed."""
        ...

    def add(self, ids: Rows, vectors: Floats, groups: Sequence[Sequence[str]]) -> None:
        """Add rows: int64 (n,), float32 (n, dim), and the groups of each.

        They are kept, and are found, when this returns. A row whose id is there already takes the
        other's place.
        """
        ...

    def remove(self, ids: Rows) -> None:
        """Leave rows out from here on; ids that are not there are ignored."""
        ...

    def search(
        self, vector: Floats, k: int, groups: Sequence[str] = ()
    ) -> tuple[Rows, NDArray[np.float32]]:
        """Return the ids and scores of the `k` nearest rows, best first; fewer where fewer are.

        A score is the cosine, in [-1, 1]: higher is better. Equal ones come in the order of their
        ids. With `groups`, only rows count that belong to at least one of them.
        """
        ...


class LocalStore(VectorStore, Protocol):
    """A store in this process, which also tells its rows, and of what kind it is."""

    @property
    def choice(self) -> "Choice": ...

    def rows(self, groups: Sequence[str]) -> Rows:
        """Return the ids of the rows that belong to at least one group, ascending."""
        ...


class StoreChain:
    """Several stores searched as one: a large one, and what came after it was made."""

    def __init__(self, stores: Sequence[LocalStore]) -> None:
        self.stores = tuple(stores)

    def __len__(self) -> int:
        return sum(map(len, self.stores))

    def remove(self, ids: Rows) -> None:
        for store in self.stores if len(ids) else ():
            store.remove(ids)

    def rows(self, groups: Sequence[str]) -> Rows:
        found = [store.rows(groups) for store in self.stores]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def search(
        self, vector: Floats, k: int, groups: Sequence[str] = ()
    ) -> tuple[Rows, NDArray[np.float32]]:
        found = [store.search(vector, k, groups) for store in self.stores]
        if len(found) == 1:
            return found[0]
        ids = np.concatenate([ids for ids, _ in found])
        scores = np.concatenate([scores for _, scores in found])
        best = np.lexsort((ids, -scores))[:k]
        return ids[best], scores[best]
