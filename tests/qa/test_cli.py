import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.qa.questions import BEDS


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the real command with the cache of the tests."""
    return subprocess.run(
        [sys.executable, "-m", "qa.cli", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, **environment},
    )


def test_ask_prints_the_quote_and_its_source_and_nothing_else(folder: Path) -> None:
    done = run("ask", "青禾三院有多少张床？", "--corpus", str(folder))
    assert done.returncode == 0
    first, *sources = done.stdout.splitlines()
    assert first == "青禾市第三人民医院现有床位620张。[1]"
    assert sources[-1].startswith("[")
    again = run("ask", "青禾三院有多少张床？", "--corpus", str(folder))
    assert (again.stdout, again.stderr) == (done.stdout, "")


def test_ask_answers_from_the_builtin_corpus() -> None:
    done = run("ask", "汝州一院有多少党员?")
    assert "党员334名" in done.stdout
    assert "(ruzhou-first#p" in done.stdout


def test_json_is_the_answer_s_own_form(folder: Path) -> None:
    done = run("ask", "青禾三院有多少张床？", "--corpus", str(folder), "--json")
    content = json.loads(done.stdout)
    assert content["status"] == "answered"
    assert content["citations"][0]["quote"] == "青禾市第三人民医院现有床位620张。"


def test_search_lists_passages_with_scores(folder: Path) -> None:
    done = run("search", "床位", "-k", "2", "--corpus", str(folder))
    assert done.stdout.startswith("1. 0.")
    assert len(done.stdout.splitlines()) == 4
    rows = json.loads(run("search", "床位", "-k", "2", "-c", str(folder), "--json").stdout)
    assert [row["rank"] for row in rows] == [1, 2]


def test_index_says_what_was_read_and_what_was_not(folder: Path, tmp_path: Path) -> None:
    done = run("index", str(folder), "--index-dir", str(tmp_path))
    assert done.stdout == "2 documents, 4 passages, 5 sentences\n2 read, 1 skipped\n"
    assert "photo.png: not one of" in done.stderr
    assert (tmp_path / "CURRENT").exists()


def test_index_fails_where_the_index_cannot_be_kept_and_asking_does_not(
    folder: Path, tmp_path: Path
) -> None:
    run("ask", "床位", "-c", str(folder))  # unpacks the model, and says so
    (tmp_path / "index").write_text("a file in the way")
    done = run("index", str(folder), "--index-dir", str(tmp_path / "index"))
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("hospital-qa: the index cannot be kept")
    asked = run(
        "ask", "青禾三院有多少张床？", "-c", str(folder), "--index-dir", f"{tmp_path}/index"
    )
    assert asked.returncode == 0
    assert "could not be kept" in asked.stderr


def test_an_index_explains_how_it_is_searched(folder: Path, tmp_path: Path) -> None:
    done = run("index", str(folder), "--index-dir", str(tmp_path / "index"), "--explain")
    assert done.returncode == 0
    assert "  kind: Flat" in done.stdout.splitlines()
    assert "segments: 1, of 5 sentences" in done.stdout.splitlines()


def test_a_dry_run_tells_what_would_be_done_and_writes_nothing(tmp_path: Path) -> None:
    folder, index, cache = (tmp_path / name for name in ("documents", "index", "cache"))
    folder.mkdir()
    (folder / "a.txt").write_text("甲院有床位八十张。甲院有医生九人。", encoding="utf-8")
    (folder / "b.txt").write_text("乙院有床位七十张。", encoding="utf-8")
    (folder / "c.png").write_bytes(b"\x89PNG")
    command = ("index", str(folder), "--index-dir", str(index))
    planned = run(*command, "--dry-run", HOSPITALQA_CACHE=str(cache))
    assert planned.stdout.splitlines()[:2] == [
        "new\ta.txt\t2 sentences to embed",
        "new\tb.txt\t1 sentences to embed",
    ]
    assert not index.exists()
    assert not cache.exists()
    assert run(*command).returncode == 0
    (folder / "a.txt").write_text("甲院有床位八十张。甲院有医生十人。", encoding="utf-8")
    (folder / "b.txt").rename(folder / "d.txt")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    lines = run(*command, "--dry-run").stdout.splitlines()
    assert lines[:3] == ["changed\ta.txt\t1 sentences to embed", "removed\tb.txt", "new\td.txt"]
    assert lines[3].startswith(f"skipped\t{folder / 'c.png'}\t")
    assert (
        lines[4] == "1 new, 1 changed, 0 unchanged, 1 removed, 1 skipped; 1 of 3 sentences to embed"
    )
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_corpus_lists_and_shows_documents(folder: Path) -> None:
    listed = run("corpus", "list", "--corpus", str(folder))
    assert "clover\t青禾市第三人民医院\t青禾三院这十年" in listed.stdout
    shown = run("corpus", "show", "clover", "--corpus", str(folder))
    assert (
        "clover#p1  [青禾市第三人民医院 床位和病房]\n青禾市第三人民医院现有床位620张。"
        in shown.stdout
    )


def test_eval_prints_a_table_or_json(folder: Path, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text(json.dumps(BEDS), encoding="utf-8")
    table = run("eval", str(questions), "--corpus", str(folder))
    header, first = table.stdout.splitlines()[:2]
    assert header.split()[:3] == ["questions", "answerable", "Success@1"]
    assert first.split()[:4] == ["all", "1", "1", "100.0%"]
    report = json.loads(run("eval", str(questions), "-c", str(folder), "--json").stdout)
    assert report["all"]["answer_accuracy"] == 1.0


@pytest.mark.usefixtures("encoder")  # so that none of them unpacks the model, and says so
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ask", ""), "the question is empty"),
        (("ask", "床位", "--corpus", "no-such-folder"), "no-such-folder does not exist"),
        (("ask", "床位", "--hospital", "无名医院"), "无名医院"),
        (("corpus", "show", "no-such-id"), "no-such-id"),
        (("eval", "no-such-file"), "no-such-file"),
    ],
)
def test_an_error_is_one_line_and_exit_status_1(arguments: tuple[str, ...], message: str) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert done.stdout == ""
    *progress, error = done.stderr.splitlines()
    assert all("indexing" in line for line in progress)
    assert error.startswith("hospital-qa: ")
    assert message in error


def test_a_setting_that_is_wrong_is_one_line(folder: Path) -> None:
    done = run("ask", "床位", "--corpus", str(folder), HOSPITALQA_THREADS="-1")
    assert (done.returncode, done.stdout) == (1, "")
    assert "threads = '-1'" in done.stderr


@pytest.mark.parametrize("arguments", [("ask",), ("nonsense",), ("search", "x", "-k", "0")])
def test_wrong_usage_is_exit_status_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).returncode == 2


@pytest.mark.parametrize("command", ["ask", "search", "index", "serve", "eval", "corpus"])
def test_every_command_explains_itself(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert "Usage: hospital-qa" in done.stdout
