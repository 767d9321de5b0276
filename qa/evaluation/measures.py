"""One number a question and measure, so that every figure is a mean and two runs can be paired.

A value is in [0, 1], higher is better but for `false_refusals`; None where a measure says nothing
of a question, which then does not count in its mean.

    Success@1 ... nDCG@10   retrieval, of answerable questions whose evidence the documents hold
    answer_accuracy         answerable: is the asked value in the shown text
    right_source            answerable and answered: are all citations of the evidence's files
    right_hospital          answerable and answered: and of their hospitals
    citation_precision      answerable and answered: share of cited passages that are relevant
    citation_recall         answerable: share of the evidence that was cited
    refusal_precision       refused: was that right
    refusal_recall          unanswerable: was it refused
    false_refusals          answerable: was it refused
"""

from collections.abc import Mapping, Sequence

from qa.evaluation.outcomes import Outcome

RETRIEVAL = ("Success@1", "Success@5", "RR@10", "nDCG@10")
MEASURES = (
    *RETRIEVAL,
    "answer_accuracy",
    "right_source",
    "right_hospital",
    "citation_precision",
    "citation_recall",
    "refusal_precision",
    "refusal_recall",
    "false_refusals",
)
LOWER_IS_BETTER = frozenset({"false_refusals", "ms"})
Values = Mapping[str, float | None]


def values(
    outcomes: Sequence[Outcome], relevant: Mapping[str, frozenset[str]]
) -> dict[str, dict[str, float | None]]:
    """Return the value of every measure for every question's id."""
    found = _retrieval(outcomes, relevant)
    return {o.question.id: {**found[o.question.id], **_of_the_answer(o)} for o in outcomes}


def mean(name: str, rows: Sequence[Values]) -> float | None:
    """Return the mean of a measure over the questions of which it says something."""
    known = [value for row in rows if (value := row[name]) is not None]
    return round(sum(known) / len(known), 4) if known else None


def _of_the_answer(outcome: Outcome) -> dict[str, float | None]:
    answerable = outcome.question.answerable
    refused = outcome.answer.status == "refused"
    cited = answerable and outcome.answer.status == "answered"
    return {
        "answer_accuracy": _value(outcome.right, known=answerable),
        "right_source": _value(outcome.right_source, known=cited),
        "right_hospital": _value(outcome.right_hospital, known=cited),
        "citation_precision": _value(outcome.citation_precision, known=cited),
        "citation_recall": _value(outcome.citation_recall, known=answerable),
        "refusal_precision": _value(not answerable, known=refused),
        "refusal_recall": _value(refused, known=not answerable),
        "false_refusals": _value(refused, known=answerable),
    }


def _value(value: float | None, *, known: bool) -> float | None:
    return float(value) if known and value is not None else None


def _retrieval(
    outcomes: Sequence[Outcome], relevant: Mapping[str, frozenset[str]]
) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {
        outcome.question.id: dict.fromkeys(RETRIEVAL) for outcome in outcomes
    }
    measured = [o for o in outcomes if o.question.answerable and relevant[o.question.id]]
    if not measured:
        return found
    import ir_measures

    qrels = {o.question.id: dict.fromkeys(relevant[o.question.id], 1) for o in measured}
    run = {
        o.question.id: {name: 1.0 / rank for rank, name in enumerate(o.ranking, start=1)}
        for o in measured
    }
    for metric in ir_measures.iter_calc(map(ir_measures.parse_measure, RETRIEVAL), qrels, run):
        found[metric.query_id][str(metric.measure)] = float(metric.value)
    return found
