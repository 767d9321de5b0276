"""One written form for what people write in several: width, case, script.

Used for searching only; what is shown is always the original text.
"""

import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from corpus.lazy_pattern import HAN, lazy_pattern

if TYPE_CHECKING:
    from opencc import OpenCC

SHORT = 200  # characters: a question, which is folded for several purposes
REMEMBERED = 32  # short texts
_HAN = lazy_pattern(f"{HAN}+")
# NFKC turns Chinese punctuation into ASCII; these are the ones that it leaves.
_PUNCTUATION = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "　": " "})


def fold(text: str) -> str:
    """Return `text` in half width, simplified characters and lower case.

    >>> fold("大同市第五人民醫院　ＰＥＴ－ＣＴ")
    '大同市第五人民医院 pet-ct'
    """
    return _folded_again(text) if len(text) <= SHORT else _folded(text)


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_PUNCTUATION)
    if not _is_simplified(text):
        text = _converter().convert(text)
    return text.casefold()


_folded_again = lru_cache(REMEMBERED)(_folded)


def is_traditional(text: str) -> bool:
    """Tell whether `text` holds characters that only the traditional script has."""
    return not _is_simplified(text) and _converter().convert(text) != text


def _is_simplified(text: str) -> bool:
    """Tell, fast, that all Han characters are in GB 2312, where no traditional-only one is."""
    try:
        "".join(_HAN.findall(text)).encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _converter() -> "OpenCC":
    from opencc import OpenCC

    return OpenCC("t2s")
