"""How people shorten the full name of a hospital, by rule; and the aliases that a folder gives.

青禾市第三人民医院 is called 青禾三院, 市三院 and, in English, Qinghe Third People's Hospital.
Leaves out: short forms that no rule makes (浙一), and English names that hospitals give themselves.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus import english_forms
from corpus.lazy_pattern import lazy_pattern
from qa.errors import CorpusError

ALIASES_FILE = "aliases.yaml"
_SHORTEST = 3  # characters; 二院 alone means many
_HAN = "\u4e00-\u9fff"
_NUMBER = "[一二三四五六七八九十]{1,3}"
_PROVINCE = lazy_pattern(f"^[{_HAN}]{{2,7}}?(?:省|自治区)(?=[{_HAN}]{{2,5}}?[市县区州旗盟])")
_LOCAL = lazy_pattern(
    f"(?P<place>[{_HAN}]{{2,6}}?)(?P<level>[省市县区旗州镇乡])?(?:第(?P<number>{_NUMBER}))?"
    "(?P<kind>(?:人民|中心|中医|中西医结合|妇幼保健|妇女儿童|妇幼|儿童|妇产|肿瘤|口腔|眼科|骨科|胸科"
    "|精神病|精神卫生|传染病|康复|疾病预防控制|疾控|卫生)*)"
    "(?P<end>医院|院|中心)"
)
_INNER = lazy_pattern(f"^[{_HAN}]{{2,4}}?[市州](?=[{_HAN}]{{2,4}}?[县区市])")
_UNIVERSITY = lazy_pattern(
    f"(?P<university>[{_HAN}]{{2,8}}?(?:大学|学院))(?P<school>[{_HAN}]{{0,4}}医学院)?"
    f"(?P<rest>(?:附属)?[{_HAN}]+)"
)
_AFFILIATED = lazy_pattern(f"附属第({_NUMBER})医院|第({_NUMBER})附属医院|第({_NUMBER})医院")
# Places that are not shortened to their first character.
_SHORT_PLACES = {"香港": "港", "四川": "川"}


def customary_forms(name: str) -> tuple[str, ...]:
    """Return the short forms of a full name, most telling first, without the name itself.

    >>> customary_forms("青禾市第三人民医院")[:3]
    ('青禾三院', '青禾市三院', '市三院')
    """
    short = _PROVINCE.sub("", name)
    forms = [short, *_university_forms(short)]
    if len(forms) == 1:
        forms += _local_forms(short)
    return tuple(form for form in dict.fromkeys(forms) if form != name and len(form) >= _SHORTEST)


def partial_forms(name: str) -> tuple[str, ...]:
    """Return how an article calls the hospital that it has named: 市第三人民医院, 县医院.

    They mean another hospital in another city's newspaper: use them inside one article only.
    """
    short = _INNER.sub("", _PROVINCE.sub("", name))
    parts = _Parts.of(short)
    if parts is None or not parts.level:
        return ()
    rest = short[len(parts.place) + 1 :]
    forms = [parts.level + rest, *(parts.level + form for form in parts.tails())]
    if not parts.kind and not parts.number:
        forms = [parts.level + rest]
    return tuple(dict.fromkeys(form for form in forms if len(form) >= _SHORTEST))


def place_of(name: str) -> str:
    """Return the innermost place that a full name begins with; empty where there is none.

    >>> place_of("云岭市青柏县中医院"), place_of("湖滨医院")
    ('青柏县', '')
    """
    parts = _Parts.of(_INNER.sub("", _PROVINCE.sub("", name)))
    return parts.place + parts.level if parts and parts.level else ""


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a name such as 青禾 + 市 + 三 + 人民 + 医院."""

    place: str
    level: str
    number: str
    kind: str
    end: str

    @classmethod
    def of(cls, name: str) -> "_Parts | None":
        match = _LOCAL.fullmatch(name)
        if match is None:
            return None
        return cls(match["place"], match["level"] or "", match["number"] or "", *match.group(4, 5))

    def tails(self) -> Iterator[str]:
        """Yield what may follow the place and its level: 三院, 第三医院, 中医院."""
        if self.number and self.end == "医院":
            yield f"{self.number}院"
            yield f"{self.number}医院"
            if self.kind == "人民":
                yield f"第{self.number}人民医院"
                yield f"{self.number}人民医院"
            yield f"第{self.number}医院"
        elif self.kind == "人民":
            yield "医院"
        elif self.kind == "中医" and self.end == "医院":
            yield "中医院"
        elif self.kind == "中医" and self.end == "院":
            yield "中医医院"
        elif self.kind == "妇幼保健":
            yield "妇幼"
            yield "妇保院"
        elif self.kind == "疾病预防控制":
            yield "疾控中心"
            yield "疾控"
        elif self.kind == "疾控":
            yield "疾病预防控制中心"


