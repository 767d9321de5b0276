"""Names of several people, of institutions and of relatives that a question asks for."""

import pytest

from qa.names_asked import lacks_names


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("那6名院士分别是谁", "与6名院士签约,院长李明说,这是第一步"),
        ("两名医师叫什么名字", "派出两名核酸检测医师"),
        ("托管的那6家医院叫什么", "全面托管了6家医院,建成42个学科联盟"),
        ("她爸爸叫什么名字", "教练瞿卫红选中了她"),
        ("她的丈夫是谁", "她丈夫在外地打工"),
    ],
)
def test_other_names_are_no_answer(asked: str, text: str) -> None:
    assert lacks_names(asked, text, asked)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("那两名院士分别是谁", "院士李明、王海平签约"),
        ("托管的那两家医院叫什么", "托管了柳溪县人民医院和杨湾中医院"),
        ("她爸爸叫什么名字", "她父亲张山种茶"),
        ("她父亲是谁", "丁小满是丁守拙的女儿"),
        ("院长是谁", "院长李明说"),
        ("有几名院士", "与6名院士签约"),
    ],
)
def test_what_tells_the_names_or_was_not_asked_for_them_lacks_none(asked: str, text: str) -> None:
    assert not lacks_names(asked, text, asked)
