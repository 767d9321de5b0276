import json
import multiprocessing
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.read import read_corpus
from embeddings.vector_cache import VectorCache
from qa.errors import IndexMismatch, IndexMissing
from qa.index import Index, Manifest, build_index, fingerprint, load_index, save_index
from tests.conftest import TinyEncoder


@pytest.fixture
def index(folder: Path, cache: Path) -> Index:
    return build_index(read_corpus([folder]).documents, TinyEncoder(), cache)


def test_what_is_saved_is_loaded_again(index: Index, tmp_path: Path) -> None:
    save_index(index, tmp_path)
    loaded = load_index(tmp_path, index.manifest)
    assert loaded.documents == index.documents
    assert loaded.passages == index.passages
    assert loaded.sentences == index.sentences
    assert loaded.lexical.vocabulary == index.lexical.vocabulary
    np.testing.assert_array_equal(loaded.lexical.weights, index.lexical.weights)
    np.testing.assert_array_equal(loaded.tokens.vectors, index.tokens.vectors)
    for row in range(len(index.sentences)):
        np.testing.assert_array_equal(loaded.vectors.vector(row), index.vectors.vector(row))


def test_a_folder_without_an_index_says_how_to_make_one(index: Index, tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="hospital-qa index"):
        load_index(tmp_path / "nothing", index.manifest)


@pytest.mark.parametrize(
    ("field", "value"),
    [("encoder", "another model"), ("corpus", "other documents"), ("tokenizer", "jieba 9")],
)
def test_an_index_made_otherwise_does_not_fit(
    index: Index, tmp_path: Path, field: str, value: str
) -> None:
    save_index(index, tmp_path)
    with pytest.raises(IndexMismatch, match=value):
        load_index(tmp_path, replace(index.manifest, **{field: value}))


@pytest.mark.parametrize("file", ["texts.json", "vectors.faiss", "arrays.npz"])
@pytest.mark.parametrize("damage", ["flip", "truncate", "delete"])
def test_a_damaged_file_is_noticed(index: Index, tmp_path: Path, file: str, damage: str) -> None:
    save_index(index, tmp_path)
    path = tmp_path / (tmp_path / "CURRENT").read_text() / file
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif damage == "truncate":
        path.write_bytes(data[: len(data) // 2])
    else:
        path.unlink()
    with pytest.raises(IndexMissing, match="damaged"):
        load_index(tmp_path, index.manifest)


def test_a_damaged_manifest_is_noticed(index: Index, tmp_path: Path) -> None:
    save_index(index, tmp_path)
    manifest = tmp_path / (tmp_path / "CURRENT").read_text() / "manifest.json"
    manifest.write_text("{}")
    with pytest.raises(IndexMissing):
        load_index(tmp_path, index.manifest)


def test_only_the_newest_version_is_kept(index: Index, tmp_path: Path) -> None:
    save_index(index, tmp_path)
    save_index(index, tmp_path)
    versions = [path.name for path in tmp_path.glob("v-*")]
    assert versions == [(tmp_path / "CURRENT").read_text()]


def _save_forever(index: Index, folder: Path) -> None:
    while True:
        save_index(index, folder)


def test_a_writer_killed_at_any_moment_leaves_a_whole_index(index: Index, tmp_path: Path) -> None:
    save_index(index, tmp_path)
    context = multiprocessing.get_context("fork")
    random = np.random.default_rng(1)
    for _ in range(10):
        writer = context.Process(target=_save_forever, args=(index, tmp_path))
        writer.start()
        time.sleep(random.uniform(0.005, 0.1))
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
        assert load_index(tmp_path, index.manifest).sentences == index.sentences


def test_a_failed_write_leaves_the_old_index(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_index(index, tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qa.index.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_index(index, tmp_path)
    monkeypatch.undo()
    assert load_index(tmp_path, index.manifest).sentences == index.sentences
    assert not list(tmp_path.glob("*.tmp"))


def test_sentences_that_are_known_are_not_embedded_again(
    folder: Path, cache: Path, tmp_path: Path
) -> None:
    class Counting(TinyEncoder):
        texts = 0

        def encode(self, texts, role):  # type: ignore[no-untyped-def]
            texts = list(texts)
            self.texts += len(texts)
            return super().encode(texts, role)

    encoder = Counting()
    build_index(
        read_corpus([folder]).documents,
        TinyEncoder(),
        cache,
        VectorCache(tmp_path / "vectors.sqlite"),
    )
    documents = list(read_corpus([folder]).documents)
    documents[0] = replace(documents[0], text=documents[0].text + "\n\n新写的一句话。")
    again = build_index(documents, encoder, cache, VectorCache(tmp_path / "vectors.sqlite"))
    assert encoder.texts == 1
    fresh = build_index(documents, TinyEncoder(), cache)
    assert [s.text for s in again.sentences] == [s.text for s in fresh.sentences]
    for row in range(len(fresh.sentences)):
        np.testing.assert_array_equal(again.vectors.vector(row), fresh.vectors.vector(row))
    np.testing.assert_array_equal(again.tokens.vectors, fresh.tokens.vectors)
    np.testing.assert_array_equal(again.tokens.mean, fresh.tokens.mean)


def test_the_fingerprint_sees_every_change_and_no_order(folder: Path) -> None:
    documents = read_corpus([folder]).documents
    assert fingerprint(documents) == fingerprint(documents[::-1])
    changed = (replace(documents[0], published="2022-03-05"), *documents[1:])
    assert fingerprint(documents) != fingerprint(changed)
    assert fingerprint(documents) != fingerprint(documents[:1])


def test_the_manifest_is_readable(index: Index, tmp_path: Path) -> None:
    save_index(index, tmp_path)
    content = json.loads(
        (tmp_path / (tmp_path / "CURRENT").read_text() / "manifest.json").read_text()
    )
    assert content["encoder"] == TinyEncoder().name
    assert set(content["checksums"]) == {"texts.json", "vectors.faiss", "arrays.npz"}
    assert Manifest.of(index.documents, TinyEncoder()) == index.manifest
