"""What changed between two runs, on made-up ones."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.compare import compare, main
from benchmarks.results import Measurement, Part, Run, write_run


def run_of(*measurements: Measurement, part: str = "naps", **fields: object) -> Run:
    run = Run("python -m benchmarks", "2026-01-02", "aaa", {"numpy": "2.4"}, {"cores": "2"})
    run.parts.append(Part(part, "naps", {"runs": 3}, measurements))
    return replace(run, **fields)  # type: ignore[arg-type]


def nap(*samples: float, name: str = "nap", case: str = "") -> Measurement:
    return Measurement.of(name, "s", samples, case)


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("| naps")]


def test_intervals_apart_are_a_change() -> None:
    text = compare(run_of(nap(1, 2, 3)), run_of(nap(4, 5, 6)))
    assert rows(text) == ["| naps | nap (s) | 2 (1–3) | 5 (4–6) | 2.50 | beyond the spread |"]
    assert text.splitlines()[-1] == (
        "1 figures in both: 1 beyond the spread, 0 within the spread, 0 measured once, 0 the same"
    )


@pytest.mark.parametrize("new", [(3, 4, 5), (1, 1.5, 2), (0, 2.5, 9)])
def test_intervals_that_touch_are_no_change(new: tuple[float, ...]) -> None:
    text = compare(run_of(nap(1, 2, 3)), run_of(nap(*new)))
    assert rows(text) == []
    assert "1 within the spread" in text


def test_everything_shows_what_did_not_change_too() -> None:
    old, new = (
        run_of(nap(1, 2, 3), nap(7, name="other")),
        run_of(nap(2, 3, 4), nap(7, name="other")),
    )
    assert rows(compare(old, new, everything=True)) == [
        "| naps | nap (s) | 2 (1–3) | 3 (2–4) | 1.50 | within the spread |",
        "| naps | other (s) | 7 | 7 | 1.00 | the same |",
    ]


def test_a_single_sample_is_shown_for_the_reader_to_judge() -> None:
    text = compare(run_of(nap(1, case="long")), run_of(nap(2, 3, 4, case="long")))
    assert rows(text) == ["| naps | long: nap (s) | 1 | 3 (2–4) | 3.00 | measured once |"]


def test_nothing_has_no_ratio() -> None:
    text = compare(run_of(nap(0)), run_of(nap(2)))
    assert rows(text) == ["| naps | nap (s) | 0 | 2 | – | measured once |"]


def test_another_machine_or_version_is_pointed_out() -> None:
    old = run_of(nap(1), commit="aaa", machine={"cores": "2", "memory": "8 GiB"})
    new = run_of(nap(1), commit="bbb", packages={"numpy": "2.5", "torch": "2"})
    assert compare(old, new).splitlines()[:5] == [
        "- commit: aaa of 2026-01-02, then bbb of 2026-01-02",
        "- another machine: memory 8 GiB, then –",
        "- another version: numpy 2.4, then 2.5",
        "- another version: torch –, then 2",
        "",
    ]


def test_the_same_surroundings_are_not_mentioned() -> None:
    assert compare(run_of(nap(1)), run_of(nap(1))).splitlines()[1] == ""


def test_what_is_in_one_run_only_is_counted() -> None:
    old = run_of(nap(1), nap(2, name="gone"))
    new = run_of(nap(1), nap(2, name="new"), nap(3, name="newer"), failures={"load": "no server"})
    text = compare(old, new)
    assert "- load failed in the new run: no server" in text
    assert "- 1 figures of naps are only in the old run" in text
    assert "- 2 figures of naps are only in the new run" in text
    assert "1 figures in both" in text


def test_other_options_of_a_part_are_pointed_out() -> None:
    old, new = run_of(nap(1)), run_of(nap(1))
    new.parts[0] = replace(new.parts[0], params={"runs": 9})
    assert "- naps was run otherwise: {'runs': 3}, then {'runs': 9}" in compare(old, new)


def test_the_command_prints_the_table_and_succeeds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(run_of(nap(1, 2, 3)), tmp_path / "old.json")
    write_run(run_of(nap(4, 5, 6)), tmp_path / "new.json")
    main([str(tmp_path / "old.json"), str(tmp_path / "new.json")])
    assert "beyond the spread |" in capsys.readouterr().out


def test_an_unreadable_file_is_an_error(tmp_path: Path) -> None:
    write_run(run_of(nap(1)), tmp_path / "old.json")
    (tmp_path / "new.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"new\.json holds no results") as error:
        main([str(tmp_path / "old.json"), str(tmp_path / "new.json")])
    assert error.value.code != 0
