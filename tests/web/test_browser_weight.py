"""What the page costs: bytes of a first visit, and, as figures only, its times."""

import time
from collections.abc import Callable

import pytest

from tests.web.browser import Tab, expect

pytestmark = pytest.mark.browser
MOST = 400_000  # bytes over the wire

TRANSFERRED = """performance.getEntriesByType("navigation").concat(
  performance.getEntriesByType("resource")).map((one) => [one.name, one.transferSize])"""


def test_a_first_visit_is_light_and_a_second_one_lighter(
    open_tab: Callable[..., Tab], record_property: Callable[[str, object], None]
) -> None:
    tab = open_tab()
    tab.page.locator(".starter").first.wait_for()
    first = dict(tab.page.evaluate(TRANSFERRED))
    assert 0 < sum(first.values()) <= MOST
    tab.go()
    tab.page.locator(".starter").first.wait_for()
    again = dict(tab.page.evaluate(TRANSFERRED))
    static = [size for name, size in again.items() if "/static/" in name]
    assert static
    assert sum(static) == 0  # from the browser's own cache
    figures = {"first": sum(first.values()), "again": sum(again.values()), "files": len(first)}
    record_property("bytes", figures)
    print(f"\nbytes over the wire: {figures}")  # noqa: T201


def test_how_long_it_takes_is_reported(
    open_tab: Callable[..., Tab], record_property: Callable[[str, object], None]
) -> None:
    tab = open_tab()
    begin = time.perf_counter()
    tab.go()
    expect(tab.page.locator("#question")).to_be_editable()
    ready = time.perf_counter() - begin
    tab.page.fill("#question", "床位")
    begin = time.perf_counter()
    tab.page.keyboard.press("Enter")
    tab.page.locator(".reply .text").wait_for()
    text = time.perf_counter() - begin
    figures = {
        "open to ready input, ms": round(ready * 1000),
        "send to first text, ms": round(text * 1000),
    }
    record_property("times", figures)
    print(f"\n{figures}")  # noqa: T201
