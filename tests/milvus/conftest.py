"""Engines for tests of the Milvus store: milvus-lite in every run, the real server when asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import embeddings.milvus_generations as generations
from embeddings.milvus import MilvusStore
from tests.milvus.engine import Engine
from tests.milvus.stores import DIM, embedded, engine_url, needs_engine, new_name, started


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real server's collections, without their name."""
    yield from engine_url(tmp_path_factory.mktemp("engine"))


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A real server that may be killed."""
    engine = started(tmp_path_factory.mktemp("victim"))
    yield engine
    engine.stop()


@pytest.fixture(params=["lite", pytest.param("server", marks=[pytest.mark.milvus, needs_engine])])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a collection that is not there yet."""
    if request.param == "server":
        yield f"{request.getfixturevalue('engine')}/{new_name()}"
        return
    with embedded(tmp_path) as lite:
        yield f"{lite}/{new_name()}"


@pytest.fixture
def store(url: str) -> Iterator[MilvusStore]:
    """An empty generation that is not published."""
    store = MilvusStore.create(url, 1, DIM)
    yield store
    generations.drop_older(store._connection, 1000)
    store.close()


@pytest.fixture
def reader(url: str) -> Iterator[MilvusStore]:
    reader = MilvusStore.open(url)
    yield reader
    reader.close()
