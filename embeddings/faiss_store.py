"""The vector store of one process: FAISS, exact for some thousand rows, else as the rows need it.

A store that begins empty takes rows one by one and searches all of them. A large one is built at
once from all its vectors, when `embeddings.store_choice` finds the kind of index for them, saved,
and opened again mapped into memory, where pages are read as searches touch them. Rows that are
removed are only marked.

Any number of threads may search at once; adding and removing is for one at a time.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import store_choice
from embeddings.faiss_kinds import (
    FLAT,
    KINDS,
    Floats,
    Progress,
    Rows,
    decode,
    nearest,
    nearest_among,
    selector_of,
)
from embeddings.row_groups import RowGroups
from embeddings.store_choice import Choice, Chosen, flat_choice
from embeddings.store_files import INDEX, MANIFEST, read_store, usable, write_store
from embeddings.store_queries import Queries

Found = tuple[NDArray[np.int64], NDArray[np.float32]]

READ_ROWS = 20_000  # so many selected rows are always read one by one, and so is
READ_SHARE = 10  # this part of all rows: walking a graph past the others takes longer
WIDER = 4  # how much farther to look for the end of a tie


class FaissStore:
    """Rows in memory or mapped from files; see `embeddings.store.VectorStore`.

    One that is made empty is exact and takes rows; what is kept is what was saved.
    """

    def __init__(self, dim: int) -> None:
        import faiss

        self._index: Any = faiss.IndexFlatIP(dim)
        self._kind = FLAT
        self._effort = 0
        self._ids: Rows = np.empty(0, np.int64)
        self._alive: NDArray[np.bool_] = np.empty(0, np.bool_)
        self._count = 0  # of rows that are alive
        self._groups = RowGroups.of([])
        self._choice: Choice | None = None
        self._is_mapped = False
        self._selector: Any = None  # of the rows that are alive, when others are there
        self._by_id: Rows | None = None  # the rows, in the order of their ids

    @classmethod
    def build(
        cls,
        vectors: Floats,
        groups: Sequence[Sequence[str]],
        *,
        ids: Rows | None = None,
        memory: int | None = None,
        queries: Queries | None = None,
        progress: Progress | None = None,
    ) -> "FaissStore":
        """Make a store of float32 (n, dim), L2-normalised, with the groups of each row.

        `vectors` may be mapped from a file; they are read in slices. `ids`: int64 (n,), by default
        0, 1, 2, ... `memory`: the bytes that the index should fit, by default
        `store_choice.MEMORY`. `queries`: like those that will be asked, to judge the index by, else
        rows that are moved. `progress` is called with the kind of index that is being made, the
        number of its rows so far and in the end. Raises ValueError when the arguments do not fit
        together.
        """
        ids = np.arange(len(vectors), dtype=np.int64) if ids is None else np.asarray(ids, np.int64)
        _check(ids, vectors, groups, vectors.shape[-1])
        if len(np.unique(ids)) < len(ids):
            raise ValueError("an id is given twice; each row needs one of its own")
        chosen = store_choice.choose(
            vectors, store_choice.MEMORY if memory is None else memory, progress, queries
        )
        return cls.holding(chosen, ids, RowGroups.of(groups))

    @classmethod
    def holding(cls, chosen: Chosen, ids: Rows, groups: RowGroups) -> "FaissStore":
        """Make a store of an index whose rows have these ids, int64 (n,), and groups."""
        store = cls(chosen.choice.dim)
        store._index, store._kind, store._effort = chosen.index, chosen.kind, chosen.effort
        store._ids, store._groups, store._choice = ids, groups, chosen.choice
        store._alive = np.ones(len(ids), np.bool_)
        store._count = len(ids)
        return store

    @classmethod
    def open(cls, folder: Path, *, verify: bool = False) -> "FaissStore":
        """Open what `save` wrote, mapped: rows are read from disk when they are needed.

        The checksum of a large file is compared only if asked to `verify`, which reads all of it.
        Raises ValueError naming the file that is missing, damaged or of another kind.
        """
        index, arrays, manifest = read_store(folder, verify=verify)
        with usable(folder / MANIFEST):
            choice = Choice.from_dict(manifest["choice"])
            kind = KINDS[choice.kind]
            chosen = Chosen(index, kind, choice.parameters.get(kind.effort, 0), choice)
            groups = RowGroups(tuple(manifest["groups"]), arrays["starts"], arrays["rows"])
            ids, alive = arrays["ids"], arrays["alive"]
            if not len(ids) == len(alive) == index.ntotal or index.d != choice.dim:
                raise ValueError(f"{INDEX} has other rows")
        store = cls.holding(chosen, ids, groups)
        store._is_mapped = True
        store._mark(np.flatnonzero(~alive))
        return store

    def save(self, folder: Path) -> None:
        """Write the store into `folder`, durably. Raises OSError when that cannot be done.

        Raises ValueError when it was opened: its files are there already and can be copied.
        """
        if self._is_mapped:
            raise ValueError("a store that was opened is not saved again; copy its files instead")
        arrays = {
            "ids": self._ids,
            "alive": self._alive,
            "starts": self._groups.starts,
            "rows": self._groups.rows,
        }
        fields = {"choice": self.choice.to_dict(), "groups": self._groups.names}
        write_store(folder, self._index, arrays, fields)

    @property
    def choice(self) -> Choice:
        """What kind of index this is, and why."""
        return self._choice or flat_choice(len(self._ids), self._index.d)

    def __len__(self) -> int:
        return self._count

    def add(self, ids: Rows, vectors: Floats, groups: Sequence[Sequence[str]]) -> None:
        """Add rows in memory: int64 (n,), float32 (n, dim), L2-normalised, and the groups of each.

        A row whose id is there already takes the other's place; of two with one id the later one
        counts. Raises ValueError when the arguments do not fit together, or the store is not of
        the kind that takes rows.
        """
        if self._is_mapped or self._kind is not FLAT:
            state = "opened from files" if self._is_mapped else f"of the kind {self._kind.name}"
            raise ValueError(f"a store {state} takes no rows; put them into another store")
        ids = np.asarray(ids, np.int64)
        _check(ids, vectors, groups, self._index.d)
        self.remove(ids)
        begin = len(self._ids)
        self._index.add(np.ascontiguousarray(vectors))
        self._groups = self._groups.extended(groups, begin)
        self._ids = np.concatenate([self._ids, ids])
        self._alive = np.concatenate([self._alive, np.ones(len(ids), np.bool_)])
        self._choice = self._by_id = None
        _, last = np.unique(ids[::-1], return_index=True)
        again = np.ones(len(ids), np.bool_)
        again[len(ids) - 1 - last] = False
        self._mark(begin + np.flatnonzero(again))

    def remove(self, ids: Rows) -> None:
        """Leave rows out from here on; ids that are not there are ignored."""
        rows, there = self._find(np.asarray(ids, np.int64))
        self._mark(rows[there])

    def search(self, vector: Floats, k: int, groups: Sequence[str] = ()) -> Found:
        """Return ids, int64, and cosines, float32, of the `k` nearest rows, best first.

        There are fewer when there are fewer rows. Equal ones come in the order of their ids. With
        `groups`, only rows count that belong to at least one. Raises ValueError when `vector` is
        not float32 (dim,).
        """
        if vector.shape != (self._index.d,):
            raise ValueError(f"a query of the shape {vector.shape}, not ({self._index.d},)")
        if not groups:
            fetch = partial(self._nearest, vector, self._selector, self._count)
            return self._ranked(fetch, k, self._count, exact=self._kind.is_exact)
        rows = self._groups.select(groups)
        if self._selector is not None:
            rows = rows[self._alive[rows]]
        if len(rows) <= max(READ_ROWS, len(self._ids) // READ_SHARE):
            fetch = partial(nearest_among, self._index, self._kind, vector, rows)
            return self._ranked(fetch, k, len(rows), exact=True)
        fetch = partial(self._nearest, vector, selector_of(rows, len(self._ids)), len(rows))
        return self._ranked(fetch, k, len(rows), exact=self._kind.is_exact)

    def rows(self, groups: Sequence[str]) -> Rows:
        """Return the ids of the rows that belong to at least one group, ascending."""
        rows = self._groups.select(groups)
        return np.sort(self._ids[rows[self._alive[rows]]])

    def vectors_at(self, ids: Rows) -> Floats:
        """Return float32 (n, dim) of rows; one byte a number was kept, of some kinds of index.

        Raises KeyError naming the first id that is not there.
        """
        rows, there = self._find(np.asarray(ids, np.int64))
        if not there.all():
            raise KeyError(int(np.asarray(ids)[~there][0]))
        return decode(self._index, rows)

    def _nearest(self, vector: Floats, selector: Any, passing: int, k: int) -> Found:
        """Return rows and scores; the fewer rows the `selector` passes, the more are looked at."""
        effort = self._effort * len(self._ids) // passing
        return nearest(self._index, self._kind, vector, effort, selector, k)

    def _ranked(
        self, fetch: Callable[[int], Found], k: int, available: int, *, exact: bool
    ) -> Found:
        """Return ids and scores of the first `k` of the rows that `fetch` finds.

        FAISS leaves open which of equal rows it returns, so one more is fetched, and when that is
        equal to the last one, more, until the tie ends.
        """
        if k < 1 or not available:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        asked = k + 1 if exact else k
        while True:
            asked = min(asked, available)
            rows, scores = fetch(asked)
            if not exact or len(rows) <= k or asked == available or scores[k - 1] > scores[-1]:
                break
            asked *= WIDER
        ids = self._ids[rows]
        order = np.lexsort((ids, -scores))[:k]
        return ids[order], scores[order]

    def _find(self, ids: Rows) -> tuple[Rows, NDArray[np.bool_]]:
        """Return the row of each id, and whether it is there; only the last with an id can be."""
        if not len(self._ids):
            return np.zeros(len(ids), np.int64), np.zeros(len(ids), np.bool_)
        if self._by_id is None:
            self._by_id = np.argsort(self._ids, kind="stable")
        places = np.searchsorted(self._ids, ids, side="right", sorter=self._by_id) - 1
        rows = self._by_id[np.maximum(places, 0)]
        return rows, (self._ids[rows] == ids) & self._alive[rows]

    def _mark(self, rows: Rows) -> None:
        """Mark rows as removed."""
        self._alive[rows] = False
        left = np.flatnonzero(self._alive)
        self._count = len(left)
        self._selector = None if len(left) == len(self._ids) else selector_of(left, len(self._ids))


def _check(ids: Rows, vectors: Floats, groups: Sequence[Sequence[str]], dim: int) -> None:
    if vectors.ndim != 2 or vectors.shape[1] != dim or vectors.dtype != np.float32:  # noqa: PLR2004
        raise ValueError(
            f"vectors of {vectors.dtype} {vectors.shape}; they have to be float32 (n, {dim})"
        )
    if not len(ids) == len(vectors) == len(groups):
        raise ValueError(
            f"{len(ids)} ids, {len(vectors)} vectors and the groups of {len(groups)} rows: "
            "each row needs all three"
        )
