"""Indexing that is killed, doubled or out of room: the folder always holds a whole index."""

import errno
import multiprocessing
import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

import embeddings.vector_cache as cache_module
from corpus.read import read_corpus
from embeddings.encoder import Embedding, Role
from qa.engine import Engine
from qa.errors import IndexBusy, IndexMismatch, IndexNotKept
from qa.index import Index, Manifest
from qa.indexing import manifest_of
from qa.settings import Settings
from qa.versions import IndexFolder
from tests.conftest import TinyEncoder

SENTENCES = 40
BATCH = 8
# A server forks the processes: a fork of the test's own process would copy its threads' locks.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.qa.test_kill"])


class SlowEncoder(TinyEncoder):
    """Takes its time, and adds a byte to a file for every text."""

    def __init__(self, log: Path, seconds: float = 0.001) -> None:
        self._log = log
        self._seconds = seconds

    def encode(self, texts: Iterable[str], role: Role) -> Iterator[Embedding]:
        with self._log.open("ab", buffering=0) as log:
            for embedding in super().encode(texts, role):
                time.sleep(self._seconds)
                log.write(b".")
                yield embedding


class Letters:
    """Stands in for jieba, whose dictionary takes a second to load."""

    def __init__(self, *_: object) -> None:
        self.frequencies: dict[str, int] = {}

    def words(self, text: str) -> list[str]:
        return re.findall(r"\w", text)


def open_engine(
    documents: Path, index: Path, log: Path, seconds: float = 0.0, *, must_keep: bool = False
) -> Engine:
    with (
        mock.patch("qa.engine.open_encoder", return_value=SlowEncoder(log, seconds)),
        mock.patch("qa.engine.Tokenizer", Letters),
        mock.patch("qa.indexing.Tokenizer", Letters),
        mock.patch.object(cache_module, "BATCH", BATCH),
    ):
        return Engine.open(
            documents, index, settings=Settings(cache=index.parent), must_keep=must_keep
        )


def run(documents: Path, index: Path, log: Path, started: Path, seconds: float) -> None:
    started.touch()
    open_engine(documents, index, log, seconds, must_keep=True)


