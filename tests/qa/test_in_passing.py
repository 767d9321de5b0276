"""A hospital's name in an article about something else: it may answer, after what is about it."""

from pathlib import Path

import pytest

from qa.engine import Engine

HOSPITAL = "# 走进青禾市第三人民医院\n\n青禾市第三人民医院现有床位620张，院长是林晓舟。\n"
FESTIVAL = """# 柳溪灯会开幕

柳溪灯会昨晚开幕，三万人观灯。青禾市第三人民医院的护士何小满上台独唱了一首渔歌。
"""
RIVAL = """# 走进白港县中心医院

白港县中心医院与青禾市第三人民医院结成医联体，有床位310张，党委书记是邓一帆。
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Engine:
    folder = tmp_path_factory.mktemp("paper")
    for name, text in (("a", HOSPITAL), ("b", FESTIVAL), ("c", RIVAL)):
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return Engine.open(folder, index_dir=cache / f"in-passing-{folder.parent.name}")


def test_an_article_about_something_else_answers_of_a_hospital_that_it_says(engine: Engine) -> None:
    answer = engine.ask("青禾三院的何小满唱了什么歌？")
    assert answer.status == "answered"
    assert answer.citations[0].doc_id == "b"


@pytest.mark.parametrize(("question", "value"), [("床位有多少张", "620"), ("院长是谁", "林晓舟")])
def test_what_is_about_the_hospital_comes_before_what_only_says_it(
    engine: Engine, question: str, value: str
) -> None:
    answer = engine.ask(f"青禾市第三人民医院{question}？")
    assert value in answer.citations[0].quote
    assert answer.citations[0].doc_id == "a"


def test_hospitals_are_compared_by_what_is_about_them(engine: Engine) -> None:
    answer = engine.ask("青禾三院和白港县中心医院谁的床位多？")
    assert {citation.doc_id for citation in answer.citations} == {"a", "c"}


@pytest.mark.parametrize("question", ["党委书记是谁", "有几艘急救船"])
def test_what_is_told_of_another_hospital_is_not_told_of_the_one_it_works_with(
    engine: Engine, question: str
) -> None:
    answer = engine.ask(f"青禾市第三人民医院{question}？")
    assert answer.status == "refused"
    assert all(hit.passage.doc_id != "c" for hit in answer.hits)
