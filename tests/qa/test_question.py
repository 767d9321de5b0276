import pytest

from corpus.institutions import KnownWords, names_said
from corpus.names import Entity, Gazetteer
from corpus.short_forms import customary_forms
from qa.lexical import Tokenizer
from qa.model import Kind, Message, Query
from qa.naming import hospitals_in, names_of
from qa.question import MAX_QUESTION, clean, understand
from qa.spelling import Spelling

CLOVER = "青禾市第三人民医院"
HARBOUR = "白港县中心医院"
GAZETTEER = Gazetteer(
    (
        Entity(CLOVER, ("青禾三院", "Qinghe Third People's Hospital")),
        Entity(HARBOUR, ("白港医院",)),
    )
)
KNOWN = KnownWords(
    names_said(["青禾三院的专家来自省城的湖滨医院。医院要创建三甲医院。"]),
    ["专家", "医院", "三甲", "创建", "湖滨", "床位"],
)


SPELLING = Spelling(["院训", "青禾", "床位"], Tokenizer())


def gazetteer_of(*names: str) -> Gazetteer:
    return Gazetteer(tuple(Entity(name, customary_forms(name)) for name in names))


def ask(question: str, *earlier: str, gazetteer: Gazetteer = GAZETTEER) -> Query:
    history: list[Message] = []
    for turn in earlier:
        history += [{"role": "user", "content": turn}, {"role": "assistant", "content": "……"}]
    return understand(question, history, gazetteer, KNOWN, SPELLING)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("青禾三院有多少张床？", "number"),
        ("青禾三院有几层楼", "number"),
        ("青禾三院几个科一起搭了个什么摊子", "fact"),
        ("青禾三院有几个科一起搭了个什么摊子", "fact"),
        ("青禾三院派了几个人去搞什么义诊？", "number"),
        ("检查要几天？带什么证件？", "number"),
        ("青禾三院为啥要给几种病定看病的步骤", "fact"),
        ("青禾三院什么时候建的", "date"),
        ("院长是谁？", "person"),
        ("青禾三院在哪里", "place"),
        ("青禾三院有急救船吗？", "yesno"),
        ("青禾三院有没有急救船", "yesno"),
        ("青禾三院有哪些科室？", "list"),
        ("哪些医院有急救船？", "set"),
        ("青禾三院的病房楼能干嘛", "fact"),
        ("青禾三院和白港医院谁的床位多", "comparison"),
        ("说说青禾三院的病房楼", "fact"),
        ("How many beds does it have?", "number"),
        ("When was the hospital founded?", "date"),
        ("Which hospitals have a boat?", "set"),
        ("Who is the director?", "person"),
        ("周柏年把遗体捐给了哪所医学院？", "fact"),
        ("物价涨了百分之几？", "number"),
        ("他毕业于哪所军医大学？", "fact"),
        ("Which surgeon did the first operation?", "person"),
    ],
)
def test_the_kind_of_a_question_is_recognised(question: str, kind: Kind) -> None:
    assert ask(question).kind == kind


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("青禾三院有多少张床", "zh-Hans"),
        ("青禾三院有多少張床", "zh-Hant"),
        ("How many beds?", "en"),
        ("青禾三院的CT", "zh-Hans"),
    ],
)
def test_language_and_script_are_recognised(question: str, language: str) -> None:
    assert ask(question).language == language


def test_an_alias_is_retrieved_with_as_the_canonical_name() -> None:
    query = ask("青禾三院有多少张床？")
    assert query.hospitals == (CLOVER,)
    assert query.text == f"{CLOVER}有多少张床?"


@pytest.mark.parametrize(
    ("follow_up", "kind"),
    [
        ("那党委书记呢？", "person"),
        ("那有几层楼？", "number"),
        ("它呢？", "date"),
        ("这家医院帮扶的是广西哪个县？", "fact"),
    ],
)
def test_a_follow_up_asks_for_what_its_own_words_tell(follow_up: str, kind: Kind) -> None:
    assert ask(follow_up, "青禾三院哪年建的？").kind == kind


def test_a_follow_up_is_about_the_hospital_named_before() -> None:
    query = ask("院长呢？", "白港医院有多少床位？", "青禾三院有多少床位？")
    assert query.hospitals == (CLOVER,)
    assert query.follow_up


@pytest.mark.parametrize(
    "question",
    [
        "青禾哪天停水",
        "从青禾到白港的车票多少钱",
        "从青禾到白港的公路有多长",
        "青禾和白港谁的人口多",
        "青禾的雪梨卖到哪里",
    ],
)
def test_a_place_is_a_place(question: str) -> None:
    query = ask(question)
    assert (query.hospitals, query.text) == ((), question)


