"""A report in Markdown, for someone who knows the documents but not the field's measures."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from corpus.model import Document
from qa.errors import EvaluationError
from qa.evaluation.failures import Cause
from qa.evaluation.markdown import escape, table

LONGEST = 400  # characters of a text that are shown
COVERAGES = (0.25, 0.5, 0.75, 1.0)
ANSWERABLE = "of the questions that the documents answer"

STATUSES = {"answered": "answered", "refused": "refused", "clarify": "asked back"}
# A measure, its words, and what it is a share of.
SUMMARY = (
    ("answer_accuracy", "Answers that hold what was asked", ANSWERABLE),
    ("Success@1", "The right place was found first", ANSWERABLE),
    ("Success@5", "The right place was among the first five", ANSWERABLE),
    ("false_refusals", "Refused although there is an answer (lower is better)", ANSWERABLE),
    ("refusal_recall", "Refused as there is no answer", "of the questions without an answer"),
    ("right_source", "Only the right documents were quoted", "of the answers to these"),
    ("right_hospital", "Only the right hospitals were quoted", "of the answers to these"),
    ("citation_precision", "Quoted places that are expected ones", "mean over these answers"),
    ("citation_recall", "Expected places that were quoted", "mean over these questions"),
)
GROUPS = (
    ("answer_accuracy", "answered rightly"),
    ("Success@1", "found first"),
    ("Success@5", "found in five"),
    ("false_refusals", "refused wrongly"),
    ("refusal_recall", "refused rightly"),
)
CAUSES: dict[Cause, tuple[str, str]] = {
    "not_found": (
        "Not found",
        (
            "The place that answers was not among the ten best. Does it say what the question asks "
            "in words that are near? Is it clear there whom the paragraph is about?"
        ),
    ),
    "not_shown": (
        "Found but not shown",
        "The place was found, but what was shown does not hold the expected answer.",
    ),
    "wrongly_refused": (
        "Refused wrongly",
        "The place was found, but the answer was held back as too uncertain.",
    ),
    "asked_back": (
        "Asked back",
        "Instead of an answer there was a question about what is meant.",
    ),
    "wrongly_answered": (
        "Answered although it should not",
        "The documents do not tell, and something was shown all the same.",
    ),
    "no_evidence": (
        "Not in the documents",
        (
            "No paragraph of the documents holds the place that the file of questions names. Check "
            "the name of the file there, and the snippet, which must be inside one paragraph."
        ),
    ),
}
RELIABILITY = """## Can the confidence be trusted?

It can where the share of questions that the documents do answer is near the mean confidence."""
HOW = """## How this was measured

Every question was asked as a person would ask it, a conversation turn by turn. An answer is right
when the text that was shown holds the expected words (white space, punctuation, width, case and
simplified or traditional script do not matter). A place is right when it is a paragraph of the file
that the file of questions names, and holds its snippet. Places that answer too but are not named
there count as wrong, so the true figures for quoted places may be higher. A dash means that there
was nothing to count."""


def check_scorecard(path: Path) -> None:
    """Raise EvaluationError when a scorecard cannot be written at `path` as there is no folder."""
    if path.is_dir() or not path.parent.is_dir():
        problem = "is a folder" if path.is_dir() else "is in no folder that exists"
        raise EvaluationError(f"{path} {problem}; give a file with --scorecard")


def write_scorecard(
    path: Path, report: dict[str, Any], files: Sequence[str], documents: Sequence[Document]
) -> None:
    """Write the scorecard of a report's JSON form; `files` are the names of its question files.

    Raises EvaluationError when it cannot be written.
    """
    try:
        path.write_text(scorecard(report, files, documents), encoding="utf-8")
    except OSError as error:
        raise EvaluationError(
            f"{path} cannot be written ({error.strerror or error}); give another with --scorecard"
        ) from error


def scorecard(report: dict[str, Any], files: Sequence[str], documents: Sequence[Document]) -> str:
    """Return the Markdown of a report's JSON form; `files` are the names of its question files."""
    sources = len({document.source for document in documents})
    asked = (
        f"{report['all']['questions']} questions of {', '.join(map(escape, files))}, asked of "
        f"{len(documents)} documents in {sources} files."
    )
    parts = ("# Scorecard", asked, *_summary(report), _groups(report["groups"]))
    parts += (*_reliability(report["confidence"]), *_failures(report["questions"]), HOW)
    return "\n\n".join(parts) + "\n"


