"""What of a sentence to quote: the clauses that answer, and in them the value that was asked for.

Sentences of newspapers run over a hundred characters and more, and a reader wants the part that
answers. A quote is always a run of whole clauses of one sentence.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.fold import fold
from qa.marking import likeliest
from qa.model import Focus, Kind
from qa.values import find_values

# Below the best sentence's score; what is further off is not quoted. Over raw pages (dev) 0.045,
# 0.05 and 0.055 give answers of 81, 81 and 87 characters in the median, of which 89.7, 89.7 and
# 90.1 % are right, over nine sets for tuning 89.0, 89.4 and 89.6; more than 90 are too many to take
# in.
MARGIN = 0.05
# Characters of a quote, unless one clause is longer; shorter sentences are quoted whole. Over raw
# pages (dev, with the adapter before) 76, 78 and 80 gave answers of 80, 88 and 90 characters in the
# median, of which 90.1, 91.3 and 91.7 % were right.
LONGEST = 78
ENOUGH = 0.9  # of what matched and answers must be in the quote
VALUE_WEIGHT = 0.5  # of the likeliest value, against all that matched

_OPENING = "“‘（(《【「『"
_CLOSING = "”’）)》】」』"
_COMMAS = "，,；;：:"


@dataclass(frozen=True, slots=True)
class Quote:
    """A range of a text, and in it the range of the asked value, if one is seen."""

    start: int
    end: int
    value: tuple[int, int] | None = None


def choose_quote(
    text: str,
    focus: Sequence[Focus],
    kind: Kind,
    units: str = "",
    *,
    asked: str = "",
    point: Callable[[], Sequence[Focus]] = tuple,
    whole: bool = False,
) -> Quote:
    """Return what of a sentence answers; `whole` where all of it is wanted, as for lists.

    `focus` says of each token how much of the question it matched. `units` are those of which a
    figure was asked for, if any; a value that the question says itself (`asked`, folded) is what it
    asks for only if there is no other. Where there are several, `point` is asked how likely the
    answer stands at each token (see `qa.marking`).
    """
    values = _not_said(text, find_values(kind, text), kind, asked)
    fitting = [value for value in values if units and text[value[1] - 1] in units] or values
    value = next(iter(fitting), None)
    if len(fitting) > 1:
        value = likeliest(text, fitting, kind, asked=asked, focus=focus, pointed=point())
    begin, end = 0, len(text)
    if not whole and end > LONGEST and focus:
        begin, end = _window(clauses(text), focus, value)
    begin, end = _trimmed(text, begin, end)
    inside = value is not None and begin <= value[0] and value[1] <= end
    return Quote(begin, end, value if inside else None)


def _not_said(
    text: str, values: list[tuple[int, int]], kind: Kind, asked: str
) -> list[tuple[int, int]]:
    """Return the values that a question does not say, and not 2个 for its 12个; all if it does."""
    if len(values) < 2:  # noqa: PLR2004  (nothing to choose from)
        return values
    # The name of a person may stand anywhere in it.
    said = asked if kind == "person" else {asked[slice(*one)] for one in find_values(kind, asked)}
    return [value for value in values if fold(text[slice(*value)]) not in said] or values


def clauses(text: str) -> list[tuple[int, int]]:
    """Return the ranges between commas, which together are the text.

    What stands in quotation marks or brackets is not cut, nor is a figure such as 1,753 or 8:30.

    >>> clauses("有80台，其中1,200“甲，乙”。")
    [(0, 5), (5, 18)]
    """
    ranges, begin, depth = [], 0, 0
    for i, char in enumerate(text):
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth = max(0, depth - 1)
        elif char in _COMMAS and not depth and not _in_a_figure(text, i):
            ranges.append((begin, i + 1))
            begin = i + 1
    return [*ranges, (begin, len(text))] if begin < len(text) else ranges


def _in_a_figure(text: str, i: int) -> bool:
    return 0 < i < len(text) - 1 and text[i - 1].isdigit() and text[i + 1].isdigit()


def _window(
    ranges: Sequence[tuple[int, int]], focus: Sequence[Focus], value: tuple[int, int] | None
) -> tuple[int, int]:
    """Return the clauses in a row that hold enough of the evidence, or as much as there is room."""
    matched = sum(at.share for at in focus)
    worth = [
        sum(at.share for at in focus if begin <= at.start < end)
        + (VALUE_WEIGHT * matched if value and begin <= value[0] < end else 0.0)
        for begin, end in ranges
    ]
    first = last = max(range(len(ranges)), key=worth.__getitem__)
    while sum(worth[first : last + 1]) < ENOUGH * sum(worth):
        wider = [
            (a, b)
            for a, b in ((first - 1, last), (first, last + 1))
            if a >= 0 and b < len(ranges) and ranges[b][1] - ranges[a][0] <= LONGEST
        ]
        if not wider:
            break
        first, last = max(wider, key=lambda pair: sum(worth[pair[0] : pair[1] + 1]))
    return ranges[first][0], ranges[last][1]


def _trimmed(text: str, begin: int, end: int) -> tuple[int, int]:
    """Return the range without a comma at its end, or a quotation mark without its other half."""
    while end > begin + 1 and (text[end - 1] in _COMMAS or text[end - 1].isspace()):
        end -= 1
    for opening, closing in zip(_OPENING, _CLOSING, strict=True):
        quoted = text[begin:end]
        if len(quoted) == 1:
            break
        if quoted.startswith(opening) and closing not in quoted:
            begin += 1
        elif quoted.endswith(closing) and opening not in quoted:
            end -= 1
    return begin, end
