"""Payloads of rows and named values: bytes come back as they were, however large they are."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from embeddings.milvus import MilvusStore
from embeddings.milvus_generations import READ, values_of
from embeddings.milvus_schema import PAYLOAD_BYTES, to_bytes, to_text
from tests.milvus.stores import DIM, noise, numbers, unit

SIZES = (0, 1, 6, 7, 8, 255, 6000, 57_342, 57_343, 57_344, 100_000, PAYLOAD_BYTES)


@pytest.mark.parametrize("size", [*range(20), 6000, 57_343])
def test_bytes_come_back_from_their_text(size: int) -> None:
    for data in (noise(size), bytes(size), b"\xff" * size):
        text = to_text(data)
        assert to_bytes(text) == data
        assert text.isascii()
        assert len(text) == -(-size * 8 // 7)


def test_payloads_come_back(store: MilvusStore) -> None:
    payloads = [noise(size) for size in SIZES]
    ids = numbers(len(SIZES))
    store.add(ids, unit(len(SIZES), DIM), [[]] * len(SIZES), payloads)
    assert store.fetch(ids) == dict(enumerate(payloads))
    assert store.fetch([3, 999, 6]) == {3: payloads[3], 6: payloads[6]}
    assert store.fetch([]) == {}


def test_a_payload_is_replaced_with_its_row(store: MilvusStore) -> None:
    store.add(numbers(3), unit(3, DIM), [[]] * 3, [b"a", b"b" * 90_000, b"c"])
    store.add(numbers(2)[1:], unit(1, DIM), [[]], [b"new"])
    store.add(numbers(3)[2:], unit(1, DIM), [[]])
    assert store.fetch([0, 1, 2]) == {0: b"a", 1: b"new", 2: b""}


def test_many_payloads_are_fetched_in_batches(store: MilvusStore) -> None:
    payloads = [noise(10, seed) for seed in range(1200)]
    store.add(numbers(1200), unit(1200, DIM), [[]] * 1200, payloads)
    assert store.fetch(numbers(1200)) == dict(enumerate(payloads))


def test_ids_may_be_any_whole_numbers(store: MilvusStore) -> None:
    ids = np.array([2**63 - 2, 2 - 2**63, 0, -1, 2**62 + 12345, 7], np.int64)
    vectors = unit(6, DIM)
    store.add(ids, vectors, [["甲"]] * 6, [b"%d" % number for number in ids])
    for number, vector in zip(ids, vectors, strict=True):
        assert store.search(vector, 1, ["甲"])[0].tolist() == [number]
    assert store.fetch(ids) == {int(number): b"%d" % number for number in ids}
    store.remove(ids[:5])
    assert store.search(vectors[0], 9)[0].tolist() == [7]


@pytest.mark.parametrize("number", [2**63 - 1, 1 - 2**63, -(2**63)])
def test_the_ids_that_milvus_misreads_are_refused(store: MilvusStore, number: int) -> None:
    with pytest.raises(ValueError, match=f"the id {number} again"):
        store.add(np.array([number], np.int64), unit(1, DIM), [[]])


@pytest.mark.parametrize(
    ("groups", "payload", "reason"),
    [
        (["甲"] * 1025, b"", "1025 groups"),
        (["长" * 342], b"", "too long"),
        (["\ud800"], b"", "surrogates"),
        ([], bytes(PAYLOAD_BYTES + 1), r"114,687 bytes; store what is over 114,686 with put\(\)"),
    ],
    ids=["groups", "long name", "no text", "payload"],
)
def test_what_milvus_cannot_hold_is_refused(
    store: MilvusStore, groups: list[str], payload: bytes, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        store.add(numbers(1), unit(1, DIM), [groups], [payload])
    assert len(store) == 0


def test_more_results_than_milvus_returns_are_refused(store: MilvusStore) -> None:
    with pytest.raises(ValueError, match="16,383"):
        store.search(unit(1, DIM)[0], 16_384)


def test_values_come_back(store: MilvusStore) -> None:
    values = {f"第 {size} 号\"'\\\n": noise(size) for size in (*SIZES, 300_000)}
    values |= {"": b"no name", "长" * 2000: b"long name", "a.b.1": b"dots"}
    store.put(values)
    assert store.get(values) == values
    assert store.get(["没有", "a.b.1"]) == {"a.b.1": b"dots"}
    store.delete(["没有", "第 300000 号\"'\\\n", ""])
    kept = {name: data for name, data in values.items() if name and "300000" not in name}
    assert store.get(values) == kept


def test_a_value_that_is_replaced_or_removed_leaves_no_chunks(store: MilvusStore) -> None:
    for size in (200_000, 10, 60_000, 60_000):
        store.put({"统计": noise(size, size), "same": noise(100_000)})
        assert store.get(["统计"]) == {"统计": noise(size, size)}
    assert store._call("query", values_of, READ, filter="chunks >= 0", output_fields=["key"])
    store.delete(["统计", "same"])
    left = store._call("query", values_of, READ, filter="chunks >= 0", output_fields=["key"])
    assert list(left) == []


def test_a_value_is_read_whole_while_it_is_replaced(store: MilvusStore) -> None:
    versions = [noise(150_000, seed) for seed in range(2)]
    store.put({"统计": versions[0]})
    done = threading.Event()

    def replace() -> None:
        for turn in range(1, 6):
            store.put({"统计": versions[turn % 2]})
        done.set()

    with ThreadPoolExecutor(1) as threads:
        job = threads.submit(replace)
        while not done.is_set() and not job.done():
            assert store.get(["统计"])["统计"] in versions
        job.result()
