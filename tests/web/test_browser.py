"""The page in a real browser: Debian's Chromium, driven by Playwright."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium or Chrome is installed"),
]


@dataclass
class Seen:
    """What a tab did that it should not."""

    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


@dataclass
class Tab:
    """An open page, with the few moves that the tests make."""

    page: Any
    seen: Seen

    def ask(self, question: str) -> Any:
        """Type a question, press Enter and return its answer's element."""
        answers = self.page.locator("#chat .answer")
        before = answers.count()
        self.page.fill("#question textarea", question)
        self.page.press("#question textarea", "Enter")
        sync_api.expect(answers).to_have_count(before + 1)
        return answers.nth(before)


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Any]:  # noqa: ARG001 - before Playwright's event loop
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def open_tab(browser: Any, address: str, viewport: dict[str, int], **more: Any) -> Iterator[Tab]:
    """Yield a tab, and afterwards see to it that it asked nobody else and met no error."""
    seen = Seen()
    context = browser.new_context(viewport=viewport, **more)
    page = context.new_page()
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("pageerror", lambda error: seen.console.append(str(error)))
    page.on(
        "console",
        lambda line: seen.console.append(line.text) if line.type in ("error", "warning") else None,
    )

    def dismiss(dialog: Any) -> None:
        seen.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.goto(address)
    page.wait_for_selector("#question textarea")
    yield Tab(page, seen)
    context.close()
    outside = [url for url in seen.requests if not url.startswith((address, "data:", "blob:"))]
    assert (outside, seen.console, seen.dialogs) == ([], [], [])
    assert seen.requests


@pytest.fixture
def tab(browser: Any, address: str) -> Iterator[Tab]:
    yield from open_tab(browser, address, DESKTOP)


@pytest.fixture
def phone(browser: Any, address: str) -> Iterator[Tab]:
    yield from open_tab(browser, address, PHONE, has_touch=True, is_mobile=True)


def test_a_click_on_a_marker_highlights_its_card(tab: Tab) -> None:
    answer = tab.ask("仁和医院有多少床位？")
    sync_api.expect(answer).to_contain_text("仁和医院编制床位1200张。[1]")
    answer.get_by_text("[2]", exact=True).click()
    current = tab.page.locator("#sources .current")
    sync_api.expect(current).to_have_count(1)
    sync_api.expect(current).to_have_attribute("id", "src-1-2")
    sync_api.expect(current).to_be_in_viewport()
    sync_api.expect(current.locator("mark")).to_have_text("医院设有临床科室32个，现有职工2100人。")
    assert "#src" not in tab.page.url


def test_markers_of_earlier_answers_lead_to_their_own_cards(tab: Tab) -> None:
    first = tab.ask("仁和医院有多少床位？")
    second = tab.ask("透析机呢？")
    current = tab.page.locator("#sources .current mark")
    second.get_by_text("[1]", exact=True).click()
    sync_api.expect(current).to_have_text("仁和医院的透析中心有透析机40台。")
    first.get_by_text("[1]", exact=True).click()
    sync_api.expect(current).to_have_text("仁和医院编制床位1200张。")


def test_the_send_button_asks(tab: Tab) -> None:
    tab.page.fill("#question textarea", "透析")
    tab.page.click("#send")
    sync_api.expect(tab.page.locator("#chat .answer.answered")).to_have_count(1)
    sync_api.expect(tab.page.locator("#question textarea")).to_have_value("")


def test_an_example_asks_itself(tab: Tab) -> None:
    tab.page.locator("#chat .example").first.click()
    sync_api.expect(tab.page.locator("#chat .answer.answered")).to_contain_text("床位1200张")


def test_a_refusal_looks_different_and_has_no_sources(tab: Tab) -> None:
    refusal = tab.ask("今天天气怎么样？")
    sync_api.expect(refusal).to_have_class("answer refused")
    sync_api.expect(refusal.locator("a")).to_have_count(0)
    sync_api.expect(tab.page.locator("#sources .card")).to_have_count(0)


def test_an_error_is_shown_in_the_chat(tab: Tab) -> None:
    error = tab.ask("  ")
    sync_api.expect(error).to_have_class("answer error")
    sync_api.expect(error).to_contain_text("the question is empty")


def test_clear_empties_chat_and_sources_and_starts_a_new_conversation(
    tab: Tab, served_engine: Any
) -> None:
    tab.ask("仁和医院有多少床位？")
    tab.page.click("#clear")
    sync_api.expect(tab.page.locator("#chat .answer")).to_have_count(0)
    sync_api.expect(tab.page.locator("#sources .card")).to_have_count(0)
    tab.ask("透析机呢？")
    assert served_engine.histories[-1] == []
    sync_api.expect(tab.page.locator("#src-1-1")).to_have_count(1)


def test_hostile_documents_and_questions_are_shown_as_text(tab: Tab, hostile: str) -> None:
    shown = hostile.replace("\u202e", "U+202E")
    answer = tab.ask(f"恶意{hostile}")
    sync_api.expect(answer).to_contain_text(shown)
    sync_api.expect(tab.page.locator("#chat .user .message-content")).to_have_text(f"恶意{shown}")
    sync_api.expect(tab.page.locator("#sources .card mark")).to_have_text(shown)
    answer.locator("a.cite").first.click()
    tab.page.wait_for_timeout(200)
    assert tab.page.evaluate("window.hacked") is None
    for selector in ("#chat img", "#sources img", "#chat script", "#sources script", ".katex"):
        sync_api.expect(tab.page.locator(selector)).to_have_count(0)
    links = tab.page.eval_on_selector_all(
        "#chat a, #sources a", "links => links.map(link => link.getAttribute('href'))"
    )
    assert links == ["#src-1-1", "#src-1"]


def test_the_question_box_takes_no_more_than_its_limit(tab: Tab) -> None:
    assert tab.page.get_attribute("#question textarea", "maxlength") == "2000"


def test_the_page_is_chinese_and_says_that_it_is_no_medical_advice(tab: Tab) -> None:
    assert tab.page.get_attribute("html", "lang") == "zh-CN"
    sync_api.expect(tab.page.locator("#header .notice")).to_contain_text(
        "资料问答，不是医疗建议；急症请拨打 120"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_desktop_everything_fits_the_window(browser: Any, address: str, scheme: str) -> None:
    for tab in open_tab(browser, address, DESKTOP, color_scheme=scheme):
        tab.ask("恶意")
        size = tab.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        assert size == [DESKTOP["width"], DESKTOP["height"]]
        chat, sources = (tab.page.locator(one).bounding_box() for one in ("#chat", "#sources"))
        assert chat["x"] + chat["width"] <= sources["x"]


def test_on_a_phone_the_sources_come_up_as_a_sheet(phone: Tab) -> None:
    answer = phone.ask("仁和医院有多少床位？")
    sheet = phone.page.locator("#sources")
    sync_api.expect(sheet).to_be_hidden()
    assert phone.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    sync_api.expect(phone.page.locator("#send")).to_be_in_viewport(ratio=1)
    answer.get_by_text("[2]", exact=True).tap()
    sync_api.expect(phone.page.locator("#src-1-2.current")).to_be_in_viewport()
    phone.page.tap(".close-sources")
    sync_api.expect(sheet).to_be_hidden()
    answer.get_by_text("查看 2 条出处").tap()
    sync_api.expect(phone.page.locator("#src-1-1")).to_be_in_viewport()
    phone.page.keyboard.press("Escape")
    sync_api.expect(sheet).to_be_hidden()
