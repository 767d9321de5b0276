"""Reports and comparisons as aligned columns for a terminal."""

from collections.abc import Sequence
from typing import Any

from qa.evaluation.comparison import Change, Comparison, Difference
from qa.evaluation.measures import LOWER_IS_BETTER, MEASURES

MOST_IDS = 20  # that are named in a line
_COLUMNS = ("questions", "answerable", *MEASURES, "median_length")
_STATUSES = {"answered": "answered", "refused": "refused", "clarify": "asked back"}


def report_table(report: dict[str, Any]) -> str:
    """Return a report's figures, a row for all questions and one for each group, and its times."""
    figures = report["all"]
    rows = [["", *_COLUMNS], _row("all", figures)]
    rows += [_row(name, group) for name, group in report["groups"].items()]
    statuses = ", ".join(f"{figures[name]} {words}" for name, words in _STATUSES.items())
    curve = report["confidence"]["aurc"]
    return "\n".join(
        [
            *_aligned(rows),
            "",
            f"{statuses}; area under the risk-coverage curve: {'-' if curve is None else curve}",
            f"median time of an answer: {report['median_ms']} ms, p95: {report['p95_ms']} ms",
        ]
    )


def comparison_table(comparison: Comparison, a: str, b: str) -> str:
    """Return what changed from report `a` to report `b`, two names to be shown."""
    head = ["", "questions", "A", "B", "B - A", "95 % interval", "p"]
    lines = [f"A: {a}", f"B: {b}", f"{comparison.questions} questions compared"]
    for words, ids in (
        ("only in A", comparison.only_in_a),
        ("only in B", comparison.only_in_b),
        ("with another text or expected answer in B", comparison.asked_differently),
    ):
        if ids:
            lines.append(f"{len(ids)} left out, {words}: {_named(ids)}")
    lines += ["", *_aligned([head, *map(_difference_row, comparison.differences)])]
    lines += ["", "* lower is better; of each measure only questions that count in both"]
    for words, changes in (
        ("right to wrong", comparison.right_to_wrong),
        ("wrong to right", comparison.wrong_to_right),
    ):
        lines += ["", f"from {words}: {len(changes)}", *(_changed(one) for one in changes)]
    return "\n".join(lines)


def _changed(change: Change) -> str:
    texts = (f"    {side}: {_one_line(text)}" for side, text in (("A", change.a), ("B", change.b)))
    return "\n".join([f"  {change.id}  {_one_line(change.question)}", *texts])


def _difference_row(one: Difference) -> list[str]:
    percent = one.measure != "ms"
    scale = 100 if percent else 1
    unit = "%" if percent else ""
    return [
        f"{one.measure}{' *' if one.measure in LOWER_IS_BETTER else ''}",
        str(one.questions),
        *(f"{scale * value:.1f}{unit}" for value in (one.a, one.b)),
        f"{scale * one.difference:+.1f}",
        f"{scale * one.low:+.1f} to {scale * one.high:+.1f}",
        f"{one.p:.3f}" if one.p >= 0.001 else "<0.001",  # noqa: PLR2004
    ]


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - MOST_IDS} more" if len(ids) > MOST_IDS else ""
    return ", ".join(ids[:MOST_IDS]) + more


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in rows
    ]


def _row(label: str, figures: dict[str, Any]) -> list[str]:
    return [label, *(_figure(figures[name], share=name in MEASURES) for name in _COLUMNS)]


def _figure(value: float | None, *, share: bool) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.1f}%" if share else f"{value:g}"
