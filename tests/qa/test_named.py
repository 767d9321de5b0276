"""What a question names, such as a bridge, and another article tells of another one."""

import pytest

from qa.engine import Engine
from qa.named import may_be_people, names_lacking, things_named
from tests.qa.conftest import EngineOver

TOLD = """# 柳溪大桥十岁了

柳溪大桥全长486米，双向四车道，今年满十岁。大桥由市城投集团管养，每天有两万辆车从这里过河。
"""
OTHER = """# 杨湾大桥合龙

杨湾大桥昨天合龙。大桥2021年9月开工，用了3.2万吨钢材，明年六月通车，全长1268米。
"""


@pytest.fixture(scope="module")
def bridges(engine_over: EngineOver) -> Engine:
    return engine_over("things", {"told": TOLD, "other": OTHER})


def test_what_is_told_of_another_bridge_is_no_answer(bridges: Engine) -> None:
    assert "2021年9月" in bridges.ask("杨湾大桥是哪年开工的？").text
    answer = bridges.ask("柳溪大桥用了多少吨钢材？")
    assert answer.status == "refused"
    assert answer.reason == "attribute_not_found"


def test_the_article_of_the_named_bridge_comes_first(bridges: Engine) -> None:
    first = bridges.search("柳溪大桥有多长")[0]
    assert first.passage.doc_id == "told"
    assert not first.lacks
    others = [hit for hit in bridges.search("柳溪大桥有多长") if hit.passage.doc_id == "other"]
    assert [hit.lacks for hit in others] == [{"柳溪大桥"}]


def test_where_no_article_says_the_name_nothing_lacks_it(bridges: Engine) -> None:
    assert not any(hit.lacks for hit in bridges.search("梧桐大桥有多长"))


@pytest.mark.parametrize(
    "folded", ["村民有多少", "小学生几点放学", "学校长廊", "路上堵不堵", "厂家是谁", "公司员工"]
)
def test_other_words_name_no_thing(folded: str) -> None:
    assert things_named(f"今天{folded}") == set()


def never(word: str) -> bool:
    """Tell that nothing has the word."""
    del word
    return False


def test_a_person_is_one_where_an_article_says_so() -> None:
    articles = [("one", "村医覃桂英在这里守了十年"), ("two", "他爱人是村医"), ("two", "也是药师")]
    assert names_lacking("村医覃桂英的老公是谁", articles, never, never) == {"two": {"覃桂英"}}
    articles = [("one", "就在覃桂英这里"), ("two", "他爱人是村医")]
    assert names_lacking("村医覃桂英的老公是谁", articles, never, never) == {}


def test_words_that_begin_like_a_name_are_none() -> None:
    often = {"老家": 900, "高血压": 300}
    assert may_be_people("老家在哪", lambda word: often.get(word, 0)) == set()
    assert may_be_people("高血压怎么报销", lambda word: often.get(word, 0)) == set()


def test_who_is_only_in_articles_of_others_lacks_in_all() -> None:
    articles = [("one", "院长李明说"), ("two", "他爱人是村医")]
    everywhere = {"覃桂英"}.__contains__
    found = names_lacking("村医覃桂英是哪年来的", articles, never, everywhere)
    assert found == {"one": {"覃桂英"}, "two": {"覃桂英"}}
