import json
import multiprocessing
import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.read import read_corpus
from embeddings.vector_cache import VectorCache
from qa.errors import IndexMismatch, IndexMissing
from qa.index import LEAD, Index, Manifest
from qa.indexing import build_index, fingerprint, manifest_of
from qa.versions import IndexFolder
from tests.conftest import TinyEncoder


@pytest.fixture
def index(folder: Path, cache: Path) -> Index:
    return build_index(read_corpus([folder]).documents, TinyEncoder(), cache)


def save_index(index: Index, folder: Path) -> None:
    IndexFolder(folder).save(index)


def load_index(folder: Path, expected: Manifest) -> Index:
    return IndexFolder(folder).load(expected)


def version(folder: Path) -> dict[str, Any]:
    """What makes up the current version."""
    current = (folder / "CURRENT").read_text()
    content: dict[str, Any] = json.loads((folder / current / "manifest.json").read_text())
    return content


def assert_same(one: Index, other: Index) -> None:
    assert list(one.documents) == list(other.documents)
    assert list(one.passages) == list(other.passages)
    assert list(one.sentences) == list(other.sentences)
    assert list(one.lexical.vocabulary) == list(other.lexical.vocabulary)
    rows = np.arange(len(one.sentences))
    words = list(one.lexical.vocabulary)[:50]
    scores = [index.lexical.scores_at(words, rows) for index in (one, other)]
    np.testing.assert_array_equal(*scores)
    np.testing.assert_array_equal(one.pooled(rows), other.pooled(rows))
    query = np.random.default_rng(0).standard_normal((3, TinyEncoder.dim)).astype(np.float32)
    similar = [index.similarities(rows, query).best() for index in (one, other)]
    np.testing.assert_array_equal(*similar)
    for row in rows.tolist():
        for ours, theirs in zip(
            *(index.centred(query, row) for index in (one, other)), strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)
        found = [index.vectors.search(index.pooled(rows)[row], 5) for index in (one, other)]
        np.testing.assert_array_equal(found[0][0], found[1][0])


def test_a_sentence_is_read_with_the_one_before_it_in_its_passage(
    tmp_path: Path, cache: Path
) -> None:
    long = f"{'很' * 200}长。"
    (tmp_path / "a.md").write_text(f"# 甲医院\n\n头。{long}尾。\n\n## 乙\n\n另。\n", "utf-8")
    index = build_index(read_corpus([tmp_path]).documents, TinyEncoder(), cache)
    said = [sentence.text for sentence in index.sentences]
    assert said == ["头。", long, "尾。", "另。"]
    assert [index.lead(row) for row in range(4)] == ["", "头。", long[-LEAD:], ""]


def test_what_is_saved_is_loaded_again(index: Index, tmp_path: Path) -> None:
    save_index(index, tmp_path)
    assert_same(load_index(tmp_path, index.manifest), index)


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


@pytest.mark.parametrize(
    "file",
    [
        "segment-*/texts.passages.npy",
        "segment-*/tokens.codes.npy",
        "segment-*/words.rows.npy",
        "segment-*/facts.json",
        "store-*/vectors.faiss",
    ],
)
@pytest.mark.parametrize("damage", ["flip", "truncate", "delete"])
def test_a_damaged_file_is_noticed(index: Index, tmp_path: Path, file: str, damage: str) -> None:
    save_index(index, tmp_path)
    [path] = tmp_path.glob(file)
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
    kinds = sorted(path.name.split("-")[0] for path in tmp_path.iterdir() if path.is_dir())
    assert kinds == ["segment", "store", "v"]


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
        assert_same(load_index(tmp_path, index.manifest), index)


def test_a_failed_write_leaves_the_old_index(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_index(index, tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("embeddings.durable.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_index(index, tmp_path)
    monkeypatch.undo()
    assert_same(load_index(tmp_path, index.manifest), index)
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
    assert_same(again, build_index(documents, TinyEncoder(), cache))


def test_the_fingerprint_sees_every_change_and_no_order(folder: Path) -> None:
    documents = read_corpus([folder]).documents
    assert fingerprint(documents) == fingerprint(documents[::-1])
    changed = (replace(documents[0], published="2022-03-05"), *documents[1:])
    assert fingerprint(documents) != fingerprint(changed)
    assert fingerprint(documents) != fingerprint(documents[:1])


def test_the_manifest_is_readable(index: Index, tmp_path: Path) -> None:
    save_index(index, tmp_path)
    content = version(tmp_path)
    assert content["encoder"] == TinyEncoder().name
    [segment] = content["segments"]
    assert {path.name for path in (tmp_path / segment["name"]).iterdir()} == set(segment["files"])
    assert manifest_of(index.documents, TinyEncoder()) == index.manifest
