"""What any answer would hold, and the best passage does not."""

from dataclasses import replace

import pytest

from qa.confidence import is_said
from qa.lacking import asked_of, lacking, like_the_best, telling_first
from qa.model import Kind, Query
from qa.values import Detail
from tests.qa.answers import hit


def query(text: str, value: Kind, kind: Kind | None = None) -> Query:
    return Query(text, text, kind=kind or value, value=value)


@pytest.mark.parametrize(
    ("asked", "text", "missing"),
    [
        (query("停车费多少钱", "money"), "现有床位620张。", "停车"),
        (query("做一次多少钱", "money"), "现有床位620张。", ""),
        (query("做一次多少钱", "money"), "每次收费200元。", None),
        (query("党委书记是谁", "person"), "院长林晓舟说，要办好医院。", "书记"),
        (query("馆长是谁", "person"), "副馆长林晓舟说，要办好展览。", "馆长"),
        (query("馆长是谁", "person"), "馆长林晓舟说，要办好展览。", None),
        (query("负责人是谁", "person"), "馆长林晓舟说，要办好展览。", None),
        (query("2021年有多少人次", "number"), "2020年，共61万人次。", "2021年"),
        (query("2021年有多少人次", "number"), "2020年开业，去年共61万人次。", None),
        (query("2021年有多少人次", "number"), "2021年，共61万人次。", None),
        (query("2021年就诊率多少", "number"), "2020年就诊率88%，而2021年亏了9万元。", "2021年"),
        (query("2021年就诊率多少", "number"), "就诊率从2019年的70%升到88%。", None),
        (query("2021年床位有多少张", "number"), "2020年有床位300张，2021年增至500张。", None),
        (query("beds there were in 2021", "number"), "始建于1956年，2021年有床位500张。", None),
        (query("2021年谁是冠军", "person"), "2020年10月，冠军是林晓舟。", "2021年"),
        (query("2019年谁是冠军", "person"), "冠军是林晓舟。2020年的赛事。", "2019年"),
        (query("神经内科主任是谁", "person"), "肾内科主任林晓舟介绍。", "神经内科主任"),
        (query("卫健委医政科科长是谁", "person"), "医政科科长林晓舟介绍。", None),
        (query("请问现任骨科主任是谁", "person"), "骨科主任林晓舟介绍。", None),
        (query("消化科主任是谁", "person"), "消化内科主任林晓舟介绍。", None),
        (query("有几架直升机", "number"), "第五人民医院有直升机，与120合作。", ""),
        (query("有几架直升机", "number"), "第五人民医院有直升机两架。", None),
        (query("晚上市民怎么挂号", "fact"), "手机上可以挂号。", None),
        (query("有专家多少，医院长期聘请的", "number"), "聘请专家5名。", None),
        (query("哪年评上三甲的", "date"), "2020年起正在创建三甲医院。", ""),
        (query("哪年能评上三甲", "date"), "正在创建三甲医院，计划2026年评审。", None),
        (query("做完CT怎么取片", "fact"), "可在自助机上打印胶片。", None),
        (query("为什么取消夜间门诊", "fact"), "夜间门诊开到20时。", "取消"),
        (query("那两名医师叫什么名字", "person"), "派出两名核酸检测医师。", ""),
        (query("那两名医师叫什么名字", "person"), "派出医师林晓舟、贺同。", None),
        (query("那两名医师叫什么名字", "person"), "派出两名医师守“沪”40天。", ""),
        (query("他父亲叫什么名字", "person"), "二十岁接过父亲的邮包。", ""),
        (query("送血清的司机叫什么", "person"), "司机一路没有停。", ""),
        (query("2019年度得了多少分", "number"), "2019年公布2018年度考核，得615分。", "2019年度"),
        (query("2018年度得了多少分", "number"), "2019年公布2018年度考核，得615分。", None),
        (query("院士分别是谁", "person"), "与6名院士建立工作站。", ""),
        (query("院士分别是谁", "person"), "与院士林晓舟建立工作站。", None),
        (query("谁出钱", "person"), "费用由县里出。", None),
        (query("湖滨分院有多少张床", "number"), "下辖湖滨分院，本部开放床位620张。", "湖滨分院"),
        (query("湖滨分院有多少张床", "number"), "本部床位620张，湖滨分院床位90张。", None),
        (query("本部有多少张床", "number"), "下辖湖滨分院，本部开放床位620张。", None),
        (query("平顶山二院有多少个分院", "number"), "下辖三家分院，本部开放床位620张。", None),
        (query("成员单位叫什么", "person"), "成员单位包含区医院。", None),
        (query("第一届招多少人", "number"), "第八届了，首届招收40人。", None),
        (query("4号线哪年开工", "date"), "2024年3号线开工。", "4号线"),
        (query("4号线哪年开工", "date"), "2024年3号线开工，四号线在2026年。", None),
        (query("上一届来了多少人", "number"), "第六届来了3万人，去年2万人。", None),
        (query("隧道和大桥哪个花钱多", "fact"), "大桥花了2亿元。", None),
        (query("哪家医院床位多", "number", "comparison"), "现有职工300人。", "床位"),
        (query("哪家医院床位多", "number", "comparison"), "现有床位620张。", None),
        (query("哪家医院口号好", "number", "set"), "现有职工300人。", None),
    ],
)
def test_what_is_lacking_is_named(asked: Query, text: str, missing: str | None) -> None:
    assert lacking(asked, [hit(text=text)]) == missing


