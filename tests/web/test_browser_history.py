"""The conversations that a browser keeps: over reloads and restarts, and until they are cleared."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.web.browser import Tab, expect

pytestmark = pytest.mark.browser
FIRST = "仁和医院编制床位1200张。"


def test_a_reload_brings_the_conversation_back_and_its_markers_lead(
    tab: Any, served_engine: Any
) -> None:
    tab.ask("床位")
    tab.ask("天气")
    asked = len(served_engine.histories)
    tab.reload()
    tab.has(".turn", 2)
    expect(tab.page.locator(".reply.refused")).to_have_count(1)
    assert len(served_engine.histories) == asked
    tab.page.locator(".cite").nth(1).click()
    expect(tab.page.locator(".card.current mark")).to_contain_text("临床科室32个")
    expect(tab.page.locator(".card.current blockquote")).to_contain_text("三级甲等综合医院")
    tab.ask("透析")
    assert len(served_engine.histories[-1]) == 4


def test_a_restart_of_the_browser_brings_it_back(
    open_tab: Callable[..., Tab], tmp_path: Path
) -> None:
    first = open_tab()
    first.ask("床位")
    kept = tmp_path / "state.json"
    first.page.context.storage_state(path=kept)
    second = open_tab(storage_state=kept)
    expect(second.page.locator(".reply .text")).to_contain_text(FIRST)


def test_a_new_conversation_leaves_the_old_one_in_the_list(tab: Any, served_engine: Any) -> None:
    tab.ask("床位")
    tab.page.get_by_role("button", name="新对话").click()
    tab.has(".turn", 0)
    tab.has(".card", 0)
    expect(tab.page.locator("#question")).to_be_focused()
    tab.ask("透析")
    assert served_engine.histories[-1] == []
    tab.page.get_by_role("button", name="历史记录").click()
    drawer = tab.page.get_by_role("dialog", name="历史记录")
    expect(drawer.locator("li")).to_have_count(2)
    drawer.get_by_role("button", name="床位").first.click()
    expect(drawer).to_be_hidden()
    expect(tab.page.locator(".reply .text")).to_contain_text(FIRST)


def test_one_conversation_can_be_deleted(tab: Any) -> None:
    tab.ask("床位")
    tab.page.get_by_role("button", name="历史记录").click()
    tab.page.get_by_role("button", name="删除“床位”").click()
    expect(tab.page.locator("#conversations")).to_contain_text("服务器不保存")
    tab.page.keyboard.press("Escape")
    tab.has(".turn", 0)


def test_clearing_asks_once_more_and_leaves_nothing(tab: Any) -> None:
    tab.ask("床位")
    tab.page.get_by_role("button", name="历史记录").click()
    tab.page.get_by_role("button", name="清空全部").click()
    tab.page.get_by_role("button", name="确定清空？").click()
    expect(tab.page.locator("#conversations")).to_contain_text("服务器不保存")
    kept = tab.page.evaluate("JSON.stringify(localStorage)")
    assert "床位" not in kept
    tab.reload()
    tab.has(".turn", 0)


def test_a_full_storage_drops_the_oldest_conversations(tab: Any) -> None:
    tab.page.evaluate(
        """() => {
          const turn = { id: 1, question: "x".repeat(999999), error: { code: "stopped" } };
          const big = (id) => ({ id, title: id, at: 0, turns: [turn] });
          localStorage.setItem("hospital-qa.conversations", JSON.stringify(["a", "b"].map(big)));
        }"""
    )
    tab.page.evaluate("localStorage.setItem('fill', 'x'.repeat(3200000))")
    tab.ask("床位")
    tab.reload()
    expect(tab.page.locator(".reply .text")).to_contain_text(FIRST)


def test_a_page_that_may_keep_nothing_works_all_the_same(tab: Any) -> None:
    tab.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('closed'); } })"
    )
    tab.reload()
    expect(tab.ask("床位").locator(".text")).to_contain_text(FIRST)
