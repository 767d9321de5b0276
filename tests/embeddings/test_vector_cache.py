import sqlite3
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoder import Embedding
from embeddings.vector_cache import VectorCache, cache_key
from tests.conftest import TinyEncoder

KEY = cache_key("tiny", "passage", "床位")


@pytest.fixture
def embedding() -> Embedding:
    (found,) = TinyEncoder().encode(["床位80张"], "passage")
    return found


@pytest.fixture
def kept(tmp_path: Path, embedding: Embedding) -> Path:
    path = tmp_path / "vectors.sqlite"
    with VectorCache(path) as cache:
        cache.add(KEY, embedding)
    return path


def test_what_is_added_is_found_by_another_process_s_cache(
    kept: Path, embedding: Embedding
) -> None:
    with VectorCache(kept) as cache:
        found = cache[KEY]
    assert np.array_equal(found.vector, embedding.vector)
    assert np.array_equal(found.tokens, embedding.tokens.astype(np.float16))
    assert found.tokens.dtype == np.float32


def test_a_fresh_embedding_is_the_same_as_a_kept_one(kept: Path, embedding: Embedding) -> None:
    with VectorCache() as fresh, VectorCache(kept) as old:
        fresh.add(KEY, embedding)
        assert np.array_equal(fresh[KEY].tokens, old[KEY].tokens)


@pytest.mark.parametrize("tokens", [0, 3])
def test_tokens_may_be_shorter_than_the_vector(tmp_path: Path, tokens: int) -> None:
    embedding = Embedding(np.ones(4, np.float32), np.ones((tokens, 2), np.float32))
    with VectorCache(tmp_path / "vectors.sqlite") as cache:
        cache.add(KEY, embedding)
    with VectorCache(tmp_path / "vectors.sqlite") as cache:
        found = cache[KEY]
    assert (found.vector.shape, found.tokens.shape) == ((4,), (tokens, 2))


def test_encoder_role_lead_and_text_make_the_key() -> None:
    keys = {
        cache_key("a", "passage", "b"),
        cache_key("a", "query", "b"),
        cache_key("a", "passage", "c"),
        cache_key("b", "passage", "b"),
        cache_key("a", "passage", "\ud800"),
        cache_key("a", "passage", "b", "c"),
        cache_key("a", "passage", "b", "d"),
    }
    assert len(keys) == 7


def test_a_record_with_a_flipped_bit_is_not_there(kept: Path) -> None:
    database = sqlite3.connect(kept)
    ((record,),) = database.execute("SELECT record FROM vectors").fetchall()
    flipped = bytearray(record)
    flipped[len(flipped) // 2] ^= 1
    with database:
        database.execute("UPDATE vectors SET record = ?", (bytes(flipped),))
    database.close()
    with VectorCache(kept) as cache:
        assert KEY not in cache


@pytest.mark.parametrize("damage", [b"no database at all" * 100, b""])
def test_a_damaged_file_is_made_anew(kept: Path, embedding: Embedding, damage: bytes) -> None:
    kept.write_bytes(damage)
    for _ in range(2):
        with VectorCache(kept, strict=True) as cache:
            cache.add(KEY, embedding)
    with VectorCache(kept) as cache:
        assert KEY in cache


def test_a_file_damaged_within_is_made_anew_for_the_next_time(
    kept: Path, embedding: Embedding
) -> None:
    data = bytearray(kept.read_bytes())
    data[200:] = b"\xff" * (len(data) - 200)
    kept.write_bytes(data)
    with VectorCache(kept) as cache:
        assert KEY not in cache
        cache.add(KEY, embedding)
        assert KEY in cache
    with VectorCache(kept) as cache:
        cache.add(KEY, embedding)
    with VectorCache(kept) as cache:
        assert KEY in cache


def test_what_is_not_used_is_dropped(kept: Path, embedding: Embedding) -> None:
    other = cache_key("tiny", "passage", "病房")
    with VectorCache(kept) as cache:
        cache.add(other, embedding)
        cache.flush()
        cache.prune([other])
    with VectorCache(kept) as cache:
        assert KEY not in cache
        assert other in cache


def test_a_cache_that_cannot_be_written_keeps_in_memory_or_says_so(
    tmp_path: Path, embedding: Embedding
) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "vectors.sqlite"
    cache = VectorCache(path)
    with cache:
        cache.add(KEY, embedding)
    with cache:
        assert KEY in cache
    assert cache.failure is not None
    with pytest.raises(OSError, match="open"), VectorCache(path, strict=True):
        pass


def test_reading_only_makes_no_file(tmp_path: Path, kept: Path) -> None:
    with VectorCache(tmp_path / "nothing.sqlite", read_only=True) as cache:
        assert KEY not in cache
    assert not (tmp_path / "nothing.sqlite").exists()
    with VectorCache(kept, read_only=True) as cache:
        assert KEY in cache
