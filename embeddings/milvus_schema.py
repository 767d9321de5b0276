"""How rows and values lie in Milvus: its fields, the text that bytes become, and its filters.

Milvus (2.3, and every later version) keeps no bytes in a field; a VARCHAR holds 65,535 of UTF-8.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

TEXT_BYTES = 65_535
CHUNK_BYTES = TEXT_BYTES * 7 // 8
"""What one VARCHAR holds of bytes: 57,343."""
PAYLOAD_BYTES = 2 * CHUNK_BYTES
"""What a row's two payload fields hold: 114,686."""
GROUPS, GROUP_BYTES = 1024, 1024
MOST_ID = 2**63 - 2  # the server's filters misread the two numbers at the ends of int64
BATCH_BYTES = 4_000_000  # of one call; the server takes 64 MiB
# Eight characters of 7 bits lie in a word of 64: halves move together, first those of two
# characters, then of four, then of eight. Each step: the left half, the right one, the gap.
_HALVES = tuple(
    (np.uint64(left), np.uint64(right), np.uint64(gap))
    for left, right, gap in (
        (0x7F00_7F00_7F00_7F00, 0x007F_007F_007F_007F, 1),
        (0x3FFF_0000_3FFF_0000, 0x0000_3FFF_0000_3FFF, 2),
        (0x0FFF_FFFF_0000_0000, 0x0000_0000_0FFF_FFFF, 4),
    )
)


def row_schema(dim: int) -> Any:
    """Return the schema of a collection of rows: id, vector, groups and payload."""
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
    schema.add_field(
        "groups",
        DataType.ARRAY,
        element_type=DataType.VARCHAR,
        max_capacity=GROUPS,
        max_length=GROUP_BYTES,
    )
    # Nearly all payloads fit the first one.
    schema.add_field("payload", DataType.VARCHAR, max_length=TEXT_BYTES)
    schema.add_field("payload_rest", DataType.VARCHAR, max_length=TEXT_BYTES)
    return schema


def value_schema() -> Any:
    """Return the schema of a collection of values: each one's first chunk leads to the others."""
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("key", DataType.VARCHAR, max_length=128, is_primary=True)
    schema.add_field("chunks", DataType.INT64)
    schema.add_field("version", DataType.VARCHAR, max_length=64)
    schema.add_field("text", DataType.VARCHAR, max_length=TEXT_BYTES)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=2)  # Milvus has no collection without
    return schema


def to_text(data: bytes) -> str:
    """Write bytes as ASCII, seven bits a character: 14 % more, where base64 takes 33 %.

    The numbers of characters and of bytes determine each other, so there is no padding.
    """
    groups = np.frombuffer(data + bytes(-len(data) % 7), np.uint8).reshape(-1, 7)
    words = np.zeros((len(groups), 8), np.uint8)
    words[:, 1:] = groups
    spread = words.view(">u8").ravel().astype(np.uint64)
    for high, low, shift in reversed(_HALVES):
        spread = ((spread << shift) & high) | (spread & low)
    return spread.astype(">u8").tobytes()[: -(-len(data) * 8 // 7)].decode("ascii")


def to_bytes(text: str) -> bytes:
    """Undo `to_text`."""
    joined = np.frombuffer(text.encode("ascii") + bytes(-len(text) % 8), ">u8").astype(np.uint64)
    for high, low, shift in _HALVES:
        joined = ((joined & high) >> shift) | (joined & low)
    words = joined.astype(">u8").view(np.uint8).reshape(-1, 8)
    return words[:, 1:].tobytes()[: len(text) * 7 // 8]


def rows(
    ids: NDArray[np.int64],
    vectors: NDArray[np.float32],
    groups: Sequence[Sequence[str]],
    payloads: Sequence[bytes],
) -> Iterator[dict[str, Any]]:
    """Yield what Milvus stores of each row. Raises ValueError for what it cannot hold."""
    for number, vector, names, payload in zip(ids.tolist(), vectors, groups, payloads, strict=True):
        if abs(number) > MOST_ID:
            raise ValueError(f"Milvus does not find the id {number} again: use one nearer to 0")
        if len(names) > GROUPS:
            raise ValueError(f"row {number} has {len(names)} groups; Milvus takes {GROUPS} a row")
        for name in names:
            if len(name.encode()) > GROUP_BYTES:
                raise ValueError(
                    f"group {name[:40]!r}… of row {number} is too long; shorten it to "
                    f"{GROUP_BYTES} bytes of UTF-8"
                )
        if len(payload) > PAYLOAD_BYTES:
            raise ValueError(
                f"the payload of row {number} has {len(payload):,} bytes; store what is over "
                f"{PAYLOAD_BYTES:,} with put()"
            )
        yield {
            "id": number,
            "vector": vector,
            "groups": list(names),
            "payload": to_text(payload[:CHUNK_BYTES]),
            "payload_rest": to_text(payload[CHUNK_BYTES:]),
        }


def payload_of(row: dict[str, Any]) -> bytes:
    """Return the payload of a row that was read."""
    return to_bytes(row["payload"]) + to_bytes(row["payload_rest"])


def batches(found: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Group rows into what one call may carry."""
    batch: list[dict[str, Any]] = []
    size = 0
    for row in found:
        weight = sum(len(value) for value in row.values() if isinstance(value, str))
        weight += 4 * len(row["vector"])
        if batch and size + weight > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += weight
    if batch:
        yield batch


_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


def quoted(text: str) -> str:
    """Write a string of a filter, with the escapes that Milvus and milvus-lite have in common."""
    return f'"{text.translate(_ESCAPES)}"'


def in_any(groups: Sequence[str]) -> str:
    """Return the filter for rows that belong to at least one of the groups."""
    return f"array_contains_any(groups, [{', '.join(quoted(name) for name in groups)}])"


def among(field: str, values: Iterable[int | str]) -> str:
    """Return the filter for rows whose field is one of the values."""
    shown = (str(value) if isinstance(value, int) else quoted(value) for value in values)
    return f"{field} in [{', '.join(shown)}]"
