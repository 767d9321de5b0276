"""The FAISS store against brute force, alone and through every kind of index."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import faiss
import numpy as np
import pytest

from embeddings import durable, faiss_kinds, faiss_store, store_choice, store_queries
from embeddings.faiss_kinds import FLAT, HNSW, HNSW_SQ8, IVF_SQ8, KINDS, SQ8, Kind, decode, make
from embeddings.faiss_store import FaissStore
from embeddings.row_groups import RowGroups
from embeddings.store_choice import Choice, Chosen, Trial, candidates, choose
from embeddings.store_queries import Queries, moved_rows, sampled

DIM = 32
Groups = list[tuple[str, ...]]
KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


@pytest.fixture(autouse=True)
def one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """Build with one thread: graphs are the same then, and tests do not wait for each other."""
    monkeypatch.setattr(faiss_kinds, "available_cores", lambda: 1)


def unit(count: int, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).standard_normal((count, DIM)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def clustered(count: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    values = unit(40, seed=9)[random.integers(0, 40, count)] + 0.5 * unit(count, seed)
    return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)


def some_groups(count: int) -> Groups:
    """Rows of none, one and two hospitals; 协和医院 has every tenth."""
    names = [(), ("华西医院",), ("五院", "华西医院"), ("五院",)]
    return [("协和医院",) if row % 10 == 0 else names[row % 4] for row in range(count)]


def filled(vectors: np.ndarray, ids: Sequence[int], groups: Groups | None = None) -> FaissStore:
    store = FaissStore(vectors.shape[1])
    store.add(np.array(ids, np.int64), vectors, groups or [()] * len(ids))
    return store


@cache
def chosen_as(kind: Kind, count: int) -> Chosen:
    return choose(clustered(count), kinds=(kind,), floor=0.0)


def built_as(kind: Kind, count: int) -> FaissStore:
    """Make a store of this kind of clustered rows, whatever it finds; every third number is an id.

    Stores of one number share an index.
    """
    ids = np.arange(count, dtype=np.int64) * 3
    return FaissStore.holding(chosen_as(kind, count), ids, RowGroups.of(some_groups(count)))


def brute(
    vectors: np.ndarray, ids: Sequence[int], query: np.ndarray, k: int
) -> tuple[list[int], np.ndarray]:
    cosines = np.round(vectors.astype(np.float64) @ query, 7)  # of equal rows equal
    order = np.lexsort((ids, -cosines))[:k]
    return np.array(ids, np.int64)[order].tolist(), cosines[order]


def assert_brute(
    store: FaissStore, vectors: np.ndarray, ids: Sequence[int], k: int, groups: Sequence[str] = ()
) -> None:
    for query in unit(10, seed=7):
        found, scores = store.search(query, k, groups)
        expected, cosines = brute(vectors, ids, query, k)
        assert found.tolist() == expected
        assert scores == pytest.approx(cosines, abs=1e-5)


def answers(store: FaissStore, k: int = 10) -> list[tuple[bytes, bytes]]:
    found = [
        store.search(query, k, groups)
        for query in unit(10, seed=7)
        for groups in ((), ("五院",), ("协和医院", "华西医院"))
    ]
    return [(ids.tobytes(), scores.tobytes()) for ids, scores in found]


@pytest.mark.parametrize("k", [1, 5, 100, 150, 300])
def test_search_is_brute_force(k: int) -> None:
    vectors = unit(300)
    assert_brute(filled(vectors, range(300)), vectors, range(300), k)


@pytest.mark.parametrize("k", [1, 7, 300])
def test_ids_may_be_any_numbers_in_any_order(k: int) -> None:
    random = np.random.default_rng(4)
    ids = random.choice(np.iinfo(np.int64).max, 200, replace=False)
    ids[::2] *= -1
    vectors = unit(200)
    assert_brute(filled(vectors, ids), vectors, ids, k)


@pytest.mark.parametrize("k", [*range(1, 13), 50, 400])
def test_equal_rows_come_in_the_order_of_their_ids(k: int) -> None:
    random = np.random.default_rng(2)
    vectors = unit(6)[random.integers(0, 6, 300)]
    ids = random.permutation(300)
    groups = some_groups(300)
    store = filled(vectors, ids, groups)
    assert_brute(store, vectors, ids, k)
    rows = [row for row, names in enumerate(groups) if "五院" in names]
    assert_brute(store, vectors[rows], ids[rows], k, ["五院"])


def test_there_are_never_more_results_than_rows() -> None:
    store = filled(unit(3), [5, 6, 7], [("a",), (), ("a", "b")])
    assert sorted(store.search(unit(1)[0], 10)[0].tolist()) == [5, 6, 7]
    assert sorted(store.search(unit(1)[0], 10, ["a", "b"])[0].tolist()) == [5, 7]


def test_nothing_is_found_in_nothing() -> None:
    few = filled(unit(5), range(5), [("a",)] * 5)
    for store, k, groups in (
        (FaissStore(DIM), 3, ()),
        (FaissStore(DIM), 3, ("a",)),
        (few, 3, ("b",)),
        (few, 0, ()),
        (few, 0, ("a",)),
    ):
        ids, scores = store.search(unit(1)[0], k, groups)
        assert (ids.dtype, scores.dtype, len(ids), len(scores)) == (np.int64, np.float32, 0, 0)


@pytest.mark.parametrize(
    "names",
    [["五院"], ["华西医院"], ["五院", "华西医院"], ["协和医院", "没有这家"], ["五院", "五院"]],
)
def test_search_in_groups_is_brute_force_among_their_rows(names: list[str]) -> None:
    vectors, groups = unit(500), some_groups(500)
    ids = [7 * row for row in range(500)]
    store = FaissStore(DIM)
    for begin in range(0, 500, 90):  # as several documents would come
        part = slice(begin, begin + 90)
        store.add(np.array(ids[part], np.int64), vectors[part], groups[part])
    rows = [row for row in range(500) if set(groups[row]) & set(names)]
    assert_brute(store, vectors[rows], [ids[row] for row in rows], 10, names)


def test_a_group_named_twice_holds_its_row_once() -> None:
    store = filled(unit(2), [0, 1], [("a", "a"), ("a",)])
    assert sorted(store.search(unit(1)[0], 9, ["a"])[0].tolist()) == [0, 1]


def test_removed_rows_are_found_no_more() -> None:
    vectors, groups = unit(300), some_groups(300)
    store = filled(vectors, range(300), groups)
    gone = {*range(0, 200, 3), 299}
    store.remove(np.array([*gone, 1234, -1], np.int64))
    store.remove(np.array([299, 0], np.int64))
    left = [row for row in range(300) if row not in gone]
    assert len(store) == len(left)
    assert_brute(store, vectors[left], left, 10)
    assert_brute(store, vectors[left], left, 300)
    rows = [row for row in left if "五院" in groups[row]]
    assert_brute(store, vectors[rows], rows, 10, ["五院"])
    store.remove(np.arange(300))
    assert (len(store), len(store.search(vectors[0], 5)[0])) == (0, 0)
    assert len(store.search(vectors[0], 5, ["五院"])[0]) == 0


def test_a_row_whose_id_is_there_is_replaced() -> None:
    vectors, other = unit(20), unit(4, seed=5)
    store = filled(vectors, range(20), [("old",)] * 20)
    store.add(np.array([3, 25, 3, 4]), other, [("old",), ("new",), ("new",), ()])
    assert len(store) == 21
    ids = [*range(3), 25, 3, 4, *range(5, 20)]
    assert_brute(store, np.concatenate([vectors[:3], other[1:], vectors[5:]]), ids, 30)
    assert sorted(store.search(other[0], 30, ["new"])[0].tolist()) == [3, 25]
    assert 3 not in store.search(other[0], 30, ["old"])[0]
    assert np.array_equal(store.vectors_at(np.array([3])), other[2:3])


@pytest.mark.parametrize("seed", range(5))
def test_any_order_of_changes_leaves_what_a_dictionary_would_hold(seed: int) -> None:
    random = np.random.default_rng(seed)
    vectors = unit(60)
    store, held = FaissStore(DIM), dict[int, int]()
    for _ in range(40):
        ids = random.integers(0, 30, random.integers(0, 6))
        if random.random() < 0.7:
            rows = random.integers(0, 60, len(ids))
            store.add(ids, vectors[rows], [()] * len(ids))
            held.update(zip(ids.tolist(), rows.tolist(), strict=True))
        else:
            store.remove(ids)
            held = {number: row for number, row in held.items() if number not in ids}
        assert len(store) == len(held)
        if held:
            assert_brute(store, vectors[list(held.values())], list(held), 8)


def test_the_rows_of_groups_are_told_by_their_ids() -> None:
    store = filled(unit(4), [9, 5, 7, 3], [("a",), ("b",), ("a", "b"), ()])
    assert store.rows(["a"]).tolist() == [7, 9]
    assert store.rows(["b", "a", "c"]).tolist() == [5, 7, 9]
    store.remove(np.array([7]))
    assert store.rows(["a"]).tolist() == [9]
    assert store.rows(["c"]).tolist() == []


def test_vectors_are_returned_by_their_ids() -> None:
    vectors = unit(9)
    store = filled(vectors, [50, 40, 30, 20, 10, 0, 60, 70, 80])
    assert np.array_equal(store.vectors_at(np.array([0, 50, 0])), vectors[[5, 0, 5]])
    assert store.vectors_at(np.empty(0, np.int64)).shape == (0, DIM)
    store.remove(np.array([40]))
    for number in (40, 99, -1):
        with pytest.raises(KeyError, match=str(number)):
            store.vectors_at(np.array([50, number]))


def test_rows_that_are_not_contiguous_are_stored_right() -> None:
    vectors = unit(8)
    assert np.array_equal(filled(vectors[::2], range(4)).vectors_at(np.array([1])), vectors[2:3])
    fortran = filled(np.asfortranarray(vectors), range(8))
    assert np.array_equal(fortran.vectors_at(np.arange(8)), vectors)


@pytest.mark.parametrize(
    ("ids", "vectors", "groups", "message"),
    [
        ([1], unit(2), [(), ()], "1 ids, 2 vectors and the groups of 2 rows"),
        ([1, 2], unit(2), [()], "2 ids, 2 vectors and the groups of 1 rows"),
        ([1], unit(1)[:, :5], [()], r"float32 \(1, 5\); they have to be float32 \(n, 32\)"),
        ([1], unit(1)[0], [()], r"float32 \(32,\)"),
        ([1], unit(1).astype(np.float64), [()], "float64"),
    ],
)
def test_rows_that_do_not_fit_are_refused(
    ids: list[int], vectors: np.ndarray, groups: Groups, message: str
) -> None:
    store = FaissStore(DIM)
    with pytest.raises(ValueError, match=message):
        store.add(np.array(ids), vectors, groups)
    assert len(store) == 0


def test_a_query_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(7,\), not \(32,\)"):
        FaissStore(DIM).search(np.zeros(7, np.float32), 3)


def test_few_rows_are_kept_as_they_are(tmp_path: Path) -> None:
    vectors = unit(2000)
    np.save(tmp_path / "vectors.npy", vectors)
    seen: list[tuple[str, int, int]] = []
    store = FaissStore.build(
        np.load(tmp_path / "vectors.npy", mmap_mode="r"),
        some_groups(2000),
        progress=lambda *call: seen.append(call),
    )
    assert_brute(store, vectors, range(2000), 10)
    assert np.array_equal(store.vectors_at(np.arange(2000)), vectors)
    assert seen[-1] == ("Flat", 2000, 2000)
    assert (store.choice.kind, store.choice.recall, store.choice.trials) == ("Flat", 1.0, ())
    assert store.choice.reason == "exact search in fewer than 20,000 vectors is fast enough"
    store.add(np.array([5000]), unit(1, seed=3), [()])
    assert store.choice.count == len(store) == 2001


def test_a_store_of_nothing_is_built() -> None:
    store = FaissStore.build(np.empty((0, DIM), np.float32), [])
    assert (len(store), store.choice.kind) == (0, "Flat")


def test_build_refuses_one_id_for_two_rows() -> None:
    with pytest.raises(ValueError, match="an id is given twice"):
        FaissStore.build(unit(2), [(), ()], ids=np.array([4, 4]))


@pytest.mark.parametrize(
    ("count", "memory", "expected"),
    [
        (19_999, 1, (FLAT,)),
        (20_000, 10**9, (HNSW, IVF_SQ8, SQ8)),
        (100_000, 10**8, (HNSW_SQ8, IVF_SQ8, SQ8)),
        (1_000_000, 10**9, (HNSW_SQ8, IVF_SQ8, SQ8)),
        (1_000_000, 500_000_000, (IVF_SQ8, SQ8)),
        (1_000_000, 1, (IVF_SQ8, SQ8)),
    ],
)
def test_kinds_are_tried_by_number_and_memory(
    count: int, memory: int, expected: tuple[Kind, ...]
) -> None:
    assert candidates(count, 384, memory) == expected


@KIND
def test_each_kind_takes_the_room_that_it_says(kind: Kind, tmp_path: Path) -> None:
    built_as(kind, 3000).save(tmp_path)
    size = (tmp_path / "vectors.faiss").stat().st_size
    assert kind.bytes(3000, DIM) == pytest.approx(size, rel=0.02)


@KIND
def test_each_kind_finds_the_nearest_rows(kind: Kind) -> None:
    vectors = clustered(3000)
    store = built_as(kind, 3000)
    queries = clustered(100, seed=6)
    right = 0
    for query in queries:
        ids, scores = store.search(query, 10)
        assert scores == pytest.approx(vectors[ids // 3] @ query, abs=0.02)
        assert list(scores) == sorted(scores, reverse=True)
        right += len(set(ids.tolist()) & set(brute(vectors, range(0, 9000, 3), query, 10)[0]))
    assert right >= 950
    assert store.choice.recall >= 0.95


@KIND
def test_each_kind_searches_a_small_group_exactly(kind: Kind) -> None:
    vectors, groups = clustered(3000), some_groups(3000)
    store = built_as(kind, 3000)
    rows = np.flatnonzero(["协和医院" in names for names in groups])
    kept = store.vectors_at(rows * 3)
    assert kept == pytest.approx(vectors[rows], abs=0.02)
    for query in clustered(20, seed=6):
        ids, scores = store.search(query, 10, ["协和医院"])
        cosines = np.sort(kept @ query)[::-1]
        assert scores == pytest.approx(cosines[:10], abs=1e-5)
        assert kept[np.searchsorted(rows, ids // 3)] @ query == pytest.approx(scores, abs=1e-5)


@KIND
def test_each_kind_searches_a_large_group_well(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faiss_store, "READ_ROWS", 0)
    vectors, groups = clustered(3000), some_groups(3000)
    store = built_as(kind, 3000)
    rows = np.flatnonzero(["五院" in names for names in groups])
    right = 0
    for query in clustered(50, seed=6):
        ids = store.search(query, 10, ["五院"])[0]
        assert len(ids) == 10
        assert set(ids // 3) <= set(rows)
        right += len(set(ids.tolist()) & set(brute(vectors[rows], rows * 3, query, 10)[0]))
    assert right >= 475


@KIND
def test_each_kind_leaves_removed_rows_out(kind: Kind) -> None:
    store = built_as(kind, 3000)
    gone = np.delete(np.arange(3000), np.arange(0, 3000, 20))
    store.remove(gone * 3)
    assert len(store) == 150
    vectors, left, right = clustered(3000), np.arange(0, 3000, 20), 0
    for query in clustered(20, seed=6):
        ids = store.search(query, 10)[0].tolist()
        assert len(ids) == 10
        assert not set(ids) & set((gone * 3).tolist())
        right += len(set(ids) & set(brute(vectors[left], left * 3, query, 10)[0]))
    assert right >= 190


@KIND
def test_each_kind_comes_back_from_disk(kind: Kind, tmp_path: Path) -> None:
    store = built_as(kind, 3000)
    store.remove(np.array([30, 33]))
    store.save(tmp_path / "a" / "b")
    back = FaissStore.open(tmp_path / "a" / "b")
    assert answers(back) == answers(store)
    assert (len(back), back.choice) == (2998, store.choice)
    assert np.array_equal(back.vectors_at(np.array([9, 0])), store.vectors_at(np.array([9, 0])))
    for changed in (back, store):
        changed.remove(np.arange(0, 3000))
    assert answers(back) == answers(store)
    assert len(FaissStore.open(tmp_path / "a" / "b", verify=True)) == 2998


@KIND
def test_large_arrays_are_mapped(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "MAPPED", 0)
    store = built_as(kind, 3000)
    store.save(tmp_path)
    back = FaissStore.open(tmp_path)
    assert answers(back) == answers(store)
    assert isinstance(back._ids.base, np.memmap)


def test_an_empty_store_comes_back_from_disk(tmp_path: Path) -> None:
    FaissStore(DIM).save(tmp_path)
    back = FaissStore.open(tmp_path)
    assert len(back) == len(back.search(unit(1)[0], 3)[0]) == 0
    assert back.vectors_at(np.empty(0, np.int64)).shape == (0, DIM)


def test_an_opened_store_takes_no_rows(tmp_path: Path) -> None:
    filled(unit(4), range(4)).save(tmp_path)
    back = FaissStore.open(tmp_path)
    with pytest.raises(ValueError, match="opened from files takes no rows"):
        back.add(np.array([9]), unit(1), [()])
    with pytest.raises(ValueError, match="copy its files"):
        back.save(tmp_path)
    assert len(FaissStore.open(tmp_path)) == 4


def test_a_compressed_store_takes_no_rows() -> None:
    with pytest.raises(ValueError, match="of the kind SQ8 takes no rows"):
        built_as(SQ8, 1000).add(np.array([9]), unit(1), [()])


def test_a_search_works_harder_until_it_finds_enough() -> None:
    chosen = choose(unit(8000), kinds=(IVF_SQ8,), target=0.9, floor=0.9)
    efforts = [trial.effort for trial in chosen.choice.trials]
    recalls = [trial.recall for trial in chosen.choice.trials]
    assert efforts == list(IVF_SQ8.steps[: len(efforts)])
    assert len(efforts) > 1
    assert all(recall < 0.9 for recall in recalls[:-1])
    assert chosen.choice.recall == recalls[-1] >= 0.9
    assert chosen.effort == efforts[-1] == chosen.choice.parameters["nprobe"]


def test_less_than_the_target_is_enough_above_the_floor() -> None:
    choice = choose(clustered(3000), kinds=(HNSW, SQ8), target=2.0, floor=0.9).choice
    assert choice.kind == "HNSW32"
    assert choice.recall >= 0.9
    assert choice.reason.endswith("which is under the 200% wanted and enough")


def test_a_kind_that_finds_too_little_is_given_up_for_the_next() -> None:
    vectors = unit(8000)  # without clusters half of the lists hold half of the neighbours
    chosen = choose(vectors, kinds=(IVF_SQ8, SQ8), floor=0.96)
    tried = [trial.kind for trial in chosen.choice.trials]
    assert tried[-1] == "SQ8" == chosen.choice.kind
    assert set(tried[:-1]) == {"IVF,SQ8"}
    assert chosen.choice.reason.startswith("under 96% at its hardest: IVF,SQ8; SQ8 finds 9")


def test_the_last_resort_is_exact_whatever_the_memory() -> None:
    vectors = clustered(2000)
    chosen = choose(vectors, 1000, kinds=(HNSW, HNSW_SQ8, IVF_SQ8, SQ8), target=2.0, floor=2.0)
    choice = chosen.choice
    assert list(dict.fromkeys(trial.kind for trial in choice.trials)) == [
        "HNSW32",
        "HNSW32,SQ8",
        "IVF,SQ8",
        "SQ8",
    ]
    assert (choice.kind, choice.recall, choice.parameters) == ("Flat", 1.0, {})
    assert "it takes 0.3 MB, more than the 0.0 MB given" in choice.reason
    assert np.array_equal(decode(chosen.index, np.arange(2000)), vectors)


def test_what_fits_is_measured_and_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_choice, "FLAT_BELOW", 1000)
    store = FaissStore.build(clustered(3000), [()] * 3000, memory=1_000_000)
    assert store.choice.kind == "HNSW32,SQ8"
    assert store.choice.reason.startswith("larger than the 1.0 MB given: HNSW32 (1.2 MB); ")
    assert store.choice.queries == 300


def test_copies_of_one_vector_are_no_place_for_a_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_choice, "FLAT_BELOW", 1000)
    random = np.random.default_rng(0)
    vectors = clustered(6000)
    vectors[random.permutation(6000)[:3000]] = vectors[random.integers(0, 3, 3000)]
    choice = FaissStore.build(vectors, [()] * 6000).choice
    assert choice.trials[0].kind == "HNSW32"
    assert (choice.kind, choice.recall >= 0.97) == ("IVF,SQ8", True)


def test_what_nothing_fits_is_kept_in_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_choice, "FLAT_BELOW", 1000)
    choice = FaissStore.build(clustered(3000), [()] * 3000, memory=1000).choice
    assert choice.kind == "IVF,SQ8"
    assert choice.bytes > choice.memory
    assert choice.reason.startswith("larger than the 0.0 MB given: HNSW32 (1.2 MB), HNSW32,SQ8")
    assert choice.reason.endswith("; it is read from disk as searches need it")


def test_the_measured_recall_is_that_of_brute_force() -> None:
    vectors = unit(4000)
    chosen = choose(vectors, kinds=(IVF_SQ8,), target=0.0, floor=0.0)
    sample = sampled(moved_rows(vectors), vectors)
    store = FaissStore.holding(chosen, np.arange(4000), RowGroups.of([()] * 4000))
    right = sum(
        len(
            set(store.search(query, 10)[0].tolist())
            & set(brute(vectors, range(4000), query, 10)[0])
        )
        for query in sample.queries
    )
    assert right / 3000 == pytest.approx(chosen.choice.recall, abs=0.001)


def test_no_query_of_the_measurement_is_its_own_row() -> None:
    vectors = clustered(3000)
    sample = sampled(moved_rows(vectors), vectors)
    nearest = (sample.queries @ vectors.T).max(axis=1)
    assert nearest.max() < 0.99


def test_a_kind_is_judged_by_the_queries_that_are_brought() -> None:
    vectors = clustered(8000)
    asked: list[int] = []

    def far(limit: int) -> np.ndarray:
        asked.append(limit)
        return unit(200, seed=3)

    questions = Queries("random directions", far)
    choice = choose(vectors, queries=questions, kinds=(IVF_SQ8,), floor=0.0).choice
    alone = choose(vectors, kinds=(IVF_SQ8,), floor=0.0).choice
    assert asked == [store_queries.QUERIES]
    assert (choice.queries, alone.queries) == (200, 300)
    assert choice.trials[0].recall < alone.trials[0].recall
    assert choice.parameters["nprobe"] > alone.parameters["nprobe"]
    assert choice.explain()[3].endswith("measured with 200 random directions")
    assert alone.explain()[3].endswith("measured with 300 moved rows")


def test_no_queries_are_made_where_every_row_is_read() -> None:
    def none(limit: int) -> np.ndarray:
        raise AssertionError(limit)

    store = FaissStore.build(unit(50), [()] * 50, queries=Queries("none", none))
    assert store.choice.explain()[3] == "recall@10: 1.000, every row is read"


def test_a_choice_explains_itself_and_survives_json() -> None:
    choice = Choice(
        "HNSW32,SQ8",
        1_000_000,
        384,
        656_000_000,
        1_000_000_000,
        {"M": 32, "efSearch": 128},
        0.9712,
        300,
        "moved rows",
        (
            Trial("HNSW32,SQ8", 64, 0.9514, 612.3, 0.41),
            Trial("HNSW32,SQ8", 128, 0.9712, 612.3, 0.7),
        ),
        "HNSW32,SQ8 finds 97.1% of the nearest vectors",
    )
    assert Choice.from_dict(json.loads(json.dumps(choice.to_dict()))) == choice
    assert choice.explain() == [
        "kind: HNSW32,SQ8 (M 32, efSearch 128)",
        "holds: 1,000,000 vectors of 384 numbers",
        "size: 656.0 MB, of 1,000.0 MB given",
        "recall@10: 0.971, measured with 300 moved rows",
        "why: HNSW32,SQ8 finds 97.1% of the nearest vectors",
        "tried: HNSW32,SQ8 at 64: recall 0.951, 0.41 ms a search, built in 612.3 s",
        "tried: HNSW32,SQ8 at 128: recall 0.971, 0.70 ms a search, built in 612.3 s",
    ]
    assert FaissStore(8).choice.explain() == [
        "kind: Flat",
        "holds: 0 vectors of 8 numbers",
        "size: 0.0 MB, of 1,000.0 MB given",
        "recall@10: 1.000, every row is read",
        "why: rows can be added to an exact index",
    ]


BUILD = """
import sys
from pathlib import Path
from embeddings import faiss_kinds
from tests.embeddings.test_faiss_store import KINDS, built_as
faiss_kinds.available_cores = lambda: 1  # several threads make a graph in the order they come
for kind in KINDS.values():
    built_as(kind, 1500).save(Path(sys.argv[1]) / kind.name)
