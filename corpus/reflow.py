"""The text of a block as it is searched: without the breaks that only the page needed.

For searching only; what is shown is always the original text.
"""

import re
from functools import lru_cache

from corpus.lazy_pattern import lazy_pattern

QUOTED = 1024  # texts that are quoted again and again, whose places are remembered
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇"
_MARKS = "\uff01-\uff60\u3001-\u303f，。、；：？！…—·“”‘’（）《》〈〉【】「」『』％"
_CHINESE = f"[{_HAN}{_MARKS}]"
_NOTHING = lazy_pattern("[\u00ad\u200b-\u200d\u2060\ufeff]")
_SPACE = lazy_pattern(r"\s+")
# The white space stands first, and what is before it is looked at afterwards, since the other order
# looks back at every character of the text.
_BREAK_BESIDE_CHINESE = lazy_pattern(f"\n(?:(?<={_CHINESE}\n)|(?={_CHINESE}))")
_BETWEEN_CHINESE = lazy_pattern(f" (?<={_CHINESE} )(?={_CHINESE})")
_AND = lazy_pattern(f"(?<=[{_HAN}])[ \n]and[ \n](?=[{_HAN}])")
_BREAKS = "\r\n\f\v\x1c\x1d\x1e\x85\u2028\u2029"


def searchable(text: str) -> str:
    r"""Return `text` without hard line breaks, column breaks and stray spaces.

    A break is removed beside a Chinese character or mark, and becomes one space elsewhere. A space
    is removed between two Chinese characters or marks. An English "and" between two Han characters
    is the 和 that a machine translated.

    >>> searchable("成\n\n立了 名医  工作站 and 中心")
    '成立了名医工作站和中心'
    """
    text = _SPACE.sub(_squeeze, _NOTHING.sub("", text).strip())
    if "and" in text:
        text = _AND.sub("和", text)
    if "\n" in text:  # most texts have neither, and these patterns take long to compile
        text = _BREAK_BESIDE_CHINESE.sub("", text).replace("\n", " ")
    return _BETWEEN_CHINESE.sub("", text) if " " in text else text


@lru_cache(QUOTED)
def origins(text: str) -> tuple[int, ...]:
    r"""Return where in `text` each character of `searchable(text)` comes from.

    >>> origins("成\n\n立了 名医")
    (0, 3, 4, 6, 7)
    """
    places: list[int] = []
    at = 0
    for char in searchable(text):
        while text[at] != char:
            if char == "和" and text.startswith("and", at):
                break
            if char == " " and text[at].isspace():
                break
            at += 1
        places.append(at)
        at += 3 if char == "和" and text[at] != char else 1
    return tuple(places)


def _squeeze(match: re.Match[str]) -> str:
    """Return one line break or one space for a run of white space."""
    return "\n" if any(char in _BREAKS for char in match[0]) else " "
