"""Two things that are compared and are no two hospitals: both are quoted."""

import pytest

from qa.engine import Engine
from qa.sides import sides
from tests.qa.conftest import EngineOver

OLD = """# 柳溪大桥十岁了

柳溪大桥全长486米，双向四车道。大桥由市城投集团建设，每天有两万辆车从这里过河。
"""
NEW = """# 杨湾大桥通车

杨湾大桥全长1268米，主桥为双塔斜拉桥。它是城区的第二座公路桥，离柳溪大桥三公里。
"""


@pytest.fixture(scope="module")
def bridges(engine_over: EngineOver) -> Engine:
    return engine_over("bridges", {"old": OLD, "new": NEW})


@pytest.mark.parametrize(
    "question",
    [
        "柳溪大桥和杨湾大桥，哪座更长？",
        "杨湾大桥跟柳溪大桥比，各有多长？",
        "论长度，柳溪大桥长还是杨湾大桥长？",
    ],
)
def test_both_sides_are_quoted_with_their_figures(bridges: Engine, question: str) -> None:
    answer = bridges.ask(question)
    assert "486米" in answer.text
    assert "1268米" in answer.text
    assert {citation.doc_id for citation in answer.citations} == {"old", "new"}


def test_where_one_side_is_not_told_the_question_is_as_any_other(bridges: Engine) -> None:
    question = "柳溪大桥和梧桐隧道，哪个更长？"
    assert bridges.understand(question).sides == ("柳溪大桥", "梧桐隧道")
    assert "1268米" not in bridges.ask(question).text


def test_two_hospitals_are_no_sides(engine: Engine) -> None:
    query = engine.understand("青禾三院和白港医院，哪家床位多？")
    assert query.kind == "comparison"
    assert not query.sides


@pytest.mark.parametrize(
    "folded", ["医院跟哪家公司合作", "参与投票的有谁", "大同五院哪个科室最大", "书记和院长"]
)
def test_what_compares_nothing_has_no_sides(folded: str) -> None:
    assert sides(folded) == ()
