"""What is quoted beside the sentences that match best."""

from collections.abc import Sequence

import pytest

from corpus.model import Passage, Sentence
from qa.model import Hit, Kind, Query, ScoredSentence
from qa.picks import Pick, with_what_is_asked

HOSPITAL = "青禾市第三人民医院"


def hit(*scored: tuple[str, float], doc_id: str = "clover", number: int = 1) -> Hit:
    text = "".join(one for one, _ in scored)
    passage = Passage(f"{doc_id}#p{number}", doc_id, text, 0, len(text), "", (HOSPITAL,))
    sentences = tuple(
        ScoredSentence(Sentence(passage.passage_id, one, text.find(one), len(one)), score)
        for one, score in scored
    )
    best = sorted(sentences, key=lambda one: -one.score)
    return Hit(passage, best[0].score, number, 0.8, 5.0, tuple(best))


def shown(question: str, value: Kind, hits: Sequence[Hit]) -> list[str]:
    query = Query(question, question, kind=value, value=value)
    picks = with_what_is_asked(query, [Pick(hits[0], hits[0].sentences[0])], hits, 3)
    return [pick.scored.sentence.text for pick in picks]


SAVED = "柜员多问了一句，保住了老人的28万元。"
NAMED = "柜员安琪今年24岁。"


@pytest.mark.parametrize(
    ("question", "value", "beside"),
    [
        ("多问了一句的柜员叫什么", "person", NAMED),
        ("多问了一句的柜员今年多少岁", "number", NAMED),
        ("保住了多少元", "number", None),  # which is there
        ("柜员保住了什么", "fact", None),
    ],
)
def test_the_name_or_unit_asked_for_is_quoted_too(
    question: str, value: Kind, beside: str | None
) -> None:
    found = shown(question, value, [hit((SAVED, 0.8), (NAMED, 0.5))])
    assert found == [SAVED, *filter(None, [beside])]


def test_another_passage_of_the_article_is_looked_at_only_when_it_is_near() -> None:
    question = "多问了一句的柜员叫什么"
    near, far = hit((NAMED, 0.75), number=2), hit((NAMED, 0.6), number=2)
    assert shown(question, "person", [hit((SAVED, 0.8)), near]) == [SAVED, NAMED]
    assert shown(question, "person", [hit((SAVED, 0.8)), far]) == [SAVED]
    elsewhere = hit((NAMED, 0.75), doc_id="harbour")
    assert shown(question, "person", [hit((SAVED, 0.8)), elsewhere]) == [SAVED]


def test_a_reason_without_a_sign_is_what_comes_next() -> None:
    closed, reason = "夜间门诊停了。", "人手不够了。"
    assert shown("夜间门诊为什么停了", "fact", [hit((closed, 0.8), (reason, 0.3))]) == [
        closed,
        reason,
    ]
