"""Without a hospital, a question is answered for each that it fits; of many it is asked back."""

from dataclasses import replace

import pytest

from corpus.model import Document
from qa.answer import compose
from qa.engine import Engine
from qa.model import Query
from tests.qa.answers import hit
from tests.qa.conftest import EngineOver

SECRETARIES = {
    "青禾市人民医院": "林晓舟",
    "白港县人民医院": "许明远",
    "云洲市中医医院": "邓秋实",
    "石桥县人民医院": "沈若谷",
    "南屏市中心医院": "郑一帆",
}
BEDS = {"青禾市人民医院": 620, "白港县人民医院": 310}


@pytest.fixture(scope="module")
def five(engine_over: EngineOver) -> Engine:
    texts = {}
    for number, (name, person) in enumerate(SECRETARIES.items()):
        beds = f"\n\n{name}现有床位{BEDS[name]}张。" if name in BEDS else ""
        text = f"---\nname: {name}\n---\n{name}党委书记{person}介绍了医院的情况。{beds}\n"
        texts[f"h{number}"] = text
    return engine_over("five", texts)


def test_many_that_answer_are_offered_to_choose_from(five: Engine) -> None:
    answer = five.ask("党委书记是谁？")
    assert (answer.status, answer.citations) == ("clarify", ())
    assert set(answer.suggestions) == set(SECRETARIES)
    assert all(name in answer.text for name in SECRETARIES)
    assert not any(person in answer.text for person in SECRETARIES.values())


@pytest.mark.parametrize("name", SECRETARIES)
def test_the_choice_is_understood_as_an_answer(five: Engine, name: str) -> None:
    asked = five.ask("党委书记是谁？")
    history = [
        {"role": "user", "content": asked.question},
        {"role": "assistant", "content": asked.text},
    ]
    for answer in (five.ask(name, history), five.ask(asked.question, hospital=name)):
        assert answer.status == "answered"
        assert SECRETARIES[name] in answer.text
        assert {citation.hospital for citation in answer.citations} == {name}


def test_two_that_answer_are_quoted_side_by_side(five: Engine) -> None:
    answer = five.ask("有多少张床位？")
    assert answer.status == "answered"
    assert [line.partition("：")[0] for line in answer.text.splitlines()] == [
        citation.hospital for citation in answer.citations
    ]
    assert {citation.hospital for citation in answer.citations} == set(BEDS)


def test_a_question_with_its_hospital_is_not_asked_back(five: Engine) -> None:
    answer = five.ask("石桥县人民医院党委书记是谁？")
    assert (answer.status, answer.suggestions) == ("answered", ())
    assert "沈若谷" in answer.text


def test_hospitals_of_other_places_do_not_answer_beside_that_of_the_place() -> None:
    text = "夜间门诊每次收费{}8元。"
    hits = [hit("a", "青禾县医院", text.format(1)), hit("b", "白港县医院", text.format(2))]
    near = [
        replace(one, passage=replace(one.passage, places=(place,)), overlap=0.9, coverage=0.9)
        for one, place in zip(hits, ("青禾县", "白港县"), strict=True)
    ]
    documents = {
        one.passage.doc_id: Document(one.passage.doc_id, "", one.passage.text, "") for one in hits
    }
    for question, shown in (
        ("青禾县夜间门诊多少钱", ["18元"]),
        ("夜间门诊多少钱", ["18元", "28元"]),
    ):
        query = Query(question, question, kind="money", value="money")
        answer = compose(query, near, documents.__getitem__)
        assert [price for price in ("18元", "28元") if price in answer.text] == shown
