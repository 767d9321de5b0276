"""The page within other sites' pages: only where it is allowed, as high as its content."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.web.browser import DESKTOP, WAIT, expect

pytestmark = pytest.mark.browser


@contextmanager
def site(script: str) -> Iterator[tuple[str, list[str]]]:
    """Serve another site's page with our script in it; give its origin and a list to fill in."""
    server_address: list[str] = []

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tag = script.format(src=f"{server_address[0]}embed.js")
            body = f"<!doctype html><html lang=en><title>t</title><h1>Site</h1>{tag}".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            # As strict as a site can be that has this script.
            policy = f"default-src 'self'; script-src {server_address[0]}; frame-src *"
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server_address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def open_page(browser: Any, url: str) -> tuple[Any, list[str]]:
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN")
    context.set_default_timeout(WAIT)
    page = context.new_page()
    console: list[str] = []
    page.on("console", lambda line: console.append(line.text) if line.type == "error" else None)
    page.goto(url)
    return page, console


def ask_in(frame: Any, question: str) -> Any:
    frame.locator("html[data-ready]").wait_for()
    frame.locator("#question").fill(question)
    frame.locator("#question").press("Enter")
    reply = frame.locator(".reply .text")
    expect(reply).to_contain_text("床位1200张")
    return reply


def test_an_inline_panel_answers_in_another_sites_page_and_grows_with_its_content(
    browser: Any, served: Callable[..., str]
) -> None:
    tag = '<script src="{src}" data-mode="inline" data-max-height="900" data-theme="dark"></script>'
    with site(tag) as (origin, server):
        server.append(served(embed_origins=origin))
        page, console = open_page(browser, origin)
        frame = page.frame_locator("iframe")
        ask_in(frame, "床位")
        assert frame.locator("html").get_attribute("lang") == "en"  # the language of the site
        assert frame.locator("html").get_attribute("data-theme") == "dark"
        before = page.locator("iframe").bounding_box()["height"]
        frame.locator("#question").fill("还有多少床位")
        frame.locator("#question").press("Enter")
        expect(frame.locator(".reply .text")).to_have_count(2)
        expect(frame.locator(".turn").nth(1)).to_be_visible()
        page.wait_for_timeout(200)
        assert before < page.locator("iframe").bounding_box()["height"] <= 900
        frame.locator(".cite").first.click()
        expect(frame.locator(".card.current mark")).to_be_visible()
        assert console == []
        page.context.close()


def test_a_button_opens_the_panel_and_escape_closes_it(
    browser: Any, served: Callable[..., str]
) -> None:
    tag = '<script src="{src}" data-label="Ask us" data-hospital="仁和医院"></script>'
    with site(tag) as (origin, server):
        server.append(served(embed_origins=origin))
        page, console = open_page(browser, origin)
        button = page.get_by_role("button")
        expect(button).to_have_text("Ask us")
        expect(button).to_have_attribute("aria-expanded", "false")
        assert page.locator("iframe").count() == 0  # nothing is loaded before it is wanted
        button.click()
        frame = page.frame_locator("iframe")
        expect(frame.locator("#filter-name")).to_have_text("仁和医院")
        ask_in(frame, "床位")
        frame.locator("#question").press("Escape")
        expect(page.locator("iframe")).to_be_hidden()
        expect(button).to_be_focused()
        assert console == []
        page.context.close()


def test_a_site_that_is_not_listed_may_not_embed_it(browser: Any, address: str) -> None:
    with site('<script src="{src}" data-mode="inline"></script>') as (origin, server):
        server.append(address)
        page, console = open_page(browser, origin)
        page.wait_for_timeout(500)
        assert page.frame_locator("iframe").locator("#question").count() == 0
        assert any("frame-ancestors" in line for line in console)
        page.context.close()


def test_messages_of_others_do_not_move_the_frame(browser: Any, served: Callable[..., str]) -> None:
    with site('<script src="{src}" data-mode="inline"></script>') as (origin, server):
        server.append(served(embed_origins=origin))
        page, _ = open_page(browser, origin)
        page.frame_locator("iframe").locator("html[data-ready]").wait_for()
        page.wait_for_timeout(300)
        before = page.locator("iframe").bounding_box()["height"]
        page.evaluate("window.postMessage({ type: 'hospital-qa:height', height: 333 }, '*')")
        page.wait_for_timeout(200)
        assert page.locator("iframe").bounding_box()["height"] == before
        page.context.close()


@pytest.mark.parametrize(
    ("language", "heading"), [("zh", "嵌入演示"), ("en", "Embedding"), ("zh-Hant", "嵌入演示")]
)
def test_the_demo_shows_both_ways(
    open_tab: Callable[..., Any], language: str, heading: str
) -> None:
    tab = open_tab(f"demo?lang={language}")
    expect(tab.page.locator("h1")).to_have_text(heading)
    ask_in(tab.page.frame_locator("iframe"), "床位")
    tab.page.locator("button.button").click()
    expect(tab.page.locator("iframe")).to_have_count(2)
