"""The page: a conversation at the left, the quoted passages at the right.

All text that is shown is made by `qa.web.render`; this module wires it to the components. The
conversation is kept by the server as `Turn`s, so what a browser sends is only the next question.
"""

import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import Any, Protocol

import gradio as gr

from corpus.model import Document, Passage
from qa.errors import HospitalQAError, SettingsError
from qa.model import Answer, Message
from qa.web.examples import example_questions
from qa.web.render import Turn, chat_messages, sources_html

TITLE = "医院资料问答"
NOTICE = "资料问答，不是医疗建议；急症请拨打 120。"
MAX_QUESTION = 2000  # characters that the box takes
MOST_TURNS = 50  # of a conversation that are kept
CALLERS = 4  # questions answered at a time; further ones wait

_HEADER = (
    f'<div class="title"><h1>{TITLE}</h1>'
    '<p lang="en">Answers are word-for-word quotes, each with its source</p></div>'
    f'<div class="notice"><p>{NOTICE}</p>'
    '<p lang="en">Not medical advice. In an emergency call 120.</p></div>'
)
_SOURCES_HEADER = (
    '<h2>资料出处 <small lang="en">Sources</small></h2>'
    '<button type="button" class="close-sources" aria-label="关闭资料出处">✕</button>'
)
_WELCOME = (
    '<div class="welcome"><strong>请就资料内容提问</strong><br>'
    "回答逐字摘自资料并标明出处；资料里没有的，会直接告诉您。</div>"
)
_FONTS = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif")
_MONO = ("Menlo", "Consolas", "Noto Sans Mono CJK SC", "monospace")
_TO_TOP = "() => { document.getElementById('sources-list').scrollTop = 0; }"

Shown = tuple[tuple[Turn, ...], list[Message], str, str]
"""State, chat messages, sources and question box, as the events of the page return them."""


