"""The places that an article says."""

import pytest

from corpus.places import MOST, places_named, places_of


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("汀源县的路修好了，青柏市也修。", ("汀源", "青柏")),
        ("本报汀源8月3日讯（记者林晓）", ("汀源",)),
        ("# 公交改线\n\n汀源日报1月22日讯", ("汀源",)),
        ("從汀源縣到長治市", ("汀源", "长治")),
        ("老城区、全市、住宅小区、新开的超市、三个乡", ()),
        ("县长和镇民", ()),
        ("", ()),
    ],
)
def test_a_place_is_told_by_its_level_or_by_the_dateline(
    text: str, places: tuple[str, ...]
) -> None:
    assert places_of(text) == places


def test_an_article_that_lists_many_places_keeps_the_first() -> None:
    names = [f"{one}{other}" for one in "汀沅渚汶" for other in "岭浦泷檐渡"]
    assert places_of("、".join(f"{name}县" for name in names)) == tuple(names[:MOST])


def test_a_question_names_places_in_characters_or_letters() -> None:
    places = {"汀源", "汀源湾", "青柏"}
    assert places_named("汀源湾的桥", places) == {"汀源湾"}
    assert places_named("how long is the bridge of qingbai", places) == {"青柏"}
    assert places_named("桥有多长", places) == set()
