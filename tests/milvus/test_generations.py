"""Generations of an index, and several processes that make one."""

import multiprocessing
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest
from pymilvus.client.grpc_handler import GrpcHandler

import embeddings.milvus_generations as generations
from embeddings.milvus import MilvusStore
from qa.errors import IndexMismatch, IndexMissing, StoreUnavailable
from tests.milvus.stores import DIM, nearest, needs_engine, new_name, noise, numbers, unit


def test_without_an_index_there_is_nothing_to_read(url: str, reader: MilvusStore) -> None:
    assert not reader.ping()
    with pytest.raises(IndexMissing, match="hospital-qa index"):
        reader.search(unit(1, DIM)[0], 1)
    store = MilvusStore.create(url, 1, DIM)
    with pytest.raises(IndexMissing, match="hospital-qa index"):
        len(reader)
    store.publish(grace=0)
    assert (len(reader), reader.generation, reader.dim, reader.ping()) == (0, 1, DIM, True)
    store.close()


def test_a_generation_may_be_joined_but_not_with_other_vectors(
    store: MilvusStore, url: str
) -> None:
    store.add(numbers(5), unit(5, DIM), [[]] * 5)
    other = MilvusStore.create(url, 1, DIM)
    assert len(other) == 5
    with pytest.raises(IndexMismatch, match="vectors of 16 numbers, not 17"):
        MilvusStore.create(url, 1, DIM + 1)
    other.close()


