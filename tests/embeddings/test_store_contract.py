"""What every vector store does, checked on each of them against brute force.

The real Milvus server is asked when HOSPITALQA_TEST_MILVUS is 1, as `make test-milvus` sets it.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from embeddings.faiss_store import FaissStore
from embeddings.store import VectorStore
from tests.milvus.stores import embedded, engine_url, needs_engine, opened

DIM = 24
HOSTILE = (
    "大同市第五人民医院",
    'an "hospital"',
    "it's",
    "back\\slash",
    "ends in \\",
    '\\"',
    '"] or true or ["',
    '", "大同市第五人民医院',
    "new\nline, tab\t, return\r",
    "nul\x00 and escape\x1b",
    "{placeholder} %s %_",
    "\\u5927\\x41",
    "😀\u2028\u200f",
    " ",
    "",
    "长" * 300,
)

Rows = Sequence[int]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from engine_url(tmp_path_factory.mktemp("engine"))


@pytest.fixture(
    params=[
        "faiss",
        "milvus-lite",
        pytest.param("milvus", marks=[pytest.mark.milvus, needs_engine]),
    ]
)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    """An empty store."""
    if request.param == "faiss":
        yield FaissStore(DIM)
        return
    if request.param == "milvus":
        with opened(request.getfixturevalue("engine"), DIM) as served:
            yield served
        return
    with embedded(tmp_path) as url, opened(url, DIM) as lite:
        yield lite


def unit(count: int, seed: int = 0) -> np.ndarray:
    """Vectors of which every score is exact in float32, so that many are equal.

    Each has 16 numbers of 1/4, some negative, among zeros; a score is a multiple of 1/16.
    """
    random = np.random.default_rng(seed)
    values = random.choice([-0.25, 0.25], (count, DIM)) * (np.arange(DIM) < 16)
    return random.permuted(values, axis=1).astype(np.float32)


def any_unit(count: int, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).standard_normal((count, DIM)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def numbers(*ids: int) -> np.ndarray:
    return np.array(ids, np.int64)


class Model:
    """The same rows in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[int, tuple[np.ndarray, tuple[str, ...]]] = {}

    def add(self, ids: np.ndarray, vectors: np.ndarray, groups: Sequence[Sequence[str]]) -> None:
        for number, vector, names in zip(ids.tolist(), vectors, groups, strict=True):
            self.rows[number] = vector, tuple(names)

    def search(
        self, vector: np.ndarray, k: int, groups: Sequence[str] = ()
    ) -> list[tuple[int, float]]:
        scored = [
            (number, float(row @ vector))
            for number, (row, names) in self.rows.items()
            if not groups or set(names) & set(groups)
        ]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[:k]


def check(
    store: VectorStore, model: Model, k: int, groups: Sequence[str] = (), seed: int = 1
) -> None:
    for query in unit(5, seed=seed):
        ids, scores = store.search(query, k, groups)
        expected = model.search(query, k, groups)
        assert (ids.dtype, scores.dtype) == (np.int64, np.float32)
        assert ids.tolist() == [number for number, _ in expected]
        assert scores == pytest.approx([score for _, score in expected], abs=1e-5)
    assert len(store) == len(model.rows)


def filled(
    store: VectorStore, vectors: np.ndarray, groups: Callable[[int], Sequence[str]]
) -> Model:
    model = Model()
    ids = np.arange(len(vectors), dtype=np.int64)
    names = [groups(number) for number in range(len(vectors))]
    for each in (store, model):
        each.add(ids, vectors, names)
    return model


def test_search_is_brute_force(store: VectorStore) -> None:
    model = filled(store, unit(300), lambda _: ())
    for k in (1, 5, 100, 300):
        check(store, model, k)


