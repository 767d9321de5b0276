"""The page on a desktop and on a phone, light and dark."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.browser import DESKTOP, PHONE, Tab, expect

pytestmark = pytest.mark.browser
SIZE = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_desktop_everything_fits_the_window(open_tab: Callable[..., Tab], scheme: str) -> None:
    tab = open_tab(color_scheme=scheme)
    tab.ask("恶意")
    assert tab.page.evaluate(SIZE) == [DESKTOP["width"], DESKTOP["height"]]
    talk, sources = (tab.page.locator(one).bounding_box() for one in ("#conversation", "#panel"))
    assert talk["x"] + talk["width"] <= sources["x"]
    expect(tab.page.locator("#send")).to_be_in_viewport(ratio=1)


def test_on_a_phone_the_sources_come_up_as_a_sheet(phone: Any) -> None:
    answer = phone.ask("仁和医院有多少床位？")
    assert phone.page.evaluate(SIZE)[0] == PHONE["width"]
    sheet = phone.page.locator("#sheet")
    expect(sheet).to_be_hidden()
    expect(phone.page.locator("#send")).to_be_in_viewport(ratio=1)
    marker = answer.locator(".cite").nth(1)
    marker.tap()
    expect(phone.page.locator(".card.current")).to_be_in_viewport()
    expect(phone.page.locator(".card.current mark")).to_contain_text("临床科室32个")
    phone.page.get_by_role("button", name="关闭").tap()
    expect(sheet).to_be_hidden()
    expect(marker).to_be_focused()
    answer.get_by_role("button", name="查看 2 条出处").tap()
    expect(phone.page.locator(".card").first).to_be_in_viewport()
    phone.page.touchscreen.tap(190, 40)  # beside the sheet
    expect(sheet).to_be_hidden()


def test_a_turned_phone_gets_its_panel_back(phone: Any) -> None:
    phone.ask("床位").locator(".cite").first.click()
    phone.page.set_viewport_size({"width": 900, "height": 600})
    expect(phone.page.locator("#sheet")).to_be_hidden()
    expect(phone.page.locator("#panel .card")).to_have_count(2)


@pytest.mark.parametrize("width", [320, 360])
def test_the_narrowest_phones_need_not_scroll_sideways(
    open_tab: Callable[..., Tab], width: int
) -> None:
    for language in ("zh", "en"):
        viewport = {"width": width, "height": 640}
        tab = open_tab(f"?lang={language}", viewport=viewport, is_mobile=True, has_touch=True)
        tab.ask("恶意")
        assert tab.page.evaluate(SIZE)[0] == width


def ground(tab: Tab) -> str:
    return str(tab.page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_dark_is_the_systems_until_one_chooses_and_the_choice_is_remembered(
    open_tab: Callable[..., Tab],
) -> None:
    tab = open_tab(color_scheme="dark")
    dark = ground(tab)
    tab.page.get_by_role("button", name="换成浅色").click()
    assert ground(tab) != dark
    tab.reload()
    assert ground(tab) != dark
    expect(tab.page.get_by_role("button", name="换成深色")).to_be_visible()
    tab.go("?__theme=dark")
    assert ground(tab) == dark
    tab.go("source/renhe")
    assert ground(tab) != dark


def test_the_theme_follows_the_system_while_the_page_is_open(
    open_tab: Callable[..., Tab],
) -> None:
    tab = open_tab(color_scheme="light")
    light = ground(tab)
    tab.page.emulate_media(color_scheme="dark")
    expect(tab.page.locator("html")).to_have_attribute("data-theme", "dark")
    assert ground(tab) != light


def test_the_article_prints_without_the_page_around_it(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab("source/renhe?quote=20-33#1", color_scheme="dark")
    tab.page.emulate_media(media="print")
    expect(tab.page.locator(".top")).to_be_hidden()
    expect(tab.page.get_by_text("建设区域医疗中心[N]. 青山日报, 2021-05-10.")).to_be_visible()
    assert ground(tab) == "rgb(255, 255, 255)"
