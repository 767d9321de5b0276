"""The real server is killed at work: what it acknowledged is there, and no answer is wrong.

Nobody helps the stores: the same objects go on once the server has been started again.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest

import embeddings.milvus_generations as generations
from embeddings.milvus import MilvusStore
from qa.errors import StoreUnavailable
from tests.milvus.engine import Engine
from tests.milvus.stores import nearest, needs_engine, new_name, unit

pytestmark = [pytest.mark.milvus, needs_engine]

DIM = 32
BATCH = 50
NAMES = ("甲", "乙", "丙")


@pytest.fixture
def url(victim: Engine) -> Iterator[str]:
    url = f"{victim.url}/{new_name()}"
    yield url
    victim.wait()
    store = MilvusStore.create(url, 999, DIM)
    generations.drop_older(store._connection, 1000)
    store.close()


def payload(number: int) -> bytes:
    return np.random.default_rng(number).bytes(2000)


def add(store: MilvusStore, vectors: np.ndarray, start: int) -> None:
    ids = np.arange(start, start + BATCH, dtype=np.int64)
    groups = [[NAMES[number % 3]] for number in ids]
    store.add(ids, vectors[ids], groups, [payload(number) for number in ids])


def check_all(store: MilvusStore, vectors: np.ndarray) -> None:
    """Compare everything that a store holds with what was added."""
    assert len(store) == len(vectors)
    assert store.fetch(range(len(vectors))) == {i: payload(i) for i in range(len(vectors))}
    for query in unit(5, DIM, seed=1):
        assert store.search(query, 20)[0].tolist() == nearest(vectors, query, 20)
        inside = [3 * number + 1 for number in nearest(vectors[1::3], query, 20)]
        assert store.search(query, 20, ["乙"])[0].tolist() == inside


def killed(engine: Engine, after: float) -> Thread:
    """Kill the server a little later, and start it again."""

    def kill() -> None:
        time.sleep(after)
        engine.kill()
        engine.start()

    thread = Thread(target=kill)
    thread.start()
    return thread


def test_nothing_acknowledged_is_lost_when_the_server_is_killed_while_indexing(
    victim: Engine, url: str
) -> None:
    """Two writers meet several kills; each add that returned is there, and each one returns."""
    vectors = unit(40 * BATCH, DIM)
    stores = [MilvusStore.create(url, 1, DIM) for _ in range(2)]
    acknowledged: list[int] = []

    def write(part: int) -> None:
        for start in range(part * BATCH, len(vectors), 2 * BATCH):
            add(stores[part], vectors, start)
            acknowledged.append(start)
            stores[part].put({f"値 {start}": payload(start) * 40, "both": payload(part) * 40})
            if start == 6 * BATCH:  # some rows lie in sealed segments, the others in the log only
                generations.settle(stores[part]._connection, stores[part]._collection(), exact=True)

    with ThreadPoolExecutor(2) as threads:
        jobs = [threads.submit(write, part) for part in range(2)]
        for at_least in (5, 15, 25):
            while len(acknowledged) < at_least and not any(job.done() for job in jobs):
                time.sleep(0.01)
            before = set(acknowledged)
            killed(victim, after=0.1).join()
            victim.wait()
            found = eventually(stores[0].fetch, sorted(before))
            assert found == {start: payload(start) for start in before}
        for job in jobs:
            job.result()
    check_all(stores[0], vectors)
    values = {f"値 {start}": payload(start) * 40 for start in range(0, len(vectors), BATCH)}
    assert stores[0].get(values) == values
    assert stores[1].get(["both"])["both"] in (payload(0) * 40, payload(1) * 40)
    for store in stores:
        store.close()


def test_no_answer_is_wrong_when_the_server_is_killed_while_it_is_asked(
    victim: Engine, url: str
) -> None:
    vectors = unit(20 * BATCH, DIM)
    store = MilvusStore.create(url, 1, DIM)
    for start in range(0, 10 * BATCH, BATCH):
        add(store, vectors, start)
    store.publish(grace=0)
    for start in range(10 * BATCH, len(vectors), BATCH):  # these are in the log only
        add(store, vectors, start)
    store.put({"统计": payload(1) * 100})
    store.remove(np.arange(0, 200, dtype=np.int64))
    reader = MilvusStore.open(url)
    queries = unit(20, DIM, seed=4)
    expected = [[n + 200 for n in nearest(vectors[200:], query, 10)] for query in queries]
    stop = Event()
    answers, failures = [0], [0]

    def ask(part: int) -> None:
        while not stop.is_set():
            for query, ids in zip(queries[part::4], expected[part::4], strict=True):
                try:
                    found = reader.search(query, 10)[0].tolist()
                    payloads = reader.fetch(found)
                    value = reader.get(["统计"])
                except StoreUnavailable:
                    failures[0] += 1
                    continue
                assert found == ids
                assert payloads == {number: payload(number) for number in ids}
                assert value == {"统计": payload(1) * 100}
                answers[0] += 1

    with ThreadPoolExecutor(4) as threads:
        jobs = [threads.submit(ask, part) for part in range(4)]
        for _ in range(2):
            before = answers[0]
            wait_for(lambda before=before: answers[0] > before + 50, jobs)
            victim.kill()
            wait_for(lambda: not reader.ping(), jobs)
            before = failures[0]
            wait_for(lambda before=before: failures[0] > before, jobs)
            victim.start()
            wait_for(reader.ping, jobs)
        before = answers[0]
        wait_for(lambda: answers[0] > before + 50, jobs)
        stop.set()
        for job in jobs:
            job.result()
    assert len(reader) == len(vectors) - 200
    reader.close()
    store.close()


def test_a_generation_is_published_although_the_server_is_killed_meanwhile(
    victim: Engine, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "EXACT_UP_TO", 500)
    vectors = unit(30 * BATCH, DIM)
    store = MilvusStore.create(url, 1, DIM)
    for start in range(0, len(vectors), BATCH):
        add(store, vectors, start)
    for after in (0.0, 1.0, 3.0):
        thread = killed(victim, after)
        store.publish(grace=0)
        thread.join()
        victim.wait()
        reader = MilvusStore.open(url)
        eventually(reader.search, vectors[0], 1)
        check_all(reader, vectors)
        reader.close()
    store.close()


def eventually(method: Callable[..., Any], *args: Any) -> Any:
    """Call until the server has come back."""
    while True:
        try:
            return method(*args)
        except StoreUnavailable:
            time.sleep(0.2)


def wait_for(true: Callable[[], bool], jobs: list[Future[None]]) -> None:
    """Wait, unless a job has failed."""
    while not true():
        for job in jobs:
            if job.done():
                job.result()
        time.sleep(0.05)
