"""Stores to test, over milvus-lite or over the real server."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from embeddings.milvus import MilvusStore
from embeddings.milvus_generations import drop_older
from tests.milvus.engine import Engine, EngineUnavailable

needs_engine = pytest.mark.skipif(
    os.environ.get("HOSPITALQA_TEST_MILVUS") != "1",
    reason="the real Milvus server is asked by `make test-milvus` only",
)


DIM = 16


def started(folder: Path) -> Engine:
    """Start the real server, or skip the test and say why it does not."""
    try:
        return Engine(folder)
    except EngineUnavailable as error:
        pytest.skip(f"the real Milvus server does not start here: {error}")


def engine_url(folder: Path) -> Iterator[str]:
    """Run the real server, and give the address of its collections without their name."""
    engine = started(folder)
    yield engine.url
    engine.stop()


@contextmanager
def embedded(folder: Path) -> Iterator[str]:
    """Give the address of collections of milvus-lite, and end it afterwards."""
    from milvus_lite.server_manager import server_manager_instance

    yield f"milvus-lite+file://{folder}/lite.db"
    server_manager_instance.release_server(f"{folder}/lite.db")


def new_name() -> str:
    return f"test_{uuid.uuid4().hex}"


@contextmanager
def opened(url: str, dim: int) -> Iterator[MilvusStore]:
    """Give a new store, and drop it afterwards."""
    store = MilvusStore.create(f"{url}/{new_name()}", 1, dim)
    yield store
    drop_older(store._connection, 2)
    store.close()


def unit(count: int, dim: int, seed: int = 0) -> np.ndarray:
    """Return float32 (count, dim), L2-normalised."""
    values = np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def nearest(vectors: np.ndarray, query: np.ndarray, k: int) -> list[int]:
    """Return the numbers of the nearest rows, by brute force."""
    return np.argsort(-(vectors @ query), kind="stable")[:k].tolist()


def noise(size: int, seed: int = 0) -> bytes:
    return np.random.default_rng(seed).bytes(size)


def numbers(count: int) -> np.ndarray:
    """Return the ids 0, 1, 2, ..., int64 (count,)."""
    return np.arange(count, dtype=np.int64)
