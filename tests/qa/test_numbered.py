"""Things that are called by a number."""

import pytest

from qa.numbered import numbered


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3号线北延段", [("号线", "3", "3号线")]),
        ("第十六届运动会", [("届", "16", "第十六届")]),
        ("中山路88号", []),
        ("这一届灯会", []),
        ("哪一路公交", []),
        ("二期和三期", [("期", "2", "二期"), ("期", "3", "三期")]),
        ("三期间", []),
        ("首届招收40人", [("届", "1", "首届")]),
        ("他一路走来", []),
        ("一二号楼", [("号楼", "12", "一二号楼")]),
        ("一" * 20_000, []),
    ],
)
def test_what_has_a_number_for_a_name_is_found(
    text: str, found: list[tuple[str, str, str]]
) -> None:
    assert numbered(text) == found
