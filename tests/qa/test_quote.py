"""What of a sentence is quoted, and which value in it is marked."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from qa.model import Focus
from qa.quote import LONGEST, choose_quote, clauses

PROFILE = (
    "此外该院还建设了大型远程会诊中心，与省内外三十多家医院开展协作，配置80台透析机，可同时对近300名患者进行治疗，"
    "并在去年完成了首例多学科会诊，受到群众的普遍欢迎。"
)


def focus_on(text: str, *words: str) -> list[Focus]:
    """A focus in which these words matched, character by character."""
    found = []
    for word in words:
        at = text.index(word)
        found += [Focus(at + i, at + i + 1, 0.1) for i in range(len(word))]
    return found


def test_a_short_sentence_is_quoted_whole() -> None:
    text = "医院有床位620张，院长是林晓舟。"
    quote = choose_quote(text, focus_on(text, "床位"), "number")
    assert (quote.start, quote.end) == (0, len(text))
    assert quote.value is not None
    assert text[slice(*quote.value)] == "620张"


def test_of_a_long_sentence_the_clause_that_matched_is_quoted() -> None:
    quote = choose_quote(PROFILE, focus_on(PROFILE, "透析机"), "number")
    assert PROFILE[quote.start : quote.end] == "配置80台透析机"
    assert quote.value is not None
    assert PROFILE[slice(*quote.value)] == "80台"


def test_clauses_that_both_matched_are_quoted_together() -> None:
    quote = choose_quote(PROFILE, focus_on(PROFILE, "透析机", "患者进行治疗"), "fact")
    assert PROFILE[quote.start : quote.end] == "配置80台透析机，可同时对近300名患者进行治疗"


def test_the_value_with_the_asked_unit_is_marked() -> None:
    text = "设有80台机器和300名患者。"
    focus = focus_on(text, "机器")
    for units, expected in (("台部", "80台"), ("名位", "300名")):
        value = choose_quote(text, focus, "number", units).value
        assert value is not None
        assert text[slice(*value)] == expected


def test_a_word_that_tells_nothing_marks_no_value() -> None:
    text = "本部现有1753名职工，其中医务人员为1534人。"
    focus = [*focus_on(text, "职工"), Focus(text.index("为"), text.index("为") + 1, 0.5)]
    value = choose_quote(text, focus, "number").value
    assert value is not None
    assert text[slice(*value)] == "1753名"


def test_of_several_values_the_one_pointed_at_is_marked() -> None:
    text = "平均年龄由48.5岁下降到41.8岁，最大的60岁。"
    for pointed in ("48.5岁", "41.8岁"):
        at = text.index(pointed)
        point = [Focus(0, 4, 0.2), Focus(at, at + 2, 0.5), Focus(at + 2, at + 4, 0.3)]
        value = choose_quote(text, focus_on(text, "年龄"), "number", point=lambda p=point: p).value
        assert value is not None
        assert text[slice(*value)] == pointed


def test_a_value_is_marked_that_stands_beside_what_is_asked_for() -> None:
    text = "拥有省重点学科2个、市级重点学科28个，床位有1,200张。"
    focus = focus_on(text, "重点学科")
    for asked, expected in (("省重点学科多", "2个"), ("市级重点学科几个", "28个")):
        value = choose_quote(text, focus, "number", asked=asked).value
        assert value is not None
        assert text[slice(*value)] == expected


def test_a_date_before_a_comma_is_of_what_follows() -> None:
    text = "2019年3月，该院入选名单；2021年1月，按照规定，晋升为三级医院。"
    value = choose_quote(text, focus_on(text, "晋升"), "date", asked="哪年升为三级医院").value
    assert value is not None
    assert text[slice(*value)] == "2021年1月"


def test_nothing_is_read_anew_for_the_only_value() -> None:
    def point() -> list[Focus]:
        raise AssertionError

    assert choose_quote("有床位620张。", (), "number", point=point).value == (3, 7)


def test_a_value_that_the_question_says_is_not_marked() -> None:
    text = "2021年投入运营，2020年启动。"
    value = choose_quote(text, (), "date", asked="2021年投入运营的项目是哪年启动的").value
    assert value is not None
    assert text[slice(*value)] == "2020年"
    text = "全院12个科室中2个是重点学科。"
    value = choose_quote(text, (), "number", asked="12个科室中有几个是重点学科").value
    assert value is not None
    assert text[slice(*value)] == "2个"
    assert choose_quote("建于1956年。", (), "date", asked="是1956年建的吗").value == (2, 7)


def test_a_list_is_quoted_whole() -> None:
    quote = choose_quote(PROFILE, focus_on(PROFILE, "透析机"), "list", whole=True)
    assert (quote.start, quote.end) == (0, len(PROFILE))


def test_a_quotation_mark_without_its_other_half_is_left_out() -> None:
    text = "“儿科是传统学科，1956年建科。"
    quote = choose_quote(text, focus_on(text, "建科"), "date")
    assert text[quote.start : quote.end] == "儿科是传统学科，1956年建科。"


def test_without_a_focus_all_is_quoted() -> None:
    assert choose_quote(PROFILE, (), "fact").end == len(PROFILE)


texts = st.text(alphabet="床位台1203，,；：“”（）(). 甲乙丙", min_size=1, max_size=200)


@given(texts)
def test_clauses_together_are_the_text(text: str) -> None:
    ranges = clauses(text)
    assert "".join(text[begin:end] for begin, end in ranges) == text


@given(texts, st.lists(st.tuples(st.integers(0, 199), st.floats(0, 1)), max_size=20))
def test_a_quote_is_within_the_text_and_not_too_long(
    text: str, matches: Sequence[tuple[int, float]]
) -> None:
    focus = [Focus(at, at + 1, weight) for at, weight in matches if at < len(text)]
    quote = choose_quote(text, focus, "number")
    assert 0 <= quote.start < quote.end <= len(text)
    longest = max(end - begin for begin, end in clauses(text))
    assert not focus or quote.end - quote.start <= max(LONGEST, longest)
    if quote.value is not None:
        assert quote.start <= quote.value[0] < quote.value[1] <= quote.end
