"""Reading what Python tells of its imports, and the order of the runs."""

from collections.abc import Sequence

import pytest

from benchmarks import cold_start
from benchmarks.cold_start import OTHERS, SHOWN, measure, milliseconds_by_package

TOLD = """import time: self [us] | cumulative | imported package
import time:       150 |        150 |   _io
hospital-qa: a line of the program's own
import time:      1000 |       2500 |   numpy._core
import time:       500 |       5000 | numpy
import time:      2000 |       2000 |     faiss.swigfaiss
"""


def test_modules_are_added_up_by_package() -> None:
    assert milliseconds_by_package(TOLD) == {"_io": 0.15, "numpy": 1.5, "faiss": 2.0}


def test_both_commands_run_in_turn_after_one_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def run(command: Sequence[str]) -> str:
        kinds = {"-c": "libraries", "-m": "ask", "-X": "imports"}
        ran.append(kinds[command[1]])
        return TOLD if command[1] == "-X" else ""

    monkeypatch.setattr(cold_start, "_run", run)
    part = measure(runs=2)
    assert ran == ["libraries", "ask", *["libraries", "ask", "imports"] * 2]
    found = {(one.name, one.case): one for one in part.measurements}
    assert found["hospital-qa ask / libraries", ""].unit == "ratio"
    assert found["all imports", ""].samples == (3.65, 3.65)
    assert found["import", "faiss"].samples == (2.0, 2.0)
    assert [case for _, case in found if case] == ["faiss", "numpy", "_io", OTHERS]
    assert found["import", OTHERS].samples == (0.0, 0.0)


def test_the_baseline_imports_the_libraries_and_nothing_else() -> None:
    assert cold_start.LIBRARIES == "import numpy, onnxruntime, faiss"


def test_packages_that_take_little_are_summed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"import time: {1000 * (i + 1)} | 0 | package{i}" for i in range(SHOWN + 2)]
    told = "\n".join(lines)
    monkeypatch.setattr(cold_start, "_run", lambda _command: told)
    found = {one.case: one.median for one in measure(runs=1).measurements if one.case}
    assert len(found) == SHOWN + 1
    assert found["package2"] == 3.0
    assert found[OTHERS] == 1.0 + 2.0