def _local_forms(name: str) -> Iterator[str]:
    inner = _INNER.sub("", name)
    if inner != name:
        yield inner
    parts = _Parts.of(inner)
    if parts is None or (parts.place[-1:] in "大学" and not parts.level):
        return
    tails = list(parts.tails())
    if parts.number and parts.end == "医院":
        yield f"{parts.place}{tails[0]}"
        if parts.level:
            yield f"{parts.place}{parts.level}{tails[0]}"
            yield f"{parts.level}{tails[0]}"
    if parts.level and (parts.kind or parts.number):
        yield parts.place + inner[len(parts.place) + 1 :]
    for tail in tails[1:] if parts.number else tails:
        if parts.level:
            yield f"{parts.place}{parts.level}{tail}"
        if parts.level != "省" or tail != "医院":
            yield f"{parts.place}{tail}"
    yield from english_forms.local_forms(
        parts.place, parts.level, parts.number, parts.kind, parts.end
    )


def _university_forms(name: str) -> Iterator[str]:
    match = _UNIVERSITY.fullmatch(name)
    if match is None:
        return
    university, rest = match["university"], match["rest"]
    short = _contracted(university)
    own = rest.removeprefix("附属").removeprefix("医学院").removeprefix("附属")
    number = _AFFILIATED.fullmatch(rest)
    if number:
        yield from _numbered(match, number, short)
        return
    if len(own) <= len("医院"):
        if short:
            yield f"{short}{rest}"
        return
    if rest != own or not _is_city(own.removesuffix("医院")):
        yield own
        yield from english_forms.own_forms(own)
    else:
        yield from english_forms.branch_forms(university, own)
        if short:
            yield f"{own.removesuffix('医院')}{short}医院"
            yield f"{short}医院"
    if short:
        yield f"{short}{own}"
    yield f"{university}{own}"
    yield f"{university}附属{own}"


def _numbered(name: re.Match[str], number: re.Match[str], short: str) -> Iterator[str]:
    """Yield the forms of a university's first, second … hospital."""
    university, affiliated = name["university"], not number[3]
    digit = number[1] or number[2] or number[3]
    if short:
        yield f"{short}{digit}院"
        yield f"{short}{name['rest']}"
        yield f"{short}{name['school'] or ''}{name['rest']}"
    # The medical school of old: 北医三院.
    medical_school = f"{short[0]}医" if len(short) == len("北大") else ""
    if medical_school:
        yield f"{medical_school}{digit}院"
    medical = re.fullmatch(f"([{_HAN}])[{_HAN}]{{1,3}}医科大学", university)
    for start in filter(
        None, (short, *((f"{medical[1]}医", f"{medical[1]}医大") if medical else ()))
    ):
        if start != short:
            yield f"{start}{digit}院"
        if affiliated:
            yield f"{start}附{digit}院"
            yield f"{start}{digit}附院"
            yield f"{start}附{digit}"
            yield f"{start}附属{digit}院"
    yield f"{university}{digit}院"
    for start in filter(None, (short, medical_school, university)):
        yield f"{start}第{digit}医院"
    for middle in dict.fromkeys(("", name["school"] or "")) if affiliated else ():
        yield f"{university}{middle}附属第{digit}医院"
        yield f"{university}{middle}第{digit}附属医院"
    yield from english_forms.university_forms(university, digit, affiliated=affiliated)


def _contracted(university: str) -> str:
    """Return 浙大 for 浙江大学 and 中国医大 for 中国医科大学; nothing where no rule is safe."""
    medical = re.fullmatch(f"([{_HAN}]{{2,4}})医科大学", university)
    if medical:
        return f"{medical[1]}医大"
    place = re.fullmatch(f"([{_HAN}]{{2}})大学", university)
    return f"{_SHORT_PLACES.get(place[1], place[1][0])}大" if place else ""


def _is_city(word: str) -> bool:
    """Tell whether the word is a city: then 深圳医院 alone is not the name of one hospital."""
    from corpus.institutions import proper_nouns

    return f"{word}市" in proper_nouns() or f"{word}省" in proper_nouns()


def read_aliases(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the aliases that `aliases.yaml` in the folder gives; without the file, none.

    The file is a list of `name: [alias, …]` entries. Raises CorpusError, naming the line or the
    entry, when it is something else.
    """
    path = folder / ALIASES_FILE
    if not path.is_file():
        return {}
    import yaml

    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} cannot be read: {error}; save it as UTF-8") from error
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        raise CorpusError(
            f"{path}{line} is not YAML: {' '.join(str(error).split())}; write name: [alias, alias]"
        ) from error
    if entries is None:
        return {}
    if not isinstance(entries, dict):
        raise CorpusError(f"{path} is not a list of entries; write name: [alias, alias]")
    return {_name(name, path): _aliases(name, value, path) for name, value in entries.items()}


def _name(name: object, path: Path) -> str:
    if not isinstance(name, str) or not name.strip():
        raise CorpusError(f"{path}: {name!r} is not a name; put it in quotes")
    return name.strip()


def _aliases(name: object, value: object, path: Path) -> tuple[str, ...]:
    values: Iterable[object] = value if isinstance(value, list) else [value]
    aliases = []
    for alias in values:
        if not isinstance(alias, str) or not alias.strip():
            raise CorpusError(
                f"{path}: the entry {name!r} holds {alias!r}; write name: [alias, alias], with "
                "quotes around numbers"
            )
        aliases.append(alias.strip())
    return tuple(dict.fromkeys(aliases))
