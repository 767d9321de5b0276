"""Questions to begin with, one a kind, that the documents at hand do answer.

A document's words suggest a question; it is asked, and shown when what comes back quotes just such
words. Documents are looked at in order and a few questions are asked at most, however large the
corpus is.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from corpus.model import Document
from corpus.reflow import searchable
from qa.model import Answer
from qa.phrases import phrase
from qa.web.wording import traditional, words

SURE = 0.8  # confidence below which an answer is no good example
LOOKED_AT = 300  # documents
MOST_ASKED = 24  # questions that are tried for one set of starters
_LONGEST_NAME = 40  # characters; a longer "name" is none
_READ = 20_000  # characters of a document
_ASCII_NAME = re.compile(r"[A-Za-z][\x20-\x7e]+")

_BEDS = r"床位[^。；，]{0,8}\d+\s*张?|\d+\s*张(?:病床|床位)"
_STAFF = r"职工[^。，；]{0,6}\d+[多余]?[人名]|\d+[多余]?[名位](?:在岗)?职工"
_MEMBERS = r"党员[^。，；]{0,4}\d+[多余]?[人名]|\d+[多余]?名党员"
_PERSON = "(?:是|为|：)?[\u4e00-\u9fff]{2,3}(?:说|表示|介绍|认为|[，。、；（])"
_ONLINE = "互联网医院"
_CHEST = "胸痛中心"
_UNCLEAR = tuple(phrase("not_clear", language) for language in ("zh-Hans", "zh-Hant", "en"))


@dataclass(frozen=True, slots=True)
class Starter:
    """A question to begin with: its kind, and the hospital that it is about ("" for several)."""

    kind: str
    question: str
    hospital: str = ""


@dataclass(frozen=True, slots=True)
class _Form:
    """A kind, the key of its wording, and what a document says that the question may fit."""

    kind: str
    key: str
    sign: re.Pattern[str]


# Of each kind the first that is answered is shown, of a hospital's own all.
_FORMS = tuple(
    _Form(kind, f"question.{key}", re.compile(sign))
    for kind, key, sign in (
        ("number", "beds", _BEDS),
        ("number", "dialysis", r"\d+[多余]?台透析机|透析机\d+[多余]?台"),
        ("number", "staff", _STAFF),
        ("number", "members", _MEMBERS),
        ("date", "founded", r"(?:始建|创建|建院|创办)于?\d{4}年|\d{4}年(?:建院|创建|始建|创办)"),
        ("person", "director", f"(?<!副)院长{_PERSON}"),
        ("person", "secretary", f"书记{_PERSON}"),
        ("person", "expert", "[\u4e00-\u9fff]{2,3}教授名医工作站"),
        ("yesno", "grade", "三级[^。，]{0,4}医院|三级甲等|二级甲等"),
        ("yesno", "online", _ONLINE),
        ("list", "honours", "荣誉称号|荣获|“[^”]+”称号"),
        ("list", "departments", r"重点[^。]{0,4}专科"),
        ("money", "award", r"重点专科[^。]{0,20}奖[^。]{0,6}\d+万?元"),
        ("fact", "overview", "是[^。]{0,30}医院"),
    )
)
_COMPARED = tuple(
    (f"question.{key}", re.compile(sign))
    for key, sign in (("more_beds", _BEDS), ("more_staff", _STAFF), ("more_members", _MEMBERS))
)
_SETS = tuple(
    (f"question.{key}", re.compile(sign))
    for key, sign in (("which_online", _ONLINE), ("which_chest", _CHEST))
)


class Starters:
    """The starters of an engine's documents, made when they are first asked for and kept.

    Thread-safe: one set is made at a time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._documents: Sequence[Document] = ()
        self._kept: dict[tuple[str, str], tuple[Starter, ...]] = {}
        self._known: frozenset[str] = frozenset()

    def get(
        self,
        documents: Sequence[Document],
        ask: Callable[[str], Answer],
        language: str,
        hospital: str = "",
    ) -> tuple[Starter, ...]:
        """Return the starters for these documents in a language of the page.

        With a `hospital`, those about it alone; of one that no document is about there are none.
        Raises what `ask` raises but for questions that it cannot use.
        """
        with self._lock:
            if documents is not self._documents:
                self._documents, self._kept = documents, {}
                self._known = frozenset(_by_name(documents, ""))
            if hospital and hospital not in self._known:
                return ()  # and not kept: any word may be asked for
            key = (language, hospital)
            if key not in self._kept:
                self._kept[key] = starter_questions(documents, ask, language, hospital)
            return self._kept[key]


