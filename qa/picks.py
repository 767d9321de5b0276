"""Which sentence more to quote when those that match best lack what is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.fold import fold
from corpus.lazy_pattern import lazy_pattern
from qa.lacking import asked_of, plain
from qa.model import Hit, Query, ScoredSentence
from qa.person_names import names_another
from qa.refusal import WHY
from qa.values import Detail, holds_detail

BESIDE = 0.1  # below the best sentence; what is farther off in other passages is not sought

_WHY = lazy_pattern(f"{WHY}|凭啥|什么原因|怎么(?:就|没|不|[烧着]起来)|咋(?:就|没|不|会)")
_BECAUSE = lazy_pattern(
    "因(?!子)(?<!基因)|由于|缘[由于故]|为了|旨在|以便|导致|以致|致使|鉴于|目的|理由|考虑到"
)


@dataclass(frozen=True, slots=True)
class Pick:
    """A sentence to be quoted, and the hit that it is from."""

    hit: Hit
    scored: ScoredSentence


def with_what_is_asked(
    query: Query, picks: list[Pick], hits: Sequence[Hit], most: int
) -> list[Pick]:
    """Return `most` picks, where none has what is asked for, with the best of the hits that has.

    That something is so is what the question says too, and so matches best; the reason, the name or
    the figure stands beside it. A reason may have no sign of one: then it is what comes next.
    """
    asks_why = _WHY.search(fold(query.question)) is not None
    has = _has_what_is_asked(query, asks_why=asks_why)
    if has is None or any(map(has, picks)):
        return picks
    first = picks[0]
    near = [
        Pick(hit, scored)
        for hit in hits
        if hit.passage.doc_id == first.hit.passage.doc_id
        for scored in hit.sentences
        if hit is first.hit or first.scored.score - scored.score <= BESIDE
    ]
    found = filter(has, near)
    best = max(found, key=lambda pick: (pick.hit is first.hit, pick.scored.score), default=None)
    if best is None and asks_why:
        end = first.scored.sentence.end
        after = [Pick(first.hit, one) for one in first.hit.sentences if one.sentence.start >= end]
        best = min(after, key=lambda pick: pick.scored.sentence.start, default=None)
    if best is None:
        return picks
    return [first, best, *(pick for pick in picks[1:] if pick != best)][:most]


def _has_what_is_asked(query: Query, *, asks_why: bool) -> Callable[[Pick], bool] | None:
    """Return what tells a sentence with the reason, the name or the unit asked for, if any is."""
    beside, units = fold(query.text), asked_of(query).units
    if asks_why:
        return lambda pick: _BECAUSE.search(_plain(pick)) is not None
    if query.value == "person":
        return lambda pick: names_another(_plain(pick), beside)
    if query.value == "number" and units:
        return lambda pick: holds_detail(Detail(units), _plain(pick))[0] is True
    return None


def _plain(pick: Pick) -> str:
    return plain(pick.scored.sentence.text)
