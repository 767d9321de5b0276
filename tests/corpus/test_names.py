"""The gazetteer: names found as people write them, and none found where there is none."""

import pytest

from corpus.fold import fold
from corpus.model import Document
from corpus.names import Entity, Gazetteer, ordinals_in_words
from corpus.read import BUILTIN, read_corpus
from corpus.short_forms import customary_forms

FIFTH = Entity(
    "大同市第五人民医院",
    ("大同五院", "市五院", "Datong Fifth People's Hospital"),
)
SIXTH = Entity("大同市第六人民医院", ("大同六院", "Datong Sixth People's Hospital"))
HKU = Entity(
    "香港大学深圳医院", ("港大深圳医院", "HKU-SZH", "The University of Hong Kong-Shenzhen Hospital")
)
ZJU = Entity("浙江大学医学院附属第一医院", ("浙大一院",))
RUZHOU = Entity("汝州市第一人民医院", ("汝州一院",))
WEST = Entity("四川大学华西医院", ("华西医院", "华西", "West China Hospital"))
NAMES = Gazetteer((FIFTH, SIXTH, HKU, ZJU, RUZHOU, WEST))


@pytest.fixture(scope="session")
def builtin() -> Gazetteer:
    return Gazetteer.from_documents(read_corpus([BUILTIN]).documents)


def found(text: str, gazetteer: Gazetteer = NAMES) -> list[tuple[str, tuple[str, ...]]]:
    """What is found, as written in the folded text, and whom it means."""
    folded = fold(text)
    mentions = gazetteer.find(folded)
    assert list(mentions) == sorted(mentions, key=lambda mention: mention.start)
    ends = [0, *(mention.end for mention in mentions)]
    assert all(m.start >= end for m, end in zip(mentions, ends, strict=False))
    return [(folded[m.start : m.end], m.names) for m in mentions]


def whom(text: str, gazetteer: Gazetteer = NAMES) -> list[str]:
    return [name for _, names in found(text, gazetteer) for name in names]


@pytest.mark.parametrize(
    ("text", "surface", "entity"),
    [
        ("大同市第五人民医院在哪", "大同市第五人民医院", FIFTH),
        ("去大同五院怎么走", "大同五院", FIFTH),
        ("大同市第五人民醫院有幾台", "大同市第五人民医院", FIFTH),
        ("華西醫院", "华西医院", WEST),
        ("Ｗｅｓｔ　Ｃｈｉｎａ　Ｈｏｓｐｉｔａｌ", "west china hospital", WEST),
        ("is WEST CHINA HOSPITAL big", "west china hospital", WEST),
        ("does hku-szh charge", "hku-szh", HKU),
        (
            "University of Hong Kong-Shenzhen Hospital",
            "university of hong kong-shenzhen hospital",
            HKU,
        ),
        ("datong fifth people’s hospital", "datong fifth people's hospital", FIFTH),
    ],
)
def test_names_and_aliases_are_found_in_any_width_case_and_script(
    text: str, surface: str, entity: Entity
) -> None:
    assert found(text) == [(surface, (entity.name,))]


def test_the_longest_name_wins() -> None:
    assert found("四川大学华西医院") == [("四川大学华西医院", (WEST.name,))]
    assert found("在华西医院和华西") == [("华西医院", (WEST.name,)), ("华西", (WEST.name,))]


def test_several_names_come_in_their_order() -> None:
    assert whom("大同六院和大同五院、汝州一院哪个大") == [SIXTH.name, FIFTH.name, RUZHOU.name]


def test_an_alias_of_two_means_both() -> None:
    two = Gazetteer((Entity("甲市人民医院", ("人民医院",)), Entity("乙市人民医院", ("人民医院",))))
    assert found("人民医院有多少人", two) == [("人民医院", ("甲市人民医院", "乙市人民医院"))]
    assert whom("乙市人民医院有多少人", two) == ["乙市人民医院"]


