import pytest

from qa.evaluation import Outcome, Question
from qa.evaluation.reliability import aurc, reliability_bins, risk_coverage
from qa.evaluation.report import percentile
from qa.model import Answer, Status


def outcome(
    confidence: float, *, right: bool, status: Status = "answered", answerable: bool = True
) -> Outcome:
    return Outcome(
        question=Question("q", "zh-Hans", "fact", ("?",), (("x",),), (), answerable),
        answer=Answer("?", "?", "x", (), (), confidence, status),
        right=right,
        right_source=right,
        ranking=(),
        seconds=0.0,
    )


def test_the_risk_is_the_share_of_wrong_ones_among_the_surest_answers() -> None:
    outcomes = [
        outcome(0.5, right=False),
        outcome(0.9, right=True),
        outcome(0.8, right=True, answerable=False),  # there was nothing to answer
        outcome(0.1, right=False, status="refused"),
    ]
    curve = risk_coverage(outcomes)
    assert [(point.confidence, point.coverage, point.risk) for point in curve] == [
        (0.9, 0.25, 0.0),
        (0.8, 0.5, 0.5),
        (0.5, 0.75, 2 / 3),
    ]
    assert aurc(curve) == pytest.approx((0 + 1 / 2 + 2 / 3) / 3)


def test_answers_that_are_as_sure_have_the_same_risk_in_whatever_order() -> None:
    outcomes = [outcome(0.5, right=False), outcome(0.5, right=True)]
    assert risk_coverage(outcomes) == risk_coverage(outcomes[::-1])
    assert aurc(risk_coverage(outcomes)) == 0.5


def test_without_answers_there_is_no_curve() -> None:
    assert risk_coverage([outcome(0.2, right=False, status="clarify")]) == ()
    assert aurc(()) is None


def test_bins_cover_all_confidences_with_their_ends() -> None:
    outcomes = [
        outcome(0.0, right=False, status="refused", answerable=False),
        outcome(0.95, right=True),
        outcome(1.0, right=False),
        outcome(0.9, right=False, status="refused"),
    ]
    first, *empty, last = reliability_bins(outcomes)
    assert (first.low, first.high, first.questions, first.answerable) == (0.0, 0.1, 1, 0.0)
    assert {(one.questions, one.confidence, one.answerable) for one in empty} == {(0, None, None)}
    assert (last.low, last.high, last.questions) == (0.9, 1.0, 3)
    assert last.confidence == pytest.approx(0.95)
    assert (last.answerable, last.answered, last.right) == (1.0, 2, 1)


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.5, 10), (0.95, 19), (1.0, 20)])
def test_a_percentile_is_one_of_the_numbers(share: float, expected: float) -> None:
    assert percentile(range(20, 0, -1), share) == expected