"""


def test_a_store_is_the_same_whenever_it_is_built(tmp_path: Path) -> None:
    sums = []
    for seed in ("0", "1"):
        subprocess.run(
            [sys.executable, "-c", BUILD, str(tmp_path / seed)],
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
        )
        files = sorted((tmp_path / seed).rglob("vectors.*"))
        sums.append(
            {
                str(path.relative_to(tmp_path / seed)): hashlib.sha256(timeless(path)).hexdigest()
                for path in files
            }
        )
    assert sums[0] == sums[1]
    assert len(sums[0]) == 6 * len(KINDS)


def timeless(path: Path) -> bytes:
    """Return a file's bytes, without the times of the trials."""
    if path.suffix != ".json":
        return path.read_bytes()
    manifest = json.loads(path.read_bytes())
    for trial in manifest["choice"]["trials"]:
        del trial["build_seconds"], trial["search_ms"]
    return json.dumps(manifest).encode()


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-5]),
    "emptied": lambda path: path.write_bytes(b""),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "flipped": flip,
    "missing": Path.unlink,
}
FILES = (
    "vectors.faiss",
    "vectors.ids.npy",
    "vectors.alive.npy",
    "vectors.starts.npy",
    "vectors.rows.npy",
)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_named(name: str, damage: str, tmp_path: Path) -> None:
    filled(unit(50), range(50), some_groups(50)).save(tmp_path)
    DAMAGES[damage](tmp_path / name)
    with pytest.raises(ValueError, match=f"{name} is (damaged|missing).* anew"):
        FaissStore.open(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "vectors.json is missing"),
        (b"", "vectors.json is damaged"),
        (b"\xff\xfe", "vectors.json is damaged"),
        (b"[]", "vectors.json is damaged"),
        (b'{"format": 99}', "vectors.json is damaged .*its format is 99, and this version reads 2"),
        (b'{"format": 2}', "vectors.json is damaged"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_named(
    text: bytes | None, message: str, tmp_path: Path
) -> None:
    filled(unit(5), range(5)).save(tmp_path)
    if text is None:
        (tmp_path / "vectors.json").unlink()
    else:
        (tmp_path / "vectors.json").write_bytes(text)
    with pytest.raises(ValueError, match=message):
        FaissStore.open(tmp_path)


def test_the_checksum_of_a_large_file_is_compared_on_demand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "CHECKED", 1000)
    filled(unit(50), range(50)).save(tmp_path)
    flip(tmp_path / "vectors.faiss")
    assert len(FaissStore.open(tmp_path)) == 50
    with pytest.raises(ValueError, match=r"vectors\.faiss is damaged .* has changed"):
        FaissStore.open(tmp_path, verify=True)


