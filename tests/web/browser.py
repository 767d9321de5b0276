"""A tab of a browser, with the few moves that the tests make, and what it must not have done."""

from dataclasses import dataclass, field
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
WAIT = 15_000  # milliseconds for one move, on a machine that does other things too


@dataclass
class Tab:
    """An open page, and what it did: requests, errors and dialogs."""

    page: Any
    address: str
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, browser: Any, address: str, path: str = "", **more: Any) -> "Tab":
        context = browser.new_context(**{"viewport": DESKTOP, "locale": "zh-CN", **more})
        context.set_default_timeout(WAIT)
        tab = cls(context.new_page(), address)
        tab.page.on("request", lambda request: tab.requests.append(request.url))
        tab.page.on("pageerror", lambda error: tab.console.append(str(error)))
        tab.page.on("console", tab._heard)
        tab.page.on("dialog", tab._dismiss)
        tab.go(path)
        return tab

    def go(self, path: str = "") -> None:
        """Open a page of the server and wait until its scripts have run."""
        self.page.goto(self.address + path)
        self.wait()

    def reload(self) -> None:
        self.page.reload()
        self.wait()

    def wait(self) -> None:
        self.page.locator("html[data-ready]").wait_for()

    def ask(self, question: str) -> Any:
        """Type a question, press Enter and return the element of what came of it."""
        before = self.page.locator(".turn").count()
        self.page.fill("#question", question)
        self.page.press("#question", "Enter")
        return self.reply(before)

    def reply(self, number: int = 0) -> Any:
        """Return the reply of a turn, from 0, once it is there."""
        reply = self.page.locator(".turn").nth(number).locator(".reply")
        expect(reply.locator(".acts, .chips").first).to_be_attached()
        return reply

    def has(self, selector: str, count: int = 1) -> None:
        expect(self.page.locator(selector)).to_have_count(count)

    def close(self) -> None:
        """Close it, and see to it that it asked nobody else and met no error."""
        self.page.context.close()
        known = (self.address, "data:", "blob:")
        outside = [url for url in self.requests if not url.startswith(known)]
        assert (outside, self.console, self.dialogs) == ([], [], [])
        assert self.requests

    def _heard(self, line: Any) -> None:
        if line.type in ("error", "warning"):
            self.console.append(line.text)

    def _dismiss(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()
