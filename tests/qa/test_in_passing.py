"""A hospital's name in an article about something else: it may answer, after what is about it."""

import pytest

from qa.engine import Engine
from tests.qa.conftest import EngineOver

HOSPITAL = "# 走进青禾市第三人民医院\n\n青禾市第三人民医院现有床位620张，院长是林晓舟。\n"
FESTIVAL = """# 柳溪灯会开幕

柳溪灯会昨晚开幕，三万人观灯。青禾市第三人民医院的护士何小满上台独唱了一首渔歌。
"""
LATER = f"""# 灯会之后

岗位上的她又忙开了。青禾市中医院和白港县中心医院都有人来看她。{"病房的灯亮了一整夜。" * 32}

“为什么不去剧团？”有人问过她。何小满说，不去剧团是舍不得病房里的老人。
"""
HERE = """# 龙舟赛昨天举行

本报青禾讯 柳溪龙舟赛昨天举行，三万人到河边观看。比赛从八点开始。救护车有两辆，都是市三院派的。
"""
ELSEWHERE = """# 江州的龙舟赛也办完了

本报江州讯 江州市的龙舟赛也在昨天举行，五万人观看。比赛从九点开始。救护车有九辆，都是市三院派的。
"""
RIVAL = """# 走进白港县中心医院

白港县中心医院与青禾市第三人民医院结成医联体，有床位310张，党委书记是邓一帆。
"""


@pytest.fixture(scope="module")
def engine(engine_over: EngineOver) -> Engine:
    texts = (HOSPITAL, FESTIVAL, RIVAL, LATER, HERE, ELSEWHERE)
    return engine_over("in-passing", dict(zip("abcdef", texts, strict=True)))


def test_an_article_about_something_else_answers_of_a_hospital_that_it_says(engine: Engine) -> None:
    answer = engine.ask("青禾三院的何小满唱了什么歌？")
    assert answer.status == "answered"
    assert answer.citations[0].doc_id == "b"


def test_all_of_an_article_about_something_else_is_of_the_hospital_that_it_says(
    engine: Engine,
) -> None:
    answer = engine.ask("青禾市中医院的何小满为什么不去剧团？")
    assert answer.citations[0].doc_id == "d"
    assert "舍不得" in answer.text


def test_a_hospital_is_called_without_its_city_in_articles_of_the_city(engine: Engine) -> None:
    answer = engine.ask("青禾市第三人民医院给龙舟赛派了几辆救护车？")
    assert {citation.doc_id for citation in answer.citations} == {"e"}
    assert "两辆" in answer.text


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


@pytest.mark.parametrize("question", ["党委书记是谁", "有几层楼"])
def test_what_is_told_of_another_hospital_is_not_told_of_the_one_it_works_with(
    engine: Engine, question: str
) -> None:
    answer = engine.ask(f"青禾市第三人民医院{question}？")
    assert answer.status == "refused"
    assert all(hit.passage.doc_id != "c" for hit in answer.hits)
