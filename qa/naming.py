"""Whom a question names: hospitals, and places that stand for them."""

from collections.abc import Sequence
from dataclasses import replace

from corpus.lazy_pattern import lazy_pattern
from corpus.names import Gazetteer, Mention, blank, is_institution, ordinals_in_words
from qa.cantonese import in_mandarin

# Comparing by these asks for figures, whatever else the question says: 谁的床位多.
COMPARING = lazy_pattern(
    "[多少大高长快慢](?=[？?。\\s]|$|些|的是|啲)|更[多少大高长快慢]|[多少大高长快慢](?:一点|几)"
    "|\\b(?:more|fewer|larger|bigger|higher|longer|most)\\b"
)
# Beside these, places that are compared stand for their hospitals: 信宜和长治谁的床位多.
_OF_HOSPITALS = lazy_pattern("[床院医护诊科病药]|手术|职工|员工|设备|党员")
_JOURNEY = lazy_pattern("从.{1,9}[到至去]|离|往返")
_VICE = lazy_pattern("(?<![支应对交托给垫])付(?=[院校县市局镇乡部科处厂所馆]长)")
# 甲跟乙那个高: as it is heard.
_WHICH = lazy_pattern(
    "([和跟与同][^,，]{1,20}[,，]?)那(?=[个家座条边所种届][^,，那]{0,6}[多少大高长快慢早晚贵]\\W*$)"
)
_PEOPLES = lazy_pattern("(?<![以个])人名医院")  # as it sounds
# After a place, that a hospital there is meant.
_HOSPITAL_OF_IT = lazy_pattern("[省市县区]?(?:的|那|这|当地|本地)?(?:一?[家间所个])?大?医院")
_AND = lazy_pattern("[和与跟同及、比]")
# What is left of a question that only names another hospital.
_NOTHING_ELSE = lazy_pattern(
    r"(?:那么?|的|呢|咧|吗|又|也|换成|情况|怎么样|如何|and|what|how|about|for|at|the|hospital|[\W_])*"
)


def as_named(folded: str) -> str:
    """Return a folded text with names of hospitals as documents write them: 第三人名医院, 5院.

    So are the roles of those who stand in, 付院长, and 那个 for 哪个 where two are compared.

    >>> as_named("青禾市第3人名医院的付院长")
    '青禾市第三人民医院的副院长'
    """
    folded = in_mandarin(folded)
    if "付" in folded:  # to compile these two patterns takes 2.4 ms
        folded = _VICE.sub("副", folded)
    if "那" in folded:
        folded = _WHICH.sub(r"\1哪", folded)
    return ordinals_in_words(_PEOPLES.sub("人民医院", folded))


def hospitals_in(folded: str, gazetteer: Gazetteer) -> tuple[Mention, ...]:
    """Return the names of hospitals in a folded question, and the places that stand for one."""
    return with_short_names(folded, gazetteer.find(folded), gazetteer)


def with_short_names(
    folded: str, mentions: tuple[Mention, ...], gazetteer: Gazetteer
) -> tuple[Mention, ...]:
    """Return the mentions of full names, and of short ones and places that stand for others."""
    mentions = _with(mentions, gazetteer.find_short(blank(folded, mentions)))
    places = _that_may_be_meant(folded, gazetteer.find_places(blank(folded, mentions)))
    return _with(mentions, places) if _stand_for_hospitals(folded, mentions, places) else mentions


def canonical(folded: str, mentions: Sequence[Mention], instead: str = "") -> str:
    """Return the text with each name in its canonical form, as documents write it, or `instead`."""
    parts, at = [], 0
    for mention in mentions:
        written = folded[mention.start : mention.end]
        name = mention.names[0] if len(mention.names) == 1 else written
        parts += [folded[at : mention.start], instead or name]
        at = mention.end
    return "".join([*parts, folded[at:]])


def names_of(mentions: Sequence[Mention]) -> tuple[str, ...]:
    """Return whom the mentions may mean, in their order, each once."""
    return tuple(dict.fromkeys(name for mention in mentions for name in mention.names))


def only_names(folded: str, mentions: Sequence[Mention]) -> bool:
    """Tell whether a question says nothing but names: 那汝州的呢？"""
    rest = canonical(folded, [replace(mention, names=("",)) for mention in mentions])
    return _NOTHING_ELSE.fullmatch(rest) is not None


def _with(mentions: tuple[Mention, ...], more: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Return the mentions with those of `more` that may not mean the same, in their order."""
    named = set(names_of(mentions))
    others = (mention for mention in more if named.isdisjoint(mention.names))
    return tuple(sorted((*mentions, *others), key=lambda mention: mention.start))


def _that_may_be_meant(folded: str, places: Sequence[Mention]) -> tuple[Mention, ...]:
    """Return the places; those before 医院 mean hospitals there, and no other subject of theirs."""
    meant = []
    for one in places:
        names = one.names
        if _HOSPITAL_OF_IT.match(folded, one.end):
            names = tuple(filter(is_institution, names))
        meant += [replace(one, names=names)] if names else []
    return tuple(meant)


def _stand_for_hospitals(
    folded: str, mentions: Sequence[Mention], places: Sequence[Mention]
) -> bool:
    """Tell whether places stand for their hospitals: 信宜和长治谁的床位多, 长治那家医院."""
    if only_names(folded, [*mentions, *places]):
        return True
    if len(mentions) + len(places) > 1 and not _JOURNEY.search(folded):
        compared = COMPARING.search(folded) and (mentions or _OF_HOSPITALS.search(folded))
        if compared or (mentions and _joined(folded, places)):
            return True
    return any(_HOSPITAL_OF_IT.match(folded, place.end) for place in places)


def _joined(folded: str, places: Sequence[Mention]) -> bool:
    """Tell whether a place stands beside an "and": 信宜和平顶山二院, 汝州一院跟信宜."""
    around = (folded[max(one.start - 1, 0) : one.start] + folded[one.end :][:1] for one in places)
    return any(_AND.search(text) for text in around)