@pytest.mark.parametrize(
    ("question", "hospitals"),
    [
        ("青禾和白港谁的床位多", (CLOVER, HARBOUR)),
        ("青禾三院和白港的院训各是什么", (CLOVER, HARBOUR)),
        ("青禾那家医院有几层楼", (CLOVER,)),
        ("白港的医院几点开门", (HARBOUR,)),
        ("青禾", (CLOVER,)),
    ],
)
def test_a_place_stands_for_its_hospital_where_hospitals_are_spoken_of(
    question: str, hospitals: tuple[str, ...]
) -> None:
    assert ask(question).hospitals == hospitals


def test_a_place_alone_changes_the_hospital_of_the_question_before() -> None:
    assert ask("那白港呢", "青禾三院有几张床？").hospitals == (HARBOUR,)


def test_a_place_stays_a_place_in_what_follows() -> None:
    leaning = ask("那几点来水？", "青禾哪天停水？")
    assert (leaning.hospitals, leaning.text) == ((), "青禾哪天停水? 那几点来水?")
    changed = ask("那白港呢？", "青禾的灯会几点开？")
    assert (changed.hospitals, changed.text) == ((), "白港的灯会几点开?")
    assert ask("那白港医院呢？", "青禾的灯会几点开？").hospitals == (HARBOUR,)
    assert changed.mentioned == ("白港",)  # what is told of 青禾 is no answer


def test_when_within_a_question_asks_for_no_date() -> None:
    assert ask("Who guides young doctors when they see patients?").value == "person"
    assert ask("Do you know when it opened?").value == "date"


def test_a_question_that_stands_alone_is_never_rewritten() -> None:
    alone = ask("白港医院有多少床位？")
    assert ask("白港医院有多少床位？", "青禾三院的院长是谁？") == alone
    long = "请详细介绍一下当地居民看病时遇到的各种困难以及解决办法"
    assert ask(long, "青禾三院的院长是谁？").hospitals == ()


def test_a_question_about_all_hospitals_does_not_inherit_one() -> None:
    assert ask("哪些医院有急救船？", "青禾三院的院长是谁？").hospitals == ()


def test_history_may_hold_content_in_parts() -> None:
    history = [{"role": "user", "content": [{"type": "text", "text": "青禾三院好吗"}]}]
    assert understand("院长呢", history, GAZETTEER, KNOWN, SPELLING).hospitals == (CLOVER,)


def test_a_hospital_that_no_document_names_is_unknown() -> None:
    assert ask("南山市第九人民医院有多少床位？").unknown == ("南山市第九人民医院",)
    assert ask("How many beds does Riverside General Hospital have?").unknown == (
        "Riverside General Hospital",
    )


def test_a_hospital_named_in_passing_is_not_unknown() -> None:
    query = ask("北京湖滨医院派了谁？")
    assert query.unknown == ()
    assert query.mentioned == ("湖滨医院",)


def test_describing_words_are_no_name() -> None:
    query = ask("这家三甲医院有多少床位")
    assert (query.unknown, query.mentioned) == ((), ())


def test_the_hospital_can_be_chosen_beside_the_question() -> None:
    query = understand("床位多少", (), GAZETTEER, KNOWN, SPELLING, hospital="白港医院")
    assert query.hospitals == (HARBOUR,)
    with pytest.raises(ValueError, match="无名医院"):
        understand("床位多少", (), GAZETTEER, KNOWN, SPELLING, hospital="无名医院")


