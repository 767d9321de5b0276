"""The answer: verbatim sentences of the hits, or what is missing.

Every claim in the text is a quote with its marker; the words around quotes are names and fixed
phrases only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.model import Document
from corpus.reflow import searchable
from qa.confidence import confidence, is_enough
from qa.model import Answer, Citation, Hit, Query, Reason, ScoredSentence
from qa.question import is_a_question

# How far below the best sentence another one may score and still be shown, and how many at most.
MARGIN = 0.10
MOST = 3
LIST_MOST = 5
# Another hospital belongs to a set when its best passage is as near as this to the best of all, or
# is further off but shares at least half of its words (of their BM25 score) with the question.
SET_NEAR = 0.04
SET_FAR = 0.15
SET_WORDS = 0.5
SET_MOST = 6  # hospitals


@dataclass(frozen=True, slots=True)
class _Pick:
    """A sentence to be quoted, and the hit that it is from."""

    hit: Hit
    scored: ScoredSentence


def compose(query: Query, hits: Sequence[Hit], documents: Mapping[str, Document]) -> Answer:
    """Return the answer that the hits give, a refusal when they give none."""
    if query.unknown:
        return _refusal(query, hits, "unknown_hospital", 0.0)
    if not is_a_question(query.question):
        return _refusal(query, (), "not_a_question", 0.0)
    sure = confidence(query, hits)
    if not is_enough(sure):
        return _refusal(query, hits, "attribute_not_found", sure)
    picks = _choose(query, hits)
    named = query.kind in ("set", "comparison")
    citations: list[Citation] = []
    lines: list[str] = []
    for pick in picks:
        document = documents[pick.hit.passage.doc_id]
        citations.append(_citation(len(citations) + 1, pick, document))
        subject = f"{citations[-1].hospital}：" if named and citations[-1].hospital else ""
        lines.append(f"{subject}{searchable(citations[-1].quote)}[{len(citations)}]")
    return Answer(
        question=query.question,
        query=query.text,
        text="\n".join(lines),
        citations=tuple(citations),
        hits=tuple(hits),
        confidence=sure,
        status="answered",
    )


def _choose(query: Query, hits: Sequence[Hit]) -> list[_Pick]:
    if query.kind in ("set", "comparison"):
        return _one_each(query, hits)
    about = hits[0].passage.hospitals
    picks = [
        _Pick(hit, scored)
        for hit in hits
        if hit.passage.hospitals == about  # never mix hospitals silently
        for scored in hit.sentences
    ]
    return _near_best(picks, LIST_MOST if query.kind == "list" else MOST, MARGIN)


def _one_each(query: Query, hits: Sequence[Hit]) -> list[_Pick]:
    """Return the best sentences of each hospital: of those named, or of those near the best."""
    groups: dict[tuple[str, ...], list[_Pick]] = {}
    words = max(hit.lexical for hit in hits)
    for hit in hits:
        if query.kind == "comparison" or _belongs(hit, hits[0].score, words):
            picks = (_Pick(hit, scored) for scored in hit.sentences)
            groups.setdefault(hit.passage.hospitals, []).extend(picks)
    most, margin = (2, MARGIN / 2) if query.kind == "comparison" else (1, 0.0)
    shown = list(groups.values())[: SET_MOST if query.kind == "set" else None]
    return [pick for picks in shown for pick in _near_best(picks, most, margin)]


def _belongs(hit: Hit, best: float, words: float) -> bool:
    behind = best - hit.score
    return behind <= SET_NEAR or (behind <= SET_FAR and hit.lexical >= SET_WORDS * words)


def _near_best(picks: list[_Pick], most: int, margin: float) -> list[_Pick]:
    """Return the `most` best picks that are within `margin` of the best one, best first."""
    best = sorted(picks, key=lambda pick: -pick.scored.score)[:most]
    return [pick for pick in best if pick.scored.score >= best[0].scored.score - margin]


def _citation(marker: int, pick: _Pick, document: Document) -> Citation:
    sentence = pick.scored.sentence
    return Citation(
        marker=marker,
        doc_id=document.doc_id,
        title=document.title,
        publisher=document.publisher,
        published=document.published,
        source=document.source,
        hospital="、".join(pick.hit.passage.hospitals),
        passage_id=sentence.passage_id,
        quote=sentence.text,
        start=sentence.start,
        end=sentence.end,
        also_in=pick.hit.passage.also,
    )


def _refusal(query: Query, hits: Iterable[Hit], reason: Reason, sure: float) -> Answer:
    return Answer(
        question=query.question,
        query=query.text,
        text=_explanation(query, reason),
        citations=(),
        hits=tuple(hits),
        confidence=sure,
        status="refused",
        reason=reason,
    )


def _explanation(query: Query, reason: Reason) -> str:
    english = query.language == "en"
    about = "、".join(query.hospitals)
    if reason == "unknown_hospital":
        names = "、".join(query.unknown)
        return f"The documents do not mention {names}." if english else f"资料里没有提到{names}。"
    if reason == "not_a_question":
        return (
            "Please ask a question about the documents." if english else "请就资料内容提一个问题。"
        )
    if about:
        return (
            f"The documents about {about} do not say."
            if english
            else f"{about}的资料里没有说到这一点。"
        )
    return "The documents do not say." if english else "资料里没有说到这一点。"
