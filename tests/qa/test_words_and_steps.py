"""Questions that are only words to look for, and those that ask for steps."""

import pytest

from qa.engine import Engine
from tests.qa.conftest import EngineOver

SPILL = (
    "# 学校来了疾控的人\n\n疾控专家提醒，酒精对这种病毒基本无效，家长和学校处理呕吐物时应这样做："
    "先疏散周围人员并开窗；清理者戴好口罩和手套；用浸有含氯消毒液的毛巾覆盖呕吐物，静置三十分钟；"
    "最后对两米范围内的地面再次消毒。\n"
)
LIGHTS = "# 渝桐灯会开幕\n\n渝桐两地昨晚同时亮灯，灯会持续到正月十五，有三百组花灯。\n"


@pytest.fixture(scope="module")
def news(engine_over: EngineOver) -> Engine:
    return engine_over("news", {"spill": SPILL, "lights": LIGHTS})


def test_steps_are_quoted_to_the_last_where_how_is_asked(news: Engine) -> None:
    answer = news.ask("学生吐在地上，应该怎么处理？")
    assert "再次消毒" in answer.text
    assert "静置三十分钟" in answer.text


@pytest.mark.parametrize("typed", ["渝桐", "渝桐 花灯"])
def test_words_without_a_question_are_found_where_they_are_said(news: Engine, typed: str) -> None:
    answer = news.ask(typed)
    assert answer.status == "answered"
    assert all(citation.doc_id == "lights" for citation in answer.citations)


def test_words_that_nothing_says_are_refused(news: Engine) -> None:
    assert news.ask("榆埠").status == "refused"
