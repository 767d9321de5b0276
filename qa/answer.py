"""The answer: verbatim quotes from the hits, a question back, or what is missing.

Every claim in the text is a quote with its marker; the words around quotes are names and the fixed
phrases of `qa.phrases`.
"""

from collections.abc import Callable, Sequence
from functools import partial

from corpus.fold import fold
from corpus.lazy_pattern import lazy_pattern
from corpus.model import Document
from corpus.reflow import origins, searchable
from qa.comparison import in_english, superlative, winner
from qa.confidence import confidence, is_enough
from qa.lacking import like_the_best, places_asked, plain, says_place, telling_first, untold_in
from qa.model import Answer, Citation, Hit, Query
from qa.phrases import joined, phrase
from qa.picks import Pick, rather, with_the_next, with_what_is_asked
from qa.polarity import is_of_a_grade, polarity
from qa.quote import MARGIN, Quote, choose_quote
from qa.refusal import reason_after_search, reason_before_search, refuse
from qa.sides import of_each
from qa.values import asked_detail, find_values, is_recognised

MOST = 3  # sentences that are shown, at most
LIST_MOST = 5
# Another hospital belongs to a set when its best passage is as near as this to the best of all, or
# is further off but holds at least half as many of the question's words.
SET_NEAR = 0.03
SET_FAR = 0.20
SET_WORDS = 0.5
SET_WORDLESS = 0.075  # where no passage holds any, as for a question in English
SET_MOST = 6  # hospitals
# Without a hospital in the question, others answer too when they are as near as this to the best;
# or further off, but all the question's words that are anywhere are said of them too.
ALIKE = 0.02
ALIKE_IN_WORDS = 0.08
WORDS = 0.3  # of the question, by their idf; with fewer nothing is said of any
ALIKE_MOST = 3  # hospitals that are quoted side by side; of more the person is asked to choose
# Confidence below which a quote is shown without a yes or a no: in English, as the question's words
# are not compared with the quote; for a yes, which needs no sign in it; and for a no, which does.
SURE, YES, NO = 0.95, 0.7, 0.6

# The verifier's logit below which a figure is not compared with another hospital's: 334 party
# members are not more than 3 professors. Of the 189 quotes of dev that tell what is compared 15 are
# below it, of 33 that do not 13.
DOUBTED = -2.5

# When hospitals were founded is asked, and told of the hospital itself.
_FOUNDING = lazy_pattern(
    "建院|(?<![科室心])成立|创[办建]|founded|established|\\bolder\\b|\\boldest\\b"
)
_FOUNDED = lazy_pattern("建院|[始兴筹]建|创[建办]|前身|[建立]于|年(?:正式)?成立(?!了)|诞生")

# What is done in steps is quoted whole: 怎么收拾, and 这样做：先…；再…；最后….
_HOW = lazy_pattern(
    "(?:怎么|怎样|如何|咋|点样)(?![了样会没啦啊还])|步骤|流程|哪几步"
    "|\\bhow (?:to|do|does|did|should|can)\\b"
)
_STEPS = lazy_pattern("[:：](?=.*(?:先|再|最后|第[一二]步|首先|①))[^:：]+[;；].+[;；]")

DocumentOf = Callable[[str], Document]
"""Returns the document of an id."""


def compose(query: Query, hits: Sequence[Hit], document_of: DocumentOf) -> Answer:
    """Return the answer that the hits give, a refusal when they give none.

    `document_of` returns the document of an id.
    """
    if reason := reason_before_search(query):
        return refuse(query, hits, reason, 0.0)
    found = hits
    hits, missing = telling_first(query, found)
    sure = confidence(query, hits) if missing is None else 0.0
    if not is_enough(sure):
        return refuse(query, found, reason_after_search(query, found), sure, missing or "")
    hits = like_the_best(query, hits)
    compared = of_each(query.sides, hits) if query.sides else ()
    if compared:
        picks, each = _of_sides(query, compared, hits), False
    else:
        alike = _alike(query, hits)
        if len(alike) > ALIKE_MOST:
            return _ask_back(query, hits, alike, sure)
        picks, each = _choose(query, hits, alike)
    citations = _citations(query, picks, document_of, whole=query.value == "list" and not each)
    lines = [
        (f"{citation.hospital}：" if each and citation.hospital else "")
        + f"{searchable(citation.quote)}[{citation.marker}]"
        for citation in citations
    ]
    return Answer(
        question=query.question,
        query=query.text,
        text="\n".join([*_opening(query, picks, citations, sure), *lines]),
        citations=citations,
        hits=tuple(found),
        confidence=sure,
        status="answered",
        language=query.language,
        kind=query.kind,
    )


