"""What every answer would hold, and the best passage does not: then it is no answer at all.

However near a passage comes, without a price it does not tell what something costs, and the
figure of 2020 is not that of 2021. Of questions about several hospitals, of which one may answer
where another does not, only those are held to lack that no passage tells what they name.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from corpus.fold import fold
from corpus.institutions import proper_nouns
from corpus.lazy_pattern import HAN, lazy_pattern
from corpus.look_alikes import BY_LOOKS
from corpus.names import syllable
from corpus.places import (
    BELONGS,
    LEVELS,
    NEWSPAPER,
    innermost,
    may_say_others,
    names_of_places,
    places_named,
    places_of,
)
from corpus.reflow import searchable
from qa.asking import asking
from qa.attributes import untold
from qa.model import Hit, Query
from qa.names_asked import lacks_names
from qa.numbered import numbered
from qa.person_names import asks_for_a_name, may_name
from qa.polarity import polarity
from qa.quote import MARGIN, clauses
from qa.values import (
    INDISPENSABLE,
    Detail,
    asked_detail,
    holds_detail,
    holds_value,
    names_a_person,
    tells,
)
from qa.years import years_told

_SEVERAL = frozenset({"set", "comparison"})
_ANY_TITLE = frozenset({"负责人", "创始人", "记者", "作者"})  # who bears it is told in many ways
_BODY = lazy_pattern("^(?:党委|党组|党总支|党支部|支部|县委|市委|常务)+")
# 神经内科主任 is no 肾内科主任.
_ROLE_OF = lazy_pattern(
    f"(?P<part>(?:(?![的是们院委局市县区镇乡校所司厂谁当任由问道前年一二三四五六七八九十]){HAN}){{1,5}}?[科部室])"
    "的?(?:现任|代理)?副?(?:主任|部长|科长|护士长|负责人)"
)
# 盛京医院是哪年建立的, and 盛京医院的儿科建于1956年.
_OF_ITSELF = lazy_pattern(r"[\W是的]*.{0,6}(?:建[于立院]|成立|创[建办])[的了呢啊呀嘅吗\W]*")
_A_PART = "[科部室]|中心(?!医院)|分院|院区|学院|基地|联盟|[团支]队|支部|党委|委员会|[协学]会"
_PART = lazy_pattern(_A_PART)
_PART_FOUNDED = lazy_pattern(
    f'(?:{_A_PART})["”」)]*(?:[于在是][^,，。]{{2,14}}?)?(?:正式|[最始]?早)?'
    "(?:[始创筹组]?建[于立]|成立|创[建办立])"
    "|(?:成立|[创组]建|建立)(?:了[^,，。]{0,16}?|(?!于)[^,，。的时并仅有]{0,16}?)"
    f"(?:{_A_PART})"
    '|(?:成立|[创组]建|建立)了?["“「](?![^"”」]*医院["”」])'
)
_BY_WHOM = lazy_pattern("由[^,，]{1,20}?(?=创|[始筹组]?建|成立)")
_FOUNDED = lazy_pattern(
    "建于|始建|(?<!自)(?<!中国)(?:建院|成立|创[建办立])|建[立成的]|设立|开[诊业办]|诞生于|落成|前身"
    "|[始起]于|可追溯|走过|百年|老院|\\b(?:founded|established|set up|dates? back)\\b"
)
_REACHES = "[增达为升降至到了约有是共超过近减则的已又仅只]*"
_YEAR = lazy_pattern(r"(?:19|20)\d{2}年?")
_ANNUAL = lazy_pattern(r"(?:19|20)\d{2}年度")
# 哪年评上的: that it happened is taken for granted.
_IS_DONE = lazy_pattern("(?:[评升晋获选]|通过|成为|认证).{0,8}[的了][?？。\\s]*$")
_NO_NAME = "几个家所间多少各下辖有设哪三两二一共新老总全主的到"  # 几个分院, 老院区
_BRANCH = lazy_pattern(
    f"(?:(?![{_NO_NAME}]){HAN}){{2}}(?:分院|院区)|(?<=the )\\w+ (?:branch|campus)"
)
_MAIN = lazy_pattern("本部|主院|\\bmain\\b")
_WHICH_HOSPITAL = lazy_pattern("(?:哪一?[家所间个]|什么)医院")
_A_HOSPITAL = lazy_pattern(f"{HAN}{{1,12}}?(?:医院|卫生院|保健院)")
# Of two things that are compared a passage may tell one.
_TWO_THINGS = lazy_pattern(
    "[和与跟同及].{1,20}(?:哪[个条家座种边样年届]|谁|同一|一样|相同)|\\bor\\b|\\bboth\\b|\\bthan\\b"
)
_COUNTED = frozenset({"number", "money"})
_DATED = frozenset({"date", "fact", "person"})  # what an article of another year does not tell
_NAMED = frozenset({"person", "list", "fact"})
_MEASURES = frozenset({"亩顷", "年岁", "吨", "斤"})  # told in no other unit
_HOW_MANY = lazy_pattern("[多几]|how (?:many|much)")
QUESTIONS = 64  # of which the places are remembered
TEXTS = 4096  # passages and sentences that are remembered folded
AROUND = 100  # characters before and after a sentence that it may be read with
NEAR = 0.1  # below the best passage, which lacks something; one that does not is taken instead


def asked_of(query: Query) -> Detail:
    """Return the details that a question names; a follow-up's own, where it names any.

    Whom the question before was about is no detail of one that asks for something else.
    """
    own = replace(asked_detail(query.own), role=asked_detail(_asked(query)).role)
    if own != Detail() or not query.own_from:
        return own
    before = asked_detail(query.text)
    return before if query.value == "person" else replace(before, role="")


def _asked(query: Query) -> str:
    """Return what of a question asks; of one about several hospitals all."""
    return query.own if query.kind in _SEVERAL else asking(query.own)


def lacking(query: Query, hits: Sequence[Hit]) -> str | None:
    """Return what is asked for and not in the best passage, which then cannot answer.

    None when nothing is known to lack; empty when there is no word for it. `hits` are not empty.
    """
    if query.kind in _SEVERAL:
        return _told_by_none(query, hits)
    for check in _CHECKS:
        what = check(query, hits)
        if what is not None:
            return what
    return None


def telling_first(query: Query, hits: Sequence[Hit]) -> tuple[tuple[Hit, ...], str | None]:
    """Return the hits, the first that lacks nothing before others, and what the best one lacks.

    Only a hit that is near the best one, and of the place that is asked of where the best is that
    or another's, is taken before it. Nothing is lacking (None) when there is such a hit.
    """
    missing = lacking(query, hits) if hits else None
    if missing is None or query.kind in _SEVERAL:
        return tuple(hits), missing
    places = places_asked(query, hits)
    there = says_place(hits[0], places) or _place(query, hits) is not None
    for at, hit in enumerate(hits[1:], start=1):
        if hits[0].score - hit.score > NEAR:
            break
        if there and not says_place(hit, places):
            continue
        ordered = (hit, *hits[:at], *hits[at + 1 :])
        if lacking(query, ordered) is None:
            return ordered, None
    return tuple(hits), missing


def like_the_best(query: Query, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the hits that are about what the question names, as the best one is.

    Of two artists, or of two years, one is asked about, however near an article about the other
    comes.
    """
    if query.kind in _SEVERAL or query.sides or _TWO_THINGS.search(_asked(query)):
        return tuple(hits)
    rest = (
        hit
        for at, hit in enumerate(hits[1:], start=1)
        if not _about_another(query, (hit, *hits[:at], *hits[at + 1 :]))
    )
    return (hits[0], *rest)