def test_a_latin_name_is_not_found_within_a_word() -> None:
    gazetteer = Gazetteer((Entity("北京大学第三医院", ("PUTH",)),))
    assert whom("PUTH有多少人", gazetteer) == ["北京大学第三医院"]
    assert whom("putha and sputh", gazetteer) == []


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("大同无院有多少台", FIFTH),
        ("大桶五院有多少台", FIFTH),
        ("香港大学深真医院", HKU),  # without n and ng told apart
        ("花西医院在哪", WEST),
    ],
)
def test_a_name_that_sounds_right_is_found(text: str, entity: Entity) -> None:
    assert whom(text) == [entity.name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("长冶市人民医院有几层", "长治市人民医院"),
        ("平项山二院的书记是谁", "平顶山市第二人民医院"),
        ("大冶市人民医院有几层", ""),  # a place of its own
        ("邓家村卫生院有几张床", ""),  # a village of its own
    ],
)
def test_a_name_that_looks_right_is_found_but_not_that_of_another_place(
    text: str, name: str
) -> None:
    gazetteer = Gazetteer(
        (
            Entity("长治市人民医院"),
            Entity("平顶山市第二人民医院", ("平顶山二院",)),
            Entity("大治市人民医院"),
            Entity("郑家村卫生院"),
        )
    )
    assert whom(text, gazetteer) == [name] * bool(name)


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("How big is Datomg Fifth People's Hospital?", FIFTH),
        ("the Univercity of Hong Kong Shenzen Hospital", HKU),
    ],
)
def test_a_misspelt_english_name_is_found(text: str, entity: Entity) -> None:
    assert whom(text) == [entity.name]


@pytest.mark.parametrize(
    "text",
    ["Datong Fourth People's Hospital", "Beijing Fifth People's Hospital", "East Asia Hospital"],
)
def test_another_ordinal_or_place_in_english_is_another_hospital(text: str) -> None:
    assert whom(text) == []


@pytest.mark.parametrize("text", ["五院在哪", "请问，五院在哪", "我在五院", "这五院"])
def test_a_bare_ordinal_is_found_where_one_hospital_has_it(text: str) -> None:
    assert found(text) == [("五院", (FIFTH.name,))]


@pytest.mark.parametrize("text", ["浙大五院在哪", "天津五院", "第五院"])
def test_a_bare_ordinal_within_another_name_is_not_found(text: str) -> None:
    assert found(text) == []


def test_a_bare_ordinal_of_two_hospitals_means_none() -> None:
    assert found("一院在哪") == []


def test_bare_ordinals_come_in_their_order() -> None:
    assert whom("五院和六院哪个大") == [FIFTH.name, SIXTH.name]
    assert whom("六院和五院哪个大") == [SIXTH.name, FIFTH.name]


def test_a_bare_ordinal_is_found_beside_a_whole_name() -> None:
    assert whom("大同五院和六院哪个大") == [FIFTH.name, SIXTH.name]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "今天天气怎么样？",
        "医院有多少台透析机？",
        "哪家医院是三级甲等？",
        "人民医院",
        "第五人民医院",
        "大学医院",
        "大同有什么好吃的",
        "深圳到香港要多久",
        "我要住院一个月",
        "妇产科在几楼",
        "How do I book an appointment?",
        "the people's hospital",
        "Which hospitals are in China?",
        "a",
        "1573",
        "\0😀",
    ],
)
def test_ordinary_text_mentions_nobody(text: str) -> None:
    assert found(text) == []


def test_no_documents_mean_nobody() -> None:
    assert found("大同五院", Gazetteer(())) == []
    assert Gazetteer(()).surfaces == ()


def test_surfaces_are_folded_and_the_longest_comes_first() -> None:
    gazetteer = Gazetteer((Entity("華西醫院", ("The West Hospital", "华西")),))
    assert gazetteer.surfaces == ("west hospital", "华西医院", "华西")


