import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.reflow import origins, searchable


@pytest.mark.parametrize(
    ("printed", "searched"),
    [
        ("设立了名\n医工作室", "设立了名医工作室"),
        ("成\n\n立了卒中中心", "成立了卒中中心"),
        ("把方向 、管大局", "把方向、管大局"),
        ("the first\nward", "the first ward"),
        ("配置  CT  两台", "配置 CT 两台"),
        ("配置\nCT两台", "配置CT两台"),
        ("技术 and 人才", "技术和人才"),
        ("技术\nand\n人才", "技术和人才"),
        ("research and care", "research and care"),
        ("　　首段。\r\n", "首段。"),
    ],
)
def test_breaks_and_stray_spaces_are_gone(printed: str, searched: str) -> None:
    assert searchable(printed) == searched


@settings(deadline=None)
@given(st.text(alphabet="医院，a1 \n\t　and", max_size=60))
def test_searchable_text_is_stable_and_loses_no_character(text: str) -> None:
    once = searchable(text)
    assert searchable(once) == once
    assert "".join(once.replace("和", "and").split()) == "".join(text.split())


TEXTS = st.text(alphabet="医院ab 1\n\t\u200b\u3000。，and和", max_size=60)


@given(TEXTS)
def test_every_searched_character_leads_back_to_where_it_stands(text: str) -> None:
    places = origins(text)
    assert len(places) == len(searchable(text))
    assert list(places) == sorted(set(places))
    for place, char in zip(places, searchable(text), strict=True):
        assert text[place] == char or (char, text[place]) == ("和", "a") or text[place].isspace()
