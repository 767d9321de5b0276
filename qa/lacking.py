"""What every answer would hold, and the best passage does not: then it is no answer at all.

However near a passage comes, without a price it does not tell what something costs, and the
figure of 2020 is not that of 2021. Leaves out: questions about several hospitals, of which one may
answer where another does not.
"""

import re
from collections.abc import Sequence

from corpus.fold import fold
from corpus.reflow import searchable
from qa.attributes import untold
from qa.model import Hit, Query
from qa.polarity import polarity
from qa.values import (
    INDISPENSABLE,
    Detail,
    asked_detail,
    has_kind,
    holds_detail,
    holds_value,
    names_a_person,
)

_ANY_TITLE = frozenset({"负责人", "创始人", "记者", "作者"})  # who bears it is told in many ways
_YEAR = re.compile(r"(?:19|20)\d{2}(?=年)")
_RELATIVE_YEAR = re.compile("[去今前当本同次]年|年来|目前|现在")
_IS_DONE = re.compile("[的了][?？。\\s]*$")  # 哪年评上的: that it happened is taken for granted


def asked_of(query: Query) -> Detail:
    """Return the details that a question names; a follow-up's own, where it names any."""
    own = asked_detail(fold(query.own))
    return own if own != Detail() else asked_detail(fold(query.text))


def lacking(query: Query, hits: Sequence[Hit]) -> str | None:
    """Return what is asked for and not in the best passage, which then cannot answer.

    None when nothing is known to lack; empty when there is no word for it. `hits` are not empty.
    """
    if query.kind in ("set", "comparison"):
        return None
    hit = hits[0]
    text = searchable(fold(hit.passage.text))
    # Where no value is asked for, what is named may be but a circumstance: 做完CT怎么取片.
    is_named = has_kind(query.value) or query.value in ("person", "place")
    context = f"{fold(hit.passage.context)} {text}"
    if what := untold(fold(query.own), context, only_events=not is_named):
        return what
    if query.value in INDISPENSABLE and not holds_best(query, hit):
        return ""
    detail = asked_of(query)
    _, has_role, has_year = holds_detail(detail, text)
    if query.value == "person" and detail.role:
        named = names_a_person(text) and (has_role or detail.role in _ANY_TITLE)
        return None if named else detail.role
    if has_year is False and _is_of_another_year(detail.year, hits):
        return f"{detail.year}年"
    if query.value == "date" and _IS_DONE.search(query.question):
        best = hit.sentences[0].sentence.text
        return "" if polarity(query.question, best) == "not_yet" else None
    return None


def _is_of_another_year(year: str, hits: Sequence[Hit]) -> bool:
    """Tell whether the best passage is of named years, and none of its document of this one."""
    best = hits[0].passage
    text = searchable(best.text)
    return (
        _YEAR.search(text) is not None
        and _RELATIVE_YEAR.search(text) is None
        and not any(year in hit.passage.text for hit in hits if hit.passage.doc_id == best.doc_id)
    )


def holds_best(query: Query, hit: Hit) -> bool:
    """Tell whether the hit's best sentence holds a value of the asked kind."""
    return holds_value(query.value, searchable(hit.sentences[0].sentence.text))