def test_documents_about_the_same_are_one_entity() -> None:
    documents = [
        Document("a", "", "", "", hospitals=("华西医院",), meta={"aliases": ("华西", "川大华西")}),
        Document("b", "", "", "", hospitals=("华西医院",), meta={"aliases": ("华西", "华西院")}),
        Document("c", "", "", "", hospitals=("长治医院",), meta={"aliases": "长医"}),
        Document("d", "", "", ""),
    ]
    assert Gazetteer.from_documents(documents).entities == (
        Entity("华西医院", ("华西", "川大华西", "华西院")),
        Entity("长治医院", ("长医",)),
    )


def test_every_name_of_the_built_in_corpus_is_found(builtin: Gazetteer) -> None:
    for entity in builtin.entities:
        for name in (entity.name, *entity.aliases):
            assert whom(f"{name}?", builtin) == [entity.name], name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("六院有几个科", "大同市第六人民医院"),
        ("三院在哪", "北京大学第三医院"),
        ("長治市人民醫院", "长治市人民医院"),
        ("changzhi peoples hospital", "长治市人民医院"),
        ("Shengjing hospital", "中国医科大学附属盛京医院"),
    ],
)
def test_hospitals_of_the_built_in_corpus_are_found(
    builtin: Gazetteer, text: str, name: str
) -> None:
    assert whom(text, builtin) == [name]


@pytest.mark.parametrize(
    "text", ["浙大二院有多少床位", "广州华侨医院在哪", "北京协和医院", "北京五院", "二院在哪"]
)
def test_other_hospitals_are_not_taken_for_those_of_the_corpus(
    builtin: Gazetteer, text: str
) -> None:
    assert whom(text, builtin) == []


def test_a_place_is_not_said_twice() -> None:
    names = (
        "青禾市第一人民医院",
        "青禾市第二人民医院",
        "青禾市中医医院",
        "白港市第二人民医院",
        "白港市中医医院",
    )
    gazetteer = Gazetteer(tuple(Entity(name) for name in names))
    for text in ("青禾市第一人民医院和第二人民医院谁大", "青禾市第一人民医院跟二院谁大"):
        assert whom(text, gazetteer) == ["青禾市第一人民医院", "青禾市第二人民医院"]
    text = "青禾市第一人民医院盖楼和中医院搬家谁花钱多"
    assert whom(text, gazetteer) == ["青禾市第一人民医院", "青禾市中医医院"]
    assert whom("跟中医院比谁花钱多", gazetteer) == []


def test_a_name_without_its_place_has_the_place_said_before() -> None:
    names = ("白砚县人民医院", "白砚县中医院", "青槲县人民医院", "霁州市第二人民医院")
    gazetteer = Gazetteer(tuple(Entity(name) for name in names))
    text = "白砚县有两家，县人民医院和县中医院谁大"
    assert whom(text, gazetteer) == ["白砚县人民医院", "白砚县中医院"]
    assert whom("霁州的医院里，市二院有多少床", gazetteer) == ["霁州市第二人民医院"]
    assert whom("县人民医院有多少床", gazetteer) == []


def test_a_short_name_within_another_name_is_none() -> None:
    gazetteer = Gazetteer((Entity("汀江医院"), Entity("中心医院")))
    for text in ("栖川汀江大桥", "汀江特大桥有多长", "汀江小学", "托育中心的费用"):
        assert gazetteer.find_short(text) == ()
    for text in ("汀江有多少张床", "汀江下乡义诊几次", "汀江网站", "汀江急救站有几个"):
        assert [one.names for one in gazetteer.find_short(text)] == [("汀江医院",)]


