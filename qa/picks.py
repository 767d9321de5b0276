"""Which sentence more to quote when those that match best lack what is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from corpus.fold import fold
from corpus.lazy_pattern import lazy_pattern
from qa.lacking import asked_of, plain, untold_in
from qa.model import Hit, Query, ScoredSentence
from qa.person_names import names_another
from qa.polarity_signs import OWN_GRADE
from qa.quote import LONGEST
from qa.refusal import WHY
from qa.values import Detail, find_values, holds_detail, tells

BESIDE = 0.1  # below the best sentence; what is farther off in other passages is not sought

_WHY = lazy_pattern(f"{WHY}|凭啥|什么原因|怎么(?:就|没|不|[烧着]起来)|咋(?:就|没|不|会)")
_BECAUSE = lazy_pattern(
    "因(?!子)(?<!基因)|由于|缘[由于故]|为了|旨在|以便|导致|以致|致使|鉴于|目的|理由|考虑到"
)
_ASKS_A_GRADE = lazy_pattern("几级|级别|什么等级|\\bgrades?\\b|\\b(?:which|what) level\\b")
_HOW_MUCH = lazy_pattern("(?:哪一?\\w|谁)(?:更|比较)?[多少大小高低长短远近快慢重轻贵](?!于)")
_ORDINAL = lazy_pattern(r"第(?:\d+|[一二三四五六七八九十百]+)\w?")
_POINTS_BACK = lazy_pattern('[“"]?[他她](?!人)')


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
    first = picks[0]
    spoken_of = query.value == "person" and _POINTS_BACK.match(_plain(first)) is not None
    if has is None or has(first) or (any(map(has, picks)) and not spoken_of):
        return picks
    found = list(filter(has, _near(first, hits)))
    start = first.scored.sentence.start
    if spoken_of:  # by the last name before it
        before = [pick for pick in found if pick.scored.sentence.start < start]
        found = sorted(before, key=lambda pick: pick.scored.sentence.start)[-1:] or found
    best = max(found, key=lambda pick: (pick.hit is first.hit, pick.scored.score), default=None)
    if best is None and asks_why:
        best = _next(first)
    if best is None:
        return picks
    return [first, best, *(pick for pick in picks[1:] if pick != best)][:most]


def with_the_next(query: Query, picks: list[Pick]) -> list[Pick]:
    """Return a short sentence that is quoted alone with the next of its passage, if that is short.

    What it tells of is often named in it, and what is asked of that in the next; not where it has
    a value of the asked kind.
    """
    if len(picks) != 1 or find_values(query.value, _plain(picks[0])):
        return picks
    after = _next(picks[0])
    if after is None or len(_plain(picks[0])) + len(_plain(after)) > LONGEST:
        return picks
    return [*picks, after]


def _next(pick: Pick) -> Pick | None:
    """Return the sentence that follows in the passage, if one does."""
    end = pick.scored.sentence.end
    after = [one for one in pick.hit.sentences if one.sentence.start >= end]
    found = min(after, key=lambda one: one.sentence.start, default=None)
    return None if found is None else Pick(pick.hit, found)


def rather(query: Query, picks: list[Pick], hits: Sequence[Hit]) -> list[Pick]:
    """Return, of what a comparison quotes of one hospital, only what has what is asked for.

    Where nothing near the best has it, that is all of it. A figure is rather one of what is named
    (床位) than another.
    """
    has = _has_what_is_asked(query, asks_why=False)
    wanted = [has] if has is not None else []
    if has is None and (query.value == "number" or _HOW_MUCH.search(query.own)):
        wanted = [partial(_holds_the_figure, query), _holds_a_figure]
    for has in wanted:
        if has(picks[0]):
            return picks
        found = filter(has, _near(picks[0], hits))
        best = max(found, key=lambda pick: pick.scored.score, default=None)
        if best is not None:
            return [best]
    return picks


def _holds_the_figure(query: Query, pick: Pick) -> bool:
    """Tell whether the sentence holds a figure and says what is asked for, where that is known."""
    return _holds_a_figure(pick) and not untold_in(query, _plain(pick))


def _holds_a_figure(pick: Pick) -> bool:
    return tells("number", _ORDINAL.sub("", _plain(pick)))


def _near(first: Pick, hits: Sequence[Hit]) -> list[Pick]:
    """Return the sentences of the best one's passage, and those near it of its article."""
    return [
        Pick(hit, scored)
        for hit in hits
        if hit.passage.doc_id == first.hit.passage.doc_id
        for scored in hit.sentences
        if hit is first.hit or first.scored.score - scored.score <= BESIDE
    ]


def _has_what_is_asked(query: Query, *, asks_why: bool) -> Callable[[Pick], bool] | None:
    """Return what tells a sentence with the reason, the name or the unit asked for, if any is."""
    beside, asked = fold(query.text), asked_of(query)
    units = asked.units
    if asks_why:
        return lambda pick: _BECAUSE.search(_plain(pick)) is not None
    if query.value == "person" and asked.role:
        role = Detail(role=asked.role)
        return lambda pick: (
            holds_detail(role, _plain(pick))[1] is True and names_another(_plain(pick), beside)
        )
    if query.value == "person":
        return lambda pick: names_another(_plain(pick), beside)
    if query.value == "number" and units:
        return lambda pick: holds_detail(Detail(units), _plain(pick))[0] is True
    if _ASKS_A_GRADE.search(beside):
        return lambda pick: OWN_GRADE.search(_plain(pick)) is not None
    return None


def _plain(pick: Pick) -> str:
    return plain(pick.scored.sentence.text)
