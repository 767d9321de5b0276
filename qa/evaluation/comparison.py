"""Two reports over the same questions: what changed, and is it more than chance.

Questions are paired by id. A question that only one report holds, or whose text or expected answer
is not the same in both, is named and left out.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa.errors import EvaluationError
from qa.evaluation.measures import MEASURES
from qa.evaluation.significance import bootstrap_interval, sign_test


@dataclass(frozen=True, slots=True)
class Line:
    """What a report tells of one question.

    `asked` are its turns, `expected` what was to come of it; `values` are by measure, and the
    milliseconds of the answer under `ms`.
    """

    id: str
    asked: tuple[str, ...]
    expected: str
    passed: bool
    text: str
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure in both reports, over the `questions` of which it says something in both.

    `difference` is b - a, and is in [`low`, `high`] with a probability of 95 %; `p` is that of a
    difference at least as large by chance.
    """

    measure: str
    questions: int
    a: float
    b: float
    difference: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Change:
    """A question that came out differently, and what was shown."""

    id: str
    question: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from report a to report b; `questions` is the number that was compared."""

    questions: int
    only_in_a: tuple[str, ...]
    only_in_b: tuple[str, ...]
    asked_differently: tuple[str, ...]
    differences: tuple[Difference, ...]
    right_to_wrong: tuple[Change, ...]
    wrong_to_right: tuple[Change, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form of the comparison, its fields."""
        return asdict(self)


def read_report(path: Path) -> dict[str, Line]:
    """Read what `eval --json` has written; return its lines by question id.

    Raises EvaluationError when the file is not such a report, or is one of an older version.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{path} cannot be read: {error}") from error
    try:
        return {fields["id"]: _line(fields) for fields in content["questions"]}
    except (KeyError, TypeError) as error:
        raise EvaluationError(
            f"{path} is no report of this version ({type(error).__name__}: {error}); write one "
            f"with `hospital-qa eval QUESTIONS --json > {path.name}`"
        ) from error


def compare(a: Mapping[str, Line], b: Mapping[str, Line]) -> Comparison:
    """Compare two reports on the questions that they share.

    Raises EvaluationError when they share none.
    """
    shared = [key for key in a if key in b]
    differing = tuple(key for key in shared if not _same(a[key], b[key]))
    pairs = [(a[key], b[key]) for key in shared if key not in differing]
    if not pairs:
        raise EvaluationError(
            "the two reports have no question in common; write both with the same file of questions"
        )
    return Comparison(
        questions=len(pairs),
        only_in_a=tuple(key for key in a if key not in b),
        only_in_b=tuple(key for key in b if key not in a),
        asked_differently=differing,
        differences=tuple(
            found for name in (*MEASURES, "ms") if (found := _difference(name, pairs)) is not None
        ),
        right_to_wrong=tuple(_change(x, y) for x, y in pairs if x.passed and not y.passed),
        wrong_to_right=tuple(_change(x, y) for x, y in pairs if y.passed and not x.passed),
    )


def _same(a: Line, b: Line) -> bool:
    return (a.asked, a.expected) == (b.asked, b.expected)


def _difference(name: str, pairs: list[tuple[Line, Line]]) -> Difference | None:
    both = [
        (x, y)
        for one, other in pairs
        if (x := one.values[name]) is not None and (y := other.values[name]) is not None
    ]
    if not both:
        return None
    differences = [y - x for x, y in both]
    low, high = bootstrap_interval(differences)
    return Difference(
        measure=name,
        questions=len(both),
        a=sum(x for x, _ in both) / len(both),
        b=sum(y for _, y in both) / len(both),
        difference=sum(differences) / len(both),
        low=low,
        high=high,
        p=sign_test(differences),
    )


def _change(a: Line, b: Line) -> Change:
    return Change(id=a.id, question=a.asked[-1], a=a.text, b=b.text)


def _line(fields: dict[str, Any]) -> Line:
    return Line(
        id=fields["id"],
        asked=(*fields["before"], fields["question"]),
        expected=json.dumps([fields[name] for name in ("answerable", "answers", "evidence")]),
        passed=fields["passed"],
        text=fields["text"],
        values={
            **{name: fields["measures"][name] for name in MEASURES},
            "ms": fields["ms"],
        },
    )