class Answers(Protocol):
    """What the page needs of an engine."""

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents that answers come from."""

    def ask(
        self,
        question: str,
        history: Sequence[Message] = (),
        hospital: str | None = None,
        k: int = 5,
    ) -> Answer:
        """Return the answer; ValueError when the question cannot be used."""

    def passage(self, passage_id: str) -> Passage:
        """Return a passage; KeyError when there is none of that id."""


def build_page(engine: Answers, examples: Sequence[str] | None = None) -> gr.Blocks:
    """Return the page over `engine`, ready to launch with `launch_arguments()`.

    `examples` are questions to click on; without them, some that the documents answer.
    """
    if examples is None:
        examples = example_questions(engine.documents, engine.ask)

    def answer(turns: tuple[Turn, ...], question: str) -> Iterator[Shown]:
        yield from _answer(engine, turns, question)

    def answer_example(turns: tuple[Turn, ...], event: gr.SelectData) -> Iterator[Shown]:
        yield from _answer(engine, turns, str(event.value["text"]))

    def ask(
        question: str,
        history: list[dict[str, Any]] | None = None,
        hospital: str | None = None,
        k: int = 5,
    ) -> dict[str, Any]:
        """Answer a question with quotes from the documents; see `Answer.to_dict()`."""
        return _ask(engine, question, history or [], hospital, k)

    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        turns = gr.State(())
        gr.HTML(_HEADER, elem_id="header")
        with gr.Row(equal_height=False, elem_id="main"):
            with gr.Column(scale=3, min_width=320, elem_id="conversation"):
                chat = _chatbot(examples)
                with gr.Row(elem_id="ask"):
                    box = _question_box()
                    send = gr.Button("发送", variant="primary", elem_id="send", min_width=72)
                    clear = gr.Button("清空", elem_id="clear", min_width=72)
            with gr.Column(scale=2, min_width=300, elem_id="sources"):
                gr.HTML(_SOURCES_HEADER, elem_id="sources-header")
                sources = gr.HTML(sources_html(()), elem_id="sources-list")

        shown = [turns, chat, sources, box]
        private: dict[str, Any] = {
            "api_visibility": "private",
            "show_progress": "hidden",
            "concurrency_limit": CALLERS,
            "concurrency_id": "answers",
        }
        typed = gr.on([box.submit, send.click], answer, [turns, box], shown, **private)
        clicked = chat.example_select(answer_example, [turns], shown, **private)
        for asked in (typed, clicked):
            asked.then(None, js=_TO_TOP)
        clear.click(
            _cleared, None, shown, api_visibility="private", queue=False, cancels=[typed, clicked]
        )
        gr.api(ask, api_name="ask", queue=False)
    return page


def launch_arguments() -> dict[str, Any]:
    """Return the keyword arguments for `Blocks.launch()` that belong to the page.

    They hold its looks and its script, and close what the page has no use for: uploads, the links
    at the foot, the history that Gradio keeps in the browser, tracebacks in messages.
    """
    folder = resources.files("qa.web")
    return {
        "theme": _theme(),
        "css": folder.joinpath("style.css").read_text("utf-8"),
        "js": folder.joinpath("page.js").read_text("utf-8"),
        "footer_links": [],
        "run_history": False,
        "max_file_size": "1b",
        "show_error": False,
        "enable_monitoring": False,
        "ssr_mode": False,
        "pwa": False,
        "quiet": True,
    }


def launch(
    engine: Answers, host: str = "127.0.0.1", port: int = 7860, *, share: bool = False
) -> None:
    """Serve the page until it is interrupted; its address goes to stderr. Port 0 is any free one.

    Raises SettingsError when the port is taken or the host is not an address of this machine.
    """
    page = build_page(engine)
    port = _usable_port(host, port)
    _, local, shared = page.launch(
        server_name=host,
        server_port=port,
        share=share,
        prevent_thread_lock=True,
        **launch_arguments(),
    )
    sys.stderr.write(f"{TITLE}: {shared or local}\n")
    page.block_thread()


def _answer(engine: Answers, turns: tuple[Turn, ...], question: str) -> Iterator[Shown]:
    """Yield the page with the question in it, then with what came of it."""
    turn = Turn(turns[-1].number + 1 if turns else 1, question)
    earlier = turns[-MOST_TURNS + 1 :]
    yield turns, chat_messages([*earlier, turn]), sources_html(earlier), ""
    try:
        answer = engine.ask(question, history=_history(earlier))
    except (ValueError, HospitalQAError) as error:
        turn = Turn(turn.number, question, error=str(error))
    else:
        turn = Turn(turn.number, question, answer, passages=_passages(engine, answer))
    now = (*earlier, turn)
    yield now, chat_messages(now), sources_html(now), ""


def _cleared() -> Shown:
    return (), [], sources_html(()), ""


def _history(turns: Sequence[Turn]) -> list[Message]:
    messages: list[Message] = []
    for turn in turns:
        if turn.answer is not None:
            messages.append({"role": "user", "content": turn.question})
            messages.append({"role": "assistant", "content": turn.answer.text})
    return messages


def _passages(engine: Answers, answer: Answer) -> Mapping[str, Passage]:
    passages = {}
    for citation in answer.citations:
        try:
            passages[citation.passage_id] = engine.passage(citation.passage_id)
        except KeyError:  # its document was removed just now; the card shows the quote alone
            continue
    return passages


def _ask(
    engine: Answers, question: str, history: Sequence[Message], hospital: str | None, k: int
) -> dict[str, Any]:
    try:
        return engine.ask(question, history=history, hospital=hospital, k=k).to_dict()
    except (ValueError, HospitalQAError) as error:
        raise gr.Error(str(error), print_exception=False) from error


def _theme() -> gr.themes.Base:
    theme = gr.themes.Soft(
        primary_hue="teal",
        secondary_hue="teal",
        neutral_hue="slate",
        font=_FONTS,
        font_mono=_MONO,
    )
    return theme.set(  # white on it: a contrast of 5.5 to 1
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
    )


def _chatbot(examples: Sequence[str]) -> gr.Chatbot:
    return gr.Chatbot(
        label="对话",
        show_label=False,
        elem_id="chat",
        height=None,
        layout="bubble",
        placeholder=_WELCOME,
        examples=[{"text": example} for example in examples],
        buttons=[],
        latex_delimiters=[],
        allow_tags=False,
        feedback_options=None,
        group_consecutive_messages=False,
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label="问题",
        show_label=False,
        container=False,
        placeholder="请输入问题",
        max_length=MAX_QUESTION,
        lines=1,
        max_lines=4,
        scale=1,
        min_width=120,
        elem_id="question",
    )


def _usable_port(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    except OSError as error:
        raise SettingsError(
            f"the page cannot be served on {host} port {port}: {error.strerror or error}; "
            "set another host or port (port 0 is any free one)"
        ) from error