def test_scores_are_cosines(store: VectorStore) -> None:
    vectors = any_unit(300)
    filled(store, vectors, lambda _: ())
    for query in any_unit(10, seed=1):
        ids, scores = store.search(query, 300)
        cosines = vectors @ query
        assert sorted(ids.tolist()) == list(range(300))
        assert scores == pytest.approx(cosines[ids], abs=1e-5)
        assert scores == pytest.approx(np.sort(cosines)[::-1], abs=1e-5)
        assert np.all(np.diff(scores) <= 0)


def test_search_in_groups_is_brute_force_among_their_rows(store: VectorStore) -> None:
    model = filled(
        store, unit(300), lambda i: [f"院{i % 7}", "三的倍数"] if i % 3 == 0 else [f"院{i % 7}"]
    )
    for groups in (["院0"], ["院1", "院2"], ["三的倍数"], ["院5", "三的倍数"], ["院6", "没有"]):
        check(store, model, 20, groups)
        check(store, model, 300, groups)


def test_a_group_without_rows_finds_nothing(store: VectorStore) -> None:
    model = filled(store, unit(20), lambda i: ["甲"] if i % 2 else [])
    check(store, model, 5, ["乙"])
    check(store, model, 20, ["甲"])
    check(store, model, 20)


def test_hostile_names_of_groups_mean_only_themselves(store: VectorStore) -> None:
    model = filled(store, unit(2 * len(HOSTILE)), lambda i: [HOSTILE[i % len(HOSTILE)]])
    for name in HOSTILE:
        check(store, model, 40, [name])
    check(store, model, 40, HOSTILE[1:5])
    check(store, model, 40, ['"]', "'", "\\", "大同市第五人民医院\\"])


def test_equal_rows_come_in_the_order_of_their_ids(store: VectorStore) -> None:
    # An engine adds up the numbers of equal rows in different orders: their scores may differ.
    vectors = np.repeat(any_unit(6), 50, axis=0)
    order = np.random.default_rng(3).permutation(300)
    names = [["甲"] if i % 2 else ["乙"] for i in range(300)]
    store.add(np.arange(300, dtype=np.int64)[order], vectors[order], [names[i] for i in order])
    for query in any_unit(5, seed=1):
        blocks = np.argsort(-(vectors[::50] @ query))
        expected = [50 * block + i for block in blocks.tolist() for i in range(50)]
        for k in (1, 7, 49, 50, 51, 120):
            assert store.search(query, k)[0].tolist() == expected[:k]
            even = [number for number in expected if number % 2 == 0]
            assert store.search(query, k, ["乙"])[0].tolist() == even[:k]


def test_there_are_never_more_results_than_rows(store: VectorStore) -> None:
    model = filled(store, unit(3), lambda i: ["甲"] if i == 1 else [])
    check(store, model, 10)
    check(store, model, 10, ["甲"])


def test_none_asked_for_are_none_found(store: VectorStore) -> None:
    check(store, filled(store, unit(3), lambda _: ()), 0)


def test_nothing_is_found_in_nothing(store: VectorStore) -> None:
    check(store, Model(), 3)
    check(store, Model(), 3, ["甲"])


def test_rows_that_were_removed_are_not_found(store: VectorStore) -> None:
    model = filled(store, unit(120), lambda i: [f"院{i % 3}"])
    store.remove(numbers(*range(0, 120, 4), 7, 7, 5000))
    for number in (*range(0, 120, 4), 7):
        del model.rows[number]
    check(store, model, 120)
    check(store, model, 120, ["院1"])


def test_all_rows_can_be_removed_and_others_added(store: VectorStore) -> None:
    filled(store, unit(30), lambda _: ["甲"])
    store.remove(np.arange(30, dtype=np.int64))
    check(store, Model(), 5)
    model = Model()
    for each in (store, model):
        each.add(numbers(3, 30, 31), unit(3, seed=8), [["甲"], [], ["乙"]])
    check(store, model, 5)
    check(store, model, 5, ["甲"])


