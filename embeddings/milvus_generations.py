"""Generations of an index in Milvus: each has collections of its own, and an alias names one.

The alias `name` leads to `name_v_7`, beside which lies `name_v_7_values`. A new generation is made
aside by any number of processes; the alias is switched to it at once, then older ones are dropped.
"""

import logging
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from embeddings.milvus_connection import Connection, NoSuchCollection
from embeddings.milvus_schema import row_schema, value_schema
from qa.errors import IndexMismatch, IndexMissing, StoreUnavailable

logger = logging.getLogger(__name__)

# Seconds that an attempt of a call may take, and for how long others follow (see Connection.call).
# Whoever asks a question does not wait long; whoever indexes outlasts a restart of the engine.
READ = {"timeout": 5.0, "patience": 3.0}
WRITE = {"timeout": 30.0, "patience": 180.0}
PING = {"timeout": 1.5, "patience": 0.0}
# An engine that was killed meanwhile may never tell that the flush asked of it before is done.
FLUSH = {"timeout": 30.0, "patience": 600.0}
EXACT_UP_TO = 20_000
"""So many rows are compared one by one; more are searched by a graph, which finds nearly all."""
HNSW = {"M": 32, "efConstruction": 200}


@dataclass(frozen=True, slots=True)
class Generation:
    """The collections of one making of an index, and the length of their vectors."""

    number: int
    dim: int


def collection_of(name: str, number: int) -> str:
    """Return the name of a generation's collection of rows."""
    return f"{name}_v_{number}"


def values_of(collection: str) -> str:
    """Return the name of the collection of values beside a collection of rows."""
    return f"{collection}_values"


def current(connection: Connection) -> Generation:
    """Return the generation that the alias leads to. Raises IndexMissing when there is none."""
    name = connection.address.collection
    try:
        found = connection.call("describe_collection", name, **READ)
    except NoSuchCollection:
        raise IndexMissing(
            f"Milvus at {connection.address.uri} has no index {name!r} yet: make it with "
            "`hospital-qa index`"
        ) from None
    if match := re.fullmatch(rf"{name}_v_(\d+)", rows := str(found["collection_name"])):
        if connection.address.embedded:  # a server keeps collections loaded, the file does not
            _load(connection, (rows, values_of(rows)))
        return Generation(int(match[1]), _dim(found))
    raise IndexMismatch(
        f"the collection {name!r} of Milvus at {connection.address.uri} holds something else: "
        "give HOSPITALQA_STORE another collection's name"
    )


def make(connection: Connection, generation: Generation) -> None:
    """Make a generation's collections where they are absent, and have them loaded.

    Several processes may do this at once. Raises IndexMismatch when they are there with vectors of
    another length.
    """
    rows = collection_of(connection.address.collection, generation.number)
    for name, schema in ((rows, row_schema(generation.dim)), (values_of(rows), value_schema())):
        if not connection.call("has_collection", name, **WRITE):
            connection.call(
                "create_collection", name, schema=schema, consistency_level="Bounded", **WRITE
            )
        if not connection.call("list_indexes", name, **WRITE):
            _index(connection, name, "FLAT")
        connection.call("load_collection", name, _async=True, **WRITE)
    described = connection.call("describe_collection", rows, **WRITE)
    if (dim := _dim(described)) != generation.dim:
        raise IndexMismatch(
            f"{rows} of Milvus at {connection.address.uri} has vectors of {dim} numbers, not "
            f"{generation.dim}: index with the model it was made with, or make a new generation"
        )
    for name in (rows, values_of(rows)):
        _wait(partial(_loaded, connection, name))


def settle(connection: Connection, collection: str, *, exact: bool) -> None:
    """Seal a collection's rows and give it the index that fits their number."""
    connection.call("flush", collection, **FLUSH)
    count = count_rows(connection, collection)
    wanted = "FLAT" if exact or count <= EXACT_UP_TO else "HNSW"
    if connection.call("describe_index", collection, "vector", **WRITE)["index_type"] != wanted:
        logger.info("%s: %s rows, so its index becomes %s", collection, f"{count:,}", wanted)
        connection.call("release_collection", collection, **WRITE)
        connection.call("drop_index", collection, "vector", **WRITE)
        _index(connection, collection, wanted)
    _wait(partial(_indexed, connection, collection))
    connection.call("load_collection", collection, _async=True, **WRITE)
    _wait(partial(_loaded, connection, collection))


def switch(connection: Connection, number: int) -> None:
    """Have the alias lead to a generation."""
    name = connection.address.collection
    collection = collection_of(name, number)
    try:
        connection.call("alter_alias", collection, name, **WRITE)
    except NoSuchCollection:  # there was no index yet
        connection.call("create_alias", collection, name, **WRITE)


def drop_older(connection: Connection, number: int) -> None:
    """Drop the generations before this one, left-overs of runs that were stopped among them."""
    pattern = re.compile(rf"{connection.address.collection}_v_(\d+)(_values)?")
    for collection in connection.call("list_collections", **WRITE):
        match = pattern.fullmatch(collection)
        if match and int(match[1]) < number:
            logger.info("dropping %s", collection)
            connection.call("drop_collection", collection, **WRITE)


def count_rows(connection: Connection, collection: str) -> int:
    """Return how many rows are there, everything acknowledged included."""
    found = connection.call(
        "query",
        collection,
        filter="",
        output_fields=["count(*)"],
        consistency_level="Strong",
        **WRITE,
    )
    return int(found[0]["count(*)"])


def _dim(described: dict[str, Any]) -> int:
    (vector,) = (field for field in described["fields"] if field["name"] == "vector")
    return int(vector["params"]["dim"])


def _index(connection: Connection, collection: str, kind: str) -> None:
    from pymilvus import MilvusClient

    params = MilvusClient.prepare_index_params()
    params.add_index(
        "vector", index_type=kind, metric_type="IP", params=HNSW if kind == "HNSW" else {}
    )
    connection.call("create_index", collection, params, sync=False, **WRITE)


def _indexed(connection: Connection, collection: str) -> bool:
    state = connection.call("describe_index", collection, "vector", **WRITE)
    if state["state"] == "Failed":
        raise StoreUnavailable(
            f"Milvus at {connection.address.uri} could not make the index of {collection}: its log "
            "says why; publish again when that is mended"
        )
    return int(state["pending_index_rows"]) == 0


def _load(connection: Connection, names: Sequence[str]) -> None:
    """Have collections loaded that are not."""
    for name in names:
        if not _loaded(connection, name):
            connection.call("load_collection", name, _async=True, **WRITE)
            _wait(partial(_loaded, connection, name))


def _loaded(connection: Connection, collection: str) -> bool:
    from pymilvus.client.types import LoadState

    state = connection.call("get_load_state", collection, **WRITE)["state"]
    return bool(state == LoadState.Loaded)


def _wait(done: Callable[[], bool]) -> None:
    """Ask until it is done: an index of many rows takes its time, and calls have their limits."""
    while not done():
        time.sleep(0.2)