def _about_another(query: Query, hits: Sequence[Hit]) -> bool:
    """Tell whether the first hit is of another place, thing, year or founding than asked for."""
    return any(check(query, hits) is not None for check in (_place, _thing, _year, _founding))


def holds_best(query: Query, hit: Hit) -> bool:
    """Tell whether the hit's best sentence holds a value of the asked kind."""
    return holds_value(query.value, searchable(hit.sentences[0].sentence.text))


def untold_in(query: Query, text: str) -> str:
    """Return what a question names and a folded text does not tell; empty when nothing."""
    return untold(query.without_names(_asked(query)), text, query.value)


def _attribute(query: Query, hits: Sequence[Hit]) -> str | None:
    if _TWO_THINGS.search(_asked(query)):
        return None
    return _untold(query, hits[0]) or None


def _part(query: Query, hits: Sequence[Hit]) -> str | None:
    """Return the branch whose figure is asked for, where only the main site's is told."""
    branch = _BRANCH.search(_asked(query)) if query.value == "number" else None
    text = _best(hits[0])
    if not branch or not _MAIN.search(text) or _MAIN.search(query.own):
        return None
    parts = (text[begin:end] for begin, end in clauses(text))
    is_told = any(branch[0] in part and holds_value("number", part) for part in parts)
    return None if is_told else branch[0]


