from pathlib import Path

import pytest

from corpus.other_names import other_names
from corpus.read import read_corpus


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("加挂“青禾市红十字医院”牌子。", ("青禾市红十字医院",)),
        ("医院挂青禾市精神卫生中心、青禾荣军医院牌。", ("青禾市精神卫生中心", "青禾荣军医院")),
        ("青禾三院又名青禾安定医院，", ("青禾安定医院",)),
        ("医院门口挂着一块医院的牌子。", ()),
        ("挂号处在一楼，医院挂职干部三名。", ()),
        ("又称青禾市第一人民医院集团的，", ()),
    ],
)
def test_names_on_signs_are_found(text: str, names: tuple[str, ...]) -> None:
    assert other_names(text) == names


def test_the_only_hospital_of_an_article_gets_its_other_names(tmp_path: Path) -> None:
    text = "# 走进青禾三院\n\n青禾市第三人民医院同时挂青禾市精神卫生中心的\n牌子，有病床90张。\n"
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    (document,) = read_corpus([tmp_path]).documents
    assert document.hospitals == ("青禾市第三人民医院",)
    assert document.meta["aliases 青禾市第三人民医院"] == ("青禾市精神卫生中心",)
