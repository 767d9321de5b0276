import errno
import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from qa import json_lines
from qa.errors import DataNotKept
from qa.json_lines import JsonLines

LIMIT = 1_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "lines.jsonl"


def run(code: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stderr=subprocess.PIPE, text=True
    )


def test_records_come_back_as_they_were(path: Path) -> None:
    records = [{"a": "床位\n\u2028[1]"}, {"b": [1, None]}, {"c": "\ud800\u202e<b>"}]
    lines = JsonLines(path, LIMIT)
    for record in records:
        lines.append(record)
    assert lines.read().records == tuple(records)
    assert lines.read().damaged == ()
    assert path.read_bytes().count(b"\n") == 3


def test_no_file_is_no_records(path: Path) -> None:
    assert JsonLines(path, LIMIT).read().records == ()
    assert not path.parent.exists()


def test_only_the_owner_may_read(path: Path) -> None:
    before = os.umask(0)
    try:
        JsonLines(path, LIMIT).append({})
    finally:
        os.umask(before)
    assert {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_two_processes_and_their_threads_lose_no_line(path: Path) -> None:
    code = (
        "import sys; from concurrent.futures import ThreadPoolExecutor; from pathlib import Path\n"
        "from qa.json_lines import JsonLines\n"
        "lines = JsonLines(Path(sys.argv[1]), 10**7)\n"
        "with ThreadPoolExecutor(4) as pool:\n"
        "    list(pool.map(lambda n: lines.append("
        "{'who': sys.argv[2], 'n': n, 'text': '床位' * 3000}), range(60)))\n"
    )
    processes = [run(code, str(path), who) for who in "ab"]
    for process in processes:
        _, error = process.communicate()
        assert (process.returncode, error) == (0, "")
    read = JsonLines(path, LIMIT).read()
    assert read.damaged == ()
    assert sorted((one["who"], one["n"]) for one in read.records) == [
        (who, n) for who in "ab" for n in range(60)
    ]


def test_it_waits_for_another_process_and_not_for_ever(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "LOCK_SECONDS", 0.05)
    lines = JsonLines(path, LIMIT)
    lines.append({"n": 1})
    with FileLock(f"{path}.lock"), ThreadPoolExecutor(1) as other:
        for work in (lambda: lines.append({"n": 2}), lines.read):
            with pytest.raises(DataNotKept, match="could not be acquired"):
                other.submit(work).result()
    lines.append({"n": 3})
    assert [one["n"] for one in lines.read().records] == [1, 3]


def test_a_line_cut_short_costs_itself_only_and_is_told(path: Path) -> None:
    lines = JsonLines(path, LIMIT)
    lines.append({"n": 1})
    with path.open("ab") as file:
        file.write(b'{"n": 2, "text": "\xe5\xba')
    assert lines.read().records == ({"n": 1},)
    assert lines.read().damaged == ("lines.jsonl, line 2",)
    lines.append({"n": 3})
    assert lines.read().records == ({"n": 1}, {"n": 3})
    assert lines.read().damaged == ("lines.jsonl, line 2",)


@pytest.mark.parametrize("line", [b"\x00\xff\n", b"[1]\n", b"{\n", b"null\n"])
def test_what_is_no_record_is_left_out(path: Path, line: bytes) -> None:
    lines = JsonLines(path, LIMIT)
    lines.append({"n": 1})
    path.write_bytes(line + path.read_bytes())
    assert lines.read().records == ({"n": 1},)
    assert lines.read().damaged == ("lines.jsonl, line 1",)


def test_a_full_disk_is_told_and_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = JsonLines(path, LIMIT)
    lines.append({"n": 1})
    before = path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DataNotKept, match=r"lines.jsonl cannot be written .*No space left"):
            lines.append({"n": 2})
    assert path.read_bytes() == before
    lines.append({"n": 3})
    assert [one["n"] for one in lines.read().records] == [1, 3]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size")
def test_half_a_line_is_taken_back(path: Path) -> None:
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from qa.errors import DataNotKept\n"
        "from qa.json_lines import JsonLines\n"
        "lines = JsonLines(Path(sys.argv[1]), 10**7)\n"
        "lines.append({'n': 1})\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    lines.append({'n': 2, 'text': 'x' * 2000})\n"
        "except DataNotKept as error:\n"
        "    sys.exit(0 if 'make room' in str(error) else 3)\n"
        "sys.exit(4)\n"
    )
    process = run(code, str(path))
    _, error = process.communicate()
    assert (process.returncode, error) == (0, "")
    assert path.read_bytes() == b'{"n":1}\n'


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    with pytest.raises(DataNotKept, match="HOSPITALQA_DATA"):
        JsonLines(tmp_path / "data" / "lines.jsonl", LIMIT).append({})


def test_a_file_that_cannot_be_read_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = JsonLines(path, LIMIT)
    lines.append({})

    def forbidden(_path: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    with pytest.raises(DataNotKept, match=r"lines.jsonl cannot be read .*Permission denied"):
        lines.read()


def test_a_full_file_takes_no_more_and_says_what_to_do(path: Path) -> None:
    lines = JsonLines(path, 100)
    lines.append({"text": "x" * 85})
    before = path.read_bytes()
    with pytest.raises(DataNotKept, match=r"is full .*move it away"):
        lines.append({"n": 2})
    assert path.read_bytes() == before
    path.rename(path.with_name("old"))
    lines.append({"n": 2})
    assert lines.read().records == ({"n": 2},)


def test_a_rotated_file_is_kept_once(path: Path) -> None:
    lines = JsonLines(path, 100, rotated=True)
    for n in range(10):
        lines.append({"n": n, "text": "x" * 30})
    kept = [one["n"] for one in lines.read().records]
    assert kept == [6, 7, 8, 9]
    assert sorted(one.name for one in path.parent.glob("*.jsonl*")) == [
        "lines.jsonl",
        "lines.jsonl.1",
        "lines.jsonl.lock",
    ]
    assert max(one.stat().st_size for one in path.parent.iterdir()) <= 100


def test_many_threads_rotate_without_losing_what_fits(path: Path) -> None:
    lines = JsonLines(path, 2000, rotated=True)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: lines.append({"n": n}), range(200)))
    kept = lines.read()
    assert kept.damaged == ()
    assert len(kept.records) == 200
    assert sorted(one["n"] for one in kept.records) == list(range(200))
    assert all(json.loads(line) for line in path.read_text().splitlines())
