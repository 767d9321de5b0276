"""The page for everybody: no violation that axe knows, the keyboard alone, less motion."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.browser import PHONE, Tab, expect

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)
pytestmark = pytest.mark.browser
# axe writes itself into the page, and colours count once nothing fades any more.
FOR_AXE = {"bypass_csp": True, "reduced_motion": "reduce"}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def check(tab: Tab) -> None:
    """Assert that axe finds nothing serious or critical."""
    options = {"runOnly": {"type": "tag", "values": WCAG}}
    found = axe.Axe().run(tab.page, options=options).response["violations"]
    serious = [
        (one["id"], node["html"][:200], node["failureSummary"])
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
    assert serious == []


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_empty_page_and_every_kind_of_answer(open_tab: Callable[..., Tab], scheme: str) -> None:
    tab = open_tab(color_scheme=scheme, **FOR_AXE)
    tab.page.locator(".starter").first.wait_for()
    check(tab)
    for question in ("床位", "天气", "哪个", "How many beds?", "恶意"):
        tab.ask(question)
    tab.page.get_by_role("button", name="没帮助").first.click()
    check(tab)
    tab.page.get_by_role("button", name="修改问题").first.click()
    check(tab)


def test_the_filter_and_the_history(open_tab: Callable[..., Tab], scheme: str) -> None:
    tab = open_tab(color_scheme=scheme, **FOR_AXE)
    tab.ask("床位")
    tab.page.locator("#filter").click()
    tab.page.get_by_role("option").first.wait_for()
    check(tab)
    tab.page.keyboard.press("Escape")
    tab.page.locator("#open-history").click()
    check(tab)


def test_the_sheet_of_a_phone(open_tab: Callable[..., Tab], scheme: str) -> None:
    tab = open_tab(color_scheme=scheme, **FOR_AXE, viewport=PHONE, has_touch=True)
    tab.ask("床位")
    check(tab)
    tab.page.locator(".cite").first.click()
    check(tab)


@pytest.mark.parametrize("path", ["source/renhe?quote=20-33&q=1#1", "source/none", "?view=widget"])
def test_the_reader_and_the_widget(open_tab: Callable[..., Tab], scheme: str, path: str) -> None:
    tab = open_tab("source/renhe", color_scheme=scheme, **FOR_AXE)
    tab.page.goto(tab.address + path)
    tab.page.locator("main").wait_for()
    if "widget" in path:
        tab.ask("床位")
    check(tab)
    tab.console.clear()  # Chromium itself reports the 404


def test_the_demo(open_tab: Callable[..., Tab], scheme: str) -> None:
    tab = open_tab("demo", color_scheme=scheme, **FOR_AXE)
    tab.page.frame_locator("iframe").locator("html[data-ready]").wait_for()
    check(tab)


def test_the_keyboard_alone_asks_cites_and_opens(tab: Any) -> None:
    press = tab.page.keyboard.press
    focused = tab.page.locator(":focus")
    tab.page.locator("h1").click()
    press("Shift+Tab")
    expect(focused).to_have_text("跳到提问框")
    press("Enter")
    expect(focused).to_have_id("question")
    tab.page.keyboard.type("床位")
    press("Enter")
    expect(tab.page.locator(".cite")).to_have_count(2)
    expect(focused).to_have_id("question")
    for _ in range(30):
        press("Shift+Tab")
        if focused.get_attribute("class") == "cite":
            break
    expect(focused).to_have_attribute("aria-label", "出处 2")
    outline = tab.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    press("Enter")
    expect(tab.page.locator(".card.current")).to_be_focused()
    press("Tab")
    expect(focused).to_have_text("打开原文")
    press("Enter")
    tab.wait()
    assert "/source/renhe" in tab.page.url


def test_dialogs_keep_the_focus_and_give_it_back(tab: Any) -> None:
    tab.ask("床位")
    tab.page.locator("#open-history").focus()
    tab.page.keyboard.press("Enter")
    drawer = tab.page.locator("#history")
    for _ in range(8):
        expect(drawer.locator(":focus")).to_have_count(1)
        tab.page.keyboard.press("Tab")
        if tab.page.evaluate("document.activeElement === document.body"):
            tab.page.keyboard.press("Tab")  # past the browser's own bar
    tab.page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(tab.page.locator("#open-history")).to_be_focused()


def test_the_filter_is_used_and_left_by_keyboard(tab: Any) -> None:
    tab.page.locator("#filter").focus()
    tab.page.keyboard.press("Enter")
    tab.page.get_by_role("option").first.wait_for()
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("#filter-name")).to_have_text("仁和医院")
    tab.page.locator("#filter").focus()
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#hospitals")).to_be_hidden()
    expect(tab.page.locator("#filter")).to_be_focused()


def test_the_answer_is_told_to_a_screen_reader(tab: Any) -> None:
    tab.ask("透析")
    expect(tab.page.get_by_role("status").filter(has_text="透析机40台")).to_have_text(
        "仁和医院的透析中心有透析机40台。 (出处 1)"
    )


def test_less_motion_is_respected(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(reduced_motion="reduce", viewport=PHONE)
    tab.ask("床位").locator(".cite").first.click()
    duration = tab.page.evaluate(
        "parseFloat(getComputedStyle(document.getElementById('sheet')).animationDuration)"
    )
    assert duration < 0.001


def test_targets_are_large_enough(phone: Any) -> None:
    phone.ask("床位")
    phone.page.locator(".cite").first.wait_for()
    small = phone.page.eval_on_selector_all(
        "button, a, input",
        """all => all.filter((one) => one.checkVisibility())
          .map((one) => one.getBoundingClientRect())
          .filter((box) => box.width > 1 && (box.width < 24 || box.height < 24)).length""",
    )
    assert small == 0
