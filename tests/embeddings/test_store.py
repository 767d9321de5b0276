"""Several stores searched as one."""

import numpy as np

from embeddings.faiss_store import FaissStore
from embeddings.store import StoreChain

DIM = 24


def unit(count: int, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).standard_normal((count, DIM)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def chained(vectors: np.ndarray, *cuts: int) -> StoreChain:
    """The vectors in several stores; every third row is in the group "a"."""
    stores = []
    for begin, end in zip((0, *cuts), (*cuts, len(vectors)), strict=True):
        groups = [["a"] if row % 3 == 0 else [] for row in range(begin, end)]
        ids = np.arange(begin, end)
        stores.append(FaissStore.build(vectors[begin:end], groups, ids=ids))
    return StoreChain(stores)


def test_a_chain_finds_what_one_store_finds() -> None:
    vectors = unit(90)
    vectors[80] = vectors[7]  # equal ones come in the order of their ids
    whole, parts = chained(vectors), chained(vectors, 40, 41)
    assert len(parts) == len(whole) == 90
    for query in (*unit(20, seed=1), vectors[7]):
        for groups in ((), ("a",)):
            ids, scores = parts.search(query, 10, groups)
            assert ids.tolist() == whole.search(query, 10, groups)[0].tolist()
            np.testing.assert_allclose(scores, whole.search(query, 10, groups)[1], atol=1e-6)


def test_a_chain_tells_and_removes_rows_of_all_its_stores() -> None:
    parts = chained(unit(90), 40)
    assert parts.rows(["a"]).tolist() == list(range(0, 90, 3))
    parts.remove(np.array([0, 45]))
    assert len(parts) == 88
    assert parts.rows(["a"]).tolist() == [row for row in range(0, 90, 3) if row not in (0, 45)]
