"""The page's wiring, its launch arguments and its one public endpoint."""

import json
import re
import socket
import urllib.error
import urllib.request
from importlib import resources
from typing import Any

import gradio as gr
import pytest

from qa.errors import IndexMissing, SettingsError
from qa.model import Answer
from qa.web import page as page_module
from qa.web.examples import example_questions
from qa.web.page import build_page, launch, launch_arguments
from qa.web.render import Turn


def asked(engine: Any, *questions: str) -> tuple[tuple[Turn, ...], Any, str]:
    turns: tuple[Turn, ...] = ()
    for question in questions:
        *_, (turns, messages, sources, box) = page_module._answer(engine, turns, question)
        assert box == ""
    return turns, messages, sources


def test_the_question_is_shown_before_its_answer(engine: Any) -> None:
    first, last = page_module._answer(engine, (), "床位")
    assert [message["role"] for message in first[1]] == ["user"]
    assert first[0] == ()
    assert [message["role"] for message in last[1]] == ["user", "assistant"]


def test_each_answer_keeps_its_number_and_its_cards(engine: Any) -> None:
    turns, messages, sources = asked(engine, "床位", "透析")
    assert [turn.number for turn in turns] == [1, 2]
    assert 'href="#src-1-1"' in messages[1]["content"]
    assert 'href="#src-2-1"' in messages[3]["content"]
    assert sources.index('id="src-2-1"') < sources.index('id="src-1-1"')


def test_the_engine_gets_the_conversation_as_plain_text(engine: Any) -> None:
    asked(engine, "<b>床位</b>", " ", "透析")
    assert engine.histories[-1] == [
        {"role": "user", "content": "<b>床位</b>"},
        {"role": "assistant", "content": engine.ask("床位").text},
    ]


def test_a_long_conversation_forgets_its_beginning_and_not_its_numbers(engine: Any) -> None:
    turns, *_ = asked(engine, *["天气"] * (page_module.MOST_TURNS + 5))
    assert [turn.number for turn in turns] == list(range(6, page_module.MOST_TURNS + 6))


@pytest.mark.parametrize("error", [ValueError("太长了<b>"), IndexMissing("no index")])
def test_an_error_is_a_message_in_the_chat(
    engine: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_args: object, **_more: object) -> Answer:
        raise error

    monkeypatch.setattr(engine, "ask", fail)
    turns, messages, sources = asked(engine, "问")
    assert turns[0].error == str(error)
    assert messages[-1]["content"].startswith('<div class="answer error">')
    assert "<b>" not in messages[-1]["content"]
    assert "card" not in sources


def test_a_passage_that_is_gone_leaves_the_quote(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_passages", dict(engine._passages))
    answer = engine.ask("透析")
    monkeypatch.setattr(engine, "ask", lambda *_args, **_more: answer)
    engine._passages.clear()
    *_, sources = asked(engine, "透析")
    assert "<blockquote><mark>仁和医院的透析中心有透析机40台。</mark></blockquote>" in sources


def test_clearing_starts_anew() -> None:
    turns, messages, sources, box = page_module._cleared()
    assert (turns, messages, box) == ((), [], "")
    assert "src-" not in sources


def test_ask_is_the_only_public_endpoint(engine: Any) -> None:
    page = build_page(engine, examples=["问？"])
    public = {fn.api_name for fn in page.fns.values() if fn.api_visibility == "public"}
    assert public == {"ask"}


def test_the_endpoint_returns_the_json_form_of_the_answer(engine: Any) -> None:
    found = page_module._ask(engine, "透析", [], None, 5)
    assert found == engine.ask("透析").to_dict()


def test_the_endpoint_reports_a_bad_question_as_an_error_message(engine: Any) -> None:
    with pytest.raises(gr.Error) as caught:
        page_module._ask(engine, "", [], None, 5)
    assert caught.value.message == "the question is empty"
    assert not caught.value.print_exception


def test_examples_are_those_given(engine: Any) -> None:
    page = build_page(engine, examples=("甲？", "乙？"))
    chat = next(block for block in page.blocks.values() if isinstance(block, gr.Chatbot))
    assert [example["text"] for example in chat.examples or []] == ["甲？", "乙？"]


def test_examples_are_questions_that_a_document_has_words_for_and_that_are_answered(
    engine: Any,
) -> None:
    assert example_questions(engine.documents, engine.ask) == ("仁和医院有多少张床位？",)
    assert example_questions(engine.documents, lambda _: engine.ask("天气")) == ()
    assert example_questions(engine.documents, engine.ask, count=0) == ()


def test_nothing_that_the_page_has_no_use_for_is_open(engine: Any) -> None:
    given = launch_arguments()
    assert given["footer_links"] == []
    assert given["run_history"] is False
    assert given["show_error"] is False
    assert build_page(engine, examples=()).analytics_enabled is False


@pytest.mark.parametrize("name", ["style.css", "page.js"])
def test_the_package_files_ask_nobody_for_anything(name: str) -> None:
    text = resources.files("qa.web").joinpath(name).read_text("utf-8")
    assert not re.search(r"https?:|//[a-z]|@import|url\(|innerHTML|eval", text)


def test_a_port_in_use_is_a_clear_error(engine: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"on 127.0.0.1 port {port}: .*another"):
            launch(engine, port=port)


def test_port_zero_becomes_a_free_port() -> None:
    assert page_module._usable_port("127.0.0.1", 0) > 0


def post(url: str, body: bytes, content_type: str = "application/json") -> Any:
    request = urllib.request.Request(url, body, {"Content-Type": content_type})  # noqa: S310
    with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310
        return json.load(reply)


def call(address: str, *values: object) -> str:
    """Call the public endpoint as its users do; return the events that come back."""
    url = f"{address}gradio_api/call/ask"
    event = post(url, json.dumps({"data": values}).encode())["event_id"]
    with urllib.request.urlopen(f"{url}/{event}", timeout=20) as reply:  # noqa: S310
        return str(reply.read().decode())


def test_the_endpoint_answers_over_http(address: str, engine: Any) -> None:
    events = call(address, "透析", None, None, 5)
    assert events.startswith("event: complete\ndata: ")
    (answer,) = json.loads(events.splitlines()[1].removeprefix("data: "))
    assert answer == engine.ask("透析").to_dict()


def test_the_endpoint_says_over_http_what_is_wrong_with_a_question(address: str) -> None:
    events = call(address, " ", None, None, 5)
    assert events.startswith("event: error\n")
    assert "the question is empty" in events
    assert "Traceback" not in events


def test_files_cannot_be_uploaded(address: str) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nabc\r\n--b--\r\n'
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        post(f"{address}gradio_api/upload", body, "multipart/form-data; boundary=b")
    assert caught.value.code == 413
    caught.value.close()
