"""Asking in a real browser: from the question to the cited article, and when there is none."""

from typing import Any

import pytest

from tests.web.browser import expect

pytestmark = pytest.mark.browser
FIRST = "仁和医院编制床位1200张。"
SECOND = "医院设有临床科室32个，现有职工2100人。"


def test_a_marker_leads_to_its_card_and_the_card_to_the_quoted_sentence_of_the_article(
    tab: Any,
) -> None:
    answer = tab.ask("仁和医院有多少床位？")
    expect(answer.locator(".text")).to_contain_text(FIRST)
    expect(answer.locator(".value").first).to_have_text("1200张")
    answer.get_by_role("button", name="出处 2").click()
    card = tab.page.locator(".card.current")
    expect(card).to_have_count(1)
    expect(card).to_be_focused()
    expect(card.locator("mark")).to_have_text(SECOND)
    expect(card.locator("blockquote")).to_contain_text("仁和医院位于青山市")
    expect(card.locator(".about").first).to_have_text("建设区域医疗中心青山日报2021-05-10")
    card.get_by_role("link", name="打开原文").click()
    tab.wait()
    assert tab.page.url.endswith("#1")
    expect(tab.page.locator("mark")).to_have_text(SECOND)
    expect(tab.page.locator("mark")).to_be_in_viewport()
    expect(tab.page.locator("p.current")).to_contain_text(FIRST)
    tab.page.get_by_role("link", name="返回问答").click()
    tab.wait()
    expect(tab.page.locator(".reply .text")).to_contain_text(FIRST)


def test_the_asked_value_is_set_off_in_the_card_too(tab: Any) -> None:
    tab.ask("床位")
    expect(tab.page.locator(".card").first.locator("mark .value")).to_have_text("1200张")


def test_markers_of_earlier_answers_lead_to_their_own_cards(tab: Any) -> None:
    first = tab.ask("仁和医院有多少床位？")
    second = tab.ask("透析机呢？")
    quoted = tab.page.locator(".card.current mark")
    second.locator(".cite").click()
    expect(quoted).to_have_text("仁和医院的透析中心有透析机40台。")
    first.locator(".cite").first.click()
    expect(quoted).to_have_text(FIRST)


def test_a_follow_up_brings_the_conversation_along(tab: Any, served_engine: Any) -> None:
    first = "仁和医院有多少床位？"
    tab.ask(first)
    tab.ask("透析机呢？")
    assert served_engine.histories[-1] == [
        {"role": "user", "content": first},
        {"role": "assistant", "content": f"{FIRST}[1]\n{SECOND}[2]"},
    ]


def test_a_refusal_looks_different_and_offers_what_is_near(tab: Any, served_engine: Any) -> None:
    refusal = tab.ask("今天天气怎么样？")
    expect(refusal).to_have_class("reply refused attribute_not_found")
    expect(refusal.locator(".heading")).to_have_text("资料中没有答案")
    expect(refusal.get_by_text("资料里没有说到这一点。", exact=True)).to_be_visible()
    expect(refusal.locator(".cite")).to_have_count(0)
    tab.has(".card", 0)
    refusal.get_by_role("button", name="透析机", exact=True).click()
    expect(tab.reply(1).locator(".text")).to_contain_text("透析机40台")
    expect(tab.page.locator(".asked").last).to_have_text("仁和医院 透析机")
    assert served_engine.hospitals[-1] is None


def test_a_question_back_is_answered_by_a_button(tab: Any, served_engine: Any) -> None:
    tab.page.locator("#starters .starter").first.wait_for()
    back = tab.ask("哪个好？")
    expect(back).to_have_class("reply clarify ")
    expect(back.get_by_text("您问的是哪一家医院？", exact=True)).to_be_visible()
    back.get_by_role("button", name="仁和医院", exact=True).click()
    expect(tab.reply(1).locator(".text")).to_contain_text(FIRST)
    assert served_engine.hospitals[-1] == "仁和医院"
    expect(tab.page.locator(".asked").last).to_have_text("哪个好？")
    expect(tab.page.locator(".only")).to_have_text("只问仁和医院")


def test_a_starter_asks_itself(tab: Any) -> None:
    tab.page.locator("#starters .starter").first.click()
    expect(tab.reply().locator(".text")).to_contain_text("床位1200张")
    expect(tab.page.locator("#welcome")).to_be_hidden()


def test_the_hospital_filter_narrows_as_one_types_and_holds_for_what_is_asked(
    tab: Any, served_engine: Any
) -> None:
    tab.page.get_by_role("button", name="只问哪家医院").click()
    search = tab.page.get_by_role("combobox", name="查找医院")
    expect(search).to_be_focused()
    search.fill("没有这家")
    expect(tab.page.locator(".hint")).to_have_text("没有叫“没有这家”的医院")
    search.fill("仁和")
    expect(tab.page.get_by_role("option")).to_have_count(1)
    search.press("Enter")
    expect(tab.page.locator("#filter-name")).to_have_text("仁和医院")
    expect(tab.page.get_by_text("关于仁和医院")).to_be_visible()
    tab.ask("有多少床位？")
    assert served_engine.hospitals[-1] == "仁和医院"
    tab.page.get_by_role("button", name="只问哪家医院 仁和医院").click()
    tab.page.get_by_role("option", name="全部医院").click()
    expect(tab.page.locator("#filter-name")).to_have_text("全部医院")


def test_how_sure_an_answer_is_is_said_in_words(tab: Any) -> None:
    sure = tab.ask("床位").locator(".confidence")
    expect(sure).to_contain_text("把握较大")
    assert "原文" in sure.get_attribute("title")
    assert "0.95" not in tab.page.content()


def test_the_page_says_that_it_is_no_medical_advice(tab: Any) -> None:
    expect(tab.page.locator(".composer .notice")).to_contain_text("不是医疗建议；急症请拨打 120")
