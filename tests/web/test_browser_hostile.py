"""Text that would be something else: it is shown as text, and nothing leaves the host."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.browser import Tab, expect

pytestmark = pytest.mark.browser


def nothing_ran(tab: Any) -> None:
    assert tab.page.evaluate("window.hacked") is None
    for selector in ("main img", "aside img", "main script", "aside script", "main iframe"):
        tab.has(selector, 0)


def test_hostile_documents_and_questions_are_shown_as_text(tab: Any, hostile: str) -> None:
    shown = hostile.replace("\u202e", "U+202E")
    answer = tab.ask(f"恶意{hostile}")
    expect(tab.page.locator(".asked")).to_have_text(f"恶意{shown}")
    expect(answer.locator(".text span[lang=zh]").first).to_contain_text("window.hacked=1")
    expect(answer.locator(".control")).to_have_count(1)
    expect(answer.locator(".cite")).to_have_count(1)  # the quote's own "[1]" is no marker
    expect(tab.page.locator(".card mark")).to_have_text(shown)
    expect(tab.page.locator(".card h3 span[lang]")).to_have_text(shown)
    links = tab.page.eval_on_selector_all(
        "main a, aside a", "links => links.map(link => link.getAttribute('href'))"
    )
    assert [link.split("?")[0] for link in links] == ["/source/evil"]
    nothing_ran(tab)
    tab.reload()
    expect(tab.page.locator(".asked")).to_have_text(f"恶意{shown}")
    tab.page.locator("#open-history").click()
    nothing_ran(tab)


def test_a_hostile_article_is_read_as_text(open_tab: Callable[..., Tab], hostile: str) -> None:
    length = len(hostile)
    tab = open_tab(f"source/evil?quote=3-{3 + length}#1")
    shown = hostile.replace("\u202e", "U+202E")
    expect(tab.page.locator("article p").last).to_contain_text(shown)
    expect(tab.page.locator("h1")).to_have_text(f"标题{shown}")
    assert tab.page.evaluate("window.hacked") is None
    tab.has("main img, main script", 0)


def test_ten_thousand_characters_stay_within_their_bounds(tab: Any) -> None:
    tab.page.fill("#question", "长" * 10_000)
    expect(tab.page.locator("#left")).to_have_text("超出 9000 字，请缩短问题")
    expect(tab.page.locator("#send")).to_be_disabled()
    tab.page.fill("#question", "a" * 1000)
    tab.page.press("#question", "Enter")
    tab.reply()
    width = tab.page.evaluate("document.documentElement.scrollWidth")
    assert width == tab.page.viewport_size["width"]


def test_right_to_left_text_does_not_turn_its_surroundings(tab: Any) -> None:
    tab.ask("مرحبا 床位 \u202eabc")
    expect(tab.page.locator(".asked")).to_have_text("مرحبا 床位 U+202Eabc")
    expect(tab.page.locator("html")).not_to_have_attribute("dir", "rtl")


def test_a_kept_conversation_that_was_tampered_with_is_text_too(tab: Any, hostile: str) -> None:
    tab.ask("床位")
    tab.page.evaluate(
        """(hostile) => {
          const kept = JSON.parse(localStorage.getItem("hospital-qa.conversations"));
          kept[0].title = kept[0].turns[0].question = hostile;
          kept[0].turns[0].answer.text = hostile;
          kept[0].turns[0].answer.citations[0].quote = hostile;
          localStorage.setItem("hospital-qa.conversations", JSON.stringify(kept));
        }""",
        hostile,
    )
    tab.reload()
    expect(tab.page.locator(".asked")).to_contain_text("window.hacked=1")
    nothing_ran(tab)


def test_the_words_given_in_an_address_are_text(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab("?hospital=%3C%2Fscript%3E%3Cimg%20src%3Dx%20onerror%3Dwindow.hacked%3D1%3E")
    expect(tab.page.locator("#filter-name")).to_have_text(
        "</script><img src=x onerror=window.hacked=1>"
    )
    nothing_ran(tab)
