"""Names that an article leaves without their place, completed from the articles beside it.

A city's newspaper says 市第一人民医院, and its own city in few of its articles. Which city it is,
those tell that say it together with the same districts and towns. Leaves out: hospitals of cities
between which these do not decide.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from corpus.institution_names import is_partial
from corpus.lazy_pattern import lazy_pattern
from corpus.model import Document
from corpus.names import is_institution
from corpus.short_forms import partial_forms

_SHORT_ORDINAL = lazy_pattern("^([一二三四五六七八九十])(?=医院$)")  # of a 第二人民医院


def with_full_names(documents: Sequence[Document]) -> tuple[Document, ...]:
    """Return the documents, their hospitals with the place where one is left out and is clear."""
    if not any(map(_partial_names, documents)):
        return tuple(documents)
    beside = _said_beside(documents)
    whole: dict[str, set[str]] = defaultdict(set)
    for name in {name for document in documents for name in document.hospitals}:
        for part in () if is_partial(name) else partial_forms(name):
            whole[part].add(name)
    return tuple(_completed(document, beside, whole) for document in documents)


def completed(name: str, place: str) -> str:
    """Return a name such as 市二医院 with its place.

    >>> completed("市二医院", "青禾"), completed("县中医院", "云岭")
    ('青禾市第二人民医院', '云岭县中医院')
    """
    return place + name[0] + _SHORT_ORDINAL.sub(r"第\1人民", name[1:])


def _partial_names(document: Document) -> list[str]:
    return [name for name in document.hospitals if is_partial(name) and is_institution(name)]


def _said_beside(documents: Iterable[Document]) -> dict[str, Counter[str]]:
    """Return for each place how many documents say it with each other; "" is beside all."""
    beside: dict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        for place in (*document.places, ""):
            beside[place].update(document.places)
    return beside


def _completed(
    document: Document, beside: Mapping[str, Counter[str]], whole: Mapping[str, set[str]]
) -> Document:
    full = {name: name for name in document.hospitals}
    for name in _partial_names(document):
        place = _place_of(document, name[0], beside)
        known = [one for one in whole.get(name, ()) if place and one.startswith(place)]
        if place:
            full[name] = known[0] if len(known) == 1 else completed(name, place)
    blocks = (
        replace(block, hospitals=tuple(full.get(name, name) for name in block.hospitals))
        for block in document.blocks
    )
    return replace(document, hospitals=tuple(full.values()), blocks=tuple(blocks))


def _place_of(document: Document, level: str, beside: Mapping[str, Counter[str]]) -> str:
    """Return the place of a level that most articles say with the document's own, or the only one.

    Empty where none is clear.
    """
    near = Counter[str]()
    for place in document.places:
        near.update(beside[place])
    found = [(count, place) for place, count in near.items() if place[-1] == level]
    best = sorted(found, reverse=True)[:2]
    if best and (len(best) == 1 or best[0][0] > best[1][0]):
        return best[0][1][:-1]
    everywhere = [place for place in beside[""] if place[-1] == level]
    return everywhere[0][:-1] if len(everywhere) == 1 else ""
