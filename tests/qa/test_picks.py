"""What is quoted beside the sentences that match best."""

from collections.abc import Sequence

import pytest

from corpus.model import Passage, Sentence
from qa.model import Hit, Kind, Query, ScoredSentence
from qa.picks import Pick, rather, with_the_next, with_what_is_asked
from qa.quote import LONGEST

HOSPITAL = "青禾市第三人民医院"


def hit(*scored: tuple[str, float], doc_id: str = "clover", number: int = 1) -> Hit:
    text = "".join(one for one, _ in scored)
    passage = Passage(f"{doc_id}#p{number}", doc_id, text, 0, len(text), "", (HOSPITAL,))
    sentences = tuple(
        ScoredSentence(Sentence(passage.passage_id, one, at, at + len(one)), score)
        for one, score in scored
        for at in (text.find(one),)
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


QUERY = Query("岳清秋是做什么的", "岳清秋是做什么的")


def test_a_short_sentence_alone_is_quoted_with_a_short_one_that_follows() -> None:
    won, works = "岳清秋赢得了女子组冠军。", "她平时是一名中学数学老师。"
    best = hit(("比赛昨天举行。", 0.5), (won, 0.8), (works, 0.4), ("下雨了。", 0.3))
    first, second = (Pick(best, best.sentences[n]) for n in (0, 2))
    assert with_the_next(QUERY, [first]) == [first, second]
    assert with_the_next(QUERY, [first, second]) == [first, second]
    (last,) = (Pick(best, one) for one in best.sentences if one.sentence.text == "下雨了。")
    assert with_the_next(QUERY, [last]) == [last]


def test_nothing_is_added_to_a_value_that_was_asked_for() -> None:
    best = hit(("青禾医院有床位620张。", 0.8), ("院长是林晓舟。", 0.3))
    picks = [Pick(best, best.sentences[0])]
    beds = Query("床位有几张", "床位有几张", kind="number", value="number")
    assert with_the_next(beds, picks) == picks


@pytest.mark.parametrize(("longer", "shown"), [(0, 2), (1, 1)])
def test_no_more_is_quoted_than_of_a_long_sentence(longer: int, shown: int) -> None:
    best = hit(("赢了。", 0.8), (f"{'很' * (LONGEST - 4 + longer)}。", 0.3))
    assert len(with_the_next(QUERY, [Pick(best, best.sentences[0])])) == shown


def test_he_and_she_are_the_last_who_was_named_before() -> None:
    taught, other = "她教会了村医认心电图。", "司机洪福生得救了。"
    named = "急诊科副主任林婉仪负责培训乡镇。"
    (best,) = hits = [hit((other, 0.79), (named, 0.4), (taught, 0.8))]
    question = "是谁教村医看心电图的"
    query = Query(question, question, kind="person", value="person")
    found = with_what_is_asked(query, [Pick(best, one) for one in best.sentences[:2]], hits, 3)
    assert [pick.scored.sentence.text for pick in found] == [taught, named, other]


@pytest.mark.parametrize(
    ("question", "value", "shown"),
    [
        ("两家的院长是谁", "person", "院长林晓舟到场。"),
        ("哪家级别高", "fact", "青禾三院是三级综合医院。"),
        ("各多少平方米", "number", "新楼建筑面积7.9万平方米。"),
        ("哪家好", "fact", "青禾三院开第二家新楼。"),
        ("哪家大", "number", "新楼建筑面积7.9万平方米。"),
    ],
)
def test_of_a_hospital_that_is_compared_what_is_asked_for_is_quoted(
    question: str, value: Kind, shown: str
) -> None:
    first = "青禾三院开第二家新楼。"
    others = ("院长林晓舟到场。", "青禾三院是三级综合医院。", "新楼建筑面积7.9万平方米。")
    best = hit((first, 0.8), *((one, 0.5) for one in others))
    query = Query(question, question, kind="comparison", value=value)
    (found,) = rather(query, [Pick(best, best.sentences[0])], [best])
    assert found.scored.sentence.text == shown


@pytest.mark.parametrize(
    ("question", "value", "quoted"),
    [
        ("青禾三院和白港医院谁的床位多", "number", "全院现有床位620张。"),
        ("青禾三院和白港医院谁的车位多", "number", "病房楼共有18层。"),  # nothing says 车位
        ("老院和新院,哪座更高", "fact", "病房楼共有18层。"),
        ("老院和新院,哪家安静", "fact", "住院环境越来越好。"),
    ],
)
def test_of_one_that_is_compared_the_figure_of_what_is_asked_is_quoted(
    question: str, value: Kind, quoted: str
) -> None:
    told = hit(
        ("住院环境越来越好。", 0.8), ("病房楼共有18层。", 0.79), ("全院现有床位620张。", 0.7)
    )
    query = Query(question, question, kind="comparison", value=value)
    (pick,) = rather(query, [Pick(told, told.sentences[0])], [told])
    assert pick.scored.sentence.text == quoted
