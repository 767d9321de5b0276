"""Make the pictures of the page in this folder, with the built-in documents: `make screenshots`.

A real Chromium shows the real server; the pictures are then reduced to a palette, which text on
plain grounds does not suffer from.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from qa.engine import Engine
from qa.settings import read_settings
from qa.web.server import serving
from qa.web.service import Service

FOLDER = Path(__file__).parent
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
COLOURS = 128
SETTLED = 600  # milliseconds, after which nothing moves any more
PASSWORD = "only for the picture"  # noqa: S105 - of a server that ends with this program
ASKED = (
    "大同五院有多少台透析机？",
    "大同六院是三甲吗？",
    "汝州一院和信宜医院哪家党员多？",
)
UNANSWERED = (
    "汝州一院停车多少钱？",
    "协和医院有多少张床位？",
    "信宜市人民医院的电话是多少？",
    "汝州一院停车多少钱？",
    "Who heads Ruijin Hospital?",
    "头疼三天了吃什么药？",
)


def main() -> None:
    """Serve the built-in documents, take the pictures and write them beside this file."""
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if chromium is None:
        sys.exit("no Chromium is installed; set CHROMIUM to one")
    with tempfile.TemporaryDirectory() as data:
        settings = read_settings(port=0, data=data, operator_password=PASSWORD, log_questions=True)
        service = Service(Engine.open(), settings)
        with serving(service, settings) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for name, take in PICTURES.items():
                page = take(browser, address)
                page.wait_for_timeout(SETTLED)
                keep(name, page.screenshot())
                page.context.close()
            browser.close()


def keep(name: str, png: bytes) -> None:
    """Write a picture, small."""
    path = FOLDER / f"{name}.png"
    picture = Image.open(BytesIO(png)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    sys.stdout.write(f"{path.name}\t{path.stat().st_size:,} bytes\n")


def opened(browser: Any, url: str, **more: Any) -> Any:
    """Return a tab with a page in it, once its scripts have run."""
    page = browser.new_context(**{"viewport": DESKTOP, "locale": "zh-CN", **more}).new_page()
    page.goto(url)
    page.locator("html[data-ready]").wait_for()
    return page


def ask(page: Any, *questions: str) -> None:
    """Ask, and wait for each answer."""
    for question in questions:
        before = page.locator(".foot").count()
        page.fill("#question", question)
        page.press("#question", "Enter")
        page.locator(".foot").nth(before).wait_for()


def welcome(browser: Any, address: str) -> Any:
    """Return a tab with the empty page."""
    page = opened(browser, address)
    page.locator(".starter").first.wait_for()
    return page


def conversation(browser: Any, address: str) -> Any:
    """Return a tab with a conversation with its sources."""
    page = opened(browser, address)
    ask(page, *ASKED)
    page.locator(".cite").last.click()
    return page


def dark(browser: Any, address: str) -> Any:
    """Return a tab with the dark page with a refusal."""
    page = opened(browser, address, color_scheme="dark")
    ask(page, "汝州一院停车多少钱？", "平顶山二院有多少张床位？")
    page.locator(".cite").last.click()
    return page


def english(browser: Any, address: str) -> Any:
    """Return a tab with the English page."""
    page = opened(browser, address, locale="en-US")
    ask(page, "How many beds does Pingdingshan Second People's Hospital have?")
    page.locator(".cite").last.click()
    return page


def phone(browser: Any, address: str) -> Any:
    """Return a tab with the sheet of a phone."""
    page = opened(browser, address, viewport=PHONE, device_scale_factor=2, has_touch=True)
    ask(page, ASKED[2])
    page.locator(".cite").last.click()
    return page


def widget(browser: Any, address: str) -> Any:
    """Return a tab with the demo with its panel open."""
    page = opened(browser, f"{address}demo")
    page.locator("button.button").click()
    frame = page.frame_locator("iframe").last
    frame.locator("html[data-ready]").wait_for()
    ask(frame.owner.element_handle().content_frame(), ASKED[0])
    return page


def reader(browser: Any, address: str) -> Any:
    """Return a tab with an article with the quoted sentence."""
    page = opened(browser, address)
    ask(page, ASKED[0])
    page.locator(".card a").click()
    page.locator("mark").wait_for()
    page.locator("html[data-ready]").wait_for()
    return page


def operator(browser: Any, address: str) -> Any:
    """Return a tab with what the operator sees of the questions without an answer."""
    asking = opened(browser, address)
    ask(asking, *UNANSWERED)
    asking.context.close()
    page = browser.new_context(viewport=DESKTOP, locale="zh-CN").new_page()
    page.goto(f"{address}operator/")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("input").first.fill("operator")
    page.get_by_role("button").last.click()
    page.get_by_role("tab", name="Unanswered").click()
    page.get_by_text(UNANSWERED[0]).first.wait_for()
    return page


PICTURES: dict[str, Callable[[Any, str], Any]] = {
    "welcome": welcome,
    "page": conversation,
    "dark": dark,
    "english": english,
    "phone": phone,
    "widget": widget,
    "reader": reader,
    "operator": operator,
}

if __name__ == "__main__":
    main()
