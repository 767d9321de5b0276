"""The vector store against brute force."""

import faiss
import numpy as np
import pytest

from embeddings.store import FaissStore

DIM = 24


def unit(count: int, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).standard_normal((count, DIM)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def filled(vectors: np.ndarray) -> FaissStore:
    store = FaissStore(DIM)
    store.add(vectors)
    return store


@pytest.mark.parametrize("k", [1, 5, 100, 300])
def test_search_is_brute_force(k: int) -> None:
    vectors, queries = unit(300), unit(20, seed=1)
    store = filled(vectors)
    for query in queries:
        ids, scores = store.search(query, k)
        expected = np.argsort(-(vectors @ query))[:k]
        assert ids.tolist() == expected.tolist()
        assert scores == pytest.approx(vectors[expected] @ query, abs=1e-5)


@pytest.mark.parametrize("size", [1, 3, 40])
def test_search_among_some_ids_is_brute_force_among_them(size: int) -> None:
    vectors = unit(200)
    store = filled(vectors)
    random = np.random.default_rng(2)
    for query in unit(20, seed=3):
        among = random.choice(200, size, replace=False).astype(np.int64)
        ids, scores = store.search(query, 10, among)
        expected = among[np.argsort(-(vectors[among] @ query))][:10]
        assert ids.tolist() == expected.tolist()
        assert scores == pytest.approx(vectors[expected] @ query, abs=1e-5)


def test_there_are_never_more_results_than_vectors() -> None:
    store = filled(unit(3))
    assert len(store.search(unit(1)[0], 10)[0]) == 3
    assert len(store.search(unit(1)[0], 10, np.array([2, 0]))[0]) == 2


def test_nothing_is_found_in_nothing() -> None:
    for store, among in (
        (FaissStore(DIM), None),
        (filled(unit(5)), np.empty(0, np.int64)),
    ):
        ids, scores = store.search(unit(1)[0], 3, among)
        assert (ids.dtype, scores.dtype) == (np.int64, np.float32)
        assert len(ids) == len(scores) == 0


def test_ids_go_on_counting() -> None:
    vectors = unit(6)
    store = filled(vectors[:4])
    store.add(vectors[4:])
    assert len(store) == 6
    assert [int(store.search(vector, 1)[0][0]) for vector in vectors] == list(range(6))
    assert np.array_equal(store.vector(5), vectors[5])


def test_rows_that_are_not_contiguous_are_stored_right() -> None:
    vectors = unit(8)
    assert np.array_equal(filled(vectors[::2]).vector(1), vectors[2])
    assert np.array_equal(filled(np.asfortranarray(vectors)).vector(3), vectors[3])


def test_a_store_comes_back_from_its_bytes() -> None:
    vectors = unit(50)
    store = filled(vectors)
    data = store.to_bytes()
    back = FaissStore.from_bytes(data)
    assert back.to_bytes() == data
    assert len(back) == 50
    for query in unit(5, seed=4):
        for left, right in zip(store.search(query, 9), back.search(query, 9), strict=True):
            assert np.array_equal(left, right)
    back.add(unit(1, seed=5))
    assert (len(back), len(store)) == (51, 50)


def test_an_empty_store_comes_back_from_its_bytes() -> None:
    back = FaissStore.from_bytes(FaissStore(DIM).to_bytes())
    assert len(back) == 0
    back.add(unit(2))
    assert len(back) == 2


@pytest.mark.parametrize("size", [0, 1, 4, 20, 60, -1])
def test_truncated_bytes_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="not a FAISS index"):
        FaissStore.from_bytes(filled(unit(4)).to_bytes()[:size])


def test_bytes_of_something_else_are_refused() -> None:
    with pytest.raises(ValueError, match="not a FAISS index"):
        FaissStore.from_bytes("这不是索引".encode() * 20)


@pytest.mark.parametrize("index", [faiss.IndexHNSWFlat(DIM, 8), faiss.IndexFlatL2(DIM)])
def test_an_index_of_another_kind_is_refused(index: faiss.Index) -> None:
    with pytest.raises(ValueError, match="not a flat FAISS index"):
        FaissStore.from_bytes(bytes(faiss.serialize_index(index)))
