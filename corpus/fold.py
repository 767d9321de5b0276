"""One written form for what people write in several: width, case, script.

Used for searching only; what is shown is always the original text.
"""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

# NFKC turns Chinese punctuation into ASCII; these are the ones that it leaves.
_PUNCTUATION = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "　": " "})


def fold(text: str) -> str:
    """Return `text` in half width, simplified characters and lower case.

    >>> fold("大同市第五人民醫院　ＰＥＴ－ＣＴ")
    '大同市第五人民医院 pet-ct'
    """
    text = unicodedata.normalize("NFKC", text).translate(_PUNCTUATION)
    if not _is_simplified(text):
        text = _converter().convert(text)
    return text.casefold()


def is_traditional(text: str) -> bool:
    """Tell whether `text` holds characters that only the traditional script has."""
    return not _is_simplified(text) and _converter().convert(text) != text


def _is_simplified(text: str) -> bool:
    """Tell, fast, that all Han characters are in GB 2312, where no traditional-only one is."""
    try:
        "".join(char for char in text if "\u4e00" <= char <= "\u9fff").encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _converter() -> "OpenCC":
    from opencc import OpenCC

    return OpenCC("t2s")