def _founding(query: Query, hits: Sequence[Hit]) -> str | None:
    """Return "" where a hospital's founding is asked for, and none or that of a part is told."""
    if query.value != "date" or len(query.hospitals) != 1 or query.follow_up:
        return None  # a follow-up may be about what the question before was
    asked = query.without_names(query.own)
    if not _OF_ITSELF.fullmatch(asked) or _PART.search(asked):
        return None
    told = _BY_WHOM.sub("", query.without_names(_best(hits[0])))
    of_itself = _PART_FOUNDED.sub("", told)
    return None if _FOUNDED.search(of_itself) else ""


def _hospital(query: Query, hits: Sequence[Hit]) -> str | None:
    """Return "" where it is asked which other hospital, and only the one named is told of."""
    if len(query.hospitals) != 1 or not _WHICH_HOSPITAL.search(_asked(query)):
        return None
    own = fold(query.hospitals[0])
    found = _A_HOSPITAL.findall("".join(_shown(hits[:1])))
    return None if any(not own.endswith(name.lstrip("我该本全")) for name in found) else ""


def _told_by_none(query: Query, hits: Sequence[Hit]) -> str | None:
    """Return what no hit tells of what is named, or who bears the role that is asked for."""
    for missing in (_untold, lambda query, hit: _role(query, (hit,))):
        first = missing(query, hits[0])
        if first and all(missing(query, hit) for hit in hits[1:]):
            return first
    return None


def _untold(query: Query, hit: Hit) -> str:
    return untold_in(query, f"{plain(hit.passage.context)} {around(hit)}")


def _value(query: Query, hits: Sequence[Hit]) -> str | None:
    if query.value in INDISPENSABLE:
        return None if holds_best(query, hits[0]) else ""
    if query.value == "number" and not _HOW_MANY.search(_asked(query)):
        return None  # 人数为什么少了
    shown = "".join(_shown(hits))
    units = asked_of(query).units if query.value == "number" else ""
    measured = units not in _MEASURES or holds_detail(Detail(units), shown)[0]
    return None if tells(query.value, shown) and measured else ""


def _role(query: Query, hits: Sequence[Hit]) -> str | None:
    role = asked_of(query).role
    if query.value != "person" or not role or role in _ANY_TITLE:
        return None
    text = around(hits[0])
    of_part = _ROLE_OF.search(query.without_names(_asked(query)))
    if of_part and not _said_in_order(of_part["part"], with_title(hits[0])):
        return of_part[0]
    # 书记 for 党委书记, who may be called so.
    _, is_there, _ = holds_detail(Detail(role=_BODY.sub("", role)), text)
    return None if is_there and names_a_person(text) else role


def _said_in_order(part: str, text: str) -> bool:
    """Tell whether a text says a department, or the longer name of it: 消化内科 for 消化科."""
    return re.search(f"{HAN}{{0,3}}".join(map(re.escape, part)), text) is not None


def _name(query: Query, hits: Sequence[Hit]) -> str | None:
    if query.value not in _NAMED:
        return None
    asked, beside = _asked(query), fold(query.text)
    text = "".join(_shown(hits[:1]))
    silent = asks_for_a_name(asked) and not may_name(text, beside)
    return "" if silent or lacks_names(asked, text, beside) else None