def _choose(
    query: Query, hits: Sequence[Hit], alike: Sequence[tuple[str, ...]]
) -> tuple[list[Pick], bool]:
    """Return what to quote, and whether it is one line for each hospital."""
    about = hits[0].passage.hospitals
    if query.kind == "comparison" or (query.kind == "set" and about):
        return _telling_most(query, _one_each(query, hits)), True
    if len(alike) > 1:
        firsts = {hit.passage.hospitals: hit for hit in reversed(hits)}
        return [Pick(firsts[about], firsts[about].sentences[0]) for about in alike], True
    picks = [
        Pick(hit, scored)
        for hit in hits
        if hit.passage.hospitals == about  # never mix hospitals silently
        for scored in hit.sentences
    ]
    shown = _near_best(picks, LIST_MOST if query.value == "list" else MOST, MARGIN)
    shown = _without_other_figures(query, shown)
    return with_the_next(query, with_what_is_asked(query, shown, hits, MOST)), False


def _without_other_figures(query: Query, picks: list[Pick]) -> list[Pick]:
    """Return the picks, of a number of what is named (床位) without other things' (18层)."""
    first, *rest = picks
    if query.value != "number" or not _tells_how_many(query, first.scored.sentence.text):
        return picks
    told = (pick for pick in rest if not untold_in(query, plain(pick.scored.sentence.text)))
    return [first, *told]


def _of_sides(query: Query, compared: Sequence[Hit], hits: Sequence[Hit]) -> list[Pick]:
    """Return the best sentences of each of the hits that tell of what is compared."""
    every = ([Pick(hit, scored) for scored in hit.sentences] for hit in compared)
    return [pick for picks in every for pick in _best_compared(query, picks, hits)]


def _best_compared(query: Query, picks: list[Pick], hits: Sequence[Hit]) -> list[Pick]:
    """Return what a comparison quotes of one of those compared."""
    return rather(query, _near_best(picks, 2, MARGIN / 2), hits)


def _alike(query: Query, hits: Sequence[Hit]) -> list[tuple[str, ...]]:
    """Return the hospitals that a question without one may mean, best first."""
    best = hits[0]
    about = best.passage.hospitals
    if query.hospitals or query.mentioned or not about or not is_recognised(query.kind):
        return [about]
    places = places_asked(query, hits)
    elsewhere = not says_place(best, places)
    return list(
        dict.fromkeys(
            hit.passage.hospitals
            for hit in hits
            if hit.passage.hospitals
            and (elsewhere or says_place(hit, places))
            and best.score - hit.score <= (ALIKE_IN_WORDS if _says_as_much(hit, best) else ALIKE)
            and find_values(query.kind, searchable(hit.sentences[0].sentence.text))
        )
    ) or [about]


def _says_as_much(hit: Hit, best: Hit) -> bool:
    return hit.coverage >= max(best.coverage, WORDS)


def _one_each(query: Query, hits: Sequence[Hit]) -> list[Pick]:
    """Return the best sentences of each hospital: of those named, or of those near the best."""
    groups: dict[tuple[str, ...], list[Pick]] = {}
    words = max(hit.coverage for hit in hits)
    for hit in hits:
        if query.kind == "comparison" or _belongs(hit, hits[0].score, words):
            picks = (Pick(hit, scored) for scored in hit.sentences)
            groups.setdefault(hit.passage.hospitals, []).extend(picks)
    if query.kind == "comparison":
        best = [_best_compared(query, picks, hits) for picks in groups.values()]
    else:
        best = [_near_best(picks, 1, 0.0) for picks in list(groups.values())[:SET_MOST]]
    return [pick for picks in best for pick in picks]


def _telling_most(query: Query, picks: list[Pick]) -> list[Pick]:
    """Return, where it is asked who has most, only what tells how many, if anything does."""
    if query.kind != "set" or not superlative(fold(query.question)):
        return picks
    telling = [pick for pick in picks if _tells_how_many(query, pick.scored.sentence.text)]
    return telling or picks


def _tells_how_many(query: Query, sentence: str) -> bool:
    """Tell whether a sentence has a figure, or a date, and speaks of what is asked for."""
    text = searchable(sentence)
    values = [text[start:end] for start, end in find_values(query.value, text)]
    in_digits = any(char.isdigit() for value in values for char in value)
    return in_digits and not untold_in(query, fold(text))


def _belongs(hit: Hit, best: float, words: float) -> bool:
    behind = best - hit.score
    if not words:
        return behind <= SET_WORDLESS
    return behind <= SET_NEAR or (behind <= SET_FAR and hit.coverage >= SET_WORDS * words)


def _near_best(picks: list[Pick], most: int, margin: float) -> list[Pick]:
    """Return the `most` best picks that are within `margin` of the best one, best first."""
    best = sorted(picks, key=lambda pick: -pick.scored.score)[:most]
    return [pick for pick in best if pick.scored.score >= best[0].scored.score - margin]


