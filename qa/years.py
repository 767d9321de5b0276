"""The years that a text tells: 2024年, and 去年 in an article of 2025.

Leaves out: years of two digits, and in other calendars.
"""

from dataclasses import dataclass

from corpus.lazy_pattern import lazy_pattern

_EXPLICIT = lazy_pattern(r"(?:19|20)\d{2}(?= ?年|[-—–~至到](?:19|20)\d{2} ?年)")
# 2021年至2024年依次为286万、271万、318万、342万: the years between are told too.
_RANGE = lazy_pattern(r"(?P<first>(?:19|20)\d{2}) ?年?[-—–~至到](?P<last>(?:19|20)\d{2}) ?年")
_IN_A_ROW = lazy_pattern("(?:依次|分别)[为是达到]*(?P<figures>[^。;；]+)")
_FIGURE = lazy_pattern(r"\d[\d,.]*")
# 从2015年的52%降到36%: the year of the 36% is another.
_BESIDE = lazy_pattern(
    r"(?<!评)[比较](?:19|20)\d{2} ?年|[从由](?:19|20)\d{2} ?年的?(?=\d)"
    r"|[与和同跟](?:19|20)\d{2} ?年(?:同期)?相比"
)
_BY_THE_DATE = lazy_pattern(
    "(?P<before2>(?<!年)前年)|(?P<before1>(?<![过比较])去年(?!轻)|(?<![早晚身以比较])上一?年(?!轻))|(?P<next>明年)|今年"
    "|目前|现在"
)
_OPEN = lazy_pattern("[当本同次]年|年来|[去前上]年以来")  # of which year, or of more than one
_AWAY = {"before2": -2, "before1": -1, "next": 1, None: 0}
_YEAR_OF_A_DATE = lazy_pattern(r"(?:19|20)\d{2}")


@dataclass(frozen=True, slots=True)
class YearsTold:
    """The years that a text tells, and whether it may tell a time of which the year is not known.

    `written` are those in digits and between two of them, `years` also those that the date of the
    article tells.
    """

    written: frozenset[int]
    years: frozenset[int]
    is_open: bool


def years_told(text: str, published: str = "") -> YearsTold:
    """Return the years of a folded text that was published on a date, or nobody knows when.

    >>> sorted(years_told("2021年有3家,去年8家", "2024-11-05").years)
    [2021, 2023]
    >>> years_told("去年8家").is_open
    True
    >>> sorted(years_told("2021年至2023年分别为3家、5家、8家").years)
    [2021, 2022, 2023]
    """
    written = frozenset(int(match[0]) for match in _EXPLICIT.finditer(text)) | _between(text)
    only_beside = bool(written) and not _EXPLICIT.search(_BESIDE.sub("", text))
    by_the_date = list(_BY_THE_DATE.finditer(text))
    date = _YEAR_OF_A_DATE.search(published)
    away = {int(date[0]) + _AWAY[match.lastgroup] for match in by_the_date} if date else set()
    is_open = _OPEN.search(text) is not None or only_beside or bool(by_the_date and not date)
    return YearsTold(written, written | away, is_open)


def _between(text: str) -> frozenset[int]:
    """Return the years of a range of which each has its figure."""
    told = _RANGE.search(text)
    row = _IN_A_ROW.search(text, told.end()) if told else None
    if told is None or row is None:
        return frozenset()
    years = range(int(told["first"]), int(told["last"]) + 1)
    return frozenset(years if len(_FIGURE.findall(row["figures"])) >= len(years) else ())
