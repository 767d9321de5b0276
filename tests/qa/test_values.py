"""Values of each kind: where they stand, and what a question names of them."""

import pytest

from qa.model import Kind
from qa.values import Detail, asked_detail, find_values, holds_detail, holds_value, names_a_person


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("number", "开放床位1,753张，职工近2000人", ["1,753张", "近2000人"]),
        ("number", "占地12.5万平方米，设三十二个科室", ["12.5万平方米", "三十二个"]),
        ("number", "占比为61.5%", ["61.5%"]),
        ("date", "1956年5月建科，2019年底迁入", ["1956年5月", "2019年底"]),
        ("date", "创建于一九五八年", ["一九五八年"]),
        ("date", "11月 23日，2022 年的活动", ["11月 23日", "2022 年"]),
        ("money", "挂号费每次12.5元，总投资3.6亿元", ["12.5元", "3.6亿元"]),
        ("phone", "电话：0351-7654321，手机13800000000", ["0351-7654321", "13800000000"]),
        ("hours", "每天8:00-17:30开放", ["8:00-17:30"]),
        (
            "person",
            "院长洪秋告诉记者，副院长李明、书记欧阳文华也来了",
            ["洪秋", "李明", "欧阳文华"],
        ),
        ("person", "该院聘请的司梅，是教授；“名医”张让说不急", ["司梅", "张让"]),
        ("person", "实行院长负责制，主任医师32人", []),
        ("person", "奖金是5万元，外加纪念品", []),
        ("number", "青禾市第五人民医院和市一院有3个分院", ["3个"]),
        ("fact", "有80台机器", []),
    ],
)
def test_values_are_found_from_end_to_end(kind: Kind, text: str, expected: list[str]) -> None:
    assert [text[begin:end] for begin, end in find_values(kind, text)] == expected


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("money", "共有床位300张"),
        ("phone", "成立于1998年"),
        ("hours", "配备12台"),
        ("date", "三层"),
    ],
)
def test_another_kind_of_value_does_not_count(kind: Kind, text: str) -> None:
    assert not holds_value(kind, text)


@pytest.mark.parametrize(
    ("question", "detail"),
    [
        ("有多少台透析机", Detail(units="台部套架辆艘")),
        ("一共几名医生", Detail(units="个人名位")),
        ("有几个分院", Detail()),
        ("院长是谁", Detail(role="院长")),
        ("党委书记叫什么", Detail(role="党委书记")),
        ("院训是什么", Detail()),
    ],
)
def test_a_question_names_a_unit_or_a_role(question: str, detail: Detail) -> None:
    assert asked_detail(question) == detail


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("有多少台透析机", "配有透析机80台", (True, None, None)),
        ("有多少台透析机", "每年透析3000人", (False, None, None)),
        ("院长是谁", "副院长李明介绍", (None, False, None)),
        ("院长是谁", "院长、党委书记王芳", (None, True, None)),
        ("副院长是谁", "副院长李明介绍", (None, True, None)),
        ("2021年门诊量多少", "2020年门诊量为61.8万人次", (None, None, False)),
        ("有哪几家分院", "副院长李明介绍", (None, None, None)),
    ],
)
def test_the_very_detail_must_be_there(question: str, text: str, held: object) -> None:
    assert holds_detail(asked_detail(question), text) == held


def test_a_title_names_nobody() -> None:
    assert names_a_person("党委书记、院长王芳致辞")
    assert not names_a_person("党委书记和院长由两人分设，院长办公会每周一次")