def _citations(
    query: Query, picks: Sequence[Pick], document_of: DocumentOf, *, whole: bool
) -> tuple[Citation, ...]:
    units = asked_detail(fold(query.question)).units
    asked = query.without_names(query.own)
    citations = []
    for marker, pick in enumerate(picks, start=1):
        text = searchable(pick.scored.sentence.text)
        all_of_it = whole or _tells_steps(query, text)
        scored = pick.scored
        quote = choose_quote(
            text,
            scored.focus,
            query.value,
            units,
            asked=asked,
            point=partial(pick.hit.point, scored),
            whole=all_of_it,
        )
        citations.append(_citation(marker, pick, quote, document_of(pick.hit.passage.doc_id)))
    return tuple(citations)


def _tells_steps(query: Query, text: str) -> bool:
    """Tell whether it is asked how something is done, and a sentence tells it step by step."""
    in_parts = "；" in text or ";" in text  # in few sentences; the patterns take a ms to compile
    return in_parts and bool(_STEPS.search(text) and _HOW.search(fold(query.question)))


def _citation(marker: int, pick: Pick, quote: Quote, document: Document) -> Citation:
    sentence = pick.scored.sentence
    places = origins(sentence.text)

    def original(begin: int, end: int) -> tuple[int, int]:
        return sentence.start + places[begin], sentence.start + places[end - 1] + 1

    start, end = original(quote.start, quote.end)
    return Citation(
        marker=marker,
        doc_id=document.doc_id,
        title=document.title,
        publisher=document.publisher,
        published=document.published,
        source=document.source,
        hospital="、".join(pick.hit.passage.hospitals),
        passage_id=sentence.passage_id,
        quote=document.text[start:end],
        start=start,
        end=end,
        marks=(original(*quote.value),) if quote.value else (),
        also_in=pick.hit.passage.also,
    )


def _opening(
    query: Query, picks: Sequence[Pick], citations: Sequence[Citation], sure: float
) -> list[str]:
    """Return what stands before the quotes: a yes or no, who has more, or nothing."""
    if query.kind == "yesno":
        quote = citations[0].quote
        asked = query.without_names(query.own)  # a quote need not say them
        found = polarity(asked if asked.strip(" ?") else query.question, quote)
        enough = SURE if query.language == "en" else YES if found == "yes" else NO
        plain = bool(query.hospitals) and is_of_a_grade(query.question, quote)
        return [phrase(found if sure >= enough or plain else "not_clear", query.language)]
    # Which of all is the first is not told by dates: they may be of a part of each.
    counted = query.kind == "set" and query.value == "number"
    if query.kind == "comparison" or (counted and superlative(fold(query.question))):
        won = _winner(query, citations)
        if won and query.kind == "comparison" and any(map(_is_doubted, picks)):
            return []
        return won
    return [phrase("quoted", "en")] if query.language == "en" else []


def _is_doubted(pick: Pick) -> bool:
    """Tell whether the verifier takes what is quoted for another thing's figure."""
    if pick.scored is not pick.hit.sentences[0]:
        return False  # it reads the best sentence of a hit
    verified = pick.hit.verify()
    return verified is not None and verified.logit < DOUBTED


def _winner(query: Query, citations: Sequence[Citation]) -> list[str]:
    values: dict[str, str] = {}
    asks_of_founding = _FOUNDING.search(query.text) is not None
    for citation in citations:
        if asks_of_founding and not _FOUNDED.search(fold(citation.quote)):
            continue  # the date is of something else there
        for start, end in citation.marks:
            before = citation.quote[: start - citation.start]
            value = citation.quote[start - citation.start : end - citation.start]
            if not before.endswith("等"):  # 甲、乙等15名 counts who was named, not all there are
                values.setdefault(citation.hospital, searchable(value))
    won = winner(fold(query.question), list(values.values()))
    compared = query.hospitals or {citation.hospital for citation in citations}
    if won is None or set(values) != set(compared):
        return []
    number, word = won
    of_all = query.kind == "set"
    how = in_english(word, of_all=of_all) if query.language == "en" else word
    key = "most" if of_all else "more"
    return [phrase(key, query.language, name=list(values)[number], how=how)]


def _ask_back(
    query: Query, hits: Sequence[Hit], alike: Sequence[tuple[str, ...]], sure: float
) -> Answer:
    names = ["、".join(about) for about in alike]
    listed = joined(names, query.language)
    return Answer(
        question=query.question,
        query=query.text,
        text=phrase("which_hospital", query.language, names=listed),
        citations=(),
        hits=tuple(hits),
        confidence=sure,
        status="clarify",
        suggestions=tuple(names),
        language=query.language,
        kind=query.kind,
    )