def test_an_index_of_another_store_is_refused(tmp_path: Path) -> None:
    filled(unit(5), range(5)).save(tmp_path / "a")
    filled(unit(6), range(6)).save(tmp_path / "b")
    manifest = json.loads((tmp_path / "a" / "vectors.json").read_bytes())
    other = json.loads((tmp_path / "b" / "vectors.json").read_bytes())
    manifest["files"]["vectors.faiss"] = other["files"]["vectors.faiss"]
    (tmp_path / "a" / "vectors.json").write_text(json.dumps(manifest))
    (tmp_path / "b" / "vectors.faiss").replace(tmp_path / "a" / "vectors.faiss")
    with pytest.raises(
        ValueError, match=r"vectors\.json is damaged .*vectors\.faiss has other rows"
    ):
        FaissStore.open(tmp_path / "a")


@pytest.mark.parametrize("call", ["fsync", "fdopen"])
def test_a_store_that_cannot_be_written_leaves_the_old_one(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    filled(unit(5), range(5)).save(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with monkeypatch.context() as patch:
        patch.setattr(durable.os, call, full)
        with pytest.raises(OSError, match="No space left"):
            filled(unit(9), range(9)).save(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_full_disk_is_told_while_the_index_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable.Sink, "write", full)
    with pytest.raises(OSError, match="No space left"):
        filled(unit(9), range(9)).save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_is_open_goes_on_when_another_takes_its_place(tmp_path: Path) -> None:
    built_as(HNSW, 3000).save(tmp_path)
    back = FaissStore.open(tmp_path)
    before = answers(back)
    built_as(SQ8, 1000).save(tmp_path)
    assert answers(back) == before
    assert len(FaissStore.open(tmp_path)) == 1000


@KIND
def test_threads_search_one_store_on_one_core_each(kind: Kind, tmp_path: Path) -> None:
    built_as(kind, 3000).save(tmp_path)
    store = FaissStore.open(tmp_path)
    expected = answers(store)

    def search(_: int) -> tuple[bool, int]:
        return answers(store) == expected, faiss.omp_get_max_threads()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(search, range(12))) == {(True, 1)}


def test_building_takes_every_core_and_gives_them_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faiss_kinds, "available_cores", lambda: 2)
    seen = []
    faiss.omp_set_num_threads(1)
    make(SQ8, unit(200), lambda *_: seen.append(faiss.omp_get_max_threads()))
    assert (seen, faiss.omp_get_max_threads()) == ([2], 1)
