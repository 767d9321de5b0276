"""What came of all questions: figures for all and for groups of them, and a line for each."""

import math
import statistics
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from qa.engine import Engine
from qa.evaluation.failures import cause
from qa.evaluation.measures import MEASURES, Values, mean, values
from qa.evaluation.outcomes import Outcome, evaluate
from qa.evaluation.questions import Question
from qa.evaluation.reliability import aurc, reliability_bins, risk_coverage

STATUSES = ("answered", "refused", "clarify")
SLOW = 0.95  # the share of questions that are answered within "p95"


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes (at least one), and the relevant passages of each question."""

    outcomes: tuple[Outcome, ...]
    relevant: dict[str, frozenset[str]]

    @classmethod
    def of(
        cls,
        engine: Engine,
        questions: Collection[Question],
        progress: Callable[[int, int], None] | None = None,
    ) -> "Report":
        """Ask all questions; `progress` is called with how many of how many are done."""
        outcomes, relevant = [], {}
        for number, (outcome, passages) in enumerate(evaluate(engine, questions), start=1):
            outcomes.append(outcome)
            relevant[outcome.question.id] = passages
            if progress:
                progress(number, len(questions))
        return cls(tuple(outcomes), relevant)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form of the report, which `eval --compare` reads.

        `all`, and each type, language and tag in `groups`: the measures of `qa.evaluation.measures`
        (means, in [0, 1]), numbers of questions, and the median length of an answer in characters.
        `median_ms` and `p95_ms`: milliseconds of an answer. `confidence`: AURC, risk-coverage curve
        and reliability bins of `qa.evaluation.reliability`. `questions`: a line for each.
        """
        rows = values(self.outcomes, self.relevant)
        milliseconds = [1000 * outcome.seconds for outcome in self.outcomes]
        return {
            "all": _figures(self.outcomes, rows),
            "groups": {
                name: _figures(members, rows) for name, members in sorted(self._groups().items())
            },
            "median_ms": round(statistics.median(milliseconds), 1),
            "p95_ms": round(percentile(milliseconds, SLOW), 1),
            "confidence": _confidence(self.outcomes),
            "questions": [
                _line(outcome, self.relevant[outcome.question.id], rows[outcome.question.id])
                for outcome in self.outcomes
            ],
        }

    def _groups(self) -> dict[str, list[Outcome]]:
        groups: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            question = outcome.question
            names = [f"type {question.type}", f"lang {question.lang}"]
            for name in (*names, *(f"tag {tag}" for tag in question.tags)):
                groups.setdefault(name, []).append(outcome)
        return groups


def percentile(numbers: Iterable[float], share: float) -> float:
    """Return the smallest number that `share` (0 to 1) of the numbers do not exceed.

    >>> percentile([4, 1, 3, 2], 0.75)
    3
    """
    ordered = sorted(numbers)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def _figures(outcomes: Sequence[Outcome], values: dict[str, Any]) -> dict[str, float | int | None]:
    rows = [values[outcome.question.id] for outcome in outcomes]
    statuses = Counter[str](outcome.answer.status for outcome in outcomes)
    lengths = [len(o.answer.text) for o in outcomes if o.answer.status == "answered"]
    return {
        "questions": len(outcomes),
        "answerable": sum(outcome.question.answerable for outcome in outcomes),
        **{name: mean(name, rows) for name in MEASURES},
        "median_length": statistics.median(lengths) if lengths else None,
        **{status: statuses[status] for status in STATUSES},
    }


def _confidence(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    curve = risk_coverage(outcomes)
    return {
        "aurc": _rounded(aurc(curve)),
        "curve": [_rounded_all(asdict(point)) for point in curve],
        "bins": [_rounded_all(asdict(one)) for one in reliability_bins(outcomes)],
    }


def _line(outcome: Outcome, relevant: frozenset[str], row: Values) -> dict[str, Any]:
    question, answer = outcome.question, outcome.answer
    return {
        "id": question.id,
        "type": question.type,
        "lang": question.lang,
        "tags": list(question.tags),
        "question": question.turns[-1],
        "before": list(question.turns[:-1]),
        "answerable": question.answerable,
        "answers": [list(variants) for variants in question.answers if variants],
        "evidence": [asdict(evidence) for evidence in question.evidence],
        "status": answer.status,
        "right": outcome.right,
        "right_source": outcome.right_source,
        "passed": outcome.passed,
        "cause": cause(outcome, relevant),
        "text": answer.text,
        "confidence": round(answer.confidence, 4),
        "ms": round(1000 * outcome.seconds, 1),
        "ranking": list(outcome.ranking),
        "relevant": sorted(relevant),
        "measures": _rounded_all(row),
    }


def _rounded_all(fields: Values) -> dict[str, float | None]:
    return {name: _rounded(value) for name, value in fields.items()}


def _rounded(value: float | None) -> float | None:
    return round(value, 4) if isinstance(value, float) else value
