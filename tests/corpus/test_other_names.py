from pathlib import Path

import pytest

from corpus.other_names import other_names
from corpus.read import read_corpus

HOSPITAL = "青禾市第三人民医院"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("青禾三院加挂“青禾市红十字医院”牌子。", ("青禾市红十字医院",)),
        ("医院挂青禾市精神卫生中心、青禾市荣军医院牌。", ("青禾市精神卫生中心", "青禾市荣军医院")),
        (f"{HOSPITAL}又名青禾市安定医院，建于1950年。", ("青禾市安定医院",)),
        ("医院门口挂着一块医院的牌子。", ()),
        ("挂号处在一楼，医院挂职干部三名。", ()),
        ("该院还挂北京天坛医院技术合作中心牌子。", ()),
        ("该院挂青禾市远程会诊中心、青禾市胸痛中心的牌子。", ()),
        ("该院挂北京天坛医院的牌子。", ()),
        ("隔壁的白港县中心医院又称青禾市红十字医院。", ()),
        ("张大夫来自北京普仁医院，那里又名青禾市第四医院。", ()),
        ("门口挂着某某美容医院的牌子，被查处。", ()),
    ],
)
def test_names_on_signs_are_found(text: str, names: tuple[str, ...]) -> None:
    assert other_names(text, HOSPITAL) == names


def test_a_hospital_without_a_place_has_no_other_names() -> None:
    assert other_names("该院又名青禾市安定医院。", "湖滨医院") == ()


def test_a_long_list_takes_no_longer_than_its_length() -> None:
    assert other_names("该院挂" + "甲乙医院和" * 5000 + "丙丁。", HOSPITAL) == ()


@pytest.mark.parametrize(("aliases", "given"), [("", ()), (f"{HOSPITAL}: [湖边]\n", ("湖边",))])
def test_the_only_hospital_of_an_article_gets_its_other_names(
    tmp_path: Path, aliases: str, given: tuple[str, ...]
) -> None:
    text = f"# 走进青禾三院\n\n{HOSPITAL}同时挂青禾市精神卫生中心的\n牌子，有病床90张。\n"
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    (tmp_path / "aliases.yaml").write_text(aliases, encoding="utf-8")
    (document,) = read_corpus([tmp_path]).documents
    assert document.hospitals == (HOSPITAL,)
    assert document.meta[f"aliases {HOSPITAL}"] == (*given, "青禾市精神卫生中心")


def test_the_title_of_an_article_about_no_hospital_has_no_other_names(tmp_path: Path) -> None:
    text = "# 青禾市灯会开幕\n\n灯会又名青禾市观灯服务中心，昨晚开幕。\n"
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    (document,) = read_corpus([tmp_path]).documents
    assert document.hospitals == ("青禾市灯会开幕",)
    assert "aliases 青禾市灯会开幕" not in document.meta
