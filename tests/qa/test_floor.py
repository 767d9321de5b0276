"""Answers may not get worse than what was recorded, and questions are not edited to get there."""

from pathlib import Path

import pytest

from benchmarks.record_floor import GUARDED, GUARDS, Guard, below, fingerprint, measure, read_floor
from qa.engine import Engine


@pytest.fixture(params=GUARDS, ids=lambda guard: guard.name)
def guard(request: pytest.FixtureRequest) -> Guard:
    return request.param


def test_the_questions_are_those_that_the_floor_was_recorded_with(guard: Guard) -> None:
    assert fingerprint(guard.questions) == read_floor()[guard.name]["fingerprint"], (
        f"{guard.questions.name} was changed since its floor was recorded: measure anew with "
        "`python -m benchmarks.record_floor`, and say in the commit why"
    )


def test_quality_does_not_fall_below_the_recorded_floor(guard: Guard, cache: Path) -> None:
    del cache  # it is set before the engine opens
    recorded = read_floor()[guard.name]["recorded"]
    assert set(recorded) == set(GUARDED)
    assert below(recorded, measure(Engine.open(guard.corpus), guard.questions)) == []


@pytest.mark.parametrize(
    ("accuracy", "false_refusals", "worse"),
    [
        (0.90, 0.02, []),
        (0.87, 0.05, []),
        (0.99, 0.00, []),
        (0.8699, 0.02, ["answer_accuracy"]),
        (0.90, 0.0501, ["false_refusals"]),
    ],
)
def test_a_figure_may_be_worse_by_the_margin_and_no_more(
    accuracy: float, false_refusals: float, worse: list[str]
) -> None:
    problems = below(
        {"answer_accuracy": 0.90, "false_refusals": 0.02},
        {"answer_accuracy": accuracy, "false_refusals": false_refusals},
        margin=0.03,
    )
    assert [problem.split()[0] for problem in problems] == worse


def test_a_fingerprint_changes_with_the_text_and_not_with_its_line_ends(tmp_path: Path) -> None:
    unix, windows, other = (tmp_path / name for name in ("unix", "windows", "other"))
    unix.write_bytes(b"a\nb\n")
    windows.write_bytes(b"a\r\nb\r\n")
    other.write_bytes(b"a\nc\n")
    assert fingerprint(unix) == fingerprint(windows) != fingerprint(other)