def write(documents: Path, version: int) -> None:
    documents.mkdir(exist_ok=True)
    for part in range(2):
        text = "".join(
            f"北岭镇卫生院第{version}次统计有{part}组{number}号床位。"
            for number in range(SENTENCES // 2)
        )
        (documents / f"clinic-{part}.txt").write_text(text, encoding="utf-8")


def manifest(documents: Path) -> Manifest:
    return manifest_of(read_corpus([documents]).documents, TinyEncoder())


def found(index: Path, expected: Iterable[Manifest]) -> Index:
    for candidate in expected:
        try:
            return IndexFolder(index).load(candidate)
        except IndexMismatch:
            continue
    raise AssertionError("neither the old index nor the new one")


def versions(index: Path) -> list[str]:
    return sorted(path.name for path in index.glob("v-*"))


def embedded(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def test_a_run_killed_at_any_moment_leaves_a_whole_index_and_is_resumed(tmp_path: Path) -> None:
    documents, index = tmp_path / "documents", tmp_path / "index"
    write(documents, 0)
    old = open_engine(documents, index, tmp_path / "log").index.manifest
    moments = np.random.default_rng(7)
    saved = 0
    for turn in range(1, 51):
        write(documents, turn)
        new = manifest(documents)
        log, started = tmp_path / f"log-{turn}", tmp_path / f"started-{turn}"
        process = CONTEXT.Process(target=run, args=(documents, index, log, started, 0.001))
        process.start()
        # Every other moment is counted from the first embedding, however long reading takes.
        while not (log if turn % 2 else started).exists():
            time.sleep(0.001)
        time.sleep(moments.uniform(0.0, 0.12))
        process.kill()
        process.join()
        killed_after = embedded(log)
        left = found(index, [old, new])
        assert len(left.sentences) == SENTENCES
        engine = open_engine(documents, index, log)
        assert engine.index.manifest == new
        assert versions(index) == [(index / "CURRENT").read_text()]
        # What a commit was still waiting for is embedded again, and no more.
        resumed = embedded(log) - killed_after
        assert resumed <= SENTENCES - max(killed_after - BATCH - 1, 0)
        saved += SENTENCES - resumed
        old = new
    assert saved > 0


def test_a_resumed_index_is_the_same_as_one_made_at_once(tmp_path: Path) -> None:
    documents, log = tmp_path / "documents", tmp_path / "log"
    write(documents, 1)
    fresh = open_engine(documents, tmp_path / "fresh", tmp_path / "fresh-log").index

    class Killed(Exception):
        pass

    encode = SlowEncoder.encode

    def dies(self: SlowEncoder, texts: Iterable[str], role: Role) -> Iterator[Embedding]:
        for number, embedding in enumerate(encode(self, texts, role)):
            if number == SENTENCES // 2:
                raise Killed
            yield embedding

    with mock.patch.object(SlowEncoder, "encode", dies), pytest.raises(Killed):
        open_engine(documents, tmp_path / "index", log)
    resumed = open_engine(documents, tmp_path / "index", log).index
    assert embedded(log) == SENTENCES + 1
    for one, other in zip(resumed.segments, fresh.segments, strict=True):
        assert one.tokens.mean.tobytes() == other.tokens.mean.tobytes()
        assert one.tokens.codes.tobytes() == other.tokens.codes.tobytes()
        assert one.pooled.tobytes() == other.pooled.tobytes()
        assert one.postings.rows.tobytes() == other.postings.rows.tobytes()
    assert list(resumed.sentences) == list(fresh.sentences)


def test_two_processes_at_once_make_one_index(tmp_path: Path) -> None:
    documents, index, log = (tmp_path / name for name in ("documents", "index", "log"))
    write(documents, 1)
    processes = [
        CONTEXT.Process(target=run, args=(documents, index, log, tmp_path / f"started-{i}", 0.01))
        for i in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert embedded(log) == SENTENCES  # the second waited, and found it made
    assert versions(index) == [(index / "CURRENT").read_text()]
    assert IndexFolder(index).load(manifest(documents)).sentences


def test_waiting_for_another_process_has_an_end(tmp_path: Path) -> None:
    documents, index, log = (tmp_path / name for name in ("documents", "index", "log"))
    write(documents, 1)
    process = CONTEXT.Process(target=run, args=(documents, index, log, tmp_path / "started", 5.0))
    process.start()
    while not log.exists():  # by then it holds the lock
        time.sleep(0.001)
    try:
        with (
            mock.patch("qa.keeper.LOCK_SECONDS", 0.05),
            pytest.raises(IndexBusy, match="--index-dir"),
        ):
            open_engine(documents, index, log)
    finally:
        process.kill()
        process.join()


def test_only_what_changed_is_embedded_and_what_vanished_is_dropped(tmp_path: Path) -> None:
    documents, index, log = (tmp_path / name for name in ("documents", "index", "log"))
    write(documents, 1)
    open_engine(documents, index, log)
    (documents / "clinic-1.txt").write_text("北岭镇卫生院有救护车七辆。", encoding="utf-8")
    engine = open_engine(documents, index, log)
    assert embedded(log) == SENTENCES + 1
    assert len(engine.index.sentences) == SENTENCES // 2 + 1
    database = sqlite3.connect(index / "vectors.sqlite")
    assert database.execute("SELECT count(*) FROM vectors").fetchone() == (SENTENCES // 2 + 1,)
    database.close()


@pytest.mark.parametrize("write_number", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_is_full_leaves_the_old_index(
    tmp_path: Path, call: str, write_number: int
) -> None:
    documents, index, log = (tmp_path / name for name in ("documents", "index", "log"))
    write(documents, 1)
    old = open_engine(documents, index, log).index.manifest
    write(documents, 2)
    calls = 0
    real = {"fsync": os.fsync, "replace": Path.replace}[call]

    def full(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == min(write_number, 2 if call == "replace" else 5):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments)  # type: ignore[operator]

    target = {"fsync": "embeddings.durable.os.fsync", "replace": "embeddings.durable.Path.replace"}[
        call
    ]
    with mock.patch(target, full), pytest.raises(IndexNotKept, match="No space left"):
        open_engine(documents, index, log, must_keep=True)
    assert IndexFolder(index).load(old).sentences
    assert versions(index) == [(index / "CURRENT").read_text()]
    assert not list(index.glob("*.tmp"))
    before = embedded(log)
    assert open_engine(documents, index, log).index.manifest == manifest(documents)
    assert embedded(log) == before  # all was embedded already


@pytest.mark.parametrize("must_keep", [True, False])
def test_no_room_for_the_embeddings_is_told_at_once_or_does_not_matter(
    tmp_path: Path,
    must_keep: bool,  # noqa: FBT001
) -> None:
    documents, index, log = (tmp_path / name for name in ("documents", "index", "log"))
    write(documents, 1)
    real = cache_module._connect

    def small(path: Path) -> sqlite3.Connection:
        database = real(path)
        database.execute("PRAGMA max_page_count = 5")
        return database

    with mock.patch.object(cache_module, "_connect", small):
        if must_keep:
            with pytest.raises(IndexNotKept, match="full"):
                open_engine(documents, index, log, must_keep=True)
            assert not versions(index)
            assert embedded(log) < SENTENCES
        else:
            assert len(open_engine(documents, index, log).index.sentences) == SENTENCES
            assert versions(index)


@pytest.mark.parametrize("kilobytes", [64, 160, 240, 320])
def test_a_small_disk_holds_the_old_index_or_the_new(tmp_path: Path, kilobytes: int) -> None:
    documents, disk, log = (tmp_path / name for name in ("documents", "disk", "log"))
    disk.mkdir()
    mount = shutil.which("mount")
    options = ("-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk))
    if not mount or subprocess.run([mount, *options], check=False, capture_output=True).returncode:
        pytest.skip("only a superuser may mount a small disk")
    try:
        write(documents, 1)
        known = []
        for version in (1, 2):
            write(documents, version)
            try:
                open_engine(documents, disk / "index", log, must_keep=True)
                known = [manifest(documents)]
            except IndexNotKept as error:
                assert "\n" not in str(error)  # noqa: PT017
            if known:
                assert len(found(disk / "index", known).sentences) == SENTENCES
    finally:
        subprocess.run(["umount", str(disk)], check=True)  # noqa: S607
