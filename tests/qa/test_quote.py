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
