"""Whom the paragraphs of a page are about. All hospitals are invented."""

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.layout import articles
from corpus.model import Article, Block
from corpus.subjects import institution_names, subjects

ONE = "青禾市第三人民医院"


def names(text: str) -> list[str]:
    return [name.name for name in institution_names(text)]


def page(*parts: tuple[str, list[str]]) -> tuple[str, list[Article]]:
    """Build a page of titles with their paragraphs; # begins a heading, ▲ a caption."""
    text, articles = "", []
    for title, paragraphs in parts:
        span = (len(text), len(text) + len(title)) if title else None
        text += title + "\n\n"
        blocks = []
        for paragraph in paragraphs:
            kind = {"#": "heading", "▲": "caption"}.get(paragraph[0], "paragraph")
            blocks.append(Block(kind, len(text), len(text) + len(paragraph)))  # type: ignore[arg-type]
            text += paragraph + "\n\n"
        articles.append(Article(title, span, "", "", tuple(blocks)))
    return text, articles


def about(*parts: tuple[str, list[str]]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(subjects(*page(*parts))))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("记者从云岭县妇幼保健\n院获悉", "云岭县妇幼保健院"),
        ("惠泽百姓\n\n青禾市第三人民医院以党建引领", "青禾市第三人民医院"),
        ("据青禾市人\n民医院院长说", "青禾市人民医院"),
        ("江西省青禾市人民医院", "青禾市人民医院"),
        ("在青禾市东湖区人民医院", "青禾市东湖区人民医院"),
        ("与青禾大学医学院附 属第一医院签约", "青禾大学医学院附属第一医院"),
        ("青禾医科大学附属东湖医院", "青禾医科大学附属东湖医院"),
        ("青禾大学第三医院", "青禾大学第三医院"),
        ("青禾市中心医院", "青禾市中心医院"),
        ("患者到青禾第三人民医院看病", "青禾第三人民医院"),
        ("湖滨医院开诊", "湖滨医院"),
        ("市第二人民医院始建于1979年", "市第二人民医院"),
        ("青禾市疾控中心建设的基地", "青禾市疾控中心"),
        ("石桥镇卫生院", "石桥镇卫生院"),
        ("青禾市荣复军人医院", "青禾市荣复军人医院"),
        # jieba's dictionary has 州市, 沙县, 城市 and 西市, and none of these places.
        ("霁州市妇幼保健院托育中心", "霁州市妇幼保健院"),
        ("由荷沙县人民医院", "荷沙县人民医院"),
        ("位于莲城市中医医院", "莲城市中医医院"),
        ("大埠市疾控中心", "大埠市疾控中心"),
        ("清和市中心医院", "清和市中心医院"),
        ("记者从云岚县中医院", "云岚县中医院"),
        ("距茶汀县人民医院", "茶汀县人民医院"),
        ("访仙镇卫生院", "访仙镇卫生院"),
        ("骞州医学院附属医院", "骞州医学院附属医院"),
        ("39路增停市妇幼保健院", "市妇幼保健院"),
        ("昨夜从合肥\n市第一人民医院", "合肥市第一人民医院"),
        ("翠屏江区人民医院医疗集团", "翠屏江区人民医院"),
        ("记临沅医科大学附属第三医院", "临沅医科大学附属第三医院"),
        ("澜屿专区医院", "澜屿专区医院"),
        ("早上住院下午回家 市二医院", "市二医院"),
        ("平顶\n山市第二人民医院", "平顶山市第二人民医院"),
    ],
)
def test_a_name_is_found_also_across_line_breaks(text: str, name: str) -> None:
    assert names(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "三甲医院",
        "公立医院",
        "互联网医院",
        "该院",
        "我院",
        "大医院",
        "智慧医院",
        "专科医院",
        "精神病专科医院",
        "各镇卫生院",
        "乡镇卫生院",
        "全国优秀县级医院",
        "现代医院管理制度",
        "推进医院建设",
        "河南省医院行风建设",
        "北京、上海等地医院",
        "社区医院",
        "医院",
    ],
)
def test_a_description_is_no_name(text: str) -> None:
    assert names(text) == []


def test_offsets_lead_to_the_name_in_the_raw_text() -> None:
    text = "据青禾市第三\n\n人民 医院介绍"
    (name,) = institution_names(text)
    assert text[name.start : name.end] == "青禾市第三\n\n人民 医院"


def test_two_names_are_found_one_after_the_other() -> None:
    assert names("青禾市人民医院和云岭县中医医院") == ["青禾市人民医院", "云岭县中医医院"]


def test_an_article_about_one_hospital_gives_it_to_all_its_blocks() -> None:
    found = about(
        (f"{ONE}：奋进", ["#一路前行", "该院有80台设备。", "与省人民医院合作。", "▲合唱比赛"])
    )
    assert found == [(ONE,)] * 4