def test_an_and_within_a_place_is_no_and() -> None:
    gazetteer = Gazetteer((Entity("大同市第五人民医院"), Entity("北京大学第三医院", ("北医三院",))))
    assert whom("我同三院联系", gazetteer) == ["北京大学第三医院"]
    assert whom("大同三院呢", gazetteer) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("青禾一有多少床", True),
        ("青禾一中医科怎么样", True),
        ("青禾第一的院长", True),
        ("青禾一中是谁办的", False),
        ("青禾第一批医疗队", False),
        ("青禾第一届马拉松", False),
        ("青禾一大特色", False),
    ],
)
def test_a_number_of_something_else_is_no_hospital(text: str, found: bool) -> None:  # noqa: FBT001
    name = "青禾市第一人民医院"
    gazetteer = Gazetteer((Entity(name, customary_forms(name)),))
    assert bool(gazetteer.find_short(text)) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("How many patients did the first Qinghe medical team treat?", 0),
        ("Which patients did Qinghe First treat?", 1),
        ("Who heads the first hospital of Qinghe?", 1),
    ],
)
def test_an_ordinal_before_a_place_may_number_something_else(text: str, found: int) -> None:
    name = "青禾市第一人民医院"
    gazetteer = Gazetteer((Entity(name, customary_forms(name)),))
    assert len(gazetteer.find(fold(text))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("海一有几层楼", True), ("江海一带有哪些医院", False), ("海一直在建", False)],
)
def test_a_university_hospital_is_known_by_place_and_number_alone(text: str, found: bool) -> None:  # noqa: FBT001
    gazetteer = Gazetteer((Entity("海洋大学附属第一医院", ("海大一院",)),))
    assert bool(gazetteer.find_short(text)) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("市三院有几张床", 1),
        ("请问市三院有几张床", 1),
        ("三院有几张床", 1),
        ("青禾市三院有几张床", 1),
        ("西安市三院有几张床", 0),
        ("西安三院有几张床", 0),
    ],
)
def test_a_name_without_its_place_is_not_that_of_another_place(text: str, found: int) -> None:
    name = "青禾市第三人民医院"
    gazetteer = Gazetteer((Entity(name, customary_forms(name)),))
    assert [mention.names for mention in gazetteer.find(text)] == [(name,)] * found


def test_ordinals_in_figures_are_those_of_hospitals_only() -> None:
    assert ordinals_in_words("第5人民医院、大同 5 院、10院") == "第五人民医院、大同五院、十院"
    assert ordinals_in_words("5院士、第3届、100院") == "5院士、第3届、100院"


def test_a_county_is_not_its_hospital() -> None:
    english = ("Yanpu People's Hospital", "Yanpu County People's Hospital")
    gazetteer = Gazetteer((Entity("盐浦县人民医院", ("盐浦县医院", "盐浦医院", *english)),))
    assert gazetteer.find_short("盐浦县第二小学有几个班") == ()
    assert [m.names for m in gazetteer.find_places("盐浦县第二小学")] == [("盐浦县人民医院",)]
    assert whom("When did the salt works in Yanpu shut down?", gazetteer) == []
    assert whom("How many beds are there in Yanpu?", gazetteer) == ["盐浦县人民医院"]
    assert whom("Where is Yanpu County Hospital?", gazetteer) == ["盐浦县人民医院"]
    assert whom("Is Yanpu People's a good place?", gazetteer) == ["盐浦县人民医院"]


def test_a_place_of_several_hospitals_is_none_of_them() -> None:
    people = Entity("盐浦县人民医院", ("Yanpu People's Hospital",))
    other = Entity("盐浦县中医院", ("Yanpu Hospital of Traditional Chinese Medicine",))
    gazetteer = Gazetteer((people, other))
    assert whom("How many beds are there in Yanpu?", gazetteer) == []
    assert whom("How many beds has Yanpu People's?", gazetteer) == ["盐浦县人民医院"]


def test_a_hospital_of_chinese_medicine_is_not_called_by_half_its_kind() -> None:
    gazetteer = Gazetteer((Entity("盐浦市中医院", customary_forms("盐浦市中医院")),))
    assert gazetteer.find_short("今年盐浦中考几号") == ()


def test_a_place_in_letters_is_spelt_as_its_hospitals_names_are() -> None:
    gazetteer = Gazetteer((Entity("长治市人民医院", customary_forms("长治市人民医院")),))
    assert whom("When is the lantern fair in Changzhi?", gazetteer) == []
    assert whom("How many beds are there in Changzhi?", gazetteer) == ["长治市人民医院"]
