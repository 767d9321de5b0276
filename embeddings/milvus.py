"""The vector store over Milvus: any number of processes share it and keep nothing themselves.

Beside its vector and groups each row has a payload, and the index has named values, so that what
answering needs lies there too. See `embeddings.milvus_generations` for how an index is replaced.

What was added is there for every reader when `add` returns: Milvus has written it to its log, and
`add` ends with a query that waits until the engine has caught up ("Strong", about 0.2 s). Searches
need not wait then ("Bounded", a few milliseconds). Where the engine keeps several replicas of a
collection in memory, another one may be up to five seconds behind.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import milvus_generations as generations
from embeddings.milvus_connection import (
    Connection,
    NoSuchCollection,
    parse_store_url,
)
from embeddings.milvus_generations import PING, READ, WRITE, Generation, collection_of, values_of
from embeddings.milvus_schema import among, batches, in_any, payload_of, rows
from embeddings.milvus_values import Values

__all__ = ["MilvusStore", "parse_store_url"]

MOST = 16_384  # results of one search or query: the server's limit
FETCHED_AT_ONCE = 512  # payloads; at most 64 MiB
REMOVED_AT_ONCE = 8192
SEARCH_WIDTH = 128
"""Candidates that a search of the graph keeps, at least; twice `k` where that is more."""
BOUNDED = {"consistency_level": "Bounded"}
STRONG = {"consistency_level": "Strong"}
ROUNDING = 5e-7
REFRESH_SECONDS = 1.0
PING_SECONDS = 2.0


class MilvusStore:
    """Rows and values of one index; a store of vectors as `embeddings.store` has it.

    Calls raise StoreUnavailable when the engine cannot be reached or refuses, and IndexMissing when
    there is no index; the object goes on working when that is over. Safe to use from threads.
    """

    def __init__(
        self, connection: Connection, generation: Generation | None, *, exact: bool
    ) -> None:
        """Use `open` or `create`."""
        self._connection = connection
        self._pinned = generation
        self._exact = exact
        self._seen, self._seen_until = Generation(0, 0), 0.0

    @classmethod
    def open(cls, url: str) -> "MilvusStore":
        """Open the published generation of an index, and follow when another one is published.

        It connects when it is first used. Raises ValueError when `url` is malformed.
        """
        return cls(Connection(parse_store_url(url)), None, exact=False)

    @classmethod
    def create(cls, url: str, generation: int, dim: int, *, exact: bool = False) -> "MilvusStore":
        """Make a new generation, or join the processes that are making it.

        A generation is a number, higher than those before it. `dim` is the vectors' length; `exact`
        keeps the search exact however many rows there are.
        """
        connection = Connection(parse_store_url(url))
        generations.make(connection, made := Generation(generation, dim))
        return cls(connection, made, exact=exact)

    def publish(self, grace: float = 5.0) -> None:
        """Have readers go over to this generation at once, and drop the older ones.

        `grace` is for how many seconds those stay for answers that are being made.
        """
        collection = self._collection()
        generations.settle(self._connection, collection, exact=self._exact)
        generations.switch(self._connection, self.generation)
        time.sleep(grace)
        generations.drop_older(self._connection, self.generation)

    @property
    def generation(self) -> int:
        """The number of the generation in use; an opened store asks for it once a second."""
        return self._now().number

    @property
    def dim(self) -> int:
        """The length of the vectors."""
        return self._now().dim

    def _now(self) -> Generation:
        if self._pinned is not None:
            return self._pinned
        if time.monotonic() >= self._seen_until:
            self._seen = generations.current(self._connection)
            self._seen_until = time.monotonic() + REFRESH_SECONDS
        return self._seen

    def snapshot(self) -> "MilvusStore":
        """Return a store that stays with the generation of now: all calls for one answer use one.

        Where that takes longer than `publish` waits, its calls raise StoreUnavailable.
        """
        return MilvusStore(self._connection, self._now(), exact=self._exact)

    def __len__(self) -> int:
        found = self._read("query", filter="", output_fields=["count(*)"])
        return int(found[0]["count(*)"])

    def add(
        self,
        ids: NDArray[np.int64],
        vectors: NDArray[np.float32],
        groups: Sequence[Sequence[str]],
        payloads: Sequence[bytes] | None = None,
    ) -> None:
        """Add rows, or replace those of the same ids; of an id that comes twice the last counts.

        int64 (n,), L2-normalised float32 (n, dim), the groups of each row, and a payload of up to
        114,686 bytes each (empty without). Durable and searchable when it returns. Doing it twice,
        or in several processes at once, does no harm. Raises ValueError for what cannot be stored.
        """
        payloads = [b""] * len(ids) if payloads is None else payloads
        self._check(vectors, ("n", self.dim))
        if not len(ids) == len(vectors) == len(groups) == len(payloads):
            raise ValueError(
                f"{len(ids)} ids came with {len(vectors)} vectors, {len(groups)} lists of groups "
                f"and {len(payloads)} payloads: give one of each a row"
            )
        kept = list({number: i for i, number in enumerate(ids.tolist())}.values())
        chosen = (ids[kept], vectors[kept], [groups[i] for i in kept], [payloads[i] for i in kept])
        target = self.snapshot()  # all of them go into one generation
        for batch in batches(rows(*chosen)):
            target._write("upsert", data=batch)
        target._catch_up(among("id", [0]))

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Remove rows; ids that are not there are ignored."""
        for start in range(0, len(ids), REMOVED_AT_ONCE):
            self._write("delete", ids=ids[start : start + REMOVED_AT_ONCE].tolist())
        self._catch_up(among("id", [0]))

    def search(
        self, vector: NDArray[np.float32], k: int, groups: Sequence[str] = ()
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the ids and cosines of the `k` nearest rows, best first, equal ones by lower id.

        float32 (dim,) in; int64 and float32, each (k,) or shorter, out. With `groups`, only rows
        that belong to at least one. Raises ValueError when `k` is over 16,383 or `vector` is not
        float32 (dim,).
        """
        self._check(vector, (self.dim,))
        if k >= MOST:
            raise ValueError(f"Milvus returns at most {MOST - 1:,} rows a search, not {k:,}")
        if k < 1:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        # One more than asked for: where it is as near as the last one, the choice among equals was
        # the engine's, and all of them are needed to choose by id.
        limit = k + 1
        while True:
            ids, scores = _ranked(*self._nearest(vector, limit, groups))
            if len(ids) < limit or limit == MOST or scores[-1] < scores[k - 1]:
                return ids[:k], scores[:k]
            limit = min(2 * limit, MOST)

    def fetch(self, ids: Iterable[int]) -> dict[int, bytes]:
        """Return the payloads of the rows that are there, by id, in one call for each 512."""
        numbers = [int(number) for number in ids]
        found = {}
        for start in range(0, len(numbers), FETCHED_AT_ONCE):
            some = among("id", numbers[start : start + FETCHED_AT_ONCE])
            fields = ["id", "payload", "payload_rest"]
            for row in self._read("query", filter=some, output_fields=fields):
                found[int(row["id"])] = payload_of(row)
        return found

    def put(self, values: Mapping[str, bytes]) -> None:
        """Store values of any size under their names; there for every reader when it returns."""
        self._values(WRITE).put(values)
        self._catch_up(among("key", [""]), values_of)

    def get(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return the values that are there, by name."""
        return self._values(READ).get(names)

    def delete(self, names: Iterable[str]) -> None:
        """Remove values; names that are not there are ignored."""
        self._values(WRITE).delete(names)
        self._catch_up(among("key", [""]), values_of)

    def ping(self) -> bool:
        """Tell within two seconds whether the engine answers from this index."""
        look = {"filter": among("id", [0]), "output_fields": ["id"], **BOUNDED}
        return self._connection.answers_within(
            PING_SECONDS, lambda: self._call("query", str, PING, **look)
        )

    def close(self) -> None:
        """Close the connection, which snapshots share."""
        self._connection.close()

    def _check(self, vectors: NDArray[np.float32], shape: tuple[str | int, ...]) -> None:
        like = vectors.ndim == len(shape) and vectors.shape[-1] == shape[-1]
        if not like or vectors.dtype != np.float32:
            raise ValueError(
                f"vectors of {vectors.dtype} {vectors.shape}; they have to be float32 {shape}"
            )

    def _nearest(
        self, vector: NDArray[np.float32], limit: int, groups: Sequence[str]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the ids and scores of `limit` rows, nearest first, as the engine has them."""
        (hits,) = self._read(
            "search",
            data=[vector],
            limit=limit,
            filter=in_any(groups) if groups else "",
            output_fields=["id"],
            search_params={"params": {"ef": max(SEARCH_WIDTH, 2 * limit)}},
        )
        ids = np.array([hit["id"] for hit in hits], np.int64)
        return ids, np.array([hit["distance"] for hit in hits], np.float32)

    def _values(self, limits: dict[str, float]) -> Values:
        return Values(
            query=lambda **options: self._call("query", values_of, limits, **BOUNDED, **options),
            upsert=lambda batch: self._write("upsert", values_of, data=batch),
            remove=lambda keys: self._write("delete", values_of, ids=keys) if keys else None,
        )

    def _catch_up(self, nothing: str, part: Callable[[str], str] = str) -> None:
        """Wait until the engine has everything that it has acknowledged."""
        self._call("query", part, WRITE, filter=nothing, **STRONG)

    def _read(self, method: str, part: Callable[[str], str] = str, **options: Any) -> Any:
        return self._call(method, part, READ, **BOUNDED, **options)

    def _write(self, method: str, part: Callable[[str], str] = str, **options: Any) -> None:
        self._call(method, part, WRITE, **options)

    def _call(
        self, method: str, part: Callable[[str], str], limits: dict[str, float], **options: Any
    ) -> Any:
        """Call a method on a collection of this generation, or of the one that replaced it."""
        collection = self._collection()
        try:
            return self._connection.call(method, part(collection), **limits, **options)
        except NoSuchCollection:
            self._seen_until = 0.0
            if (newer := self._collection()) == collection:
                raise
        return self._connection.call(method, part(newer), **limits, **options)

    def _collection(self) -> str:
        return collection_of(self._connection.address.collection, self._now().number)


def _ranked(
    ids: NDArray[np.int64], scores: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Order by score, then by id; a run of scores that differ by rounding only has one of them.

    Engines add up the same products in different orders, even for rows of one segment.
    """
    order = np.argsort(-scores, kind="stable")
    ids, scores = ids[order], scores[order]
    begins = np.flatnonzero(np.diff(scores, prepend=np.float32(np.inf)) < -ROUNDING)
    runs = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(scores)))
    return ids[np.lexsort((ids, runs))], scores[begins][runs]
