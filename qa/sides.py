"""Two things that a question compares, where they are no two hospitals: 榆浦大桥跟鹤汀大桥，哪座长.

No list knows bridges, schools and years; what tells one from the other is what only its name says,
and the passage that says it tells of it.
"""

from collections.abc import Collection, Sequence

from corpus.lazy_pattern import lazy_pattern
from corpus.places import names_of_places
from qa.lacking import plain, with_title
from qa.model import Hit

_ASKS_OF_BOTH = (
    "哪一?[个座条家边所届年种间样款项支队]|谁|各(?![种位地类级项界方行国省市县区])|分别|一样|同一|相同"
    "|还是"
)
_NAMED = "[^,:;。?!\n]{2,30}?"
_SIDES = lazy_pattern(
    r"(?:^|(?<=[,:;。]))(?:"
    rf"(?P<one>{_NAMED})(?:和(?![平谐睦解])|[跟与](?![着踪会其])|以及)(?![谁哪什])"
    rf"(?P<other>{_NAMED})(?=,|比(?:起来)?,|平均|{_ASKS_OF_BOTH}).{{0,30}}?(?:{_ASKS_OF_BOTH})"
    rf"|(?P<this>{_NAMED})(?P<how>[多少大小高低长短早晚快慢贵]),?还是(?P<that>{_NAMED})(?P=how))"
)
_BETWEEN = ("和", "跟", "与", "以及", "还是")
TELLING = 0.5  # of what the best passage has of a side's name: enough to tell of it


def sides(folded: str) -> tuple[str, ...]:
    """Return the two things that a folded question compares, none where it compares none.

    >>> sides("榆浦大桥跟鹤汀大桥,哪座更长?"), sides("门诊楼和住院楼各有几层")
    (('榆浦大桥', '鹤汀大桥'), ('门诊楼', '住院楼'))
    >>> sides("论护理机构,砚浦多还是骞州多"), sides("医院跟哪家公司合作")
    (('砚浦', '骞州'), ())
    """
    if not any(word in folded for word in _BETWEEN):  # to compile the pattern takes 4 ms
        return ()
    found = _SIDES.search(folded)
    return tuple(filter(None, found.group("one", "other", "this", "that"))) if found else ()


def of_each(compared: Sequence[str], hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the best hit of each of two sides, none where a side has none of its own.

    That is so too where the best sentence of all tells of both.
    """
    left, right = map(_pairs, compared)
    one, other = left - right, right - left
    sentence = plain(hits[0].sentences[0].sentence.text)
    if all(_share(pairs, sentence) >= TELLING for pairs in (one, other)):
        return ()
    said = [f"{with_title(hit)} {' '.join(names_of_places(hit.passage.places))}" for hit in hits]
    first, second = _best_of(one, other, said), _best_of(other, one, said)
    if first is None or second is None or first == second:
        return ()
    return hits[first], hits[second]


def _best_of(own: Collection[str], others: Collection[str], said: Sequence[str]) -> int | None:
    """Return the place of the first text that tells of one side, rather of it than of the other."""
    shares = [_share(own, text) for text in said]
    telling = [at for at, share in enumerate(shares) if share >= TELLING * max(shares) > 0]
    rather = (at for at in telling if _share(others, said[at]) < shares[at])
    return next(rather, next(iter(telling), None))


def _share(pairs: Collection[str], text: str) -> float:
    """Return the share of pairs of characters that a text says."""
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 0.0


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
