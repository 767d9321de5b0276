"""The city that an article leaves out, and names without their place, from the articles beside it.

A city's newspaper says 市第一人民医院, and its own city in few of its articles. Which city it is,
those tell that say it together with the same districts and towns. Leaves out: cities between which
these do not decide.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from corpus.institution_names import is_partial
from corpus.lazy_pattern import lazy_pattern
from corpus.model import Document
from corpus.names import alias_key, is_institution
from corpus.places import BELONGS, DATELINE, NEWSPAPER, PROVINCE
from corpus.short_forms import partial_forms

_OF_A_CITY = frozenset({"市", DATELINE, NEWSPAPER})
_SHORT_ORDINAL = lazy_pattern("^([一二三四五六七八九十])(?=医院$)")  # of a 第二人民医院


def with_full_names(documents: Sequence[Document]) -> tuple[Document, ...]:
    """Return the documents with the city and the names' places that they leave out, where clear."""
    beside = _said_beside(documents)
    names = {name for document in documents for name in document.hospitals}
    whole: dict[str, set[str]] = defaultdict(set)
    for name in names if any(map(_leaves_out, names)) else ():
        for part in () if is_partial(name) else partial_forms(name):
            whole[part].add(name)
    return tuple(_with_city(_completed(document, beside, whole), beside) for document in documents)


def _with_city(document: Document, beside: Mapping[str, Counter[str]]) -> Document:
    """Return a document that says districts and towns only with their city among its places."""
    near = _without_provinces(document)
    if not near or any(place[-1] in _OF_A_CITY for place in near):
        return document
    city = _place_of(document, "市", beside)
    return replace(document, places=(*document.places, city + BELONGS)) if city else document


def completed(name: str, place: str) -> str:
    """Return a name such as 市二医院 with its place.

    >>> completed("市二医院", "青禾"), completed("县中医院", "云岭")
    ('青禾市第二人民医院', '云岭县中医院')
    """
    return place + name[0] + _SHORT_ORDINAL.sub(r"第\1人民", name[1:])


def _leaves_out(name: str) -> bool:
    """Tell whether it is the name of an institution without its place."""
    return is_partial(name) and is_institution(name)


def _said_beside(documents: Iterable[Document]) -> dict[str, Counter[str]]:
    """Return for each place how many documents say it with each other; "" is beside all."""
    beside: dict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        near = _without_provinces(document)
        for place in (*near, ""):
            beside[place].update(near)
    return beside


def _without_provinces(document: Document) -> list[str]:
    """Return the places of a document but for provinces, which say nothing of a district's city."""
    return [place for place in document.places if place[-1] != PROVINCE]


def _completed(
    document: Document, beside: Mapping[str, Counter[str]], whole: Mapping[str, set[str]]
) -> Document:
    partial = list(filter(_leaves_out, document.hospitals))
    if not partial:
        return document
    full = {name: name for name in document.hospitals}
    for name in partial:
        place = _place_of(document, name[0], beside)
        known = [one for one in whole.get(name, ()) if place and one.startswith(place)]
        if place:
            full[name] = known[0] if len(known) == 1 else completed(name, place)
    blocks = (
        replace(block, hospitals=tuple(full.get(name, name) for name in block.hospitals))
        for block in document.blocks
    )
    meta = {
        alias_key(full[key]) if (key := name.removeprefix(alias_key(""))) in full else name: value
        for name, value in document.meta.items()
    }
    hospitals = tuple(dict.fromkeys(full.values()))
    return replace(document, hospitals=hospitals, meta=meta, blocks=tuple(blocks))


def _place_of(document: Document, level: str, beside: Mapping[str, Counter[str]]) -> str:
    """Return the place of a level that most other articles say with the document's own places.

    Else the only one that articles say, at least two of them; empty where none is clear.
    """
    near = Counter[str]()
    own = _without_provinces(document)
    for place in own:
        near.update(beside[place])
    near.subtract(dict.fromkeys(own, len(own)))  # its own article
    best = _of_level(near, level).most_common(2)
    if best and (len(best) == 1 or best[0][1] > best[1][1]):
        return best[0][0]
    everywhere = _of_level(beside[""], level).most_common(2)
    is_clear = len(everywhere) == 1 and everywhere[0][1] > 1
    return everywhere[0][0] if is_clear else ""


def _of_level(places: Counter[str], level: str) -> Counter[str]:
    """Return the names of the places of a level with their counts; a newspaper is of a city."""
    levels = (level, NEWSPAPER) if level == "市" else (level,)
    found = Counter[str]()
    for place, count in places.items():
        if place[-1] in levels and count > 0:
            found[place[:-1]] += count
    return found
