"""Bytes into text, strictly: UTF-8, UTF-16, GB18030 or Big5, found by what would make sense.

UTF-8 proves itself, and UTF-16 mostly does so by its mark or its NUL bytes. GB18030 and Big5 accept
nearly each other's bytes; the wrong one gives rare characters. So the one in which more
characters belong to the everyday half of its standard (level 1 of GB 2312 and of Big5, together
about 7,000) wins, and a reading of which less than `PLAUSIBLE` is everyday is no reading. The
general detectors guess among a hundred encodings and are less sure on short Chinese texts.
"""

import codecs
from functools import cache

from qa.errors import CorpusError

PLAUSIBLE = 0.8  # of the characters beyond ASCII; real texts are above 0.95
_SAMPLE = 100_000  # characters that are looked at
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PUNCTUATION = frozenset(
    "，。、；：？！“”‘’（）《》〈〉【】「」『』…—·～　％＋－／．•●■▲◆○℃①②③④⑤⑥⑦⑧"
)
# The most frequent ones, which decide where a text is too short for the everyday half to tell.
_FREQUENT = frozenset(
    "的一是不了在有人我他这這为為之大来來以个個中上们們到说說国國和地也子时時道出而要于於就下得可"
    "年生自会會那后後能对對着事其里所去行过過家十用发發天如然作方成者多日都三小军軍二无無同么"
    "经經法当當起与與好看学學进進种種将將还還分此心前面又定见見医醫院病"
)


def decode(data: bytes, declared: str = "") -> str:
    """Return the text of a file without its byte order mark, lines ended by LF.

    `declared` is an encoding that the file itself names; it is tried first. Raises CorpusError
    that names the encodings tried and the position (in bytes, from 0) at which each failed.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _normal(_strict(data, len(mark), encoding))
    if b"\0" in data:
        return _normal(_wide(data))
    failures: list[str] = []
    for encoding in dict.fromkeys(filter(None, (declared, "utf-8"))):
        try:
            return _normal(data.decode(encoding))
        except UnicodeDecodeError as error:
            failures.append(_where(error, encoding))
    return _normal(_likeliest(data, failures))


def _likeliest(data: bytes, failures: list[str]) -> str:
    """Return the reading that makes most sense; `failures` tell what was tried before."""
    best, score = "", 0.0
    for encoding in ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            failures.append(_where(error, encoding))
            continue
        found = _plausibility(text)
        if found < PLAUSIBLE:
            failures.append(f"{encoding} (would be no text that makes sense)")
        elif found > score:
            best, score = text, found
    if not best:
        raise CorpusError(f"not text in {', '.join(failures)}; save it as UTF-8")
    return best


def _strict(data: bytes, start: int, encoding: str) -> str:
    try:
        return data[start:].decode(encoding)
    except UnicodeDecodeError as error:
        place = _where(error, encoding, start)
        raise CorpusError(f"not text in {place}, which its mark announces") from error


def _wide(data: bytes) -> str:
    """Decode UTF-16 without a mark; its NULs are the high bytes of ASCII characters."""
    high = "utf-16-le" if data[1::2].count(0) >= data[::2].count(0) else "utf-16-be"
    try:
        text = data.decode(high)
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"not a text file: it holds NUL bytes (the first at position {data.index(0)}) and is "
            f"not {_where(error, high)}"
        ) from error
    if "\0" in text or _plausibility(text) < PLAUSIBLE:
        raise CorpusError(
            f"not a text file: it holds NUL bytes (the first at position {data.index(0)})"
        )
    return text


def _where(error: UnicodeDecodeError, encoding: str, offset: int = 0) -> str:
    byte = error.object[error.start]
    return f"{encoding} (byte {byte:#04x} at position {error.start + offset})"


def _normal(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _plausibility(text: str) -> float:
    """Return the share of everyday characters beyond ASCII; frequent ones count on top."""
    sample = text[:_SAMPLE]
    if any(char < " " and char not in "\t\n\r\f\v\x1a" for char in sample):
        return 0.0
    wide = [char for char in sample if char > "\x7f"]
    if not wide:
        return 1.0
    everyday = _everyday()
    share = sum(char in everyday for char in wide) / len(wide)
    frequent = sum(char in _FREQUENT for char in wide) / len(wide)
    return share + frequent / 2 if share >= PLAUSIBLE else share


@cache
def _everyday() -> frozenset[str]:
    simplified = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    lows = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    traditional = (bytes((high, low)) for high in range(0xA4, 0xC7) for low in lows)
    return _PUNCTUATION.union(
        *(pair.decode("gb2312", "ignore") for pair in simplified),
        *(pair.decode("big5", "ignore") for pair in traditional),
    )