def test_removing_nothing_changes_nothing(store: VectorStore) -> None:
    model = filled(store, unit(10), lambda _: ())
    store.remove(np.empty(0, np.int64))
    store.add(np.empty(0, np.int64), np.empty((0, DIM), np.float32), [])
    check(store, model, 10)


def test_a_row_is_replaced_by_one_of_the_same_id(store: VectorStore) -> None:
    model = filled(store, unit(60), lambda _: ["甲"])
    for each in (store, model):
        each.add(np.arange(20, 80, dtype=np.int64), unit(60, seed=9), [["乙"]] * 60)
    check(store, model, 80)
    check(store, model, 80, ["甲"])
    check(store, model, 80, ["乙"])


def test_adding_twice_is_adding_once(store: VectorStore) -> None:
    filled(store, unit(60), lambda i: [f"院{i % 2}"])
    model = filled(store, unit(60), lambda i: [f"院{i % 2}"])
    check(store, model, 60)
    check(store, model, 60, ["院1"])


def test_of_an_id_that_comes_twice_the_last_row_counts(store: VectorStore) -> None:
    model = Model()
    for each in (store, model):
        each.add(numbers(4, 5, 4), unit(3), [["甲"], ["甲"], ["乙"]])
    check(store, model, 5)
    check(store, model, 5, ["甲"])


def test_a_row_that_was_removed_can_come_back(store: VectorStore) -> None:
    model = filled(store, unit(10), lambda _: ["甲"])
    store.remove(numbers(2))
    for each in (store, model):
        each.add(numbers(2), unit(1, seed=6), [["乙"]])
    check(store, model, 10)
    check(store, model, 10, ["乙"])


def test_rows_that_are_not_contiguous_are_stored_right(store: VectorStore) -> None:
    vectors = unit(40)
    model = Model()
    for each in (store, model):
        each.add(np.arange(20, dtype=np.int64), vectors[::2], [[]] * 20)
        each.add(np.arange(20, 40, dtype=np.int64), np.asfortranarray(vectors[1::2]), [[]] * 20)
    check(store, model, 40)


def test_many_changes_in_turn_end_in_the_same_rows(store: VectorStore) -> None:
    random = np.random.default_rng(11)
    model = Model()
    for step in range(25):
        ids = random.choice(90, 12, replace=False).astype(np.int64)
        if random.random() < 0.3:
            store.remove(ids)
            for number in ids.tolist():
                model.rows.pop(number, None)
        else:
            names = [[f"院{number % 3}", f"步{step % 4}"] for number in ids]
            for each in (store, model):
                each.add(ids, unit(12, seed=100 + step), names)
        check(store, model, 15, [f"步{step % 4}"] if step % 2 else [], seed=step)
    check(store, model, 90)


def test_threads_may_search_at_once(store: VectorStore) -> None:
    model = filled(store, unit(200), lambda i: [f"院{i % 2}"])
    with ThreadPoolExecutor(4) as threads:
        jobs = [threads.submit(check, store, model, 10, ["院1"], seed) for seed in range(12)]
        for job in jobs:
            job.result()


@pytest.mark.parametrize("shape", [(3, DIM + 1), (3,), (1, 3, DIM)])
def test_vectors_of_another_shape_are_refused(store: VectorStore, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="float32"):
        store.add(numbers(1, 2, 3), np.zeros(shape, np.float32), [[], [], []])
    with pytest.raises(ValueError, match=r"\(24,\)"):
        store.search(np.zeros(DIM - 1, np.float32), 3)
    assert len(store) == 0


def test_lists_of_different_lengths_are_refused(store: VectorStore) -> None:
    with pytest.raises(ValueError, match=r"each row|a row"):
        store.add(numbers(1, 2), unit(2), [["甲"]])
    with pytest.raises(ValueError, match=r"each row|a row"):
        store.add(numbers(1), unit(2), [["甲"], []])
    assert len(store) == 0
