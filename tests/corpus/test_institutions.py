"""Institutions that the documents are not about."""

import pytest

from corpus.fold import fold
from corpus.institutions import Institutions, KnownWords, institutions, names_said
from corpus.names import Gazetteer
from corpus.read import BUILTIN, read_corpus
from qa.lexical import Tokenizer


@pytest.fixture(scope="session")
def known() -> KnownWords:
    """What the built-in corpus says."""
    documents = read_corpus([BUILTIN]).documents
    tokenizer = Tokenizer(Gazetteer.from_documents(documents).surfaces)
    texts = [fold(document.text) for document in documents]
    return KnownWords(names_said(texts), {word for text in texts for word in tokenizer.words(text)})


def seen(text: str, known: KnownWords) -> Institutions:
    return institutions(text, fold(text), known)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("广州华侨医院有多少床位？", "广州华侨医院"),
        ("請問廣州華僑醫院在哪", "广州华侨医院"),
        ("浙大二院有多少床位", "浙大二院"),
        ("山东省立医院怎么样", "山东省立医院"),
        ("太原市中心医院有几层楼", "太原市中心医院"),
        ("武汉大学附属医院", "武汉大学附属医院"),
        ("大同市第九人民医院", "大同市第九人民医院"),
        ("解放军301医院", "解放军301医院"),
        ("你知道仁爱医院吗", "仁爱医院"),
    ],
)
def test_a_particular_name_that_no_document_says_is_unknown(
    known: KnownWords, text: str, name: str
) -> None:
    assert seen(text, known) == Institutions((name,), ())


@pytest.mark.parametrize(
    "text",
    [
        "哪家医院有透析机",
        "这家医院怎么样",
        "三甲医院有哪些",
        "互联网医院怎么用",
        "智慧医院是什么",
        "公立医院的互联网医院",
        "医院",
        "医生去哪里进修",
        "患者怎么住院",
        "青禾那家老医院是哪年开张的",
        "湖南那边乡镇卫生院的片子谁来看",
        "汀源那边镇上卫生院的片子谁来看",
        "星期六日去汀源嘅社区医院睇夜诊",
        "卫健局的一把手还兼着人民医院的书记",
        "跟香港合办的大学医院",
        "中日友好医院在哪",  # a name, but one that the documents say
        "",
        "🏥",
        "Which hospital is bigger?",
        "What is a hospital",
        "1956年起医院叫什么名字",
        "2014年医院穷到什么地步",
        "手术占比赶上国内顶尖医院了没",
    ],
)
def test_a_description_is_no_name(known: KnownWords, text: str) -> None:
    assert seen(text, known).unknown == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("北京协和医院在哪里", "协和医院"),  # which one, no document says
        ("請問協和醫院在哪", "协和医院"),
        ("山西医科大学附属第一医院有几层", "山西医科大学附属第一医院"),
    ],
)
def test_a_name_that_documents_mention_is_told_as_mentioned(
    known: KnownWords, text: str, said: str
) -> None:
    assert seen(text, known) == Institutions((), (said,))


def test_a_township_may_be_named_with_its_county() -> None:
    known = KnownWords(names_said(["马庄镇卫生院原来做不了手术"]), frozenset({"卫生院"}))
    assert seen("槐浦县马庄镇卫生院的手术谁做", known) == Institutions((), ("马庄镇卫生院",))
    assert seen("槐浦县牛庄镇卫生院的手术谁做", known).unknown == ("槐浦县牛庄镇卫生院",)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("今年内江市人民医院招多少护士", "内江市人民医院"),
        ("去年内江市人民医院招多少护士", "内江市人民医院"),
        ("2020年中山市人民医院有几层", "中山市人民医院"),
        ("五月花医院有几张床", "五月花医院"),
        ("广州兄弟医院有多少床位", "广州兄弟医院"),
        ("东莞市先进医院有多少医生", "东莞市先进医院"),
    ],
)
def test_a_time_is_no_part_of_a_name_and_an_adjective_may_be(
    known: KnownWords, text: str, name: str
) -> None:
    assert seen(text, known).unknown == (name,)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Where is Mayo Clinic?", "Mayo Clinic"),
        ("The Johns Hopkins Hospital", "Johns Hopkins Hospital"),
        ("beds of Peking Union Medical College Hospital", "Peking Union Medical College Hospital"),
        ("Datong No. 9 Hospital", "Datong No. 9 Hospital"),
    ],
)
def test_an_english_name_is_unknown(known: KnownWords, text: str, name: str) -> None:
    assert seen(text, known).unknown == (name,)