def test_a_passage_of_the_year_is_taken_before_one_of_another() -> None:
    asked = query("2021年有多少人次", "number")
    best, other = hit(text="2020年，共61万人次。"), hit(text="2021年，共70万人次。")
    assert telling_first(asked, [best, other]) == ((other, best), None)


@pytest.mark.parametrize(
    ("question", "places", "missing"),
    [
        ("汶岭县接种了多少人", ("榆埠县",), "汶岭"),
        ("汶岭县接种了多少人", ("榆埠县", "汶岭县"), None),
        ("汶岭县接种了多少人", ("榆埠讯",), None),  # its county may be left out
        ("汶岭县接种了多少人", ("榆埠区",), None),
        ("榆埠市接种了多少人", ("汶岭县", "朔陵市"), "榆埠"),
        ("云南省接种了多少人", ("山西省",), None),  # an article seldom says its own province
        ("汶玲县接种了多少人", ("汶岭县",), None),  # a slip
        ("杭州市接种了多少人", ("湖州市",), "杭州"),  # none
        ("榆埠市汶岭县接种了多少人", ("榆埠市", "白棠县"), "汶岭"),
        ("一共接种了多少人", ("榆埠县",), None),
    ],
)
def test_what_is_told_of_another_place_is_no_answer(
    question: str, places: tuple[str, ...], missing: str | None
) -> None:
    told = hit(text=f"{'、'.join(places)}接种了5万人。")
    told = replace(told, passage=replace(told.passage, places=places))
    assert lacking(query(question, "number"), [told]) == missing


def test_a_county_in_a_passage_is_of_the_city_that_its_article_says() -> None:
    told = hit(text="汶岭县接种了5万人。")
    told = replace(told, passage=replace(told.passage, places=("汶岭县", "朔陵市")))
    told = replace(told, asked_places=frozenset({"榆埠市"}))
    assert lacking(query("榆埠接种了多少人", "number"), [told]) == ""  # others say it
    in_itself = replace(told, passage=replace(told.passage, places=("朔陵市",)))
    assert lacking(query("榆埠接种了多少人", "number"), [in_itself]) is None


def test_after_a_hit_of_another_place_only_one_of_the_place_is_taken() -> None:
    asked = query("汶岭县接种了多少人", "number")
    elsewhere = hit(text="榆埠县接种了5万人。")
    elsewhere = replace(elsewhere, passage=replace(elsewhere.passage, places=("榆埠县",)))
    nowhere, there = hit("two", text="接种了7万人。"), hit("three", text="汶岭县接种了6万人。")
    assert telling_first(asked, [elsewhere, nowhere]) == ((elsewhere, nowhere), "汶岭")
    found, missing = telling_first(asked, [elsewhere, nowhere, there])
    assert (found[0], missing) == (there, None)


def test_another_level_than_the_one_asked_is_another_place() -> None:
    told = hit(text="榆埠县接种了5万人。")
    told = replace(told, passage=replace(told.passage, places=("榆埠县",)))
    told = replace(told, asked_places=frozenset({"汶岭市"}))
    assert lacking(query("汶岭县接种了多少人", "number"), [told]) == "汶岭"


def test_where_somebody_in_the_article_comes_from_is_not_where_it_is() -> None:
    told = hit(text="接种了5万人。")
    told = replace(told, passage=replace(told.passage, places=("榆埠县",)))
    assert lacking(query("汶岭县接种了多少人", "number"), [told]) is None


