"""Hospitals whose place an article leaves out, completed from other articles. All are invented."""

from dataclasses import replace

from corpus.full_names import with_full_names
from corpus.model import Block, Document
from corpus.names import alias_key


def article(doc_id: str, hospital: str, *places: str) -> Document:
    blocks = (Block("paragraph", 0, 2, (hospital,)),)
    return Document(
        doc_id, "", "新楼", f"{doc_id}.md", hospitals=(hospital,), blocks=blocks, places=places
    )


def hospitals(*documents: Document) -> list[str]:
    found = with_full_names(documents)
    assert all(one.blocks[0].hospitals == one.hospitals for one in found)
    return [one.hospitals[0] for one in found]


def test_the_only_city_of_the_articles_is_meant() -> None:
    roads = (article("b", "修路", "朔陵市"), article("c", "修桥", "朔陵市"))
    found = hospitals(article("a", "市二医院", "东渠区"), *roads)
    assert found == ["朔陵市第二人民医院", "修路", "修桥"]


def test_of_several_cities_the_one_that_is_said_with_the_same_places() -> None:
    found = hospitals(
        article("a", "市中医院", "东渠区"),
        article("b", "修路", "朔陵市", "东渠区"),
        article("c", "修桥", "青岚市", "西渠区"),
    )
    assert found[0] == "朔陵市中医院"


def test_the_name_is_the_one_that_another_article_has_in_full() -> None:
    found = hospitals(
        article("a", "市一院", "东渠区"), article("b", "朔陵市第一医院", "朔陵市", "东渠区")
    )
    assert found[0] == "朔陵市第一医院"


def test_what_is_not_clear_stays_as_it_is() -> None:
    found = hospitals(
        article("a", "市中医院", "东渠区"), article("b", "修路", "朔陵市", "青岚市", "东渠区")
    )
    assert found[0] == "市中医院"
    assert hospitals(article("a", "市中医院")) == ["市中医院"]
    assert hospitals(article("a", "市中医院", "洛阳市")) == ["市中医院"]  # a patient's, perhaps
    assert hospitals(article("a", "镇江市医院", "谷阳镇"))[0] == "镇江市医院"
    assert hospitals(article("a", "县立医院"), article("b", "修路", "朔陵县"))[0] == "县立医院"
    assert with_full_names([]) == ()


def test_an_article_that_says_only_districts_has_their_city() -> None:
    roads = article("a", "修路", "东渠区"), article("b", "修桥", "朔陵报", "东渠区")
    other = article("c", "修渠", "青岚讯", "东渠区"), article("d", "修井")
    assert [one.places for one in with_full_names([*roads, *other])] == [
        ("东渠区", "朔陵属"),
        ("朔陵报", "东渠区"),
        ("青岚讯", "东渠区"),
        (),
    ]


def test_other_names_go_with_the_name() -> None:
    called = replace(
        article("a", "市二医院", "东渠区"), meta={alias_key("市二医院"): ("莲花池医院",)}
    )
    (found, *_) = with_full_names([called, *(article(one, "修路", "朔陵市") for one in "bc")])
    assert found.meta == {alias_key("朔陵市第二人民医院"): ("莲花池医院",)}
