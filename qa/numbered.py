"""Things that have a number for a name: 4号线, 第六届, 第二批, 二期, 17路末班车, “星光1号”."""

from corpus.lazy_pattern import lazy_pattern
from qa.lexical import in_digits

_HAN_DIGITS = "零一二三四五六七八九十"
_NUMBER = rf"[\d{_HAN_DIGITS}百]"
_NUMBERED = lazy_pattern(
    rf"(?<![上下这每哪])(?P<nth>第|(?=首))?(?<!{_NUMBER})(?:(?P<bus>\d{{1,4}})(?P<route>路)(?![人口面段上])"
    rf"|(?P<number>{_NUMBER}{{1,6}}|首)(?P<what>号线|号楼|号(?=[\"”])|届|批|期(?![间满内])))"
)
_COUNTED = frozenset({"批"})  # two of them are 两批: only with 第 is it a number for a name


def numbered(folded: str) -> list[tuple[str, str, str]]:
    """Return what is numbered in a folded text: what it is, its number in digits, and its words.

    >>> numbered("第六届灯会坐17路去"), numbered("上一届几点开")
    ([('届', '6', '第六届'), ('路', '17', '17路')], [])
    >>> numbered("第四批和首批队员"), numbered("来了两批")
    ([('批', '4', '第四批'), ('批', '1', '首批')], [])
    """
    return [
        (one["what"] or one["route"], _digits(one["number"] or one["bus"]), one[0])
        for one in _NUMBERED.finditer(folded)
        if one["what"] not in _COUNTED or one["nth"] is not None
    ]


def _digits(number: str) -> str:
    if number == "首":
        return "1"
    is_one = len(number) == 1 and number in _HAN_DIGITS
    return str(_HAN_DIGITS.index(number)) if is_one else in_digits(number)