def test_an_article_belongs_to_its_city_though_it_leaves_it_out() -> None:
    told = hit(text="接种了5万人。")
    told = replace(told, passage=replace(told.passage, places=("东渠区", "朔陵属")))
    assert lacking(query("榆埠市接种了多少人", "number"), [told]) == "榆埠"
    assert lacking(query("朔陵市接种了多少人", "number"), [told]) is None


def test_a_place_that_other_articles_say_is_not_said_to_be_missing() -> None:
    best, other = hit(text="榆埠县接种了5万人。"), hit("two", text="汶岭县的桥。")
    best = replace(best, passage=replace(best.passage, places=("榆埠县",)))
    best = replace(best, asked_places=frozenset({"汶岭县"}))
    other = replace(other, passage=replace(other.passage, places=("汶岭县",)))
    assert lacking(query("汶岭县接种了多少人", "number"), [best, other]) == ""


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("今年做了8416例，比去年同期的6102例多。", "2022年"),
        ("前年做了8416例。", None),
        ("近年来做了8416例。", None),
        ("2022—2023年做了8416例。", None),
        ("2023年以来做了8416例。", "2022年"),
        ("2022年开业，今年做了8416例。", None),  # what was opened then is asked about
        ("早上年轻人多，有8416例。", None),
    ],
)
def test_the_date_of_an_article_tells_which_years_it_means(text: str, missing: str | None) -> None:
    told = hit(text=text)
    dated = replace(told, passage=replace(told.passage, published="2024-11-05"))
    assert lacking(query("2022年做了多少例", "number"), [dated]) == missing
    undated = replace(dated, passage=replace(told.passage, published="May"))
    written = missing if "2023" in text else None
    assert lacking(query("2022年做了多少例", "number"), [undated]) == written
    assert lacking(query("2022年花了多少元", "money"), [hit(text="2021年花了8元。")]) == "2022年"


def test_an_article_without_a_date_may_be_of_a_later_year_than_it_says() -> None:
    best, other = hit(text="冠军是林晓舟。"), hit(text="2020年也办过。")
    assert lacking(query("2021年谁是冠军", "person"), [best, other]) is None
    assert lacking(query("2019年谁是冠军", "person"), [best, other]) == "2019年"
    dated = replace(best, passage=replace(best.passage, published="2019-05-03"))
    assert lacking(query("2019年谁是冠军", "person"), [dated, other]) is None


def test_articles_about_another_thing_are_not_quoted_beside_the_best() -> None:
    asked = query("周柏年把遗体捐给了谁", "fact")
    best = replace(hit("one", text="周柏年病逝。"), asked_places=frozenset({"汶岭县"}))
    other = replace(hit("two", text="遗体捐给医学院。"), lacks=frozenset({"周柏年"}))
    assert like_the_best(asked, [best, other, best]) == (best, best)
    assert like_the_best(asked, [other, best]) == (other, best)
    both = query("周柏年和林晓舟哪个年长", "fact")
    assert like_the_best(both, [best, other]) == (best, other)


def test_the_founding_of_a_department_is_not_that_of_the_hospital() -> None:
    name = "青禾市第三人民医院"
    told = [hit(text=f"{name}的儿科建于1956年。")]
    of_it = replace(query(f"{name}是哪年建立的?", "date"), hospitals=(name,))
    assert lacking(of_it, told) == ""
    assert (
        lacking(replace(query(f"{name}儿科是哪年建立的?", "date"), hospitals=(name,)), told) is None
    )
    assert lacking(of_it, [hit(text=f"{name}建于1931年。")]) is None
    assert lacking(of_it, [hit(text="医院1949年由军区卫生部创建。")]) is None
    assert lacking(of_it, [hit(text="医院始建于1951年，其儿科成立于1956年。")]) is None
    assert lacking(of_it, [hit(text="2020年，该科与重症病区成立了急救中心。")]) == ""
    assert lacking(of_it, [hit(text=f"{name}肿瘤中心于2020年9月正式成立。")]) == ""
    assert lacking(of_it, [hit(text=f"挂靠{name}的“研究中心”于2019年12月成立。")]) == ""
    led = [hit(text="2020年，医院牵头成立“医疗集团”。")]
    assert lacking(of_it, led) == ""
    assert lacking(replace(of_it, follow_up=True), led) is None
    assert lacking(of_it, [hit(text="科室成立于新中国成立后的1950年。")]) == ""
    for told in (
        "1904年由圣公会创建。",
        "医院1956年成立时仅有3个科室。",
        "1951年成立的全市第一家中心医院。",
        "医院于1951年成立了“青禾人民医院”。",
        "医院建立于1956年。",
        "1956年成立并设内科。",
        "1952年医院开业。",
        "医院诞生于1938年。",
        "It was founded in 1956.",
    ):
        assert lacking(of_it, [hit(text=told)]) != "", told
    assert lacking(of_it, [hit(text="医院党委成立于2019年，自成立以来成效显著。")]) == ""
    of_itself = replace(query(f"{name}是哪年成立的?", "date"), hospitals=(name,))
    assert lacking(of_itself, [hit(text="2019年医院入选“百强”。")]) is not None
    assert lacking(of_itself, [hit(text="医院走过百年，始于1938年的教会诊所。")]) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [("青禾 床位", True), ("第三人民医院", True), ("青", False), ("青禾 白港", False)],
)
def test_a_few_words_are_looked_for_as_they_are(typed: str, *, said: bool) -> None:
    assert is_said(query(typed, "fact"), hit()) == said
    assert not is_said(query(typed, "number"), hit())


