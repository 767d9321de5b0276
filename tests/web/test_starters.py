"""Questions to begin with: only such as are answered, and few are tried."""

from typing import Any

from corpus.model import Document
from qa.engine import Engine
from qa.model import Answer
from qa.web.starters import MOST_ASKED, Starters, starter_questions


def refuse(question: str) -> Answer:
    return Answer(question, question, "没有。", (), (), 0.0, "refused")


def test_only_questions_that_are_answered_with_what_was_expected_are_shown(engine: Any) -> None:
    found = starter_questions(engine.documents, engine.ask)
    assert [(one.kind, one.question, one.hospital) for one in found] == [
        ("number", "仁和医院有多少张床位？", "仁和医院")
    ]
    assert starter_questions(engine.documents, refuse) == ()


def test_they_are_in_the_language_of_the_page(engine: Any) -> None:
    (english,) = starter_questions(engine.documents, engine.ask, "en")
    assert english.question == "How many beds does 仁和医院 have?"
    (traditional,) = starter_questions(engine.documents, engine.ask, "zh-Hant")
    assert traditional.question == "仁和醫院有多少張床位？"


def test_however_large_the_corpus_few_questions_are_tried() -> None:
    documents = tuple(
        Document(
            f"d{i}",
            "",
            f"有床位{i}张，院长王五说，职工{i}人，荣获称号。",
            "",
            hospitals=(f"第{i}医院",),
        )
        for i in range(2000)
    )
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        return refuse(question)

    assert starter_questions(documents, ask) == ()
    assert 0 < len(asked) <= MOST_ASKED


def test_a_question_that_cannot_be_used_is_left_out(engine: Any) -> None:
    def ask(question: str) -> Answer:
        raise ValueError(question)

    assert starter_questions(engine.documents, ask) == ()


def test_they_are_made_once_for_the_same_documents(engine: Any) -> None:
    kept = Starters()
    first = kept.get(engine.documents, engine.ask, "zh")
    asked = len(engine.histories)
    assert kept.get(engine.documents, engine.ask, "zh") is first
    assert len(engine.histories) == asked
    kept.get((*engine.documents,), engine.ask, "zh")  # the documents were read anew
    assert len(engine.histories) > asked


def test_the_built_in_documents_have_one_of_each_kind_and_each_is_answered() -> None:
    engine = Engine.open()
    found = starter_questions(engine.documents, engine.ask)
    kinds = [one.kind for one in found]
    assert len(kinds) == len(set(kinds))
    assert {"number", "date", "person", "yesno", "list", "comparison", "set"} <= set(kinds)
    assert all(engine.ask(one.question).status == "answered" for one in found)


def test_a_hospital_has_starters_of_its_own() -> None:
    engine = Engine.open()
    found = starter_questions(engine.documents, engine.ask, "zh", "大同市第五人民医院")
    assert len(found) > 2
    assert {one.hospital for one in found} == {"大同市第五人民医院"}
