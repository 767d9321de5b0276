"""Running several parts: what is run, and what becomes of a part that fails."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks.results import Measurement, Part, Run, read_run, write_run


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What was run, without `--json FILE`: each part leaves one figure, but "lexical" fails."""
    ran: list[list[str]] = []

    def run(command: Sequence[str], *, check: bool) -> "subprocess.CompletedProcess[bytes]":
        assert check is False
        *rest, option, file = command
        assert (rest[:2], option) == ([sys.executable, "-m"], "--json")
        ran.append(rest[2:])
        name = rest[2].removeprefix("benchmarks.")
        if name == "lexical":
            return subprocess.CompletedProcess(command, 3)
        if name != "stores":
            made = begun(command)
            made.parts.append(Part(name, name, {}, (Measurement.of("nap", "s", [1.0]),)))
            write_run(made, Path(file))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(benchmarks.subprocess, "run", run)
    monkeypatch.setattr(benchmarks.Run, "begin", begun)
    return ran


def begun(command: Sequence[str]) -> Run:
    return Run(" ".join(command), "today", "aaa", {}, {})


def run(*arguments: str) -> object:
    with pytest.raises(SystemExit) as ended:
        benchmarks.main(arguments)
    return ended.value.code


def test_options_belong_to_the_part_before_them(commands: list[list[str]], tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    code = run("load", "--questions", "9", "--json", str(file), "stages", "--rounds", "1")
    assert code == 0
    assert commands == [
        ["benchmarks.load", "--questions", "9"],
        ["benchmarks.stages", "--rounds", "1"],
    ]
    made = read_run(file)
    assert [part.name for part in made.parts] == ["load", "stages"]
    assert made.command.startswith("python -m benchmarks load --questions 9 --json ")


def test_every_part_whose_packages_are_there_runs(
    commands: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(benchmarks, "PARTS", {"load": (), "peers": ("no_such_package",)})
    assert run() == 0
    assert commands == [["benchmarks.load"]]
    assert "peers is left out: there is no no_such_package" in capsys.readouterr().out


def test_a_part_that_fails_is_told_and_the_others_run(
    commands: list[list[str]], tmp_path: Path
) -> None:
    file = tmp_path / "run.json"
    assert run("lexical", "stores", "load", "--json", str(file)) == 1
    assert len(commands) == 3
    made = read_run(file)
    assert [part.name for part in made.parts] == ["load"]
    assert made.failures == {
        "lexical": "exit status 3; see what it says: python -m benchmarks.lexical",
        "stores": "it left no figures",
    }


def test_figures_in_another_shape_are_read_too(tmp_path: Path) -> None:
    file = tmp_path / "part.json"
    file.write_text('[{"texts": 1000, "open s": 0.5}]', encoding="utf-8")
    part = benchmarks.read_part("cold_start", file)
    assert (part.name, [one.case for one in part.measurements]) == (
        "cold_start",
        ["texts 1,000"] * 2,
    )
    assert part.title.startswith("A question in the terminal")


def test_the_report_is_written_at_the_end(commands: list[list[str]], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    assert run("load", "--report", str(tmp_path / "RESULTS.md")) == 0
    assert commands == [["benchmarks.load"]]
    assert "## load: load" in (tmp_path / "RESULTS.md").read_text("utf-8")


def test_a_report_that_cannot_be_written_is_told_before_measuring(
    commands: list[list[str]], tmp_path: Path
) -> None:
    assert "there is no folder" in str(run("load", "--report", str(tmp_path / "no" / "R.md")))
    assert commands == []


def test_an_unknown_part_is_wrong_usage(
    commands: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("nap") == 2
    assert "no benchmark 'nap'; there are cold_start, answer_time" in capsys.readouterr().err
    assert commands == []