def test_a_year_elsewhere_in_the_document_may_be_meant() -> None:
    asked = query("2021年有多少人次", "number")
    best, other = hit(text="全院共61万人次。"), hit(text="2021年的总结。2020年的计划。")
    assert lacking(asked, [best, other]) is None


def test_a_follow_ups_own_words_tell_its_details() -> None:
    text = "青禾三院党委书记是谁 院长呢"
    own = Query("院长呢", text, value="person", follow_up=True, own_from=text.index("院长"))
    assert asked_of(own) == Detail(role="院长")
    other = replace(own, text="青禾三院院长是谁 那边呢", own_from=len("青禾三院院长是谁 "))
    assert asked_of(other) == Detail(role="院长")


def test_a_near_passage_that_tells_is_taken_before_one_that_does_not() -> None:
    asked = query("有多少张床", "number")
    silent, telling = hit("one", text="现有职工300人。"), hit("two", text="编制床位620张。")
    near, far = replace(telling, score=0.75), replace(telling, score=0.4)
    assert telling_first(asked, [silent, near]) == ((near, silent), None)
    assert telling_first(asked, [silent, far]) == ((silent, far), "床")
    assert telling_first(asked, [telling, silent]) == ((telling, silent), None)
    assert telling_first(asked, []) == ((), None)


def test_another_hospitals_figure_is_not_the_one_that_is_shown() -> None:
    asked = query("有几架直升机", "number")
    best = hit(text="有救援直升机。")
    assert lacking(asked, [best, hit("two", "白港县中心医院", "有直升机2架。")]) == ""
    assert lacking(asked, [best, hit("two", text="有直升机2架。")]) is None


def test_of_several_hospitals_one_is_enough_to_tell() -> None:
    asked = query("哪家床位多", "number", "comparison")
    hits = [hit(text="现有职工300人。"), hit("two", "白港县中心医院", "编制床位310张。")]
    assert lacking(asked, hits) is None
    assert telling_first(asked, hits[:1]) == (tuple(hits[:1]), "床位")


def test_which_other_hospital_is_not_told_by_the_hospitals_own_name() -> None:
    asked = replace(query("青禾三院支援了哪家医院", "fact"), hospitals=("青禾市第三人民医院",))
    assert lacking(asked, [hit(text="青禾市第三人民医院派出9名医护，该院还派了车。")]) == ""
    assert lacking(asked, [hit(text="第三人民医院支援了白港县中心医院。")]) is None


def test_the_number_may_stand_elsewhere_in_the_article() -> None:
    asked = query("27路有几站", "number")
    first, other = hit(text="5路有23站。"), hit(text="调整的是27路。")
    assert lacking(asked, [first, other]) is None
    elsewhere = replace(other, passage=replace(other.passage, doc_id="harbour"))
    assert lacking(asked, [first, elsewhere]) == "27路"


def test_a_sentence_of_another_year_is_about_that_year() -> None:
    asked = query("2020年得了多少分", "number")
    best = hit(text="2019年公布了2018年的结果，得615分。")
    assert lacking(asked, [best, hit(text="2020年也有。")]) == "2020年"


def test_each_year_of_a_row_of_figures_is_told() -> None:
    asked = query("2022年有多少门诊量", "number")
    row = "2021年至2024年门诊量依次为286万、271万、318万、342万人次。"
    assert lacking(asked, [hit(text=row)]) is None
    assert lacking(asked, [hit(text=row.replace("依次", "共"))]) == "2022年"
    assert lacking(asked, [hit(text=row.replace("318万、", ""))]) == "2022年"
