"""A small engine with two documents, one of them hostile, and the pages served over it."""

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus.model import Document, Passage, Sentence
from corpus.names import Gazetteer
from qa.model import Answer, Citation, Hit, Language, Message, ScoredSentence

HOSTILE = (
    "<script>window.hacked=1</script><img src=x onerror=alert(1)>"
    "![图](http://evil.example/x.png) [点我](javascript:alert(1)) https://evil.example "
    "`${alert(1)}` {{value}} $$x^2$$ </mark></article> \"'>\u202e反转 [1] @children。"
)
BEDS = "仁和医院编制床位1200张。"
TEXT = (
    f"仁和医院位于青山市，是三级甲等综合医院。{BEDS}医院设有临床科室32个，现有职工2100人。\n\n"
    "仁和医院的透析中心有透析机40台。"
)
PATIENCE = 20  # seconds that a slow answer waits for a test at most


def citation(document: Document, passage: Passage, quote: str, marker: int = 1) -> Citation:
    start = document.text.index(quote)
    value = re.search(r"\d+[张台个]", quote)
    return Citation(
        marker=marker,
        doc_id=document.doc_id,
        title=document.title,
        publisher=document.publisher,
        published=document.published,
        source=document.source,
        hospital="、".join(document.hospitals),
        passage_id=passage.passage_id,
        quote=quote,
        start=start,
        end=start + len(quote),
        marks=((start + value.start(), start + value.end()),) if value else (),
    )


class FakeEngine:
    """Answers by a word in the question: 床位, beds, 透析, 恶意; asks back at 哪个; else refuses.

    While `go` is not set, it waits. `histories` and `hospitals` are what it was asked with.
    """

    version = "1"
    reachable = True

    def __init__(self) -> None:
        renhe = Document(
            "renhe", "建设区域医疗中心", TEXT, "renhe.md", "青山日报", "2021-05-10", ("仁和医院",)
        )
        hostile = Document(
            "evil", f"标题{HOSTILE}", f"开头。{HOSTILE}结尾。", "x.md", HOSTILE, "", (HOSTILE,)
        )
        self.documents = (renhe, hostile)
        cut = TEXT.index("\n\n")
        about = ("仁和医院", ("仁和医院",))
        passages = (
            Passage("renhe#1", "renhe", TEXT[:cut], 0, cut, *about),
            Passage("renhe#2", "renhe", TEXT[cut + 2 :], cut + 2, len(TEXT), *about),
            Passage("evil#1", "evil", hostile.text, 0, len(hostile.text)),
        )
        self._passages = {passage.passage_id: passage for passage in passages}
        self.gazetteer = Gazetteer.from_documents(self.documents)
        self.skipped = ()
        self.histories: list[list[Message]] = []
        self.hospitals: list[str | None] = []
        self.go = threading.Event()
        self.go.set()

    @property
    def index(self) -> "FakeEngine":
        return self

    def document(self, doc_id: str) -> Document:
        return {one.doc_id: one for one in self.documents}[doc_id]

    def passages(self, doc_id: str) -> tuple[Passage, ...]:
        self.document(doc_id)
        return tuple(one for one in self._passages.values() if one.doc_id == doc_id)

    def is_reachable(self) -> bool:
        return self.reachable

    def passage(self, passage_id: str) -> Passage:
        return self._passages[passage_id]

    def ask(
        self,
        question: str,
        history: Sequence[Message] = (),
        hospital: str | None = None,
        k: int = 5,  # noqa: ARG002
    ) -> Answer:
        if not question.strip():
            raise ValueError("the question is empty")
        self.histories.append(list(history))
        self.hospitals.append(hospital)
        self.go.wait(PATIENCE)
        return replace(self._answer(question, hospital), language=_language(question))

    def _answer(self, question: str, hospital: str | None) -> Answer:
        if "床位" in question or "beds" in question or "牀位" in question or hospital:
            return self._answered(
                question, "renhe#1", BEDS, "医院设有临床科室32个，现有职工2100人。"
            )
        if "透析" in question:
            return self._answered(question, "renhe#2", "仁和医院的透析中心有透析机40台。")
        if "恶意" in question:
            return self._answered(question, "evil#1", HOSTILE)
        if "哪个" in question:
            text = "您问的是哪一家医院？仁和医院、恩济医院"
            names = ("仁和医院", "恩济医院")
            return Answer(question, question, text, (), (), 0.4, "clarify", suggestions=names)
        subjects = ("床位数", "透析机")
        text = f"资料里没有说到这一点。有的是：{'、'.join(subjects)}。"
        hits = (self._hit("renhe#1", ()), self._hit("renhe#2", ()))
        return Answer(
            question, question, text, (), hits, 0.1, "refused", "attribute_not_found", subjects
        )

    def _answered(self, question: str, passage_id: str, *quotes: str) -> Answer:
        passage = self._passages[passage_id]
        document = self.document(passage.doc_id)
        cited = tuple(
            citation(document, passage, quote, marker) for marker, quote in enumerate(quotes, 1)
        )
        text = "\n".join(f"{one.quote}[{one.marker}]" for one in cited)
        hit = self._hit(passage_id, cited)
        return Answer(question, question, text, cited, (hit,), 0.95, "answered")

    def _hit(self, passage_id: str, cited: Sequence[Citation]) -> Hit:
        sentences = tuple(
            ScoredSentence(Sentence(passage_id, one.quote, one.start, one.end), 0.9)
            for one in cited
        )
        return Hit(self._passages[passage_id], 0.9, 1, 0.9, 5.0, sentences)


