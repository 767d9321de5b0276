"""What can be done with a turn: again, edited, taken back, copied, stopped, judged."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.web.browser import Tab, expect

pytestmark = pytest.mark.browser


def test_answering_again_replaces_the_answer_and_its_markers_still_lead(
    tab: Any, served_engine: Any
) -> None:
    tab.ask("床位")
    asked = len(served_engine.histories)
    tab.page.get_by_role("button", name="重新回答").click()
    answer = tab.reply()
    expect(answer.locator(".cite")).to_have_count(2)
    assert len(served_engine.histories) == asked + 1
    assert served_engine.histories[-1] == []
    tab.has(".turn")
    answer.locator(".cite").nth(1).click()
    expect(tab.page.locator(".card.current mark")).to_contain_text("临床科室32个")


def test_an_edited_question_takes_the_place_of_it_and_of_what_followed(tab: Any) -> None:
    tab.ask("床位")
    tab.ask("天气")
    tab.page.get_by_role("button", name="修改问题").first.click()
    box = tab.page.get_by_role("textbox", name="修改问题")
    expect(box).to_have_value("床位")
    box.fill("透析机？")
    tab.page.get_by_role("button", name="重新提问").click()
    expect(tab.reply().locator(".text")).to_contain_text("透析机40台")
    tab.has(".turn")


def test_an_edit_can_be_left_as_it_was(tab: Any) -> None:
    tab.ask("床位")
    tab.page.get_by_role("button", name="修改问题").click()
    tab.page.keyboard.press("Escape")
    expect(tab.page.get_by_role("button", name="修改问题")).to_be_focused()
    expect(tab.page.locator(".asked")).to_have_text("床位")


def test_a_question_that_is_taken_back_is_in_the_box_again(tab: Any) -> None:
    tab.ask("床位")
    tab.ask("透析机呢？")
    tab.page.get_by_role("button", name="撤回这一问").click()
    tab.has(".turn")
    expect(tab.page.locator("#question")).to_have_value("透析机呢？")
    expect(tab.page.locator(".card mark").first).to_have_text("仁和医院编制床位1200张。")


def test_an_answer_is_copied_with_its_sources(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    tab.ask("透析").get_by_role("button", name="复制回答").click()
    expect(tab.page.locator("#status")).to_have_text("已复制")
    assert tab.page.evaluate("navigator.clipboard.readText()") == (
        "仁和医院的透析中心有透析机40台。[1]\n\n[1] 《建设区域医疗中心》，青山日报，2021-05-10。"
    )


@pytest.mark.parametrize(
    ("form", "copied"),
    [
        ("按 GB/T 7714 格式复制引用", "建设区域医疗中心[N]. 青山日报, 2021-05-10."),
        ("复制一行纯文本引用", "《建设区域医疗中心》，青山日报，2021-05-10。"),
    ],
)
def test_a_citation_is_copied(open_tab: Callable[..., Tab], form: str, copied: str) -> None:
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])
    tab.ask("透析")
    tab.page.get_by_role("button", name=form).click()
    expect(tab.page.locator("#status")).to_have_text("已复制")
    assert tab.page.evaluate("navigator.clipboard.readText()") == copied


def test_waiting_can_be_stopped_and_the_question_asked_again(tab: Any, served_engine: Any) -> None:
    served_engine.go.clear()
    try:
        tab.page.fill("#question", "床位")
        tab.page.keyboard.press("Enter")
        expect(tab.page.locator(".waiting")).to_contain_text("正在查找资料")
        tab.page.get_by_role("button", name="停止").click()
        expect(tab.page.locator(".reply")).to_contain_text("已停止")
    finally:
        served_engine.go.set()
    tab.page.get_by_role("button", name="重新回答").click()
    expect(tab.page.locator(".reply .text")).to_contain_text("床位1200张")


def test_an_error_is_told_in_words_with_a_way_on(tab: Any) -> None:
    answer = json.dumps({"error": {"code": "busy", "message": "x", "request_id": "1"}})
    busy = {"status": 503, "headers": {"Retry-After": "2"}, "body": answer}
    tab.page.route("**/api/ask", lambda route: route.fulfill(**busy))
    failed = tab.ask("床位")
    expect(failed).to_contain_text("现在提问的人很多")
    expect(failed).to_contain_text("约 2 秒后可以再试")
    tab.page.unroute("**/api/ask")
    failed.get_by_role("button", name="重新回答").click()
    expect(tab.page.locator(".reply .text")).to_contain_text("床位1200张")
    tab.console.clear()  # Chromium itself reports the 503


def test_the_box_says_when_a_question_is_too_long_and_does_not_send_it(tab: Any) -> None:
    tab.page.fill("#question", "长" * 1005)
    expect(tab.page.locator("#left")).to_have_text("超出 5 字，请缩短问题")
    expect(tab.page.locator("#send")).to_be_disabled()
    tab.page.press("#question", "Enter")
    tab.has(".turn", 0)


def test_a_reader_is_told_what_is_kept_before_saying_what_was_wrong(tab: Any) -> None:
    sent = []
    tab.page.on(
        "request",
        lambda request: sent.append(request.post_data_json) if "feedback" in request.url else None,
    )
    answer = tab.ask("床位")
    answer.get_by_role("button", name="没帮助").click()
    form = answer.locator(".feedback")
    expect(form).to_contain_text("服务器会保存您的问题、对话和系统的回答")
    assert sent == []
    form.get_by_label("答错了").check()
    form.get_by_role("textbox").fill("应为1300张")
    form.get_by_role("button", name="提交").click()
    expect(answer).to_contain_text("谢谢，已收到。")
    expect(answer.get_by_role("button", name="没帮助")).to_have_attribute("aria-pressed", "true")
    assert sent == [
        {
            "question": "床位",
            "history": [],
            "hospital": None,
            "verdict": "down",
            "reason": "wrong",
            "comment": "应为1300张",
        }
    ]


def test_without_feedback_there_are_no_thumbs(browser: Any, served: Callable[..., str]) -> None:
    tab = Tab.open(browser, served(feedback=False))
    answer = tab.ask("床位")
    expect(answer.get_by_role("button", name="有帮助")).to_have_count(0)
    tab.close()
