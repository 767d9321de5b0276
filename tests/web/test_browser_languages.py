"""The page in its languages: by address, by choice, by browser; and the frame of an answer."""

from collections.abc import Callable

import pytest

from tests.web.browser import Tab, expect

pytestmark = pytest.mark.browser


def test_the_switch_changes_the_page_and_is_remembered(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    tab.ask("床位")
    tab.page.get_by_role("link", name="EN", exact=True).click()
    tab.wait()
    assert tab.page.get_attribute("html", "lang") == "en"
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Hospital QA")
    expect(tab.page.get_by_role("button", name="New chat")).to_be_visible()
    expect(tab.page.locator(".reply .text")).to_contain_text("床位1200张")  # the conversation stays
    tab.go()
    assert tab.page.get_attribute("html", "lang") == "en"
    expect(tab.page.get_by_role("link", name="EN", exact=True)).to_have_attribute(
        "aria-current", "true"
    )


@pytest.mark.parametrize(
    ("locale", "path", "lang", "title"),
    [
        ("zh-CN", "", "zh-Hans", "医院资料问答"),
        ("en-GB", "", "en", "Hospital QA"),
        ("zh-TW", "", "zh-Hant", "醫院資料問答"),
        ("fr-FR", "", "zh-Hans", "医院资料问答"),
        ("en-US", "?lang=zh", "zh-Hans", "医院资料问答"),
        ("zh-CN", "?lang=zh-Hant", "zh-Hant", "醫院資料問答"),
    ],
)
def test_the_address_or_else_the_browser_tells_the_language(
    open_tab: Callable[..., Tab], locale: str, path: str, lang: str, title: str
) -> None:
    tab = open_tab(path, locale=locale)
    assert tab.page.get_attribute("html", "lang") == lang
    expect(tab.page.get_by_role("heading", level=1)).to_have_text(title)
    assert tab.page.title() == title


@pytest.mark.parametrize(
    ("question", "lang", "sure"),
    [
        ("有多少張床位？", "zh-Hant", "把握較大"),
        ("How many beds?", "en", "Quite sure"),
        ("有多少床位？", "zh-Hans", "把握较大"),
    ],
)
def test_what_stands_around_an_answer_is_in_the_language_of_its_question(
    open_tab: Callable[..., Tab], question: str, lang: str, sure: str
) -> None:
    answer = open_tab().ask(question)
    expect(answer).to_have_attribute("lang", lang)
    expect(answer.locator(".confidence")).to_contain_text(sure)
    expect(answer.locator(".text span[lang=zh]").first).to_contain_text("床位1200张")


def test_starters_of_an_english_page_are_english(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(locale="en-US")
    expect(tab.page.locator(".starter .what").first).to_have_text(
        "How many beds does 仁和医院 have?"
    )