def _summary(report: dict[str, Any]) -> tuple[str, ...]:
    figures = report["all"]
    passed = sum(line["passed"] for line in report["questions"])
    statuses = ", ".join(f"{figures[name]} {words}" for name, words in STATUSES.items())
    times = (
        f"- Half of the answers took at most {report['median_ms']} ms, 95 % of them at most "
        f"{report['p95_ms']} ms."
    )
    items = [f"- Of all questions: {statuses}.", times]
    if figures["median_length"] is not None:
        items.append(f"- Half of the answers have at most {figures['median_length']:g} characters.")
    return (
        "## In short",
        (
            f"**{passed} of {figures['questions']} questions came out as they should**: answered "
            "rightly, or refused where the documents do not tell."
        ),
        table(["", "", ""], [[words, _percent(figures[name]), of] for name, words, of in SUMMARY]),
        "\n".join(items),
    )


def _groups(groups: dict[str, dict[str, Any]]) -> str:
    rows = [
        [escape(label), str(figures["questions"]), *(_percent(figures[name]) for name, _ in GROUPS)]
        for label, figures in groups.items()
    ]
    head = ["", "questions", *(words for _, words in GROUPS)]
    return f"## Groups of questions\n\n{table(head, rows)}"


def _reliability(confidence: dict[str, Any]) -> tuple[str, ...]:
    head = ["confidence", "questions", "mean", "documents answer", "answered", "of these right"]
    bins = [
        [
            f"{100 * one['low']:.0f}–{100 * one['high']:.0f} %",
            str(one["questions"]),
            _percent(one["confidence"]),
            _percent(one["answerable"]),
            str(one["answered"]),
            str(one["right"]),
        ]
        for one in confidence["bins"]
        if one["questions"]
    ]
    if not confidence["curve"]:
        return RELIABILITY, table(head, bins)
    return (
        RELIABILITY,
        table(head, bins),
        (
            "If only the surest of the answers were shown, so many of them would be wrong (mean "
            f"over all shares, AURC: {_percent(confidence['aurc'])}):"
        ),
        table(["surest of the answers", "wrong"], _risks(confidence["curve"])),
    )


def _risks(curve: Sequence[dict[str, float]]) -> list[list[str]]:
    """Return the risk of showing each share of the answers, or a few more that are as sure."""
    most = curve[-1]["coverage"]
    risks = [next(p["risk"] for p in curve if p["coverage"] >= share * most) for share in COVERAGES]
    return [[_percent(share), _percent(risk)] for share, risk in zip(COVERAGES, risks, strict=True)]


def _failures(lines: Iterable[dict[str, Any]]) -> list[str]:
    failed = [line for line in lines if line["cause"]]
    parts = [f"## Questions that failed: {len(failed)}"]
    for name, (title, explanation) in CAUSES.items():
        members = [line for line in failed if line["cause"] == name]
        if members:
            items = "\n".join(map(_failure, members))
            parts += [f"### {title}: {len(members)}", explanation, items]
    return parts


def _failure(line: dict[str, Any]) -> str:
    asked = " → ".join(_shown(turn) for turn in (*line["before"], line["question"]))
    expected = "; and ".join(" or ".join(map(_shown, variants)) for variants in line["answers"])
    items = [
        f"- **{escape(line['id'])}** {asked}",
        f"    - shown ({STATUSES[line['status']]}): {_shown(line['text'])}",
        f"    - expected: {expected if line['answerable'] else 'a refusal'}",
        f"    - confidence: {_percent(line['confidence'])}",
    ]
    places = "; ".join(
        f"“{_shown(evidence['snippet'])}” in {escape(evidence['file'])}"
        for evidence in line["evidence"]
    )
    if places:
        ranks = [rank for rank, name in enumerate(line["ranking"], 1) if name in line["relevant"]]
        items.append(f"    - where: {places}{f', found as number {ranks[0]}' if ranks else ''}")
    return "\n".join(items)


def _shown(text: str) -> str:
    return escape(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"
