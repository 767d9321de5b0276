"""What a question names, and whether a text tells of it."""

import pytest

from qa.attributes import untold
from qa.model import Kind


@pytest.mark.parametrize(
    ("value", "question", "text", "missing"),
    [
        ("number", "有多少张床", "现有职工300人", "床"),
        ("number", "床位有几张", "编制床位620张", ""),
        ("number", "床位有几张", "开放的床位(病床)为1404张", ""),
        ("number", "床位有几张", "智慧病床。第五人民医院有3张照片", "床位"),
        ("number", "住院部能住几个人", "编制床位620张", ""),  # nothing of the table is named
        ("person", "副院长是谁", "院长林晓舟说", "副院长"),
        ("person", "院长是谁", "副院长林晓舟主持工作", ""),
        ("date", "什么时候成立的", "2024年的目标是创建三级医院", "成立"),
        ("date", "哪年建的", "医院前身是1931年的教会诊所", ""),
        ("hours", "几点关门", "每天7时30分开门", "几点关"),
        ("hours", "几点关门", "开放时间为8:30-17:00", ""),
        ("number", "一共有多少职工", "诊治患者1573人次", "职工"),
        ("number", "一共有多少职工", "有卫生技术人员1200人", ""),
        ("number", "how many beds are there", "现有职工300人", "beds"),
        ("number", "how many beds are there", "编制床位620张", ""),
        ("number", "the embedded sensor", "现有职工300人", ""),  # whole words only
    ],
)
def test_what_a_text_does_not_tell_is_named(
    value: Kind, question: str, text: str, missing: str
) -> None:
    assert untold(question, text, value) == missing


def test_of_events_alone_circumstances_are_left_out() -> None:
    assert untold("做完ct怎么取片子", "可在自助机上打印胶片", "fact") == ""
    assert untold("为什么取消了夜间门诊", "夜间门诊开到20时", "fact") == "取消"
    assert untold("为什么取消了夜间门诊", "夜间门诊去年停办", "fact") == ""
