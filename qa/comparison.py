"""Who has more: the figures that two quotes give for the same question.

A figure is read as the range that it may stand for (近300 is less than 300, 1200余 lies between
1200 and 1300), so that a winner is named only where no reading of the figures makes it another.
Leaves out: turning a unit into another one (亩 and 平方米, 公里 and 米), and years of other
calendars.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from corpus.fold import fold
from corpus.lazy_pattern import lazy_pattern
from qa.model import Kind
from qa.values import asked_detail

_HAN = "零〇一二两三四五六七八九十百千万亿"
_BEFORE = (
    "将近|接近|近|约有?|大约|超过|超|逾|突破|至少|不少于|不低于|不到|不足|多于|大于|高于|不止"
    "|少于|低于|达到?|共"
)
_CORE = (
    rf"(?P<before>{_BEFORE})?(?P<number>\d[\d,]*(?:\.\d+)?|[{_HAN}]+)"
    r"(?P<odd>余|多|几|来)?(?P<times>[百千万亿]*)(?P<more>余|多)?(?P<plus>\+)?"
)
_AFTER = "(?P<after>以上|以下|以内|左右|上下)?"
_COUNTED = "台张名位个家所层元块岁年次例人种项间辆架艘套部座栋幢天日月米亩度倍页床条楼公里车户"
_AMOUNT = lazy_pattern(_CORE + r"(?P<unit>[%‰]|[^\W\d_]{0,5}?)" + _AFTER)
_AMOUNT_WITHIN = lazy_pattern(
    rf"(?<![\d.第]){_CORE}(?P<unit>[%‰]|人次|平方公?里|平方米|公里|美元|[{_COUNTED}]){_AFTER}"
)
_PERCENT = lazy_pattern(rf"百分之([\d.]+|[{_HAN}]+)|([\d一二三四五六七八九])成")
_DATE = lazy_pattern(
    r"(?:始建于|建于|成立于)?(\d{4}"
    r"|[零〇一二三四五六七八九]{4})年?(?:(\d{1,2})月)?(?:(\d{1,2})[日号])?"
)
_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_TIMES = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
_ORDERS = frozenset(
    "级等届期批"
)  # a figure before these counts nothing: 三级 is not more than 二级
_FIRST_YEAR, _LAST_YEAR = 1000, 2200  # other figures before 年 count years
_LITTLE = 1e-9  # of a figure: by so much at least is 300多 more than 300
_ROUGHLY = 0.1  # of a figure: by so much at most is 近300 less than 300, and 约300 another

# What a question compares by; a word counts only where it is one: at an end, or after 更 and the
# like. 多少 and 大小 compare nothing, and 院长, 大楼, 老年, 更新 are other words.
_NEUTRAL = lazy_pattern(
    "多少|几多|几大|几耐|大小|多[大高长久远重]|长短|高低|早晚|多大|新老"
    "|[院校局市县镇村部处科所站馆园会事队士班组]长|更新|成长|增长"
    r"|how (?:many|much|old|large|big|long|high|tall|far)\b|at (?:least|most)\b|most of\b"
    r"|\b(?:new|old|first) (?=\w+(?:'s)? )"
)
_DECREASE = lazy_pattern("减少|下降|降低|缩短|减|\\b(?:decreas|reduc|fell|drop)")
_AT_AN_END = (
    "(?=(?:成立|建院|建成|开业|开诊|创[办建]|投用|"
    r"一?些|一?[点点]儿?|得多|好多|了|啲|的|呢|啊|呀|吗|嘛|[\W_]|$|谁|哪|还是|或|and\b|than\b))"
)
Sort = Literal["date", "amount", "any"]
# Which of all has most of something, or was there first, and the kind of value that tells it.
_SUPERLATIVES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "number",
        lazy_pattern(
            "最多(?!跑)|最高(?![端级])|最[少大小低长短]"
            r"|\b(?:most|fewest|least|largest|biggest|smallest|highest|lowest|longest)\b"
        ),
    ),
    ("date", lazy_pattern(r"最早|最先(?!进)|最久|\bearliest\b")),
)
# A word of the question: how to say who wins, whether the greater figure does, of what sort.
_WORDS: tuple[tuple[str, str, str, bool, Sort], ...] = (
    ("早|久|老|悠久|先", r"old(?:er|est)|earl(?:y|ier|iest)|first", "早", False, "date"),
    ("晚|迟|新|年轻", r"late(?:r|st)?|newe(?:r|st)|younge(?:r|st)", "晚", True, "date"),
    ("久|老|悠久|长", r"old(?:er|est)|longe(?:r|st)", "长", True, "amount"),
    ("短|年轻", r"shorte(?:r|st)|younge(?:r|st)", "短", False, "amount"),
    ("少", r"less|least|fewe(?:r|st)", "少", False, "amount"),
    ("小", r"smalle(?:r|st)", "小", False, "amount"),
    ("低|便宜|平|矮", r"lowe(?:r|st)|cheape(?:r|st)|shorte(?:r|st)", "低", False, "amount"),
    ("大", r"large(?:r|st)|bigge(?:r|st)", "大", True, "amount"),
    ("高|贵", r"highe(?:r|st)|talle(?:r|st)|(?:more|most) expensive", "高", True, "amount"),
    ("多", r"more(?! expensive)|most(?! expensive)", "多", True, "amount"),
)
_ENGLISH = {
    "早": "the earlier date",
    "晚": "the later date",
    "长": "the longer time",
    "短": "the shorter time",
    "少": "less",
    "小": "the smaller figure",
    "低": "the lower figure",
    "大": "the larger figure",
    "高": "the higher figure",
    "多": "more",
}
_ENGLISH_OF_ALL = {
    "早": "the earliest date",
    "晚": "the latest date",
    "长": "the longest time",
    "短": "the shortest time",
    "少": "the least",
    "小": "the smallest figure",
    "低": "the lowest figure",
    "大": "the largest figure",
    "高": "the highest figure",
    "多": "the most",
}


@dataclass(frozen=True, slots=True)
class Amount:
    """What a figure may stand for: from `low` to `high`, both included, of a unit."""

    low: float
    high: float
    unit: str


def winner(question: str, values: Sequence[str]) -> tuple[int, str] | None:
    """Return which value wins, and by what word (多, 早 …); None where they cannot be compared.

    `question` is folded. Values are compared only where all are figures of one unit, or dates, and
    where the question says by what; equal ones, and rough ones too near each other, have no winner.

    >>> winner("哪家床位多", ["620张", "1,310张"]), winner("谁更早", ["1956年", "1931年"])
    ((1, '多'), (1, '早'))
    >>> winner("谁大", ["三级", "二级"])
    >>> winner("谁的员工多", ["近300名", "280名"]), winner("谁的床位多", ["620张", "3.1万平方米"])
    (None, None)
    """
    read = _dates(values) or _amounts(values)
    words = _words_of(question)
    if read is None or len(values) < 2:  # noqa: PLR2004  (nothing to compare it with)
        return None
    if read[0].unit[:1] in _ORDERS:
        return None
    sort: Sort = "date" if read[0].unit == "date" else "amount"
    fitting = {(word, up) for word, up, of in words if of == sort}
    if len(fitting) != 1:
        return None
    [(word, upwards)] = fitting
    if word in ("长", "短") and read[0].unit not in _TIME_UNITS:
        return None
    best = max(read, key=lambda one: one.high) if upwards else min(read, key=lambda one: one.low)
    others = [one for one in read if one is not best]
    wins = all(best.low > one.high if upwards else best.high < one.low for one in others)
    return (read.index(best), word) if wins else None


_TIME_UNITS = frozenset(
    {"年", "岁", "天日", "个月", "月", "小时", "分钟", "米", "公里", "周", "天", "年岁"}
)


def superlative(question: str) -> Kind | None:
    """Return what tells who has most or least of something, if a folded question asks for that.

    >>> superlative("哪家医院床位最多"), superlative("哪家最早"), superlative("哪些医院有直升机")
    ('number', 'date', None)
    """
    return next((kind for kind, pattern in _SUPERLATIVES if pattern.search(question)), None)


def in_english(word: str, *, of_all: bool = False) -> str:
    """Return the English for the word of a comparison, to stand after "has".

    >>> in_english("早"), in_english("多"), in_english("多", of_all=True)
    ('the earlier date', 'more', 'the most')
    """
    return (_ENGLISH_OF_ALL if of_all else _ENGLISH)[word]


def amount(value: str) -> Amount | None:
    """Return what a value stands for when it is one figure, from end to end.

    >>> amount("1.2万人")
    Amount(low=12000.0, high=12000.0, unit='个人名位')
    >>> amount("八成") == amount("80%"), amount("十几台") == amount("10台")
    (True, False)
    >>> amount("8:00-12:00") is None, amount("第3名") is None
    (True, True)
    """
    value = "".join(fold(value).split())
    found = _AMOUNT.fullmatch(_percent(value))
    return _read(found) if found else None


def amounts_in(text: str, *, as_bound: bool = False) -> Iterator[Amount]:
    """Yield what the figures with a unit in a folded text stand for.

    With `as_bound` a figure after 超过 or 不到 is a bound, as it is in a question; in a report it
    tells the figure roughly.

    >>> [(int(one.low), int(one.high), one.unit) for one in amounts_in("有620张床，共18层")]
    [(620, 620, '张'), (18, 18, '层楼')]
    """
    for found in _AMOUNT_WITHIN.finditer(_percent(text)):
        read = _read(found, as_bound=as_bound)
        if read:
            yield read


def _words_of(question: str) -> set[tuple[str, bool, Sort]]:
    """Return the words that a question compares by; none where it speaks of a decrease."""
    if _DECREASE.search(question):
        return set()
    question = _NEUTRAL.sub(" ", question)
    # In 大得多 and 多很多 the last word only says by how much.
    question = re.sub("得多|很多|多了|好多", " ", question)
    return {
        (word, up, sort)
        for pattern, english, word, up, sort in _WORDS
        if re.search(rf"(?:{pattern}){_AT_AN_END}|(?:更|最|比较|较|还要)(?:{pattern})", question)
        or re.search(rf"\b(?:{english})\b", question)
    }


def _dates(values: Sequence[str]) -> list[Amount] | None:
    """Return the values as ranges of days when all are dates with a year."""
    read = []
    for value in values:
        found = _DATE.fullmatch("".join(fold(value).split()))
        if found is None:
            return None
        year, month, day = found.groups()
        number = _to_number(year)
        if number is None or not _FIRST_YEAR <= number < _LAST_YEAR:
            return None
        low = number * 10_000 + int(month or 1) * 100 + int(day or 1)
        high = number * 10_000 + int(month or 12) * 100 + int(day or 31)
        read.append(Amount(low, high, "date"))
    return read


def _amounts(values: Sequence[str]) -> list[Amount] | None:
    """Return the values as amounts when all are, and of one unit."""
    read = [amount(value) for value in values]
    known = [one for one in read if one is not None]
    same = len({one.unit for one in known}) == 1
    return known if same and len(known) == len(values) else None


def _read(found: re.Match[str], *, as_bound: bool = False) -> Amount | None:
    number = _to_number(found["number"])
    if number is None:
        return None
    times = math.prod(_TIMES[char] for char in found["times"])
    value, step = number * times, _step(number, found["number"]) * times
    before, after = found["before"] or "", found["after"] or ""
    low = high = value
    if found["odd"] or found["more"] or found["plus"]:
        low, high = value * (1 + _LITTLE), value + step * (1 - _LITTLE)
    if before in ("超过", "超", "逾", "突破", "多于", "大于", "高于", "不止"):
        low, high = value * (1 + _LITTLE), math.inf if as_bound else value + step
    elif before in ("至少", "不少于", "不低于") or after == "以上":
        high = math.inf
    elif before in ("不到", "不足", "少于", "低于") or after in ("以下", "以内"):
        low, high = 0.0, value * (1 - _LITTLE)
    elif before in ("将近", "接近", "近"):
        low, high = value * (1 - _ROUGHLY), value * (1 - _LITTLE)
    elif before in ("约", "约有", "大约") or after in ("左右", "上下"):
        low, high = value * (1 - _ROUGHLY), value * (1 + _ROUGHLY)
    year = found["unit"] == "年" and low == high and low >= _FIRST_YEAR
    return Amount(low, high, "year" if year else _unit(found["unit"]))


def _step(number: float, written: str) -> float:
    """Return what the last digit counts that is not zero: 100 for 1200, 0.1 for 1.5."""
    if "." in written:
        return float(10 ** -len(written.split(".")[1]))
    step = 1.0
    while number and number % (step * 10) == 0:
        step *= 10
    return step


@cache
def _unit(unit: str) -> str:
    """Return the units that people use for this one, as one name; 人 and 人次 are two."""
    same = asked_detail(f"几{unit}").units if len(unit) == 1 else ""
    return same or unit


def _percent(text: str) -> str:
    """Write 百分之八十 and 八成 as 80%."""

    def written(found: re.Match[str]) -> str:
        number = _to_number(found[1] or found[2])
        if number is None:
            return found[0]
        return f"{number:g}%" if found[1] else f"{number * 10:g}%"

    return _PERCENT.sub(written, text)


def _to_number(written: str) -> float | None:
    """Return a number that is written in digits or Han numerals; None when it is none.

    >>> _to_number("1,310"), _to_number("二百零五"), _to_number("一九五六"), _to_number("三千二")
    (1310.0, 205.0, 1956.0, 3200.0)
    """
    if written[0].isdigit():
        return float(written.replace(",", ""))
    digits = [_DIGITS.get(char) for char in written]
    if len(written) > 1 and None not in digits:
        return float("".join(map(str, digits)))
    total = section = 0.0
    digit, place = None, 10.0
    for char in written:
        if char in _DIGITS:
            digit = _DIGITS[char]
            place = 10.0 if digit == 0 else place
        elif char in "万亿":
            section += digit or 0
            # In 两亿三千万 the 万 counts only what follows 亿.
            total = total + section * 1e4 if char == "万" else (total + section) * 1e8
            section, digit, place = 0.0, None, _TIMES[char]
        else:
            section += (1 if digit is None else digit) * _TIMES[char]
            digit, place = None, _TIMES[char]
    # In 三千二 the last digit counts hundreds, in 三千零二 ones.
    return (
        total + section + (digit or 0) * (place / 10)
        if written == "十" or written not in _TIMES
        else None
    )