def _year(query: Query, hits: Sequence[Hit]) -> str | None:
    """Return the year that is asked for where what is told is of another one.

    A sentence, or of a figure the clause, of another year is about that one, whatever stands
    elsewhere. One without a year is of those that its passage, its article or the date tells.
    """
    year = asked_of(query).year
    if not year:
        return None
    text, published = _best(hits[0]), hits[0].passage.published
    if f"{year}年度" in query.own and _ANNUAL.search(text) and f"{year}年度" not in text:
        return f"{year}年度"
    article = "\n".join(map(with_title, _of_one_document(hits)))
    if query.value not in _COUNTED:
        if query.value not in _DATED:
            return None
        is_of_others = year not in article and _is_of_others(int(year), text, article, published)
        return f"{year}年" if is_of_others else None
    told = years_told(_clause_asked(query, year, text), published)
    if told.written:
        return f"{year}年" if int(year) not in told.years and not told.is_open else None
    told = years_told(text, published)
    if not told.written:
        here = years_told(with_title(hits[0]), published)
        if year in with_title(hits[0]) or (year in article and not here.years):
            return None
        told = next((of for of in (told, here) if of.years), years_told(article, published))
    is_of_another = told.years and int(year) not in told.years and not told.is_open
    return f"{year}年" if is_of_another else None


def is_of_the_year(year: str, hits: Sequence[Hit]) -> bool:
    """Tell whether the best hit's article says a year, or is of it."""
    published = hits[0].passage.published
    told = (years_told(with_title(hit), published).years for hit in _of_one_document(hits))
    return published.startswith(year) or any(int(year) in years for years in told)


def _is_of_others(year: int, sentence: str, article: str, published: str) -> bool:
    """Tell whether what is told is of other years, in an article that does not say this one.

    An article of that year says it by its date, and one without a date may be of any year after
    those that it tells.
    """
    if published.startswith(str(year)):
        return False
    own, told = years_told(sentence), years_told(article, published)
    if own.written or told.years - told.written:
        return year not in told.years
    return not published and year < max(told.written, default=0)


def _clause_asked(query: Query, year: str, text: str) -> str:
    """Return the clause of a sentence that tells what is asked, or all of it where none stands out.

    It has most of the question's pairs of characters. A figure beside the year may leave out what
    the clause before names: 2019年有床位300张,2020年增至500张.
    """
    if re.search(f"{year} ?年[底末全同期内]*{_REACHES}\\d", text):
        return text
    asked = _YEAR.sub("", query.without_names(_asked(query)))
    pairs = {asked[at : at + 2] for at in range(len(asked) - 1)}
    parts = [text[begin:end] for begin, end in clauses(text)]
    said = [sum(pair in part for pair in pairs) for part in parts]
    most = max(said, default=0)
    return parts[said.index(most)] if most and said.count(most) == 1 else text


def _number(query: Query, hits: Sequence[Hit]) -> str | None:
    """Return what is numbered in the question of which only others are told of."""
    for what, number, words in numbered(query.own):
        told = [_numbers(hit, what) for hit in _of_one_document(hits)]
        if told[0] and not any(number in one for one in told):
            return words
    return None


def _numbers(hit: Hit, what: str) -> list[str]:
    """Return the numbers of what is numbered so in a passage or its title."""
    found = numbered(with_title(hit))
    return [number for other, number, _ in found if other == what]


def _completion(query: Query, hits: Sequence[Hit]) -> str | None:
    if query.value != "date" or not _IS_DONE.search(query.question):
        return None
    best = hits[0].sentences[0].sentence.text
    return "" if polarity(query.question, best) == "not_yet" else None


def _place(query: Query, hits: Sequence[Hit]) -> str | None:
    """Return the place of a question without a hospital where the best article is of another one.

    It is of another one that says others of the same level in the passage or its title, or belongs
    to another city, or is of its newspaper, which often leaves out its own and tells where somebody
    comes from; or whose passage is of a county, and the article of its city. There is no word for
    it where other articles say the place.
    """
    named = places_asked(query, hits)
    if not named or any(says_place(hit, named) for hit in _of_one_document(hits)):
        return None
    said, text = hits[0].passage.places, with_title(hits[0])
    levels = {"市" if place[-1] in (NEWSPAPER, BELONGS) else place[-1] for place in named} & LEVELS
    others = {place for place in said if place[-1] in levels and place[:-1] in text}
    if "市" in levels:
        within = any(place[-1] in "县区镇乡" and place[:-1] in text for place in said)
        of_a_city = {BELONGS, NEWSPAPER, *("市" if within else "")}
        others |= {place for place in said if place[-1] in of_a_city}
    if not others or any(_is_slip(name[:-1], place[:-1]) for name in named for place in said):
        return None
    elsewhere = named & hits[0].asked_places or any(says_place(hit, named) for hit in hits[1:])
    return "" if elsewhere else min(names_of_places(named), key=fold(query.text).find)