def _language(question: str) -> Language:
    if question.isascii():
        return "en"
    return "zh-Hant" if re.search("[張牀醫幾]", question) else "zh-Hans"


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture(scope="session")
def hostile() -> str:
    """Text that would be a script, an image, a link, a formula, a template or reversed."""
    return HOSTILE


@pytest.fixture(scope="module")
def served_engine() -> FakeEngine:
    """Return the engine that a module's browser tests share."""
    return FakeEngine()


@pytest.fixture(scope="module")
def served(served_engine: FakeEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a function that serves that engine with other settings and returns the address."""
    from contextlib import ExitStack

    from qa.settings import Settings
    from qa.web.server import serving
    from qa.web.service import Service

    with ExitStack() as stack:

        def serve(**given: Any) -> str:
            folder: Path = tmp_path_factory.mktemp("data")
            values = {"port": 0, "data": folder, "rate_limit": "", **given}
            settings = Settings(**values)
            return stack.enter_context(serving(Service(served_engine, settings), settings))

        yield serve


@pytest.fixture(scope="module")
def address(served: Callable[..., str]) -> str:
    """Return the address of the pages over that engine, which ends with a slash."""
    return served()


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Any]:  # noqa: ARG001 - before Playwright's event loop
    """Yield a real Chromium: $CHROMIUM or one that is installed."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("no Chromium or Chrome is installed; the pages were not tried in a browser")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync", "--no-first-run"]
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def open_tab(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Return a function that opens a tab; afterwards each one must have behaved."""
    from tests.web.browser import Tab

    tabs: list[Tab] = []

    def open_one(path: str = "", **more: Any) -> Tab:
        tabs.append(Tab.open(browser, address, path, **more))
        return tabs[-1]

    yield open_one
    for tab in tabs:
        tab.close()


@pytest.fixture
def tab(open_tab: Callable[..., Any]) -> Any:
    """Return a tab on a desktop with the page in it."""
    return open_tab()


@pytest.fixture
def phone(open_tab: Callable[..., Any]) -> Any:
    """Return a tab on a phone with the page in it."""
    from tests.web.browser import PHONE

    return open_tab(viewport=PHONE, has_touch=True, is_mobile=True)
