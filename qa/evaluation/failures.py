"""Why a question failed, as far as its outcome tells."""

from typing import Literal

from qa.evaluation.outcomes import Outcome

Cause = Literal[
    "no_evidence",
    "not_found",
    "wrongly_refused",
    "asked_back",
    "not_shown",
    "wrongly_answered",
]


def cause(outcome: Outcome, relevant: frozenset[str]) -> Cause | None:
    """Return the first thing that went wrong on the way to the answer; None when nothing did.

    - `no_evidence`: no passage holds an evidence of the question, so nothing could be found;
    - `not_found`: none that does is among the best;
    - `wrongly_refused`, `asked_back`: it was found, but there was no answer;
    - `not_shown`: it was found, but what was shown does not hold the asked value;
    - `wrongly_answered`: there was an answer, and the documents have none.
    """
    if outcome.passed:
        return None
    status = outcome.answer.status
    if not outcome.question.answerable:
        return "asked_back" if status == "clarify" else "wrongly_answered"
    if not relevant:
        return "no_evidence"
    if relevant.isdisjoint(outcome.ranking):
        return "not_found"
    if status == "refused":
        return "wrongly_refused"
    return "asked_back" if status == "clarify" else "not_shown"
