"""Names in titles that no dictionary knows."""

import pytest

from corpus.coined_names import coined_name


@pytest.mark.parametrize(
    ("title", "body", "name"),
    [
        ("提灯人：霁湖医院庆祝护士节", "霁湖医院昨天表彰了82名护士。", "霁湖医院"),
        ("走进葛仙岭医院", "记者在葛仙岭医院看到", "葛仙岭医院"),
        ("医教相长——云峤医学院附属医院观察", "云峤医学院附属医院建于1936年", "云峤医学院附属医院"),
        ("在琼湾康复医院院庆上的讲话", "琼湾康复医院十年来", "琼湾康复医院"),
        ("磐石沟矿业总医院", "磐石沟矿业总医院有床位300张", "磐石沟矿业总医院"),
    ],
)
def test_a_name_begins_a_part_of_the_title_and_is_said_again(
    title: str, body: str, name: str
) -> None:
    assert coined_name(title, body) == name


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("霁湖医院庆祝护士节", "这家医院昨天表彰了82名护士。"),  # it may begin earlier, or later
        ("三家县级医院夜间门诊调查", "三家县级医院都开了夜间门诊"),
        ("社区医院探访", "社区医院里人不多"),
        ("老人们的医院", "老人们的医院"),
        ("中心医院新门诊楼下周投用", "鹭浦市中心医院昨天宣布"),
        ("今天天气很好", "今天天气很好"),
        ("", ""),
    ],
)
def test_any_hospital_and_a_sentence_are_no_name(title: str, body: str) -> None:
    assert coined_name(title, body) == ""