@pytest.mark.parametrize("question", ["", "  \n\t", "\x00\x01", "\u200b"])
def test_an_empty_question_is_an_error(question: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        clean(question)


def test_a_question_that_is_too_long_is_an_error_with_its_length() -> None:
    assert clean("长" * MAX_QUESTION)
    with pytest.raises(ValueError, match="100,000"):
        clean("长" * 100_000)


def test_control_characters_and_lone_surrogates_are_cleaned() -> None:
    assert clean("床\x00位\ud800\u202e 多少") == "床 位? 多少"


def test_another_hospital_does_not_inherit_the_one_before() -> None:
    query = ask("南山市第九人民医院呢？", "青禾三院有多少床位？")
    assert (query.hospitals, query.unknown) == ((), ("南山市第九人民医院",))


def test_a_short_question_about_somewhere_else_does_not_lean_on_the_one_before() -> None:
    query = ask("汉阴村医多久考核一次？", "青禾三院有多少床位？")
    assert (query.hospitals, query.follow_up) == ((), False)


def test_a_homophone_is_read_as_the_documents_spell_it() -> None:
    assert ask("青禾三院的院讯是什么").text == f"{CLOVER}的院训是什么"


def test_a_slip_that_sounds_like_a_hospital_is_read_as_one() -> None:
    assert ask("青禾市第三人名医院几点开门").hospitals == (CLOVER,)
    assert ask("那几点关门？", "青禾市第三人名医院几点开门？").hospitals == (CLOVER,)


def test_a_name_in_pinyin_is_read_as_the_documents_spell_it() -> None:
    query = ask("how much is parking in Qinghe")
    assert query.text == "how much is parking in 青禾"


def test_what_ends_with_what_is_no_yes_no_question() -> None:
    assert ask("青禾三院的院训是什么").value == "fact"
    assert ask("青禾三院收医保么").value == "yesno"


def test_a_name_in_chinese_tells_which_hospital_its_english_means() -> None:
    known = ask("How many beds has Qinghe Third People's Hospital?")
    assert known.hospitals == (CLOVER,)
    other = ask("How many beds has Qinghe Third Children's Hospital (青禾市第三儿童医院)?")
    assert (other.hospitals, other.unknown[-1]) == ((), "青禾市第三儿童医院")


def test_a_comparison_with_an_unknown_hospital_names_it() -> None:
    assert ask("青禾三院和南山市第九医院谁的床位更多").unknown == ("南山市第九医院",)
    assert ask("青禾三院和南山市第九医院有合作吗").unknown == ()
    assert ask("青禾三院和白港医院，哪边吃医院饭的人多").unknown == ()


def test_a_longer_form_of_a_known_name_in_english_is_not_another_hospital() -> None:
    query = ask("Does the University Qinghe Third People's Hospital have the most beds?")
    assert (query.hospitals, query.unknown) == ((CLOVER,), ())


@pytest.mark.parametrize(
    ("name", "hospitals"),
    [
        ("Qinghe No. 3 Hospital", (CLOVER,)),
        ("Qinghe 3rd People's Hospital", (CLOVER,)),
        ("Qinghe Fifth People's Hospital", ()),
        ("Qinghe Third Children's Hospital", ()),
        ("Qinghe Cancer Hospital", ()),
    ],
)
def test_an_english_name_with_another_number_or_kind_is_another_hospital(
    name: str, hospitals: tuple[str, ...]
) -> None:
    query = ask(f"How many beds does {name} have?")
    assert query.hospitals == hospitals
    assert query.unknown == (() if hospitals else (name,))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("青禾三院和白港医院谁历史更悠久", f"{CLOVER}和{HARBOUR}谁历史更悠久,建院更早"),
        ("哪家医院资格最老？", "哪家医院资格最老,建院最早"),
        ("青禾三院和白港医院谁更老", f"{CLOVER}和{HARBOUR}谁更老,建院更早"),
        ("青禾三院历史悠久吗", f"{CLOVER}历史悠久吗"),
        ("哪家医院的院长资格最老", "哪家医院的院长资格最老"),
        ("哪家医院的选手年纪最大", "哪家医院的选手年纪最大"),
    ],
)
def test_how_old_hospitals_are_is_asked_as_documents_tell_it(question: str, text: str) -> None:
    assert ask(question).text == text


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("每周几出诊", "weekday"),
        ("每周哪几天开放", "weekday"),
        ("每周几次", "number"),
        ("每周几位专家坐诊", "number"),
        ("热线接电话打多少次", "number"),
        ("做一次收费几何", "money"),
        ("心理热线打多少号", "phone"),
        ("what percentage of the salary is fixed", "number"),
    ],
)
def test_what_is_asked_for_is_recognised(question: str, value: Kind) -> None:
    assert ask(question).value == value


def test_two_hospitals_are_a_set_too() -> None:
    assert ask("哪两家医院提到了急救船").kind == "set"


def test_a_follow_up_compares_with_the_hospital_named_before() -> None:
    query = ask("跟白港医院比，谁的床位多？", "青禾三院有多少床位？")
    assert (query.kind, query.hospitals) == ("comparison", (CLOVER, HARBOUR))
    assert query.follow_up
    assert ask("跟白港医院合作吗？", "青禾三院有多少床位？").hospitals == (HARBOUR,)
    assert ask("跟青禾三院比呢？", "青禾三院有多少床位？").kind != "comparison"


