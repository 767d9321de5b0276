"""Which of two figures wins, by what word, and when nobody may say."""

import pytest

from corpus.fold import fold
from qa.comparison import amount, in_english, winner


@pytest.mark.parametrize(
    ("question", "values", "won"),
    [
        ("哪家床位多", ("620张", "1,310张"), (1, "多")),
        ("哪家床位多", ("九百张", "1000张"), (1, "多")),
        ("谁的床位比较少", ("620张", "310张"), (1, "少")),
        ("邊間床位多啲", ("620張", "310張"), (0, "多")),
        ("哪家面积更大", ("1.2万平方米", "9800平方米"), (0, "大")),
        ("谁投资更多", ("1.5亿元", "8000万元"), (0, "多")),
        ("谁投资多一点", ("三百多万元", "280万元"), (0, "多")),
        ("谁的员工多", ("近300名", "310人"), (1, "多")),
        ("谁的员工多", ("1200余人", "1,350人"), (1, "多")),
        ("治愈率哪个更高", ("百分之九十", "85%"), (0, "高")),
        ("满意率哪个更高", ("九成", "98%"), (1, "高")),
        ("哪家更便宜", ("35元", "50元"), (0, "低")),
        ("哪条线路更长", ("12公里", "30公里"), (1, "长")),
        ("谁更早", ("1956年", "1931年"), (1, "早")),
        ("谁先成立", ("1956年3月", "1956年8月"), (0, "早")),
        ("哪家医院更老", ("一九五六年", "1931年"), (1, "早")),
        ("哪家更新一些，谁建得晚", ("1956年", "1931年"), (0, "晚")),
        ("谁的历史更悠久", ("80年", "60多年"), (0, "长")),
        ("谁比谁大得多", ("300亩", "120亩"), (0, "大")),
        ("Which one has more beds?", ("620张", "310张"), (0, "多")),
        ("Which hospital is older?", ("1956年", "1931年"), (1, "早")),
        ("Which has fewer staff", ("620名", "310名"), (1, "少")),
    ],
)
def test_the_winner_and_its_word(
    question: str, values: tuple[str, ...], won: tuple[int, str]
) -> None:
    assert winner(fold(question), values) == won


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("两家各有多少张床位", ("620张", "310张")),  # asks for figures, compares nothing
        ("两位院长是谁", ("620张", "310张")),
        ("How many beds do they have?", ("620张", "310张")),
        ("When was the First People's Hospital founded?", ("1956年", "1931年")),
        ("哪家床位多", ("620张", "620张")),
        ("哪家床位多", ("620张",)),
        ("哪家床位多", ("620张", "三万平方米")),
        ("哪家病人多", ("3万人次", "2万人")),
        ("谁的比例高", ("80%", "80")),
        ("谁的员工多", ("近300名", "290名")),
        ("谁的员工多", ("1200余人", "1250人")),
        ("谁的员工多", ("超过500人", "550人")),
        ("谁的员工多", ("约500人", "520人")),
        ("谁的员工多", ("几十人", "20人")),
        ("谁的名次高", ("第3名", "第5名")),
        ("谁更早", ("1956年", "80年")),
        ("谁更早", ("1956年", "1956年8月")),
        ("谁更早", ("620张", "310张")),
        ("哪家更大", ("1956年", "1931年")),
        ("谁减少得多", ("20%", "30%")),
        ("哪家开得早床位又多", ("没有写明", "310张")),
    ],
)
def test_no_winner_where_the_figures_or_the_question_do_not_compare(
    question: str, values: tuple[str, ...]
) -> None:
    assert winner(fold(question), values) is None


@pytest.mark.parametrize(
    ("written", "figure"),
    [
        ("一万五", 15_000),
        ("三万零二百", 30_200),
        ("两亿三千万", 230_000_000),
        ("一百零八", 108),
        ("十八", 18),
        ("1.5万亿", 1.5e12),
    ],
)
def test_numerals_are_read_as_people_say_them(written: str, figure: float) -> None:
    read = amount(written)
    assert read is not None
    assert (read.low, read.high) == (figure, figure)


@pytest.mark.parametrize("value", ["", "万元", "没有", "8:00-12:00", "1:2", "第3名", "几十台"])
def test_what_is_not_one_figure_is_no_amount(value: str) -> None:
    assert amount(value) is None


@pytest.mark.parametrize("word", ["早", "晚", "长", "短", "少", "小", "低", "大", "高", "多"])
def test_every_word_has_its_english(word: str) -> None:
    assert in_english(word)
