"""The kinds of FAISS index that a store may be: what each needs, how it is made and searched.

    Flat         every vector as it is; each search reads all of them
    HNSW32       Flat and a graph of 32 neighbours a row, which a search walks: Malkov and Yashunin,
                 "Efficient and robust approximate nearest neighbor search using Hierarchical
                 Navigable Small World graphs" (TPAMI 2018)
    HNSW32,SQ8   the same graph over vectors of one byte a number
    IVF,SQ8      such vectors in lists around k-means centres, of which a search reads some: Sivic
                 and Zisserman, "Video Google" (ICCV 2003)
    SQ8          such vectors, all of them read

The scores of a kind with one byte a number are cosines to about 0.001. All but a graph that several
threads made come out the same each time they are made.

OpenMP keeps its number of threads for each thread of the program, and a new one starts with all
cores, so that `one_thread` is called by every function that searches; it takes 0.15 µs. One query
never uses more than one core, and waking the others up for it costs more than the search.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import available_cores

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
Progress = Callable[[str, int, int], None]

LINKS = 32  # neighbours of a row in a graph
LIST_TRAINING = 40  # rows that k-means sees for each centre; FAISS asks for 39
CODE_TRAINING = 65_536  # rows from which the range of each number is taken
SLICE = 16_384  # rows that are read at a time
DECODED = 1_024  # rows that are decoded at a time: 1.5 MB, which stays in the cache
GRAPH_REACH = 2  # a search for k rows keeps at least 2k candidates


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of index. `effort`: the name of its parameter at search, `steps`: values to try."""

    name: str
    effort: str = ""
    steps: tuple[int, ...] = (0,)

    @property
    def is_exact(self) -> bool:
        """Whether a search reads every row, if not every bit of it."""
        return not self.effort

    @property
    def has_codes(self) -> bool:
        """Whether a number of a vector is kept in one byte."""
        return self.name.endswith("SQ8")

    def bytes(self, count: int, dim: int) -> int:
        """Return the size of an index of `count` vectors, within 2 %."""
        size = count * dim * (1 if self.has_codes else 4)
        if self.effort == "efSearch":  # twice the links on the lowest level, offsets, levels
            size += count * (2 * LINKS * 4 + LINKS * 4 // (LINKS - 1) + 12)
        if self.effort == "nprobe":  # ids, places, centres
            size += count * 16 + list_count(count) * dim * 4
        return size


FLAT = Kind("Flat")
HNSW = Kind("HNSW32", "efSearch", (128, 256, 512, 1024))
HNSW_SQ8 = Kind("HNSW32,SQ8", "efSearch", (128, 256, 512, 1024))
IVF_SQ8 = Kind("IVF,SQ8", "nprobe", (16, 32, 64, 128, 256))
SQ8 = Kind("SQ8")
KINDS = {kind.name: kind for kind in (FLAT, HNSW, HNSW_SQ8, IVF_SQ8, SQ8)}


def list_count(count: int) -> int:
    """Return the number of lists for so many vectors: about four times the root, a power of 2."""
    power = 1 << round(math.log2(4 * math.sqrt(max(count, 1))))
    return max(1, min(power, count // LIST_TRAINING))


def one_thread() -> None:
    """Let FAISS use one thread whenever this one calls it."""
    import faiss

    faiss.omp_set_num_threads(1)


def make(kind: Kind, vectors: Floats, progress: Progress | None = None) -> Any:
    """Make an index of float32 (n, dim), of which no more than a sample is held beside it."""
    import faiss

    count, dim = vectors.shape
    factory = f"IVF{list_count(count)},SQ8" if kind is IVF_SQ8 else kind.name
    index = faiss.index_factory(dim, factory, faiss.METRIC_INNER_PRODUCT)
    with _all_cores():
        if kind is IVF_SQ8:
            index.cp.min_points_per_centroid = 1  # few rows are no reason to write to stderr
            index.train(_sample(vectors, max(LIST_TRAINING * index.nlist, CODE_TRAINING)))
        elif kind.has_codes:
            index.train(_sample(vectors, CODE_TRAINING))
        for begin in range(0, count, SLICE):
            index.add(np.ascontiguousarray(vectors[begin : begin + SLICE]))
            if progress:
                progress(kind.name, min(begin + SLICE, count), count)
    if kind is IVF_SQ8:
        index.make_direct_map()  # where each row is, for `decode`
    return index


def nearest(
    index: Any, kind: Kind, vector: Floats, effort: int, selector: Any, k: int
) -> tuple[Rows, Floats]:
    """Return rows and scores of the `k` nearest, of those that a FAISS `selector` lets pass.

    `effort` is the value of the kind's parameter; `selector` may be None.
    """
    import faiss

    one_thread()
    if kind.effort == "efSearch":
        reach = max(effort, GRAPH_REACH * k)
        parameters = faiss.SearchParametersHNSW(efSearch=reach, sel=selector)
    elif kind.effort == "nprobe":
        parameters = faiss.SearchParametersIVF(nprobe=min(effort, index.nlist), sel=selector)
    else:
        parameters = faiss.SearchParameters(sel=selector) if selector is not None else None
    scores, rows = index.search(vector[None], k, params=parameters)
    return _found(rows[0], scores[0])


def nearest_among(
    index: Any, kind: Kind, vector: Floats, rows: Rows, k: int
) -> tuple[Rows, Floats]:
    """Return rows and scores of the `k` nearest of `rows`, by reading just these."""
    import faiss

    one_thread()
    if kind is IVF_SQ8:
        return _nearest_decoded(index, vector, rows, k)
    flat = faiss.downcast_index(index.storage) if kind.effort else index
    if kind.has_codes:
        scores, places = _coded_rows(flat, rows).search(vector[None], k)
        found, scores = _found(places[0], scores[0])
        return rows[found], scores
    selector = faiss.IDSelectorArray(rows)
    scores, found = flat.search(vector[None], k, params=faiss.SearchParameters(sel=selector))
    return _found(found[0], scores[0])


def decode(index: Any, rows: Rows) -> Floats:
    """Return float32 (n_rows, dim); one byte a number was kept, of the kinds that have codes."""
    one_thread()
    return np.asarray(index.reconstruct_batch(rows), np.float32)


def selector_of(rows: Rows, count: int) -> Any:
    """Return a FAISS selector of some of `count` rows."""
    import faiss

    passes = np.zeros(count, np.bool_)
    passes[rows] = True
    return faiss.IDSelectorBitmap(np.packbits(passes, bitorder="little"))


def _nearest_decoded(index: Any, vector: Floats, rows: Rows, k: int) -> tuple[Rows, Floats]:
    import faiss

    found, scores = [], []
    for begin in range(0, len(rows), DECODED):
        part = rows[begin : begin + DECODED]
        similar, places = faiss.knn(
            vector[None], decode(index, part), min(k, len(part)), metric=faiss.METRIC_INNER_PRODUCT
        )
        found.append(part[places[0]])
        scores.append(similar[0])
    every, similarity = np.concatenate(found), np.concatenate(scores)
    best = np.argsort(-similarity, kind="stable")[:k]
    return every[best], similarity[best]


def _coded_rows(flat: Any, rows: Rows) -> Any:
    """Return an index of some rows of another, whose codes are copied and not decoded."""
    import faiss

    codes = faiss.rev_swig_ptr(flat.codes.data(), flat.ntotal * flat.code_size)
    part = faiss.IndexScalarQuantizer(flat.d, flat.sq.qtype, flat.metric_type)
    faiss.copy_array_to_vector(faiss.vector_to_array(flat.sq.trained), part.sq.trained)
    part.is_trained = True
    part.add_sa_codes(codes.reshape(flat.ntotal, flat.code_size)[rows])
    return part


def _found(rows: Rows, scores: Floats) -> tuple[Rows, Floats]:
    """Drop the places that FAISS could not fill; they have the row -1."""
    if len(rows) and rows[-1] < 0:
        there = rows >= 0
        return rows[there], scores[there]
    return rows, scores


def _sample(vectors: Floats, size: int) -> Floats:
    if len(vectors) <= size:
        return np.ascontiguousarray(vectors)
    chosen = np.random.default_rng(0).choice(len(vectors), size, replace=False)
    return np.ascontiguousarray(vectors[np.sort(chosen)])


@contextmanager
def _all_cores() -> Iterator[None]:
    """Let FAISS use every core when this thread calls it."""
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(available_cores())
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
