"""How people shorten names, and the aliases of a folder."""

from pathlib import Path

import pytest

from corpus.short_forms import customary_forms, partial_forms, read_aliases
from qa.errors import CorpusError


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        (
            "青禾市第三人民医院",
            ["青禾三院", "青禾市三院", "市三院", "青禾第三人民医院", "青禾市第三医院"],
        ),
        ("青禾市人民医院", ["青禾人民医院", "青禾市医院", "青禾医院"]),
        ("云岭县中医医院", ["云岭县中医院", "云岭中医院"]),
        ("云岭县妇幼保健院", ["云岭妇幼保健院", "云岭县妇幼"]),
        ("江东省青禾市人民医院", ["青禾市人民医院", "青禾医院"]),
        ("青禾市东湖区人民医院", ["东湖区人民医院", "东湖区医院"]),
        ("青禾市疾控中心", ["青禾疾控中心", "青禾市疾病预防控制中心"]),
        ("青禾大学附属东湖医院", ["东湖医院", "青禾大学东湖医院", "青大东湖医院"]),
        ("青禾大学医学院附属第一医院", ["青大一院", "青禾大学附属第一医院"]),
        ("青禾大学第三医院", ["青大三院"]),
        ("香港大学深圳医院", ["港大深圳医院"]),
        ("四川大学东湖医院", ["川大东湖医院"]),
    ],
)
def test_people_shorten_a_name_by_rule(name: str, forms: list[str]) -> None:
    assert set(forms) <= set(customary_forms(name))


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("青禾市第三人民医院", "Qinghe Third People's Hospital"),
        ("青禾市第三人民医院", "Qinghe No. 3 People's Hospital"),
        ("长禾市人民医院", "Changhe People's Hospital"),
        ("青禾市中心医院", "Qinghe Central Hospital"),
        ("云岭县中医医院", "Yunling Traditional Chinese Medicine Hospital"),
        ("云岭县妇幼保健院", "Yunling Maternal and Child Health Hospital"),
        ("青禾大学附属第一医院", "First Affiliated Hospital of Qinghe University"),
    ],
)
def test_the_english_name_spells_the_place_in_pinyin(name: str, english: str) -> None:
    assert english in customary_forms(name)


def test_a_city_is_not_the_short_form_of_a_university_hospital() -> None:
    assert "深圳医院" not in customary_forms("香港大学深圳医院")


def test_the_name_itself_is_no_short_form() -> None:
    for name in (
        "青禾市第三人民医院",
        "湖滨医院",
        "青禾市中心医院",
        "青禾大学附属第一医院",
        "x",
        "",
    ):
        forms = customary_forms(name)
        assert name not in forms
        assert len(forms) == len(set(forms))


def test_partial_forms_leave_the_place_out() -> None:
    assert set(partial_forms("青禾市第三人民医院")) >= {"市第三人民医院", "市三院", "市三医院"}
    assert set(partial_forms("云岭县人民医院")) == {"县人民医院", "县医院"}
    assert partial_forms("湖滨医院") == ()


def test_a_folder_without_aliases_has_none(tmp_path: Path) -> None:
    assert read_aliases(tmp_path) == {}


def test_aliases_are_read_in_order_and_once(tmp_path: Path) -> None:
    (tmp_path / "aliases.yaml").write_text(
        "青禾市第三人民医院: [禾三, 三院, 禾三]\n湖滨医院: 湖医\n", encoding="utf-8"
    )
    assert read_aliases(tmp_path) == {
        "青禾市第三人民医院": ("禾三", "三院"),
        "湖滨医院": ("湖医",),
    }


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("湖滨医院: [湖医\n云岭: x: y\n", "line 2"),
        ("- 湖滨医院\n", "list of entries"),
        ("湖滨医院: [301]\n", "湖滨医院.*301"),
        ("湖滨医院:\n", "湖滨医院.*None"),
        ("湖滨医院: {a: b}\n", "湖滨医院"),
        ("301: [三院]\n", "301"),
    ],
)
def test_bad_aliases_name_the_line_or_the_entry(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "aliases.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=says):
        read_aliases(tmp_path)


def test_aliases_that_are_not_utf8_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "aliases.yaml").write_bytes("湖滨医院: [湖医]".encode("gb18030"))
    with pytest.raises(CorpusError, match="UTF-8"):
        read_aliases(tmp_path)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("北京大学第三医院", "Peking University Third Hospital"),
        ("四川大学华西医院", "West China Hospital"),
        ("香港大学深圳医院", "HKU Shenzhen Hospital"),
        ("中国医科大学附属盛京医院", "Shengjing Hospital"),
        ("青禾医科大学第一附属医院", "青医一附院"),
    ],
)
def test_university_hospitals_have_english_and_short_names(name: str, form: str) -> None:
    assert form in customary_forms(name)
