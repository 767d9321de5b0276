import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from statistics import mean

import pytest

from qa.engine import Engine
from qa.errors import EvaluationError
from qa.evaluation import Report, read_questions
from qa.evaluation.comparison import Line, compare, read_report
from qa.evaluation.measures import MEASURES
from qa.evaluation.significance import bootstrap_interval, sign_test
from qa.evaluation.tables import comparison_table
from tests.qa.questions import BEDS


def line(key: str, *, passed: bool, ms: float = 1.0) -> Line:
    values = {**dict.fromkeys(MEASURES), "answer_accuracy": float(passed), "ms": ms}
    return Line(key, (f"{key}?",), "[]", passed, "right" if passed else "wrong", values)


def report(**passed: bool) -> dict[str, Line]:
    return {key: line(key, passed=one) for key, one in passed.items()}


@pytest.mark.parametrize("differences", [[], [0.0], [1, 1, 0, -1], [1] * 6, [-0.5, 0.1, 0.2, -3]])
def test_the_sign_test_counts_the_coin_tosses_that_are_as_uneven(differences: list[float]) -> None:
    signs = [1 if difference > 0 else -1 for difference in differences if difference]
    tosses = [sum(toss) for toss in product((1, -1), repeat=len(signs))]
    expected = mean(abs(toss) >= abs(sum(signs)) for toss in tosses)
    assert sign_test(differences) == expected


def test_the_sign_test_takes_many_questions() -> None:
    assert sign_test([1] * 3000 + [-1] * 3000) == 1.0
    assert 0 <= sign_test([1] * 5000) < 1e-300


def test_the_interval_is_that_of_the_resampled_mean() -> None:
    # Of 400 questions 100 got better: the mean is 0.25, its standard error 0.02165.
    low, high = bootstrap_interval([1.0] * 100 + [0.0] * 300)
    assert low == pytest.approx(0.25 - 1.96 * 0.02165, abs=0.005)
    assert high == pytest.approx(0.25 + 1.96 * 0.02165, abs=0.005)


def test_the_same_seed_gives_the_same_interval() -> None:
    differences = [0.0, 1.0, -1.0, 0.5, 0.25] * 20
    assert bootstrap_interval(differences) == bootstrap_interval(differences)
    assert bootstrap_interval(differences, seed=1) != bootstrap_interval(differences, seed=2)
    assert bootstrap_interval([0.5] * 7) == (0.5, 0.5)
    with pytest.raises(ValueError, match="at least one"):
        bootstrap_interval([])


def test_a_comparison_pairs_the_questions() -> None:
    a = report(**dict.fromkeys("abcdefg", False), h=True, i=True)
    b = report(**dict.fromkeys("abcdefgi", True), h=False)
    found = compare(a, b)
    accuracy, ms = found.differences
    assert (accuracy.measure, accuracy.questions) == ("answer_accuracy", 9)
    assert (accuracy.a, accuracy.b) == (2 / 9, 8 / 9)
    assert accuracy.difference == 6 / 9
    assert accuracy.low < 6 / 9 < accuracy.high
    assert accuracy.p == 2 * (1 + 8) / 2**8
    assert (ms.measure, ms.difference, ms.p) == ("ms", 0.0, 1.0)
    assert [change.id for change in found.right_to_wrong] == ["h"]
    assert [change.id for change in found.wrong_to_right] == list("abcdefg")
    assert (found.wrong_to_right[0].a, found.wrong_to_right[0].b) == ("wrong", "right")


def test_questions_that_are_not_in_both_are_named_and_left_out() -> None:
    a, b = report(x=True, gone=True, edited=True), report(x=True, new=True, edited=True)
    b["edited"] = replace(b["edited"], expected="[1]")
    found = compare(a, b)
    assert (found.questions, found.only_in_a, found.only_in_b) == (1, ("gone",), ("new",))
    assert found.asked_differently == ("edited",)
    table = comparison_table(found, "before.json", "after.json")
    assert "1 questions compared" in table
    assert "1 left out, only in A: gone" in table
    assert "1 left out, only in B: new" in table
    assert "1 left out, with another text or expected answer in B: edited" in table


def test_reports_without_a_common_question_cannot_be_compared() -> None:
    with pytest.raises(EvaluationError, match="no question in common"):
        compare(report(x=True), report(y=True))


def test_a_table_shows_points_and_what_changed() -> None:
    table = comparison_table(compare(report(x=True, y=True), report(x=True, y=False)), "A", "B")
    row = next(line for line in table.splitlines() if line.startswith("answer_accuracy"))
    assert " ".join(row.split()) == "answer_accuracy 2 100.0% 50.0% -50.0 -100.0 to +0.0 1.000"
    assert "from right to wrong: 1\n  y  y?\n    A: right\n    B: wrong" in table
    assert "from wrong to right: 0" in table


def test_a_report_that_was_written_is_read_back(engine: Engine, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text(json.dumps(BEDS), encoding="utf-8")
    written = Report.of(engine, read_questions(questions)).to_dict()
    path = tmp_path / "report.json"
    path.write_text(json.dumps(written), encoding="utf-8")
    (found,) = read_report(path).values()
    assert (found.id, found.asked, found.passed) == ("beds", ("青禾三院有多少张床？",), True)
    assert {name: found.values[name] for name in MEASURES} == written["questions"][0]["measures"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "cannot be read"),
        ("[]", "no report of this version"),
        ('{"questions": [{"id": "x"}]}', "eval QUESTIONS --json"),
    ],
)
def test_a_file_that_is_no_report_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "old.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError, match=message) as caught:
        read_report(path)
    assert "old.json" in str(caught.value)