@pytest.mark.parametrize(
    ("follow_up", "before", "expected"),
    [
        ("那市第一人民医院的呢？", "青禾市中医医院的书记是谁？", "青禾市第一人民医院"),
        ("市一院有多少张床？", "青禾市中医医院的书记是谁？", "青禾市第一人民医院"),
        ("市一院有多少张床？", "白港市第一人民医院的书记是谁？", "白港市第一人民医院"),
    ],
)
def test_a_name_without_its_place_is_of_the_place_spoken_of_before(
    follow_up: str, before: str, expected: str
) -> None:
    gazetteer = gazetteer_of("青禾市中医医院", "青禾市第一人民医院", "白港市第一人民医院")
    assert ask(follow_up, before, gazetteer=gazetteer).hospitals == (expected,)


@pytest.mark.parametrize(
    ("follow_up", "text"),
    [
        ("第二年呢？", "青禾2024年谁跑第一?"),
        ("那2020年呢？", "青禾2020年谁跑第一?"),
        ("前一年的呢", "青禾2022年谁跑第一?"),
    ],
)
def test_a_follow_up_of_another_year_is_the_last_question_of_it(follow_up: str, text: str) -> None:
    query = ask(follow_up, "青禾2023年谁跑第一？")
    assert query.text == text
    assert query.follow_up


def test_what_is_asked_of_this_time_leans_on_the_question_before() -> None:
    before = "青禾的初一女生打疫苗要钱吗？"
    assert ask("之前自己掏钱打过的，这回还给打吗？", before).follow_up
    assert not ask("之前自己掏钱打过的还给打吗，现在问医保？", before).follow_up


def test_a_slip_for_vice_is_read_as_it() -> None:
    assert "副院长" in ask("青禾三院的付院长是谁").text
    assert "支付院长" in ask("谁支付院长的工资").text


def test_that_one_of_two_is_which_one() -> None:
    assert ask("柳溪大桥跟杨湾大桥那个长").sides == ("柳溪大桥", "杨湾大桥")
    assert "那个" in ask("柳溪大桥跟县城那个路口离得远吗").text


def test_cantonese_is_looked_up_in_the_words_of_mandarin() -> None:
    query = ask("青禾三院而家有幾多醫生喺度返工，佢哋嘅人工係幾多？")
    assert query.text == "青禾市第三人民医院现在有多少医生在上班,他们的工资是多少?"
    assert query.language == "zh-Hant"
    assert ask("人工智能的巴士有几个系统？").text == "人工智能的巴士有几个系统?"


def test_any_township_hospital_of_a_county_is_none_of_its_own() -> None:
    assert not ask("报考汶岭县乡镇卫生院要钱吗").unknown


def test_which_of_two_years_was_better_is_told_by_figures() -> None:
    query = ask("汶岭2022年和2023年的产量，哪年高？")
    assert (query.kind, query.value) == ("date", "number")


def test_a_year_with_words_of_its_own_is_another_question() -> None:
    assert "2023" in ask("第二年谁办的？", "青禾2023年谁跑第一？").text


@pytest.mark.parametrize(
    ("question", "earlier"),
    [
        ("市一院有多少张床？", ["青禾市中医医院的书记是谁？", "白港市有哪些医院？"]),
        ("市一院有多少张床？", ["青禾市中医医院的书记是谁？", "我搬到汝州了，怎么转诊？"]),
        ("汝州市的市一院有多少张床？", ["青禾市中医医院的书记是谁？"]),
        ("县医院有多少张床？", ["青禾市中医医院的书记是谁？"]),
        ("全国的县医院有多少家？", ["云岭县中医院的书记是谁？"]),
        ("哪家县医院大？", ["云岭县中医院的书记是谁？"]),
    ],
)
def test_a_name_without_its_place_is_not_of_a_place_left_or_of_another_level(
    question: str, earlier: list[str]
) -> None:
    gazetteer = gazetteer_of(
        "青禾市中医医院",
        "青禾市第一人民医院",
        "青禾市柳湾县人民医院",
        "云岭县人民医院",
        "云岭县中医院",
    )
    query = ask(question, *earlier, gazetteer=gazetteer)
    alone = ask(question, gazetteer=gazetteer)
    assert (query.hospitals, query.mentioned) == (alone.hospitals, alone.mentioned)


def test_before_a_hospital_a_place_stands_for_no_article() -> None:
    title = "青柏县城停水三天 县医院没有停诊"
    gazetteer = Gazetteer((Entity(title), Entity("云岭县中医院")))
    assert hospitals_in("青柏的医院停诊了吗", gazetteer) == ()
    assert names_of(hospitals_in("云岭的医院停诊了吗", gazetteer)) == ("云岭县中医院",)
    assert names_of(hospitals_in("青柏呢", gazetteer)) == (title,)
