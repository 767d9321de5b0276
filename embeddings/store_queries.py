"""The queries by which a kind of index is judged, and what is nearest to them.

Who makes an index may bring queries like those that will be asked. Without them rows are moved a
little, which lie nearer to the others than questions do and are found more easily.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from embeddings.faiss_kinds import SLICE, Floats

QUERIES = 300
DEPTH = 10  # recall@10
AWAY = 0.5  # how far from a row a moved one is: a cosine of 0.9


@dataclass(frozen=True, slots=True)
class Queries:
    """Where queries come from.

    `name`: what they are, for people, in the plural. `make` returns some, at most as many as it is
    told, float32 (n, dim), L2-normalised; it is called only if there is a kind to be judged.
    """

    name: str
    make: Callable[[int], Floats]


@dataclass(frozen=True, slots=True)
class Sample:
    """Queries, float32 (n, dim), and the exact cosine of the last true neighbour of each, (n,)."""

    name: str
    queries: Floats
    last: Floats
    depth: int


def moved_rows(vectors: Floats) -> Queries:
    """Return rows moved as one row differs from another.

    Moved in all directions alike, they would leave the room that the rows are in, and be found even
    more easily.
    """
    return Queries("moved rows", partial(_moved, vectors))


def sampled(queries: Queries, vectors: Floats) -> Sample:
    """Make queries, and compare them with all of float32 (n, dim), which are read in slices."""
    made = queries.make(QUERIES)
    depth = min(DEPTH, len(vectors))
    best: NDArray[np.float32] = np.empty((len(made), 0), np.float32)
    for begin in range(0, len(vectors), SLICE):
        cosines = made @ np.asarray(vectors[begin : begin + SLICE]).T
        best = np.concatenate([best, cosines], axis=1)
        best = np.partition(best, max(best.shape[1] - depth, 0), axis=1)[:, -depth:]
    return Sample(queries.name, made, best.min(axis=1), depth)


def _moved(vectors: Floats, limit: int) -> Floats:
    count = len(vectors)
    random = np.random.default_rng(0)
    chosen = np.sort(random.choice(count, min(limit, count), replace=False))
    left, right = random.integers(0, count, (2, len(chosen)))
    return _normal(vectors[chosen] + AWAY * _normal(vectors[left] - vectors[right]))


def _normal(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(lengths, np.finfo(np.float32).tiny)  # type: ignore[no-any-return]
