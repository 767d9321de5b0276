"""The gazetteer: whom the documents are about, and how people call them.

Names are found in folded text (see `corpus.fold`), so width, case and script do not matter. Bare
ordinals that only one hospital can mean (五院) and, in English, the telling words of a name (Datong
5th Hospital) are found too, and in a text without any of these, a name that sounds the same
(大同无院 for 大同五院) or looks the same (长冶 for 长治). Leaves out: any knowledge of particular
hospitals.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from typing import Any

from corpus.english_forms import ORDINALS, place_in_letters
from corpus.fold import fold
from corpus.institution_names import is_kind_word
from corpus.latin_names import KIND_WORDS
from corpus.lazy_pattern import HAN, lazy_pattern
from corpus.look_alikes import BY_LOOKS
from corpus.model import Document
from corpus.short_forms import customary_forms, partial_forms, place_of

_HAN = "\u4e00-\u9fff"
_ORDINAL_TAIL = lazy_pattern("[一二三四五六七八九十]院$")
# Before 五院 or 市五院 these show that nothing of a longer name was left out.
_TAKEN = "\0"  # stands for the characters of a mention that was found already
_BEFORE_TAIL = (
    _TAKEN + "在去到给跟和与同问咱我们本这那的找看查说对从为是有让叫，。、？！；：,.?!;: "
)
_HAN_DIGITS = "一二三四五六七八九十"
# The ordinal of a hospital in figures: 大同5院, 第 3 人民医院.
_IN_FIGURES = lazy_pattern(
    " ?(?<![0-9.])(10|[1-9]) ?(?=(?:人民|附属|中心)?医院|院(?![士长内外里]))"
    "|(?<=第) ?(10|[1-9]) ?(?=(?:人民|附属|临床|中心)?医)"
)
_LATIN_WORD = lazy_pattern("no[.]? ?[0-9]{1,2}(?![0-9])|[a-z]+(?:'[a-z]+)?|[0-9]+(?:st|nd|rd|th)")
_LETTER = lazy_pattern("[a-z]")
_COMMON = frozenset({"the", "people's", "peoples", "hospital", "city", "of", "no", "and"})
_LEVEL_WORDS = frozenset({"county", "district"})
_ORDINAL_WORDS = [word.lower() for word in ORDINALS]
# What tells a name from others of the place: Datong Children's Hospital is not the Fifth.
_TELLING = KIND_WORDS.union(_ORDINAL_WORDS)
# The place that a name begins with (青禾市第三人民医院), and a name without 医院 (湖滨医院).
_LEVELS = "省市县区"  # what a name that leaves out its place begins with
_LEVEL = lazy_pattern(f"[{_LEVELS}]")
_PLACE = lazy_pattern(f"^({HAN}{{2,4}}?)[{_LEVELS}]")
# In a question that says a place in Latin letters: that the hospital there is meant.
_OF_A_HOSPITAL = lazy_pattern(
    "people'?s|yiyuan|hospital|clinic|doctor|physician|nurse|patient|surg|staff|department|院"
    "|\\b(?:beds?|wards?|icu|grade|president|director|secretary|emergency|yuanzhang)\\b"
)
# What institutions are called: without it, an ordinal before a place numbers something else.
_CALLED_SO = lazy_pattern("people'?s|renmin|hospital|yiyuan|clinic|affiliated|cent(?:er|re)\\b|院")
# After a name, before another of the same place: 和第二人民医院, 跟中医院.
_AND = lazy_pattern("[和与跟同、及比]|还是|以及")
_CORE = lazy_pattern(f"({HAN}{{2,6}})(?<!中)医院")  # not 青禾中 for 青禾中医院
# 浙一 stands for 浙大一院, but not in 江浙一带.
_UNIVERSITY_TAIL = lazy_pattern(f"({HAN})大([一二三四五六七八九十])院")
# A name that ends in a numeral is none before what is counted or numbered, or a school: 青禾一中.
_NOT_A_WORD = (
    "(?:(?<![一二三四五六七八九十])|(?![带个些次直定样般方批届期名位条座季代轮场级类例台家所件项天年月日岁成]"
    "|[小实幼职师](?!儿)|中(?!医|西医|心)|大(?!楼|门|厅|夫)|高(?!压|血)|号(?!楼)))"
)
# What makes a name that of something else: 汀江大桥 is not of 汀江医院.
_OF_ELSE = (
    "(?!特?大?桥|[路街镇乡村河江湖山港]|(?:火车|汽车|高铁)?站|(?:第[一二三四五六七八九十]|实验)?[小中大]学|学校|公园"
    "|机场|隧道|水库|公司|集团|法院|市场|小区|社区|广场|码头|景区)"
)
_ENDS = frozenset({"hospital", "hospitals", "clinic", "center", "centre"})
_LETTERS_A_SLIP = 6  # a name's word may have one wrong letter in so many
_AN_INSTITUTION = lazy_pattern("(?:院|中心|诊所|卫生[站室])$")
_NEAR = 20  # characters of text for each word of a name


@dataclass(frozen=True, slots=True)
class Entity:
    """A hospital, or the subject of a news item: its canonical name and its other names."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text: half-open offsets in the folded text, and whom it may mean."""

    start: int
    end: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Gazetteer:
    """All entities of a corpus."""

    entities: tuple[Entity, ...]

    @classmethod
    def from_documents(cls, documents: Iterable[Document]) -> "Gazetteer":
        """Collect whom the documents say that they are about; same name, same entity."""
        return cls(
            merged(
                Entity(name, _unique(_aliases(document, name)))
                for document in documents
                for name in document.hospitals
            )
        )

    @property
    def surfaces(self) -> tuple[str, ...]:
        """All names and aliases, folded, longest first."""
        return tuple(self._by_surface)

    def find(self, folded: str) -> tuple[Mention, ...]:
        """Return the mentions in folded text, left to right, none within another."""
        found: list[Mention] = []
        rest = folded
        for search in (self._completed, self._exact, self._tail, self._by_words):
            mentions = tuple(search(rest))
            found += mentions
            rest = blank(rest, mentions)
        found += self._without_place(rest, found)
        in_order = sorted(found, key=lambda mention: mention.start)
        return tuple(in_order or self._by_sound(folded)) or tuple(self._by_looks(folded))

    def _completed(self, folded: str) -> Iterator[Mention]:
        """Find names whose place is said before: 青禾县有两家，县医院和县中医院哪家大."""
        for start, part in self._partial_names(folded):
            said = [place for place in self.find_places(folded) if place.end <= start]
            meant = self._by_partial[part].intersection(said[-1].names) if said else ()
            if len(meant) == 1:
                yield Mention(start, start + len(part), tuple(meant))

    def find_partial(self, folded: str) -> tuple[Mention, ...]:
        """Return where the text says a name without its place: 市一院, of whichever city."""
        return tuple(
            Mention(start, start + len(part), tuple(sorted(self._by_partial[part])))
            for start, part in self._partial_names(folded)
            if folded[:start][-1:] != "的"  # 全国的县医院, 他们帮扶的县医院
        )

    def _partial_names(self, folded: str) -> Iterator[tuple[int, str]]:
        """Yield the names without a place (县医院) that stand alone, and where they begin."""
        for match in _LEVEL.finditer(folded):
            start = match.start()
            lengths = range(min(len(folded) - start, self._longest_partial), 1, -1)
            parts = (folded[start : start + length] for length in lengths)
            part = next((part for part in parts if part in self._by_partial), "")
            if part and self._stands_alone(folded, start):
                yield start, part

    @cached_property
    def _by_partial(self) -> dict[str, set[str]]:
        """The names of entities by what is left without their place: 县医院."""
        meant: dict[str, set[str]] = {}
        for entity in self.entities:
            for part in partial_forms(entity.name):
                meant.setdefault(fold(part), set()).add(entity.name)
        return meant

    @cached_property
    def _longest_partial(self) -> int:
        return max(map(len, self._by_partial), default=0)

    def _without_place(self, rest: str, found: Sequence[Mention]) -> Iterator[Mention]:
        """Find hospitals that share the place of one before: 青禾市第一人民医院和中医院."""
        places = {
            start[0] for mention in found for name in mention.names if (start := _PLACE.match(name))
        }
        if not places:
            return
        for match in _AND.finditer(rest):
            begin = match.end()
            for length in range(min(len(rest) - begin, self._longest_partial), 1, -1):
                part = rest[begin : begin + length]
                meant = {
                    name
                    for level in _LEVELS
                    for name in self._by_partial.get(level + part, ())
                    if any(map(name.startswith, places))
                }
                if len(meant) == 1:
                    yield Mention(begin, begin + length, tuple(meant))
                if meant:
                    break

    def find_short(self, folded: str) -> tuple[Mention, ...]:
        """Return where the text says a name without 医院 (湖滨, 浙一) that stands for entities.

        Such a word may mean other things too: look for it only where no fuller name stands.
        """
        return _found(folded, self._by_short_form, self._short_form)

    def find_places(self, folded: str) -> tuple[Mention, ...]:
        """Return where the text says a place that names of entities begin with.

        It means the place: whether also a hospital there is for the rest of the question to tell.
        """
        return _found(folded, self._by_place, self._place)

    @cached_property
    def _short_form(self) -> re.Pattern[str]:
        return _any_of(self._by_short_form, _OF_ELSE)

    @cached_property
    def _place(self) -> re.Pattern[str]:
        return _any_of(self._by_place)

    @cached_property
    def _by_short_form(self) -> dict[str, tuple[str, ...]]:
        meant: dict[str, list[str]] = {}
        for entity in self.entities:
            names = [fold(name) for name in (entity.name, *entity.aliases)]
            cores = [core[1] for name in names if (core := _CORE.fullmatch(name))]
            cores = [core for core in cores if not is_kind_word(core)]
            tails = [tail[1] + tail[2] for n in names if (tail := _UNIVERSITY_TAIL.fullmatch(n))]
            for short in (*cores, *tails):
                if short not in self._by_surface and not self._is_place_of_one(short):
                    meant.setdefault(short, []).append(entity.name)
        return _longest_first(meant)

    def _is_place_of_one(self, word: str) -> bool:
        """Tell whether entities are of a place that is called so: 青禾, 青禾县."""
        return word in self._by_place or (word[-1] in _LEVELS and word[:-1] in self._by_place)

    @cached_property
    def _by_place(self) -> dict[str, tuple[str, ...]]:
        meant: dict[str, list[str]] = {}
        for entity in self.entities:
            place = _PLACE.match(fold(entity.name))
            if place and place[1] not in self._by_surface:
                meant.setdefault(place[1], []).append(entity.name)
        return _longest_first(meant)

    @cached_property
    def _by_surface(self) -> dict[str, tuple[str, ...]]:
        meant: dict[str, list[str]] = {}
        own = {_clean(fold(entity.name)): entity.name for entity in self.entities}
        for entity in self.entities:
            for surface in (entity.name, *entity.aliases):
                name = _clean(fold(surface))
                if own.get(name, entity.name) == entity.name:  # whose name it is, means it
                    meant.setdefault(name, []).append(entity.name)
        return {name: whom for name, whom in _longest_first(meant).items() if len(name) > 1}

    @cached_property
    def _by_start(self) -> dict[str, list[str]]:
        """The names by their first two characters, longest first."""
        found: dict[str, list[str]] = {}
        for surface in self._by_surface:
            found.setdefault(surface[:2], []).append(surface)
        return found

    @cached_property
    def _tails(self) -> dict[str, tuple[str, ...]]:
        """The bare ordinals (五院) that only one entity of the corpus can mean."""
        meant: dict[str, list[str]] = {}
        for surface, names in self._by_surface.items():
            tail = _ORDINAL_TAIL.search(surface)
            if tail:
                meant.setdefault(tail[0], []).extend(names)
        return {tail: _unique(names) for tail, names in meant.items() if len(set(names)) == 1}

    def _exact(self, folded: str) -> Iterator[Mention]:
        # Not one pattern of all names: it would try each of them at every character.
        at = 0
        while at < len(folded) - 1:
            surface = self._surface_at(folded, at)
            if surface:
                yield Mention(at, at + len(surface), self._by_surface[surface])
            at += len(surface) or 1

    def _surface_at(self, folded: str, at: int) -> str:
        """Return the longest name that stands at a place; one in Latin letters as whole words."""
        for surface in self._by_start.get(folded[at : at + 2], ()):
            if folded.startswith(surface, at):
                around = folded[max(at - 1, 0) : at] + folded[at + len(surface) :][:1]
                within_word = surface.isascii() and _LETTER.search(around)
                leaves_out = surface[0] in _LEVELS and not self._stands_alone(folded, at)
                if not within_word and not leaves_out:
                    return surface
        return ""

    def _tail(self, folded: str) -> Iterator[Mention]:
        for tail, names in self._tails.items():
            for match in re.finditer(tail, folded):
                at = match.start() - (folded[match.start() - 1 : match.start()] == "市")
                if self._stands_alone(folded, at):
                    yield Mention(match.start(), match.end(), names)

    def _stands_alone(self, folded: str, at: int) -> bool:
        """Tell whether no place stands before, of which a name that begins there would be."""
        before = folded[max(at - 2, 0) : at]
        return not before or (before[-1] in _BEFORE_TAIL and not self._is_place(before))

    def _is_place(self, word: str) -> bool:
        """Tell whether two characters before 三院 are a place, as in 大同三院, and not an "and"."""
        from corpus.institutions import proper_nouns

        if not word.endswith("同"):
            return False
        return word in self._by_place or not proper_nouns().isdisjoint({word, f"{word}市"})

    @cached_property
    def _by_syllables(self) -> dict[tuple[str, ...], str]:
        """The Chinese names of three characters and more by their sound, longest first."""
        whole = (name for name in self._by_surface if name[0] not in _LEVELS)
        names = [name for name in whole if re.search(f"{HAN}{{3}}", name)]
        return {tuple(map(syllable, name)): name for name in reversed(names)}

    def _by_sound(self, folded: str) -> Iterator[Mention]:
        """Find the longest name that sounds like a part of the text and shares half its letters."""
        if not re.search(f"{HAN}{{3}}", folded):
            return
        sounds = tuple(map(syllable, folded))
        for start, name in _windows(sounds, self._by_syllables):
            pairs = zip(folded[start : start + len(name)], name, strict=True)
            if 2 * sum(typed == written for typed, written in pairs) >= len(name):
                yield Mention(start, start + len(name), self._by_surface[name])
                return

    @cached_property
    def _by_shape(self) -> dict[str, str]:
        """The names that are found by their sound, by how they look."""
        return {name.translate(BY_LOOKS): name for name in self._by_syllables.values()}

    def _by_looks(self, folded: str) -> Iterator[Mention]:
        """Find the longest name that looks like a part of the text, which is of no other place."""
        from corpus.institutions import proper_nouns

        for start, name in _windows(folded.translate(BY_LOOKS), self._by_shape):
            if proper_nouns().isdisjoint({folded[start:][:2], folded[start:][:3]}):
                yield Mention(start, start + len(name), self._by_surface[name])
                return

    def _by_words(self, folded: str) -> Iterator[Mention]:
        """Find names in Latin letters whose telling words all stand near each other, most first."""
        words = list(_latin_words(folded))
        if not words:
            return
        of_hospitals = _OF_A_HOSPITAL.search(folded) is not None
        span_of = cache(partial(_span_of, words))  # thousands of names share their words
        for telling, names in self._by_telling_words.items():
            spans = [span_of(word) for word in telling]
            if not all(spans):
                continue
            if _is_place_alone(telling, names) and (
                not of_hospitals or self._is_one_of_many(names, folded)
            ):
                continue
            begin = min(span[0] for span in spans if span)
            end = max(span[1] for span in spans if span)
            if _numbers(telling, spans) and not _CALLED_SO.search(folded[begin : end + _NEAR]):
                continue
            if end - begin <= _NEAR * len(telling) and not _tells_more(words, begin, end, telling):
                yield Mention(begin, end, names)
                of_hospitals = True  # Xinyi and Ruzhou First
                words = [(word, span) for word, span in words if not begin <= span[0] < end]
                span_of = cache(partial(_span_of, words))

    def _is_one_of_many(self, names: Sequence[str], folded: str) -> bool:
        """Tell whether a place's people's hospital has others beside it and is not called so."""
        places = (found[1] for name in names if (found := _PLACE.match(name)))
        many = any(len(self._by_place.get(place, ())) > 1 for place in places)
        return many and "people" not in folded and "renmin" not in folded

    @cached_property
    def _by_telling_words(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        """The names in Latin letters by their words that other hospitals' do not have."""
        meant: dict[tuple[str, ...], list[str]] = {}
        for surface, names in self._by_surface.items():
            words = tuple(word for word, _ in _latin_words(surface) if word not in _COMMON)
            if words and surface.isascii():
                meant.setdefault(words, []).extend(names)
        most_first = sorted(meant, key=lambda words: (-len(words), words))
        return {words: _unique(meant[words]) for words in most_first}


def _windows(marks: Sequence[str], named: Mapping[Any, str]) -> Iterator[tuple[int, str]]:
    """Yield where a part of `marks` is the key of a name as long, and the name; longest first."""
    for length in sorted({len(key) for key in named}, reverse=True):
        for start in range(len(marks) - length + 1):
            name = named.get(marks[start : start + length])
            if name is not None:
                yield start, name


def _numbers(telling: Sequence[str], spans: Sequence[tuple[int, int] | None]) -> bool:
    """Tell whether an ordinal stands before the place: the first Lanping marathon."""
    ordinals = [span for word, span in zip(telling, spans, strict=True) if word in _ORDINAL_WORDS]
    others = [span for word, span in zip(telling, spans, strict=True) if word not in _ORDINAL_WORDS]
    return bool(ordinals and others) and min(filter(None, ordinals)) < min(filter(None, others))


def _is_place_alone(telling: Sequence[str], names: Sequence[str]) -> bool:
    """Tell whether what tells hospitals in Latin letters is their place: xinyi, yanpu county."""
    first, *rest = telling
    places = [found[1] for name in names if (found := _PLACE.match(name))]
    return _LEVEL_WORDS.issuperset(rest) and any(
        first == place_in_letters(place).lower() for place in places
    )


def is_institution(name: str) -> bool:
    """Tell whether the name of an entity is that of an institution, not the title of an article."""
    return _AN_INSTITUTION.search(name) is not None


def about_an_institution(entities: Iterable[str]) -> bool:
    """Tell whether any of the entities that a passage is about is an institution."""
    return any(map(is_institution, entities))


def ordinals_in_words(folded: str) -> str:
    """Return a folded text with the ordinals of hospitals in Chinese, as their names have them.

    >>> ordinals_in_words("大同5院和第 3 人民医院有10张床")
    '大同五院和第三人民医院有10张床'
    """
    return _IN_FIGURES.sub(lambda one: _HAN_DIGITS[int(one[1] or one[2]) - 1], folded)


def merged(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Return entities of which no two have the same name; the aliases are those of all."""
    found: dict[str, Entity] = {}
    for entity in entities:
        known = found.get(entity.name, Entity(entity.name))
        found[entity.name] = Entity(entity.name, _unique((*known.aliases, *entity.aliases)))
    return tuple(found.values())


def of_place(names: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Return those names that begin with the same place (青禾市) as one of the others."""
    places = set(map(place_of, others)) - {""}
    return tuple(name for name in names if place_of(name) in places)


def _found(
    folded: str, meant: Mapping[str, tuple[str, ...]], pattern: re.Pattern[str]
) -> tuple[Mention, ...]:
    matches = pattern.finditer(folded)
    return tuple(Mention(match.start(), match.end(), meant[match[0]]) for match in matches)


def _any_of(words: Iterable[str], unless: str = "") -> re.Pattern[str]:
    """Return the pattern of any of the words; `unless` is a pattern of what may not follow."""
    alternatives = "|".join(map(re.escape, words)) or "(?!)"
    return re.compile(f"(?:{alternatives}){_NOT_A_WORD}{unless}")


def _longest_first(meant: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    ordered = sorted(meant, key=lambda word: (-len(word), word))
    return {word: _unique(meant[word]) for word in ordered}


def blank(text: str, mentions: Iterable[Mention]) -> str:
    """Return the text with every mention blanked out, of the same length."""
    for mention in mentions:
        blanks = _TAKEN * (mention.end - mention.start)
        text = text[: mention.start] + blanks + text[mention.end :]
    return text


def _latin_words(folded: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the words in Latin letters with their places; 5th and No. 5 are the word fifth."""
    for match in _LATIN_WORD.finditer(folded):
        digits = re.search("[0-9]+", match[0])
        number = int(digits[0]) if digits else 0
        known = 0 < number <= len(_ORDINAL_WORDS)
        word = _ORDINAL_WORDS[number - 1] if known else match[0]
        if word not in _COMMON and word not in _TELLING:  # Lanping's Second People's Hospital
            word = word.removesuffix("'s")
        yield word, match.span()


def _tells_more(
    words: Sequence[tuple[str, tuple[int, int]]], begin: int, end: int, telling: Sequence[str]
) -> bool:
    """Tell whether the name goes on with a kind or a number that the telling words do not hold."""
    for word, (start, _) in words:
        if start < begin:
            continue
        if word.removesuffix("'s") in _TELLING and word not in telling:
            return True
        if start >= end - 1 and (word in _ENDS or start > end + _NEAR):
            return False
    return False


def _span_of(words: list[tuple[str, tuple[int, int]]], word: str) -> tuple[int, int] | None:
    """Return where a word stands, a long one perhaps with a slip of the pen."""
    from rapidfuzz.distance import OSA

    slips = len(word) // _LETTERS_A_SLIP
    return next(
        (span for other, span in words if OSA.distance(word, other, score_cutoff=slips) <= slips),
        None,
    )


@lru_cache(maxsize=20_000)
def syllable(char: str) -> str:
    """Return a character's sound without tone, and without n/ng, s/sh, z/zh and c/ch told apart."""
    from pypinyin import lazy_pinyin

    return re.sub("^([zcs])h", r"\1", re.sub("ng$", "n", lazy_pinyin(char)[0]))


def alias_key(name: str) -> str:
    """Return where a document's `meta` holds the aliases of one of its hospitals."""
    return f"aliases {name}"


def _aliases(document: Document, name: str) -> tuple[str, ...]:
    """Return the aliases that the document gives, and those that are customary."""
    given = _tuple(document.meta.get("aliases", ())) if len(document.hospitals) == 1 else ()
    given += _tuple(document.meta.get(alias_key(name), ()))
    return (*given, *customary_forms(name))


def _clean(surface: str) -> str:
    return surface.removeprefix("the ").strip()


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _tuple(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