def test_an_ordinal_is_not_cut_to_find_another_hospital_of_the_same_number() -> None:
    known = KnownWords(names_said(["记者从市第二人民医院获悉"]), ["医院"])
    assert institutions("青禾市第二人民医院有几张床", "青禾市第二人民医院有几张床", known) == (
        Institutions(("青禾市第二人民医院",), ())
    )


def test_known_words_cut_a_span_in_any_way() -> None:
    known = KnownWords("", ["互联网", "互联", "网上", "上"])
    assert known.describes("互联网")
    assert known.describes("互联网上")
    assert known.describes("")
    assert not known.describes("联网")
    assert not known.describes("互联网医")


def test_documents_hold_what_stands_in_one_of_them() -> None:
    known = KnownWords(names_said(["一家医院", "二家"]), [])
    assert known.holds("家医院")
    assert not known.holds("医院二")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("beds of 青禾 third people's hospital", "青禾市第三人民医院"),
        ("青禾三院有几张床", "青禾市第三人"),
        ("青禾市精神卫生中心算三级医院吗", "青禾市精神卫生中心"),
    ],
)
def test_what_the_documents_call_otherwise_is_mentioned(question: str, said: str) -> None:
    known = KnownWords(
        names_said(["青禾市第三人民医院位于城东。医院挂青禾市精神卫生中心的牌子。"]), ["医院"]
    )
    found = institutions(question, question, known)
    assert not found.unknown
    assert any(said in name or name in said for name in found.mentioned)


HOSPITALS = KnownWords(
    names_said(
        [
            "云峤医学院附属医院和北辰河医院获赠呼吸机，青禾市第三人民医院也有。市第一医院和玉屏肺病院在城东。"
        ]
    ),
    ["医院"],
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Beichenhe Hospital current president name", "北辰河医院"),
        ("How many beds has Qinghe No. 3 Hospital?", "青禾市第三人民医院"),
        ("Who founded Yuping Lung Hospital?", "玉屏肺病院"),
        ("Where is Yunqiao Affiliated Hospital?", "云峤医学院附属医院"),  # 峤 is jiao or qiao
        ("市一医院哪天人最少", "市第一医院"),
    ],
)
def test_a_name_is_recognised_by_its_sound_or_in_full(text: str, said: str) -> None:
    assert seen(text, HOSPITALS) == Institutions((), (said,))


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Beichenhu Hospital beds", "Beichenhu Hospital"),
        ("How many beds has Qinghe No. 4 Hospital?", "Qinghe No. 4 Hospital"),
        ("How many beds has Qinghe People's Hospital?", "Qinghe People's Hospital"),
        ("Who heads Beichenhe Children's Hospital?", "Beichenhe Children's Hospital"),
        ("Where is Yunqiao Hospital?", "Yunqiao Hospital"),
        ("五院院训是什么", "五院"),
    ],
)
def test_a_name_that_only_looks_alike_stays_unknown(text: str, unknown: str) -> None:
    assert seen(text, HOSPITALS) == Institutions((unknown,), ())


@pytest.mark.parametrize(
    "text",
    [
        "一院最贵那档套餐价格",  # of which the documents tell, whichever it is
        "Will the People's Hospital lose water?",
        "从城东往大医院送要多久",
        "青禾市公营医院有几家",
    ],
)
def test_any_hospital_is_no_name(text: str) -> None:
    assert seen(text, HOSPITALS) == Institutions()


def test_a_city_before_a_county_and_a_word_that_asks_are_no_part_of_a_name() -> None:
    said = names_said(["白砚县人民医院的夜班", "青禾市中医院的分院"])
    known = KnownWords(said, {"青禾", "白砚"})
    for text in ("青禾白砚县医院夜里谁值班", "青禾市白砚县人民医院夜里谁值班"):
        assert seen(text, known) == Institutions((), ("白砚县人民医院",)), text
    assert seen("係咪青禾市中醫院嘅分院", known) == Institutions((), ("青禾市中医院",))
    assert seen("青禾墨浦县医院夜里谁值班", known) == Institutions(("青禾墨浦县医院",), ())
