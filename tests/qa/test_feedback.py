import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from qa.errors import DataNotKept, EvaluationError
from qa.evaluation import holds, read_questions
from qa.feedback import MOST_COMMENT, Feedback, FeedbackStore
from qa.feedback_report import (
    NO_REASON,
    Tally,
    candidates,
    is_to_label,
    plain,
    report,
)
from qa.model import Answer
from tests.qa.answers import CLOVER, HARBOUR, TEXT, answered, cited, hit, refused

ASKED = {"role": "user", "content": "说说青禾三院"}
TOLD = {"role": "assistant", "content": "青禾市第三人民医院现有床位620张。[1]"}


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / "feedback.jsonl")


def said(
    store: FeedbackStore, answer: Answer, verdict: Any = "down", reason: Any = "", **more: Any
) -> Feedback:
    return store.add(answer, verdict, reason, **more)


def test_what_was_said_comes_back_with_the_answer(store: FeedbackStore) -> None:
    given = said(
        store,
        answered(),
        "down",
        "wrong",
        comment="去年是610张",
        history=[ASKED, TOLD],
        hospital=CLOVER,
    )
    (kept,) = store.read().records
    assert kept == given
    assert (kept.verdict, kept.reason, kept.comment) == ("down", "wrong", "去年是610张")
    assert (kept.history, kept.hospital, kept.hospitals) == ((ASKED, TOLD), CLOVER, (CLOVER,))
    assert datetime.fromisoformat(kept.time).tzinfo == UTC
    assert re.fullmatch(r"\d+\.\d+.*", kept.version)


def test_the_answer_is_kept_whole_but_for_the_texts_of_its_hits(store: FeedbackStore) -> None:
    answer = answered()
    kept = said(store, answer, "up").answer
    whole = json.loads(json.dumps(answer.to_dict()))
    left_out = {"text", "context", "sentences"}
    assert json.loads(json.dumps(kept)) == {
        **whole,
        "hits": [
            {key: value for key, value in one.items() if key not in left_out}
            for one in whole["hits"]
        ],
    }
    assert kept["citations"][0]["quote"] == TEXT
    assert kept["hits"][0]["passage_id"] == "clover#p1"


def test_nothing_of_a_message_is_kept_but_role_and_text(store: FeedbackStore) -> None:
    said(store, answered(), history=[{**ASKED, "metadata": {"address": "192.0.2.7"}}])
    assert "192.0.2.7" not in store.path.read_text(encoding="utf-8")
    assert set(json.loads(store.path.read_bytes())) == {
        *("time", "version", "verdict", "reason", "comment"),
        *("history", "hospital", "hospitals", "answer"),
    }


@pytest.mark.parametrize(
    ("comment", "kept"),
    [
        ("  两行\n 意见\x00\x1b[31m ", "两行 意见[31m"),
        ("\u202e反\ud800 <script>", "反 <script>"),
        ("x" * MOST_COMMENT, "x" * MOST_COMMENT),
    ],
)
def test_a_comment_is_one_line_without_what_cannot_be_seen(
    store: FeedbackStore, comment: str, kept: str
) -> None:
    assert said(store, answered(), comment=comment).comment == kept


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sideways",), "verdict is 'sideways'; it can be 'up', 'down'"),
        (("down", "ugly"), "reason is 'ugly'"),
        (("down", "", "x" * 501), "the comment has 501 characters; 500 are the limit"),
    ],
)
def test_what_cannot_be_used_is_named_and_not_kept(
    store: FeedbackStore, arguments: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        store.add(answered(), *arguments)
    assert store.read().records == ()


def test_a_full_file_says_so(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "feedback.jsonl", limit=1000)
    said(store, answered())
    with pytest.raises(DataNotKept, match="move it away"):
        said(store, answered())
    assert len(store.read().records) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "maybe"},
        {"answer": {}},
        {"answer": {"citations": [{}]}},
        {"history": None},
        {"more": 1},
    ],
)
def test_a_line_of_something_else_is_left_out_and_told(
    store: FeedbackStore, change: Mapping[str, Any]
) -> None:
    said(store, answered())
    line = json.loads(store.path.read_bytes())
    with store.path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({**line, **change}) + '\n{"time": "20')
    read = store.read()
    assert len(read.records) == 1
    assert read.damaged == ("feedback.jsonl, line 3", "feedback.jsonl, record 2 is no feedback")