def starter_questions(
    documents: Sequence[Document],
    ask: Callable[[str], Answer],
    language: str = "zh",
    hospital: str = "",
) -> tuple[Starter, ...]:
    """Return questions of different kinds that `ask` answers, as far as can be each about another.

    With a `hospital`, only those about it, more of a kind if need be.
    """
    known = _by_name(documents[:LOOKED_AT] if not hospital else documents, hospital)
    asking = _Asking(ask, language)
    if hospital:
        return tuple(asking.about_one(known))
    return tuple(asking.one_a_kind(known))


class _Asking:
    """Tries questions until enough were asked."""

    def __init__(self, ask: Callable[[str], Answer], language: str) -> None:
        self._ask = ask
        self._language = language
        self._left = MOST_ASKED

    def one_a_kind(self, known: Mapping[str, Document]) -> Iterator[Starter]:
        used: set[str] = set()
        for kind in ("number", "date", "person", "yesno", "list"):
            yield from self._of_kind(kind, known, used)
        yield from self._comparison(known)
        yield from self._set(known)
        yield from self._of_kind("money", known, used)

    def _of_kind(
        self, kind: str, known: Mapping[str, Document], used: set[str]
    ) -> Iterator[Starter]:
        """Yield the first question of a kind that is answered, rather not about one in `used`."""
        for form in _FORMS:
            if form.kind != kind:
                continue
            names = [name for name, document in known.items() if form.sign.search(_text(document))]
            for name in sorted(names, key=lambda one: one in used)[:3]:
                if self._answers(form.key, form.sign, known[name]):
                    used.add(name)
                    yield Starter(kind, self._question(form.key, known[name]), name)
                    return

    def about_one(self, known: Mapping[str, Document]) -> Iterator[Starter]:
        for name, document in known.items():
            for form in _FORMS:
                if form.sign.search(_text(document)) and self._answers(
                    form.key, form.sign, document
                ):
                    yield Starter(form.kind, self._question(form.key, document), name)

    def _comparison(self, known: Mapping[str, Document]) -> Iterator[Starter]:
        for key, sign in _COMPARED:
            some = [document for document in known.values() if sign.search(_text(document))][:4]
            for two in combinations(some, 2):
                if self._answers(key, sign, *two):
                    yield Starter("comparison", self._question(key, *two))
                    return

    def _set(self, known: Mapping[str, Document]) -> Iterator[Starter]:
        for key, sign in _SETS:
            several = sum(bool(sign.search(_text(document))) for document in known.values()) > 1
            if several and self._answers(key, sign):
                yield Starter("set", self._question(key))
                return

    def _answers(self, key: str, sign: re.Pattern[str], *about: Document) -> bool:
        """Whether the question is answered surely, about each of them, with what was expected."""
        if self._left == 0:
            return False
        self._left -= 1
        try:
            answer = self._ask(self._question(key, *about))
        except ValueError:
            return False
        if answer.status != "answered" or answer.confidence < SURE:
            return False
        firsts = {citation.hospital: citation.quote for citation in reversed(answer.citations)}
        wanted = [document.hospitals[0] for document in about] or list(firsts)
        return (
            all(sign.search(searchable(firsts.get(name, ""))) for name in wanted)
            and len(wanted) >= (1 if about else 2)
            and not answer.text.startswith(_UNCLEAR)
        )

    def _question(self, key: str, *about: Document) -> str:
        names = [_called(document, self._language) for document in about]
        values = dict(zip(("name", "other"), names, strict=False))
        question = words("en" if self._language == "en" else "zh")[key].format(**values)
        return traditional(question) if self._language == "zh-Hant" else question


def _by_name(documents: Iterable[Document], hospital: str) -> dict[str, Document]:
    """Return the first document about each hospital, or about the one that is wanted."""
    found: dict[str, Document] = {}
    for document in documents:
        name = _name(document)
        if name and (not hospital or name == hospital):
            found.setdefault(name, document)
    return found


def _name(document: Document) -> str:
    """Return the hospital of a document that is about just one, else an empty string."""
    if len(document.hospitals) != 1 or document.meta.get("kind", "hospital") != "hospital":
        return ""
    name = document.hospitals[0]
    return name if name.isprintable() and len(name) <= _LONGEST_NAME else ""


def _called(document: Document, language: str) -> str:
    """Return what a question calls the hospital: in English its English name, where it has one."""
    if language == "en":
        for alias in document.meta.get("aliases", ()):
            if _ASCII_NAME.fullmatch(alias):
                return alias
    return document.hospitals[0]


def _text(document: Document) -> str:
    return document.text[:_READ]
