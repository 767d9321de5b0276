"""One written form for width, case and script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.fold import fold, is_traditional


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("大同市第五人民醫院　ＰＥＴ－ＣＴ", "大同市第五人民医院 pet-ct"),
        ("香港大學深圳醫院", "香港大学深圳医院"),
        ("８０臺，Ｎｏ．５", "80台,no.5"),
        ("“好”和‘坏’", "\"好\"和'坏'"),
        ("West CHINA", "west china"),
        ("STRASSE ẞ", "strasse ss"),
        ("①②½", "121⁄2"),
        ("大同五院有80台。", "大同五院有80台。"),
        ("頭髮與發展", "头发与发展"),
        ("", ""),
    ],
)
def test_width_case_and_script_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(alphabet="医醫院台臺有８8aAＡ。，,.“ \u3000髮發后後"))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "traditional"),
    [
        ("大同市第五人民醫院", True),
        ("有幾台", True),
        ("大同市第五人民医院", False),
        ("有几台", False),
        ("中山", False),  # the same in both
        ("堃", False),  # not in GB 2312, but in use
        ("ＰＥＴ", False),
        ("hospital", False),
        ("", False),
    ],
)
def test_the_traditional_script_is_told(text: str, traditional: bool) -> None:  # noqa: FBT001
    assert is_traditional(text) is traditional