def places_asked(query: Query, hits: Sequence[Hit]) -> set[str]:
    """Return the places that a question without a hospital names, in the form of `corpus.places`.

    They are those that articles found say too, and those that it tells by their level; of
    several the innermost.
    """
    if query.hospitals:
        return set()
    asked = fold(query.text)
    known = {place for place in hits[0].asked_places if not _is_of_another_level(place, asked)}
    if may_say_others(asked, names_of_places(known)):  # what cuts a text takes a second to load
        known.update(_places_told(asked))
    named = places_named(asked, names_of_places(known))
    return innermost({place for place in known if place[:-1] in named})


def _is_of_another_level(place: str, asked: str) -> bool:
    """Tell whether a question says the place's name only with another level: 云阳县 for 云阳市."""
    if place[-1] not in LEVELS or place in asked:
        return False
    return any(place[:-1] + level in asked for level in LEVELS)


_places_told = lru_cache(QUESTIONS)(places_of)  # each hit that is tried asks for them


def says_place(hit: Hit, places: Collection[str]) -> bool:
    """Tell whether a hit's article says one of the places, or its passage the name of one."""
    said, text = names_of_places(hit.passage.places), with_title(hit)
    return any(name in said or name in text for name in names_of_places(places))


def _is_slip(typed: str, name: str) -> bool:
    """Tell whether a name that is no place's may be another, by sound or look: 朔西 for 朔溪."""
    if len(typed) != len(name) or not proper_nouns().isdisjoint({typed, f"{typed}市"}):
        return False
    return all(
        syllable(a) == syllable(b) or a.translate(BY_LOOKS) == b.translate(BY_LOOKS)
        for a, b in zip(typed, name, strict=True)
    )


def _of_one_document(hits: Sequence[Hit]) -> Iterator[Hit]:
    """Yield the hits of the best one's document, which comes first."""
    return (hit for hit in hits if hit.passage.doc_id == hits[0].passage.doc_id)


def _best(hit: Hit) -> str:
    return plain(hit.sentences[0].sentence.text)


def _text(hit: Hit) -> str:
    return plain(hit.passage.text)


def around(hit: Hit) -> str:
    """Return what of a passage stands around its best sentence, which it may be read with."""
    best, start = hit.sentences[0].sentence, hit.passage.start
    begin, end = best.start - start - AROUND, best.end - start + AROUND
    return plain(hit.passage.text[max(begin, 0) : end])


def with_title(hit: Hit) -> str:
    """Return the text of a hit's passage, after what stands above it."""
    return f"{plain(hit.passage.context)} {_text(hit)}"


def _thing(query: Query, hits: Sequence[Hit]) -> str | None:
    """Return "" where only other articles than the best one say the name of what is asked about."""
    del query
    return "" if hits[0].lacks else None


_CHECKS = (
    _place,
    _thing,
    _attribute,
    _part,
    _founding,
    _hospital,
    _value,
    _role,
    _name,
    _year,
    _number,
    _completion,
)


@lru_cache(TEXTS)
def plain(text: str) -> str:
    """Return a text folded and without the page's breaks, as it is looked at."""
    return searchable(fold(text))


def _shown(hits: Sequence[Hit]) -> Iterator[str]:
    """Yield the sentences that an answer may show: near the best, and about the same hospital."""
    best = hits[0]
    for hit in hits:
        for scored in hit.sentences:
            near = scored.score >= best.score - MARGIN
            if near and hit.passage.hospitals == best.passage.hospitals:
                yield plain(scored.sentence.text)
