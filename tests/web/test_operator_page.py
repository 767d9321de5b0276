"""The operator's page in a real browser: what people wrote is shown, and nothing more."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from corpus.model import Document
from embeddings.encoder import Encoder
from qa.engine import Engine
from qa.feedback import FeedbackStore
from qa.indexing import build_index
from qa.question_log import QuestionLog
from qa.settings import Settings
from qa.web.server import serving
from qa.web.service import Service
from tests.qa.answers import refused
from tests.web.conftest import HOSTILE

SESAME: Any = "correct horse"
TABS = ("概况", "未回答", "资料", "图表", "反馈")

pytestmark = [
    pytest.mark.browser,
    # Gradio counts its events with an option that pandas 3 no longer wants.
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
]


@pytest.fixture(scope="module")
def operator(
    browser: Any,  # noqa: ARG001 - before the server's event loop
    tmp_path_factory: pytest.TempPathFactory,
    tiny_encoder: Encoder,
) -> Iterator[str]:
    """Serve documents, questions and feedback that are all hostile; return the page's address."""
    data = tmp_path_factory.mktemp("data")
    settings = Settings(
        data=data, operator_password=SESAME, log_questions=True, rate_limit="", port=0
    )
    hostile = Document("evil", HOSTILE, f"开头。{HOSTILE}", "<b>x.md", HOSTILE, "", (HOSTILE,))
    answer = replace(refused(HOSTILE), suggestions=(HOSTILE,), status="clarify", reason="")
    QuestionLog(data / "questions.jsonl").add(answer, 5)
    FeedbackStore(data / "feedback.jsonl").add(answer, "down", "wrong", HOSTILE)
    (data / "documents").mkdir()
    (data / "documents" / "<img src=x onerror=alert(1)>.md").write_text("x")
    engine = Engine(build_index([hostile], tiny_encoder), tiny_encoder, settings)
    with serving(Service(engine, settings), settings) as address:
        yield address


@pytest.mark.parametrize("width", [1280, 390])
def test_hostile_text_is_shown_as_text_and_nobody_else_is_asked(
    browser: Any, operator: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="zh-CN")
    page = context.new_page()
    bad: list[str] = []
    page.on("dialog", lambda dialog: (bad.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: bad.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((operator, "data:", "blob:"))
            else bad.append(request.url)
        ),
    )
    page.goto(f"{operator}operator/")
    page.get_by_label("用户名").fill("operator")
    page.get_by_label("密码").fill(SESAME)
    page.keyboard.press("Enter")
    page.get_by_text("可以回答 ready").wait_for()
    shown = ""
    for tab in TABS:
        button = page.get_by_role("tab", name=tab)
        if not button.is_visible():  # on a phone the others are in a menu
            page.locator(".overflow-menu > button:visible").click()
            button = page.locator(".overflow-dropdown button:visible", has_text=tab)
        button.click()
        page.get_by_role("tabpanel").filter(visible=True).wait_for()
        page.wait_for_timeout(500)
        shown += page.inner_text("body")
    assert shown.count("<script>window.hacked=1</script>") >= 4
    assert "<img src=x onerror=alert(1)>.md" in shown
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x], a[href^=javascript], a[href*='evil.example']").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert bad == []
    context.close()
