"""The HTML of conversations: what it shows, and what can never get into it."""

import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from corpus.model import Passage
from corpus.reflow import searchable
from qa.model import Answer, Citation
from qa.web.render import Turn, answer_html, card_html, chat_messages, escape, sources_html

OURS = {"div", "p", "a", "br", "span", "section", "h3", "article", "header", "strong", "time"}
OURS |= {"blockquote", "mark"}


class Reader(HTMLParser):
    """Collects the tags with their attributes, and the text, of HTML."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def visible(text: str) -> str:
    return text.replace("\u202e", "U+202E")


def turn_of(engine: Any, question: str, number: int = 1) -> Turn:
    answer = engine.ask(question)
    passages = {one.passage_id: engine.passage(one.passage_id) for one in answer.citations}
    return Turn(number, question, answer, passages=passages)


def test_escape_leaves_letters_and_han_alone() -> None:
    assert escape("床位1200张，ICU 40 张。") == "床位1200张，ICU 40 张。"


def test_escape_shows_every_printable_ascii_character_as_itself() -> None:
    printable = "".join(map(chr, range(0x20, 0x7F)))
    assert html.unescape(escape(printable)) == printable


def test_escape_leaves_no_character_that_means_something_to_html_or_markdown() -> None:
    printable = "".join(map(chr, range(0x20, 0x7F)))
    assert re.sub(r"&#[0-9]+;|[0-9A-Za-z ]", "", escape(printable)) == ""


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_escape_keeps_line_breaks_in_one_line(newline: str) -> None:
    assert escape(f"一{newline}{newline}二") == "一<br><br>二"


@pytest.mark.parametrize(
    "code", [0x00, 0x0B, 0x1B, 0x7F, 0x85, 0x61C, 0x200F, 0x202E, 0x2067, 0xD800]
)
def test_escape_names_invisible_characters(code: int) -> None:
    assert escape(f"a{chr(code)}b") == f'a<span class="control">U+{code:04X}</span>b'


def test_hostile_text_is_only_text_everywhere(engine: Any, hostile: str) -> None:
    turn = replace(turn_of(engine, "恶意"), question=hostile)
    error = Turn(2, hostile, error=hostile)
    refusal = Turn(3, hostile, Answer(hostile, "", hostile, (), (), 0.0, "refused"))
    turns = (turn, error, refusal)
    pieces = [str(message["content"]) for message in chat_messages(turns)]
    for piece in [*pieces, sources_html(turns)]:
        read = Reader(piece)
        assert visible(hostile) in read.text
        assert "\n" not in piece  # a blank line would end Markdown's block of HTML
        assert {tag for tag, _ in read.tags} <= OURS
        for tag, attributes in read.tags:
            assert set(attributes) <= {"class", "id", "href", "tabindex"}
            if tag == "a":
                assert re.fullmatch(r"#src-1(-1)?", attributes["href"] or "")


def test_markers_are_links_to_the_cards_of_their_turn(engine: Any) -> None:
    read = Reader(answer_html(engine.ask("床位"), turn=3))
    links = [attributes["href"] for tag, attributes in read.tags if tag == "a"]
    assert links == ["#src-3-1", "#src-3-2", "#src-3"]


def test_a_marker_within_a_quote_is_no_link(engine: Any, hostile: str) -> None:
    assert "[1]" in hostile
    read = Reader(answer_html(engine.ask("恶意"), turn=1))
    assert [a["href"] for tag, a in read.tags if tag == "a"] == ["#src-1-1", "#src-1"]
    assert read.text.count("[1]") == 2


def test_a_marker_in_a_quote_that_the_answer_put_on_one_line_is_no_link(engine: Any) -> None:
    answer = engine.ask("透析")
    cited = replace(answer.citations[0], quote="见文献\n[1]。")
    text = f"{searchable(cited.quote)}[1]"
    shown = answer_html(replace(answer, text=text, citations=(cited,)), turn=1)
    one_line = escape(searchable(cited.quote))
    assert shown.startswith(f'<div class="answer answered">{one_line}<a class="cite"')


def test_a_marker_without_a_citation_is_no_link(engine: Any) -> None:
    answer = replace(engine.ask("透析"), text="甲[1]乙[2]丙[999]")
    links = [a["href"] for tag, a in Reader(answer_html(answer, turn=1)).tags if tag == "a"]
    assert links == ["#src-1-1", "#src-1"]


@pytest.mark.parametrize("question", ["天气怎么样", "哪个"])
def test_refusals_and_questions_back_have_their_class_and_no_links(
    engine: Any, question: str
) -> None:
    answer = engine.ask(question)
    shown = answer_html(answer, turn=1)
    assert shown.startswith(f'<div class="answer {answer.status}">')
    assert answer.text in shown
    assert "<a" not in shown


def test_the_heading_of_a_refusal_names_its_reason(engine: Any) -> None:
    refusal = engine.ask("天气")
    assert '<p class="heading">资料中没有答案</p>' in answer_html(refusal, turn=1)
    unknown = replace(refusal, reason="unknown_hospital")
    assert '<p class="heading">资料中没有这家医院</p>' in answer_html(unknown, turn=1)


def test_messages_are_those_of_a_chat(engine: Any) -> None:
    turns = (turn_of(engine, "天气"), Turn(2, "   ", error="the question is empty"), Turn(3, "等"))
    messages = chat_messages(turns)
    assert [message["role"] for message in messages] == ["user", "assistant", "assistant", "user"]
    assert messages[0]["content"] == "<div>天气</div>"
    assert messages[2]["content"].startswith('<div class="answer error">')
    assert "the question is empty" in messages[2]["content"]


def test_a_question_that_is_too_long_is_not_repeated_in_full() -> None:
    shown = chat_messages((Turn(1, "长" * 5000, error="too long"),))[0]["content"]
    assert shown == f"<div>{'长' * 2000}…</div>"


def test_a_card_shows_the_whole_passage_with_the_quote_marked(engine: Any) -> None:
    answer = engine.ask("床位")
    card = card_html(answer.citations[0], engine.passage("renhe#1"), turn=2)
    assert card.startswith('<article class="card" id="src-2-1" tabindex="-1">')
    assert (
        "<blockquote>仁和医院位于青山市，是三级甲等综合医院。<mark>仁和医院编制床位1200张。</mark>"
        "医院设有临床科室32个，现有职工2100人。</blockquote>"
    ) in card
    assert Reader(card).text.startswith(
        "[1]仁和医院建设区域医疗中心 · 青山日报 · 2021-05-10仁和医院位于"
    )


def test_a_card_leaves_out_what_is_not_known() -> None:
    bare = Citation(1, "d", "题目", "", "", "x.md", "", "d#1", "引文。", 0, 3)
    card = card_html(bare, Passage("d#1", "d", "引文。", 0, 3), turn=1)
    assert Reader(card).text == "[1]题目引文。"


@pytest.mark.parametrize(
    "passage",
    [
        None,
        Passage("d#1", "d", "另一段话，长得多的一段话。", 0, 13),
        Passage("d#1", "d", "引文。", 100, 103),
    ],
)
def test_a_quote_that_is_not_where_it_should_be_is_shown_alone(passage: Passage | None) -> None:
    cited = Citation(1, "d", "题目", "", "", "x.md", "", "d#1", "引文。", 5, 8)
    assert "<blockquote><mark>引文。</mark></blockquote>" in card_html(cited, passage, turn=1)


def test_sources_are_grouped_by_question_newest_first_with_ids_of_their_own(engine: Any) -> None:
    turns = (turn_of(engine, "床位", 1), turn_of(engine, "天气", 2), turn_of(engine, "透析", 3))
    read = Reader(sources_html((*turns, Turn(4, "等"))))
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert ids == ["src-3", "src-3-1", "src-2", "src-1", "src-1-1", "src-1-2"]
    assert "天气没有可引用的资料。" in read.text


def test_without_answers_the_panel_explains_itself() -> None:
    assert "可在这里查看出处" in sources_html(())
