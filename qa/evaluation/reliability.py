"""Is the confidence worth its name: reliability bins, and risk against coverage.

- Reliability (Murphy & Winkler, "Reliability of subjective probability forecasts", 1977): of the
  questions with a confidence near p, the share that the documents do answer should be p.
- Risk and coverage (Geifman & El-Yaniv, "Selective classification for deep neural networks",
  NeurIPS 2017): answer only the surest share of the questions (the coverage); how many of these
  answers are wrong (the risk)? AURC is the mean risk over all coverages; lower is better.

A question that was refused or asked back shows no answer that could be wrong, so the curve ends at
the share of questions that were answered. An answer to a question that has none is wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from qa.evaluation.outcomes import Outcome

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The questions whose confidence is in [low, high), the last bin with its end.

    `confidence` is their mean confidence and `answerable` the share that the documents answer, both
    in [0, 1] and None in an empty bin; `answered` counts those that were answered and `right` those
    of them that were answered rightly.
    """

    low: float
    high: float
    questions: int
    confidence: float | None
    answerable: float | None
    answered: int
    right: int


@dataclass(frozen=True, slots=True)
class Point:
    """Where answers of at least this confidence are shown: what share, and how many are wrong."""

    confidence: float
    coverage: float
    risk: float


def reliability_bins(outcomes: Iterable[Outcome], bins: int = BINS) -> tuple[Bin, ...]:
    """Return `bins` bins of equal width over [0, 1]."""
    members: list[list[Outcome]] = [[] for _ in range(bins)]
    for outcome in outcomes:
        members[min(int(outcome.answer.confidence * bins), bins - 1)].append(outcome)
    return tuple(_bin(i / bins, (i + 1) / bins, inside) for i, inside in enumerate(members))


def risk_coverage(outcomes: Sequence[Outcome]) -> tuple[Point, ...]:
    """Return a point for every distinct confidence of an answer, the surest first."""
    answered = [outcome for outcome in outcomes if outcome.answer.status == "answered"]
    answered.sort(key=_confidence, reverse=True)
    points = []
    shown = wrong = 0
    for confidence, group in groupby(answered, key=_confidence):
        for outcome in group:
            shown += 1
            wrong += not outcome.passed
        points.append(Point(confidence, shown / len(outcomes), wrong / shown))
    return tuple(points)


def aurc(points: Iterable[Point]) -> float | None:
    """Return the area under a risk-coverage curve, in [0, 1]; None when nothing was answered.

    It is the mean of the risk over the coverages that the curve reaches; answers of the same
    confidence cannot be told apart and so have the same risk.
    """
    area = before = 0.0
    for point in points:
        area += point.risk * (point.coverage - before)
        before = point.coverage
    return area / before if before else None


def _confidence(outcome: Outcome) -> float:
    return outcome.answer.confidence


def _bin(low: float, high: float, outcomes: Sequence[Outcome]) -> Bin:
    count = len(outcomes)
    answered = [outcome for outcome in outcomes if outcome.answer.status == "answered"]
    return Bin(
        low=low,
        high=high,
        questions=count,
        confidence=sum(map(_confidence, outcomes)) / count if count else None,
        answerable=sum(o.question.answerable for o in outcomes) / count if count else None,
        answered=len(answered),
        right=sum(outcome.passed for outcome in answered),
    )
