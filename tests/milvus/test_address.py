"""Addresses of stores, and what is said when one is of no use."""

import socket

import numpy as np
import pytest

from embeddings.milvus import MilvusStore, parse_store_url
from embeddings.milvus_connection import Address
from embeddings.milvus_generations import READ
from qa.errors import StoreUnavailable


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("milvus+http://host:19530/rows", Address("http://host:19530", "rows")),
        ("milvus+http://10.1.2.3/rows_2", Address("http://10.1.2.3", "rows_2")),
        ("milvus+https://host:443/_rows", Address("https://host:443", "_rows")),
        ("milvus+http://[::1]:19530/rows", Address("http://[::1]:19530", "rows")),
        (
            "milvus+https://user:pass%40word%2F@host/rows",
            Address("https://host", "rows", "user:pass@word/"),
        ),
        ("milvus+http://user:a:b@host/rows", Address("http://host", "rows", "user:a:b")),
        ("milvus-lite+file:///data/a.db/rows", Address("/data/a.db", "rows")),
        ("milvus-lite+file:///data/a%20b.db/rows", Address("/data/a b.db", "rows")),
    ],
)
def test_an_address_is_read(url: str, expected: Address) -> None:
    assert parse_store_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "rows",
        "http://host:19530/rows",
        "milvus://host:19530/rows",
        "milvus+http://host:19530",
        "milvus+http://host:19530/",
        "milvus+http://host:19530/rows/more",
        "milvus+http://host:19530/rows-2",
        "milvus+http://host:19530/2rows",
        "milvus+http://host:19530/医院",
        "milvus+http://host:19530/" + "r" * 201,
        "milvus+http://host:19530/rows?a=b",
        "milvus+http://host:19530/rows#a",
        "milvus+http://host:port/rows",
        "milvus+http://host:99999/rows",
        "milvus+http:///rows",
        "milvus+http://[::1/rows",
        "milvus-lite+file:///data/a.sqlite/rows",
        "milvus-lite+file:///data/a.db",
        "milvus-lite+file://data/a.db/rows",
    ],
)
def test_a_malformed_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(ValueError, match=r"write milvus\+http://host:19530/collection"):
        parse_store_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "milvus+http://user:se/cr?e#t@host:19530/rows",
        "milvus+http://user:secret@host:port/rows",
        "milvus+http://user:secret@host:19530/rows/more",
        "milvus+http:/user:secret@host:19530/rows",
        "milvus+http://user:s@e:secret@[::1/rows",
        "user:secret@host:19530/rows?",
    ],
)
def test_a_password_is_not_shown(url: str) -> None:
    with pytest.raises(ValueError, match="write milvus") as caught:
        parse_store_url(url)
    assert caught.value.__cause__ is None
    assert not any(part in str(caught.value) for part in ("secret", "user", "se/cr"))
    assert "secret" not in repr(parse_store_url("milvus+http://user:secret@host/rows"))


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("timeout", 0.5), ("patience", 0.3)):
        monkeypatch.setitem(READ, name, seconds)


@pytest.mark.usefixtures("_impatient")
def test_an_engine_that_does_not_answer_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = MilvusStore.open(f"milvus+http://127.0.0.1:{silent.getsockname()[1]}/rows")
        assert not store.ping()
        with pytest.raises(StoreUnavailable, match="Look whether it runs"):
            store.search(np.zeros(3, np.float32), 1)
        store.close()


@pytest.mark.usefixtures("_impatient")
def test_an_engine_that_is_not_there_is_said_to_be_unavailable() -> None:
    # Port 1 of the loopback: nobody listens there.
    store = MilvusStore.open("milvus+http://user:secret@127.0.0.1:1/rows")
    assert not store.ping()
    with pytest.raises(
        StoreUnavailable, match=r"http://127\.0\.0\.1:1.*HOSPITALQA_STORE"
    ) as caught:
        len(store)
    assert "secret" not in str(caught.value)
    store.close()