def test_partners_in_passing_are_no_subjects() -> None:
    found = about(
        (
            "高质量发展",
            [f"{ONE}建院50年。", "该院与云岭县人民医院共建。", f"{ONE}还有分院。", "我院招人。"],
        )
    )
    assert found == [(ONE,)] * 4


def test_partial_names_mean_the_full_one_of_the_article() -> None:
    found = about(
        ("市三院新楼启用", [f"{ONE}的新楼启用。", "市第三人民医院有床位900张。", "市三医院说。"])
    )
    assert found == [(ONE,)] * 3


def test_a_partial_name_is_completed_with_the_place_of_the_page() -> None:
    paper = "霁州晚报记者 林晓"
    assert (
        about(("市二医院新楼启用", [paper, "市二医院有床位900张。"]))
        == [("霁州市第二人民医院",)] * 2
    )
    assert about(("市二医院新楼启用", ["市二医院有床位900张。"])) == [("市二医院",)]


def test_items_with_headlines_of_their_own_are_each_about_their_own() -> None:
    title = "云岭县人民医院添设备等三则"
    text = (
        f"# {title}\n\n【云岭：新增机器】云岭县人民医院血液净化中心昨天完工，新增透析机二十台。"
        "\n\n【汶岭：药柜进村】汶岭县首批四十五个村卫生室昨天安装了自动售药柜，二十四小时开放，可售药八十种。"
        f"\n\n【青禾：互认结果】{ONE}昨天宣布，互认检验项目增至二百项，该院检查项目增至八十八项，比目录多。"
    )
    (article,) = articles(text)
    assert article.title == title
    ((first, *_, head, third),) = subjects(text, [article])
    assert (first, head, third) == (("云岭县人民医院",), (ONE,), (ONE,))
    assert (title,) in subjects(text, [article])[0]


def test_a_brochure_of_one_hospital_is_about_it() -> None:
    text = (
        f"# {ONE}建院六十年\n\n【院史】一九六三年从三间瓦房开始，如今有两个院区，门诊楼也是新的。"
        "\n\n【骨科】骨科有床位一百二十张，医师十八人，去年做手术三千多台，比前年多了不少。"
    )
    (article,) = articles(text)
    assert set(subjects(text, [article])[0]) == {(ONE,)}


def test_one_page_may_tell_of_several_hospitals() -> None:
    found = about(
        (f"{ONE}：奋进", ["该院有80台设备。"]),
        ("云岭县中医医院：支部", ["该院有30个科室。", "县中医院招人。"]),
    )
    assert found == [(ONE,), ("云岭县中医医院",), ("云岭县中医医院",)]


def test_a_survey_gives_each_paragraph_the_nearest_hospital() -> None:
    full = "青禾医科大学附属东湖医院"
    found = about(
        (
            "拿出实招",
            [
                "#资源融合",
                "大医院的管理者承认，各有强弱。",
                f"“儿科是传统。”{full}党委书记赵一介绍，该院有80人。",
                "作为东湖医院的优势，儿科很强。",
                "#服务精细",
                "云岭县人民医院院长钱二说，医院实行新办法。",
                "“我们管得严。”钱二说。",
                "该院还建了新楼。",
                "东湖医院与云岭县人民医院都有床位。",
                "赵一说，人才重要。",
            ],
        )
    )
    other = "云岭县人民医院"
    assert found == [
        ("拿出实招",),
        ("拿出实招",),
        (full,),
        (full,),
        (other,),
        (other,),
        (other,),
        (other,),
        (full, other),
        (full,),
    ]


def test_an_article_about_no_hospital_is_about_its_title() -> None:
    title = "青禾建成影像云平台"
    found = about(
        (title, ["青禾市人民医院和云岭县人民医院、卫生院签约。", "平台传输数据到卫生院。"])
    )
    assert found == [(title,), (title,)]


def test_a_short_item_that_names_one_hospital_is_about_it() -> None:
    assert about(("微创手术", [f"近日，{ONE}完成一例手术。", "患者出院。"])) == [(ONE,)] * 2


def test_loose_captions_belong_to_the_hospital_beside_them() -> None:
    assert about((f"{ONE}：奋进", ["该院好。"]), ("", ["▲手术", "▲药房"]))[1:] == [(ONE,)] * 2


def test_the_end_of_another_word_is_no_partial_name() -> None:
    found = about(
        (
            "发展",
            [
                "青禾市人民医院与东湖区人民医院。",
                "我院有社区医院、社区医院。",
                "青禾市人民医院好。",
            ],
        )
    )
    assert found == [("青禾市人民医院",)] * 3


@settings(max_examples=60, deadline=None)
@given(st.text("青禾市第三人民医院县大学附属 \n，。该的1a", max_size=60))
def test_any_text_gives_names_that_stand_in_it(text: str) -> None:
    for name in institution_names(text):
        assert "".join(text[name.start : name.end].split()) == name.name
    article = Article(text[:5], (0, min(5, len(text))), "", "", (Block("paragraph", 0, len(text)),))
    assert len(subjects(text, [article])[0]) == 1
