"""Questions that lean on the one before: 那院长呢？, 它有几层？, 那汝州的呢？

A question that stands alone is never touched. One that leans on the last keeps its own words and
gets those of the last before them, to tell the subject; one that only changes the hospital, or the
year, becomes the last question about the other one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.fold import fold
from corpus.institutions import names_a_place
from corpus.lazy_pattern import lazy_pattern
from corpus.names import Gazetteer, Mention, blank, of_place
from qa.model import Message
from qa.naming import as_named, canonical, hospitals_in, names_of, only_names

SHORT = 14  # characters of a question that may lean on the one before
_LEANS_ON = lazy_pattern(
    r"^(?:那|它|其|这|该|他们?|她们?|咁|嗰|最后|后来)|(?:^|[,，])(?:那|在)?这[回次]|(?:呢|咧)[?？。!！\s]*$"
    r"|^(?:and|what about|how about)\b|\b(?:it|its|they|their|there)\b"
)
_WITH = lazy_pattern("(?:那么?)?(?:跟|和|与|同|比起?)(?=.*(?:比|谁|哪一?[个家所边]|更))")
_YEAR = lazy_pattern(r"(?:19|20)\d{2}(?=年|\D|$)")
_ONLY_A_YEAR = lazy_pattern(
    r"(?:那么?|到了?|and |(?:what|how) about |in )*"
    r"(?:(?P<year>(?:19|20)\d{2})年?度?|(?P<next>第二年|次年|[下转后]一?年)|(?P<last>[上前]一年))"
    r"(?:那一?[届年次]|[的呢咧又是怎么样如何多少谁\W])*"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its way: what to retrieve with, and about whom.

    `place` is one that a follow-up names instead of another: what answers has to say it.
    """

    text: str
    hospitals: tuple[str, ...]
    wants_set: bool
    own_from: int = 0
    follow_up: bool = False
    place: str = ""


def of_the_place_before(
    history: Sequence[Message], folded: str, mentions: tuple[Mention, ...], gazetteer: Gazetteer
) -> tuple[Mention, ...]:
    """Return the names in a question; 市一院 is that of the city that was spoken of before.

    They stay as they are where the question says a place itself.
    """
    is_clear = bool(mentions) and all(len(one.names) == 1 for one in mentions)
    found = () if is_clear or not history else mentions or gazetteer.find_partial(folded)
    if not found or names_a_place(blank(folded, found)):
        return mentions
    before = _spoken_of(_earlier(history), gazetteer)
    near = [(one, of_place(one.names, before)) for one in found]
    if mentions:
        return tuple(replace(one, names=meant or one.names) for one, meant in near)
    return tuple(replace(one, names=meant) for one, meant in near if len(meant) == 1)


def _spoken_of(earlier: Sequence[str], gazetteer: Gazetteer) -> tuple[str, ...]:
    """Return the hospitals of the last question that names any, or their place, or another one."""
    for question in reversed(earlier):
        named = hospitals_in(question, gazetteer) or gazetteer.find_places(question)
        if named or names_a_place(question):
            return names_of(named)
    return ()


def in_the_light_of(
    history: Sequence[Message],
    asked: Asked,
    folded: str,
    mentions: Sequence[Mention],
    gazetteer: Gazetteer,
) -> Asked:
    """Return the question completed by the user's earlier ones, if it leans on them."""
    earlier = _earlier(history)
    if not earlier or asked.wants_set:
        return _alone(asked)
    before = hospitals_in(earlier[-1], gazetteer)
    beside = _beside(folded, mentions, names_of(before))
    if mentions and not beside:
        if not only_names(folded, mentions):
            return asked
        is_place = mentions[0] in gazetteer.find_places(folded)
        places = gazetteer.find_places(earlier[-1]) if is_place and not before else ()
        if places:  # 汝州的灯会几点开? 那信宜呢?
            place = folded[mentions[0].start : mentions[0].end]
            text = canonical(earlier[-1], places, place)
            return replace(asked, text=text, hospitals=(), place=place, follow_up=True)
        text = canonical(earlier[-1], before, "、".join(asked.hospitals))
        return replace(asked, text=text, follow_up=True)
    if year := _other_year(folded, earlier[-1]):
        text = _YEAR.sub(year, canonical(earlier[-1], before))
        return replace(asked, text=text, hospitals=_last_named(earlier, gazetteer), follow_up=True)
    leans = beside or _LEANS_ON.search(folded)
    if not leans and (len(folded) > SHORT or names_a_place(folded)):
        return asked
    context = f"{canonical(earlier[-1], before)} "
    return replace(
        asked,
        text=context + asked.text,
        hospitals=(*beside, *asked.hospitals) or _last_named(earlier, gazetteer),
        own_from=len(context),
        follow_up=True,
    )


def _earlier(history: Sequence[Message]) -> list[str]:
    """Return what the user asked before, folded."""
    return [as_named(fold(_content(one))) for one in history if one.get("role") == "user"]


def _beside(folded: str, mentions: Sequence[Mention], before: tuple[str, ...]) -> tuple[str, ...]:
    """Return whom the last question was about, where this one compares them: 跟汝州一院比呢."""
    begins = _WITH.match(folded)
    if not begins or len(mentions) != 1 or mentions[0].start != begins.end():
        return ()
    return before if set(before).isdisjoint(mentions[0].names) else ()


def _last_named(earlier: Sequence[str], gazetteer: Gazetteer) -> tuple[str, ...]:
    """Return the hospitals of the last question that names any."""
    named = (names_of(hospitals_in(question, gazetteer)) for question in reversed(earlier))
    return next(filter(None, named), ())


def _other_year(folded: str, before: str) -> str:
    """Return the year of a question that says nothing else, after one of a single year.

    >>> _other_year("第二年呢?", "2023年谁跑第一"), _other_year("那2020年呢", "2023年谁跑第一")
    ('2024', '2020')
    >>> _other_year("第二年做了什么?", "2023年谁跑第一"), _other_year("第二年呢?", "谁跑第一")
    ('', '')
    """
    found = _ONLY_A_YEAR.fullmatch(folded)
    years = set(_YEAR.findall(before))
    if not found or len(years) != 1:
        return ""
    return found["year"] or str(int(years.pop()) + (1 if found["next"] else -1))


def _alone(asked: Asked) -> Asked:
    """Return the question; a mere name becomes the question what that is."""
    if asked.text.strip(" ?!。.,") in asked.hospitals:
        return replace(asked, text=f"{asked.text}是一家什么样的医院")
    return asked


def _content(message: Message) -> str:
    """Return a message's text; Gradio and chat APIs also write it as a list of parts."""
    content = message.get("content", "")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    return " ".join(
        str(part.get("text", "")) if isinstance(part, dict) else str(part) for part in parts
    )
