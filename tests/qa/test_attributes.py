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
        ("number", "有多少张病床", "国家临床重点建设专科1个", "病床"),
        ("number", "质控体系分几层", "建成四级质控体系", ""),
        ("fact", "能拿手转着玩的是什么", "有互动转盘", ""),
        ("date", "那位去世的老人哪年出的国", "2006年到法国", ""),
        ("hours", "几点关门", "每天7时30分开门", "几点关"),
        ("hours", "几点关门", "开放时间为8:30-17:00", ""),
        ("number", "一共有多少职工", "诊治患者1573人次", "职工"),
        ("number", "一共有多少职工", "有卫生技术人员1200人", ""),
        ("number", "how many beds are there", "现有职工300人", "beds"),
        ("number", "how many beds are there", "编制床位620张", ""),
        ("number", "what percentage of staff pay is fixed", "固定薪酬70%", ""),
        ("person", "这座桥是谁设计的", "大桥1994年建成", "谁设计"),
        ("person", "这座桥是谁设计的", "由省院设计", ""),
        ("number", "动物园门票多少", "公园门票20元", "动物园"),
        ("number", "门票多少", "总投资78.4亿元", "门票"),
        ("yesno", "收门票吗", "展板介绍膳食指南", "收门票"),
        ("number", "医保费用个人负担多少", "个人负担4.1万元", ""),
        ("number", "建筑面积多大了", "5.8万平方米", ""),
        ("person", "院长是哪个人", "院长林晓舟", ""),
        ("person", "边个人做院长", "院长林晓舟", ""),
        ("number", "周边人口多少", "人口80余万", ""),
        ("number", "which ward is designed for children", "儿科病房", ""),
        ("number", "员工份人工有几多成系固定", "实行70%固定薪酬", ""),
        ("person", "哪位乡村大夫说比考执照还紧张", "东南村村医韩永莲说", ""),
        ("person", "哪位村医服务了三十年", "东南村的韩永莲", ""),
        ("fact", "帮扶的是哪个县", "与来宾市忻城县结对", ""),
        ("fact", "我们老家的大夫考评不过关会怎样", "直接予以辞退", ""),
        ("number", "他多大岁数", "34岁的曹某", ""),
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


@pytest.mark.parametrize("text", ["", "a", "有" * 2000, "哪家公司" * 300, "what company " * 150])
def test_any_text_is_read(text: str) -> None:
    assert isinstance(untold(text, text, "number"), str)


def test_a_person_may_come_from_anywhere() -> None:
    assert untold("林教授是哪里人", "聘请了林教授", "fact") == "哪里人"
    assert untold("林教授是哪里人", "林教授是白港县人，今年50岁", "fact") == ""
    assert untold("那里有哪里人", "人很多", "number") == "哪里人"


def test_a_numbered_line_is_named_by_what_is_numbered() -> None:
    assert untold("地铁4号线哪年开工", "3月12日，3号线开工", "date") == ""
