"""What the documents do tell, near to what was asked: a few words for each passage."""

from collections.abc import Iterable

from corpus.lazy_pattern import lazy_pattern
from corpus.reflow import searchable
from qa.model import Hit

MOST = 3
LONGEST = 14  # characters
_CLAUSE = lazy_pattern(r"[（(、，,：:；;。？?\s]")
_HAN = "\u4e00-\u9fff"
_NUMBERED = lazy_pattern(r"^[（(]?(?:第?[一二三四五六七八九十]+|\d+)[)）、.．：:]\s*")
_TELLS_NOTHING = frozenset({"医院", "本院", "该院", "全院", "我院"})
_STOP = "的了和与及在是有为达共约近超其中等"
_COUNTED = lazy_pattern(  # 80台透析机, and 床位620张
    rf"\d(?:余|多)?[万亿千百]?(?:余|多)?[个名位台张家所项种条间辆部]([{_HAN}]{{2,6}})(?=[，。；、（\s]|$)"
    rf"|([{_HAN}]{{1,3}}(?:数|量|额|率|面积|床位|职工|人员|投资|收入|时间|党员|患者|学科))"
    r"(?:为|达|有|共|约|近|超过?)*\d"
)
_ROLE = lazy_pattern(
    f"[{_HAN}]{{0,4}}(?:院长(?!负责)|书记|主任|局长|县长|市长|校长|董事长|总经理|护士长|理事长|队长|教练|馆长)"
)


def nearest_subjects(hits: Iterable[Hit], most: int = MOST) -> tuple[str, ...]:
    """Return what the hits' best sentences speak of, nearest first, each once.

    It is what a figure counts, whose role is named, or else the heading or the document's title.
    """
    found: dict[str, None] = {}
    for hit in hits:
        subject = _subject(hit)
        if len(subject) > 1 and not any(subject in other or other in subject for other in found):
            found[subject] = None
        if len(found) == most:
            break
    return tuple(found)


def _subject(hit: Hit) -> str:
    sentence = searchable(hit.sentences[0].sentence.text)
    for counted in _COUNTED.finditer(sentence):
        noun = (counted[1] or counted[2] or "").strip(_STOP)
        if len(noun) > 1:
            return noun
    role = _ROLE.search(sentence)
    if role:
        return role[0].rpartition("的")[2].strip(_STOP)
    heading = hit.passage.context
    for name in hit.passage.hospitals:
        heading = heading.replace(name, "")
    subject = _CLAUSE.split(_NUMBERED.sub("", heading.strip()))[0][:LONGEST]
    return "" if subject in _TELLS_NOTHING else subject
