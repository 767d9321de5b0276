"""Refusals: what is missing, why, and what the documents have instead. No citation, no claim."""

from collections.abc import Sequence

from corpus.fold import fold
from corpus.lazy_pattern import lazy_pattern
from qa.intent import is_a_question, is_an_order, is_personal, wants_treatment
from qa.model import Answer, Hit, Query, Reason
from qa.phrases import in_script, joined, phrase
from qa.subjects import nearest_subjects

WHY = r"为什么|为啥|为何|怎么会|凭什么|点解|何故|因何|\bwhy\b|\bhow come\b"  # a pattern
# A question that takes for granted that something happened.
_PRESUMING = lazy_pattern(
    f"{WHY}|什么时候.{{0,12}}(?:了|的)|哪[一年]?年.{{0,12}}(?:取消|关闭|合并|撤|停|被)|[^是有]被"
)
# A question shares less than this of its words (by their idf) with every passage.
FOREIGN = 0.15


def reason_before_search(query: Query) -> Reason:
    """Return why a question is refused whatever the documents say; empty when it is not."""
    folded = fold(query.question)
    if not is_a_question(query.question):
        return "not_a_question"
    # Whom an earlier question was about says nothing of what this one wants.
    names_none = not query.hospitals or query.follow_up
    if names_none and wants_treatment(folded) and is_personal(folded):
        return "medical_advice"
    if names_none and is_an_order(folded):
        return "off_topic"
    return "unknown_hospital" if query.unknown else ""


def reason_after_search(query: Query, hits: Sequence[Hit]) -> Reason:
    """Return why the hits do not answer."""
    folded = fold(query.question)
    if not query.hospitals and wants_treatment(folded):
        return "medical_advice"
    if _is_foreign(query, hits):
        return "off_topic"
    return "false_premise" if _PRESUMING.search(folded) else "attribute_not_found"


def refuse(
    query: Query, hits: Sequence[Hit], reason: Reason, sure: float, missing: str = ""
) -> Answer:
    """Return the refusal: its text says what is `missing`, and what there is instead."""
    shown = () if reason in ("not_a_question", "medical_advice") else tuple(hits)
    near = reason in ("attribute_not_found", "false_premise")
    subjects = nearest_subjects(shown) if near else ()
    text = _missing(query, reason, missing)
    if subjects:
        listed = joined(subjects, query.language)
        text += (" " if query.language == "en" else "") + phrase(
            "nearest", query.language, subjects=listed
        )
    return Answer(
        question=query.question,
        query=query.text,
        text=text,
        citations=(),
        hits=shown,
        confidence=sure,
        status="refused",
        reason=reason,
        suggestions=subjects,
        language=query.language,
        kind=query.kind,
    )


def _is_foreign(query: Query, hits: Sequence[Hit]) -> bool:
    return not query.hospitals and all(hit.coverage < FOREIGN for hit in hits)


def _missing(query: Query, reason: Reason, missing: str) -> str:
    if reason == "unknown_hospital":
        return phrase(reason, query.language, names=joined(query.unknown, query.language))
    if reason not in ("attribute_not_found", "false_premise"):
        return phrase(reason, query.language)
    what = in_script(missing, query.language)
    key = "untold" if what and reason == "attribute_not_found" else reason
    if query.hospitals:
        names = joined(query.hospitals, query.language)
        return phrase(f"{key}_about", query.language, names=names, what=what)
    return phrase(key, query.language, what=what)
