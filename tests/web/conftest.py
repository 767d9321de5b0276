"""A small engine with two documents, one of them hostile, and pages served over it."""

from collections.abc import Iterator, Sequence

import pytest

from corpus.model import Document, Passage, Sentence
from qa.model import Answer, Citation, Hit, Message, ScoredSentence
from qa.web.page import _usable_port, build_page, launch_arguments

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


def citation(document: Document, passage: Passage, quote: str, marker: int = 1) -> Citation:
    start = document.text.index(quote)
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
    )


class FakeEngine:
    """Answers by a word in the question: 床位, 透析, 恶意; asks back at 哪个; else refuses."""

    def __init__(self) -> None:
        renhe = Document(
            "renhe", "建设区域医疗中心", TEXT, "renhe.md", "青山日报", "2021-05-10", ("仁和医院",)
        )
        hostile = Document(
            "evil", f"标题{HOSTILE}", f"开头。{HOSTILE}结尾。", "x.md", HOSTILE, "", (HOSTILE,)
        )
        self.documents = (renhe, hostile)
        split = TEXT.index("\n\n")
        self._passages = {
            "renhe#1": Passage("renhe#1", "renhe", TEXT[:split], 0, split, "仁和医院"),
            "renhe#2": Passage("renhe#2", "renhe", TEXT[split + 2 :], split + 2, len(TEXT)),
            "evil#1": Passage("evil#1", "evil", hostile.text, 0, len(hostile.text)),
        }
        self.histories: list[list[Message]] = []

    def passage(self, passage_id: str) -> Passage:
        return self._passages[passage_id]

    def ask(
        self,
        question: str,
        history: Sequence[Message] = (),
        hospital: str | None = None,  # noqa: ARG002
        k: int = 5,  # noqa: ARG002
    ) -> Answer:
        if not question.strip():
            raise ValueError("the question is empty")
        self.histories.append(list(history))
        if "床位" in question:
            return self._answered(
                question, "renhe#1", BEDS, "医院设有临床科室32个，现有职工2100人。"
            )
        if "透析" in question:
            return self._answered(question, "renhe#2", "仁和医院的透析中心有透析机40台。")
        if "恶意" in question:
            return self._answered(question, "evil#1", HOSTILE)
        if "哪个" in question:
            return Answer(question, question, "您问的是哪一家医院？", (), (), 0.4, "clarify")
        text = "资料里没有说到这一点。"
        return Answer(question, question, text, (), (), 0.1, "refused", "attribute_not_found")

    def _answered(self, question: str, passage_id: str, *quotes: str) -> Answer:
        passage = self._passages[passage_id]
        document = next(one for one in self.documents if one.doc_id == passage.doc_id)
        cited = tuple(
            citation(document, passage, quote, marker) for marker, quote in enumerate(quotes, 1)
        )
        text = "\n".join(f"{one.quote}[{one.marker}]" for one in cited)
        sentences = tuple(
            ScoredSentence(Sentence(passage_id, one.quote, one.start, one.end), 0.9)
            for one in cited
        )
        hit = Hit(passage, 0.9, 1, 0.9, 5.0, sentences)
        return Answer(question, question, text, cited, (hit,), 0.95, "answered")


@pytest.fixture(scope="module")
def served_engine() -> FakeEngine:
    """Return the engine that a module's browser tests share."""
    return FakeEngine()


@pytest.fixture(scope="module")
def address(served_engine: FakeEngine) -> Iterator[str]:
    """Serve the page over that engine and return its address, which ends with a slash."""
    page = build_page(served_engine)
    _, local, _ = page.launch(
        server_name="127.0.0.1",
        server_port=_usable_port("127.0.0.1", 0),
        prevent_thread_lock=True,
        share=False,
        **launch_arguments(),
    )
    yield local
    page.close(verbose=False)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture(scope="session")
def hostile() -> str:
    """Text that would be a script, an image, a link, a formula, a template or reversed."""
    return HOSTILE