def test_a_flush_that_a_killed_engine_has_forgotten_is_asked_for_again(
    store: MilvusStore, reader: MilvusStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a second one `publish` would wait until its patience ends, and fail."""
    asked = []
    flush, is_flushed = GrpcHandler.flush, GrpcHandler.get_flush_state

    def counted(*args: Any, **options: Any) -> None:
        asked.append(args)
        flush(*args, **options)

    def forgotten(*args: Any, **options: Any) -> bool:
        return len(asked) > 1 and is_flushed(*args, **options)

    monkeypatch.setitem(generations.FLUSH, "timeout", 2.0)
    monkeypatch.setattr(GrpcHandler, "flush", counted)
    monkeypatch.setattr(GrpcHandler, "get_flush_state", forgotten)
    store.add(numbers(5), unit(5, DIM), [[]] * 5)
    store.publish(grace=0)
    assert len(reader) == 5
    assert len(asked) > 1  # one that is done in time is the last


def test_readers_go_over_to_the_generation_that_is_published(
    store: MilvusStore, url: str, reader: MilvusStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer is made of three calls, and all of them are of one generation."""
    monkeypatch.setattr("embeddings.milvus.REFRESH_SECONDS", 0.05)
    vectors = {number: unit(40, DIM, seed=number) for number in (1, 2, 3)}
    stores = {1: store} | {n: MilvusStore.create(url, n, DIM) for n in (2, 3)}
    for number, writer in stores.items():
        writer.add(numbers(40), vectors[number], [[]] * 40, [b"%d" % number] * 40)
        writer.put({"generation": b"%d" % number})
    query = unit(1, DIM, seed=9)[0]
    expected = {number: nearest(vectors[number], query, 5) for number in vectors}
    stores[1].publish(grace=0)
    seen = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            view = reader.snapshot()
            ids = view.search(query, 5)[0]
            made_of = {*view.fetch(ids).values(), *view.get(["generation"]).values()}
            assert ids.tolist() == expected[view.generation]
            assert made_of == {b"%d" % view.generation}
            assert reader.search(query, 5)[0].tolist() in expected.values()
            seen.append(view.generation)

    with ThreadPoolExecutor(3) as threads:
        jobs = [threads.submit(ask) for _ in range(3)]
        until(lambda: 1 in seen, jobs)
        stores[2].publish(grace=0.5)
        until(lambda: 2 in seen, jobs)
        stores[3].publish(grace=0.5)
        until(lambda: 3 in seen, jobs)
        stop.set()
        for job in jobs:
            job.result()
    assert set(seen) == {1, 2, 3}
    assert len(reader) == 40
    for number in (1, 2):
        with pytest.raises(StoreUnavailable, match="no more"):
            len(stores[number])
        stores[number].close()


def until(true: Callable[[], bool], jobs: list) -> None:
    """Wait, unless a job has failed."""
    while not true():
        for job in jobs:
            if job.done():
                job.result()
        time.sleep(0.01)


def test_a_newer_generation_that_is_being_made_is_left_alone(store: MilvusStore, url: str) -> None:
    newer = MilvusStore.create(url, 2, DIM)
    newer.add(numbers(3), unit(3, DIM), [[]] * 3)
    store.publish(grace=0)
    assert len(newer) == 3
    newer.publish(grace=0)
    with pytest.raises(StoreUnavailable, match="no more"):
        len(store)
    newer.close()


@pytest.mark.usefixtures("store")
def test_a_collection_of_somebody_else_is_not_read(url: str) -> None:
    address, _, name = url.rpartition("/")
    other = MilvusStore.open(f"{address}/{name}_v_1")
    with pytest.raises(IndexMismatch, match="holds something else"):
        len(other)
    other.close()


@pytest.mark.parametrize(("exact", "kind"), [(False, "HNSW"), (True, "FLAT")])
def test_many_rows_get_a_graph_unless_the_search_is_to_be_exact(
    url: str, reader: MilvusStore, monkeypatch: pytest.MonkeyPatch, *, exact: bool, kind: str
) -> None:
    monkeypatch.setattr(generations, "EXACT_UP_TO", 1000)
    store = MilvusStore.create(url, 1, DIM, exact=exact)
    vectors = unit(1500, DIM)
    store.add(numbers(1500), vectors, [[f"院{i % 3}"] for i in range(1500)])
    store.publish(grace=0)
    index = store._connection.call(
        "describe_index", store._collection(), "vector", timeout=5, patience=5
    )
    assert index["index_type"] == kind
    assert len(reader) == 1500
    for query in unit(10, DIM, seed=1):
        assert reader.search(query, 10)[0].tolist() == nearest(vectors, query, 10)
        inside = [3 * n + 1 for n in nearest(vectors[1::3], query, 10)]
        assert reader.search(query, 10, ["院1"])[0].tolist() == inside
    generations.drop_older(store._connection, 2)
    store.close()


def write_part(url: str, part: int) -> None:
    """Add a quarter of 400 rows, and a value."""
    writer = MilvusStore.create(url, 1, DIM)
    vectors = unit(400, DIM)
    mine = numbers(400)[part::4]
    for start in range(0, 100, 20):
        some = mine[start : start + 20]
        writer.add(some, vectors[some], [[f"部{part}"]] * 20, [b"%d" % i for i in some])
    writer.put({f"部{part}": noise(70_000, part)})
    writer.close()


def check_parts(store: MilvusStore) -> None:
    assert len(store) == 400
    assert store.fetch(numbers(400)) == {i: b"%d" % i for i in range(400)}
    values = {f"部{part}": noise(70_000, part) for part in range(4)}
    assert store.get(values) == values
    query = unit(1, DIM, seed=3)[0]
    assert store.search(query, 400)[0].tolist() == nearest(unit(400, DIM), query, 400)


def test_writers_at_once_lose_nothing(store: MilvusStore, url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(write_part, [url] * 4, range(4))) == [None] * 4
    check_parts(store)


@pytest.mark.milvus
@needs_engine
def test_processes_that_write_at_once_lose_nothing(engine: str) -> None:
    """None of them makes the generation alone; a part that is written twice is there once."""
    url = f"{engine}/{new_name()}"
    context = multiprocessing.get_context("spawn")  # a fork would copy the locks of threads
    with ProcessPoolExecutor(3, context) as processes:
        assert list(processes.map(write_part, [url] * 5, (0, 1, 2, 3, 0))) == [None] * 5
    store = MilvusStore.create(url, 1, DIM)
    check_parts(store)
    generations.drop_older(store._connection, 2)
    store.close()


def test_a_snapshot_stays_usable_when_its_store_is_asked_again(store: MilvusStore) -> None:
    view = store.snapshot()
    store.add(numbers(2), unit(2, DIM), [[]] * 2)
    assert len(view) == len(store) == 2
