"""The shape of figures, the file that keeps them, and how they are shown."""

import json
import re
from pathlib import Path

import pytest

from benchmarks.report import number, part_text, tables, write_report
from benchmarks.results import (
    Measurement,
    Part,
    Run,
    UnreadableResults,
    finish,
    part_parser,
    read_run,
    write_run,
)

NAP = Measurement.of("nap", "s", [4.0, 1.0, 3.0, 2.0, 5.0])
ONCE = Measurement.of("memory", "MB", [1234567.0])
STORES = (
    Measurement.of("search", "ms", [2.0, 1.0, 3.0], "flat, 10k"),
    Measurement.of("recall", "share", [1.0], "flat, 10k"),
    Measurement.of("search", "ms", [0.25, 0.5], "graph, 10k"),
)


def run_of(*parts: Part, **fields: object) -> Run:
    told: dict[str, object] = {
        "command": "python -m benchmarks nap",
        "date": "2026-01-02T03:04:05+00:00",
        "commit": "0123456789ab",
        "packages": {"numpy": "2.4.6"},
        "machine": {"processor": "An Abacus", "cores": "2"},
        "parts": list(parts),
    }
    return Run(**{**told, **fields})  # type: ignore[arg-type]


def part_of(*measurements: Measurement, name: str = "nap") -> Part:
    return Part(name, "how long a nap takes", {"runs": 5}, measurements, ("After lunch.",))


def test_a_measurement_is_its_median_between_the_quartiles() -> None:
    assert (NAP.low, NAP.median, NAP.high) == (2.0, 3.0, 4.0)
    assert NAP.samples == (4.0, 1.0, 3.0, 2.0, 5.0)


def test_a_few_samples_have_extremes_instead_of_quartiles() -> None:
    few = Measurement.of("nap", "s", [9.0, 1.0, 2.0])
    assert (few.low, few.median, few.high) == (1.0, 2.0, 9.0)


def test_samples_keep_nine_digits() -> None:
    assert Measurement.of("nap", "s", [1.23456789012]).samples == (1.23456789,)


def test_nothing_measured_is_no_measurement() -> None:
    with pytest.raises(ValueError, match="'nap' was not measured"):
        Measurement.of("nap", "s", [])


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    run = run_of(part_of(NAP, ONCE), part_of(*STORES, name="stores"), failures={"load": "why"})
    write_run(run, tmp_path / "run.json")
    assert read_run(tmp_path / "run.json") == run


def test_a_run_tells_where_it_was_made() -> None:
    run = Run.begin(["python", "-m", "benchmarks", "a name"])
    assert run.command == "python -m benchmarks 'a name'"
    assert list(run.machine) == ["processor", "cores", "memory", "system", "Python"]
    assert all(run.machine.values())
    assert {"numpy", "faiss-cpu", "onnxruntime"} <= set(run.packages)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", run.date)
    assert (run.parts, run.failures) == ([], {})


@pytest.mark.parametrize(
    "content",
    [
        "no JSON",
        "[]",
        "{}",
        json.dumps({"comparisons": []}),
        json.dumps({"command": "", "parts": [{"name": "nap"}]}),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "odd.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableResults, match=r"odd\.json holds no results"):
        read_run(path)


def test_a_figure_that_is_no_number_is_found(tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    write_run(run_of(part_of(NAP)), path)
    path.write_text(path.read_text("utf-8").replace('"median": 3.0', '"median": "x"'), "utf-8")
    with pytest.raises(UnreadableResults, match="could not convert"):
        read_run(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableResults, match=r"gone\.json holds no results \(FileNotFound"):
        read_run(tmp_path / "gone.json")


def test_figures_without_cases_are_a_row_each() -> None:
    assert tables([NAP, ONCE]).splitlines() == [
        "|  | median (spread) | samples |",
        "| --- | ---: | ---: |",
        "| nap (s) | 3 (2–4) | 5 |",
        "| memory (MB) | 1,234,567 | 1 |",
    ]


def test_cases_are_rows_and_figures_their_columns() -> None:
    assert tables(STORES).splitlines() == [
        "|  | search (ms) | recall (share) |",
        "| --- | ---: | ---: |",
        "| flat, 10k | 2 (1–3) | 1 |",
        "| graph, 10k | 0.375 (0.250–0.500) | – |",
    ]


def test_many_figures_of_few_cases_are_rows() -> None:
    many = [Measurement.of(f"figure {n}", "ms", [n], "flat") for n in range(10)]
    assert tables(many).splitlines()[:3] == [
        "|  | flat |",
        "| --- | ---: |",
        "| figure 0 (ms) | 0 |",
    ]


def test_both_kinds_are_two_tables() -> None:
    assert tables([NAP, *STORES]) == f"{tables([NAP])}\n\n{tables(STORES)}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.000123456, "0.000123"),
        (0.999, "0.999"),
        (9.996, "10.00"),
        (-12.345, "-12.3"),
        (1234.5, "1,234"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_have_three_digits(value: float, shown: str) -> None:
    assert number(value) == shown


def test_a_part_is_shown_with_what_belongs_to_it() -> None:
    assert part_text(part_of(NAP), "plots/nap.png").splitlines() == [
        "## nap: how long a nap takes",
        "",
        "runs: 5",
        "",
        "![how long a nap takes](plots/nap.png)",
        "",
        *tables([NAP]).splitlines(),
        "",
        "- After lunch.",
    ]


def test_the_report_shows_the_run_its_parts_and_what_failed(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    run = run_of(part_of(*STORES, name="stores"), part_of(ONCE), failures={"load": "no server"})
    write_report([run], tmp_path / "RESULTS.md")
    assert (tmp_path / "RESULTS.md").read_text("utf-8").split("\n\n") == [
        "# Results",
        "`python -m benchmarks nap`",
        "2026-01-02T03:04:05+00:00, commit 0123456789ab",
        "processor: An Abacus; cores: 2",
        "numpy 2.4.6",
        "Medians; in brackets the quartiles, or the extremes of fewer than 4 samples.",
        "## stores: how long a nap takes",
        "runs: 5",
        "![how long a nap takes](plots/stores.png)",
        tables(STORES),
        "- After lunch.",
        "## nap: how long a nap takes",
        "runs: 5",
        tables([ONCE]),
        "- After lunch.",
        "## load: failed",
        "no server\n",
    ]
    assert [path.name for path in (tmp_path / "plots").iterdir()] == ["stores.png"]


def test_a_part_in_two_files_is_refused(tmp_path: Path) -> None:
    runs = [run_of(part_of(NAP)), run_of(part_of(ONCE))]
    with pytest.raises(UnreadableResults, match="nap is in several of the files"):
        write_report(runs, tmp_path / "RESULTS.md")


def test_a_part_alone_prints_and_keeps_its_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = part_parser("nap", "How long a nap takes.").parse_args(
        ["--json", str(tmp_path / "nap.json")]
    )
    finish(part_of(NAP), options.json)
    assert capsys.readouterr().out == part_text(part_of(NAP)) + "\n"
    assert read_run(tmp_path / "nap.json").parts == [part_of(NAP)]