def test_a_report_tells_what_fails_most(store: FeedbackStore) -> None:
    harbour = answered("白港有多少床位？", [cited("harbour", HARBOUR, "有床位310张。", "310张")])
    said(store, answered(), "up")
    said(store, answered(), "down", "wrong")
    said(store, answered("青禾三院，有多少 張床?"), "down", "wrong", comment="是610张")
    said(store, harbour, "up")
    said(store, refused("停车多少钱？", hit()), "down", "not_answered")
    said(store, refused("有食堂吗？"), "down")
    found = report(store.read().records)
    assert (found.total, found.up, found.down, found.share_up) == (6, 2, 4, pytest.approx(1 / 3))
    assert found.reasons == (
        Tally("wrong", 2, 0),
        Tally(NO_REASON, 1, 0),
        Tally("not_answered", 1, 0),
    )
    assert found.refusals == (Tally("attribute_not_found", 2, 0),)
    assert found.hospitals == (Tally(CLOVER, 3, 1),)
    assert found.documents == (Tally("clover", 2, 1),)
    worst = found.questions[0]
    assert (worst.question, worst.down, worst.up) == ("青禾三院，有多少 張床?", 2, 1)
    assert (worst.reasons, worst.comments) == (("wrong",), ("是610张",))
    assert {one.question for one in found.questions[1:]} == {"停车多少钱？", "有食堂吗？"}
    assert json.loads(json.dumps(found.to_dict()))["share_up"] == 0.3333


def test_nothing_is_a_report_too() -> None:
    found = report([])
    assert (found.total, found.share_up, found.first) == (0, None, "")
    assert found.to_dict()["questions"] == ()


def test_the_same_words_of_another_conversation_are_another_question(
    store: FeedbackStore,
) -> None:
    for history in ([ASKED], [{"role": "user", "content": "说说白港医院"}], []):
        said(store, answered("那院长呢？"), history=history)
    said(store, answered("那院长呢？"), hospital=CLOVER)
    assert len(report(store.read().records).questions) == 4


def test_questions_that_differ_in_writing_only_are_the_same() -> None:
    assert plain("大同五院，有多少 台透析機？") == plain("大同五院有多少台透析机") != plain("？！")
    assert plain("？！") == "?!"


def test_a_thumb_up_makes_a_question_that_can_be_asked_at_once(
    store: FeedbackStore, tmp_path: Path
) -> None:
    said(store, answered(), "up", history=[ASKED, TOLD])
    said(store, answered(), "up", history=[ASKED, TOLD])
    (made,) = candidates(store.read().records)
    assert not is_to_label(made)
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps(made), encoding="utf-8")
    (question,) = read_questions(path)
    assert question.turns == ("说说青禾三院", "青禾三院有多少张床？")
    assert question.answerable
    assert question.answers == (("620张",),)
    assert holds(answered().text, question.answers)
    assert [(one.file, one.snippet) for one in question.evidence] == [("clover.md", TEXT)]
    assert question.id == candidates(store.read().records)[0]["id"]


def test_each_hospital_of_a_comparison_has_its_value(store: FeedbackStore) -> None:
    both = [
        cited(),
        replace(cited("harbour", HARBOUR, "白港县中心医院有\n床位310张。", "310张"), marker=2),
        replace(cited("harbour", HARBOUR, "另有日间病床。", ""), marker=3),
    ]
    said(store, answered("哪家床位多？", both), "up")
    (made,) = candidates(store.read().records)
    assert made["answers"] == [["620张"], ["310张"]]
    assert [one["snippet"] for one in made["evidence"]][1] == "白港县中心医院有床位310张。"


def test_without_a_marked_value_the_quote_is_the_answer(store: FeedbackStore) -> None:
    said(store, answered(citations=[cited(value="")]), "up")
    assert candidates(store.read().records)[0]["answers"] == [[TEXT]]


@pytest.mark.parametrize(
    ("answer", "verdict", "reason", "more"),
    [
        (answered(), "down", "wrong", {}),
        (refused(), "down", "", {}),
        (refused(), "down", "not_answered", {}),
        (refused(), "up", "", {}),
        (answered(), "up", "", {"hospital": CLOVER}),
    ],
)
def test_what_only_a_person_can_tell_is_marked_and_refused_until_it_is_told(
    store: FeedbackStore, tmp_path: Path, answer: Answer, verdict: Any, reason: Any, more: Any
) -> None:
    said(store, answer, verdict, reason, comment="为什么", **more)
    (made,) = candidates(store.read().records)
    assert is_to_label(made)
    assert made["label"].startswith("by hand: ")
    assert made["tags"][:2] == ["to_label", verdict]
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps(made), encoding="utf-8")
    with pytest.raises(EvaluationError, match="line 1"):
        read_questions(path)
    labelled = {**made, "answerable": True, "answers": ["5元"], "evidence": []}
    path.write_text(json.dumps(labelled), encoding="utf-8")
    assert read_questions(path)[0].answers == (("5元",),)


def test_a_refusal_that_should_have_been_an_answer_waits_for_its_evidence(
    store: FeedbackStore,
) -> None:
    said(store, refused(), "down", "not_answered", comment="门口写着")
    (made,) = candidates(store.read().records)
    assert (made["answerable"], made["answers"], made["evidence"]) == (True, [], [])
    assert made["comments"] == ["门口写着"]


def test_readers_who_disagree_leave_it_to_a_person(store: FeedbackStore) -> None:
    said(store, answered(), "down", "wrong")
    said(store, answered(), "up")
    said(store, answered("白港有多少床位？"), "up")
    ready, disputed = candidates(store.read().records)
    assert not is_to_label(ready)
    assert disputed["tags"] == ["to_label", "down", "wrong"]
