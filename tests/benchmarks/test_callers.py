"""The callers: how they read responses, when they stop, and what they tell."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from benchmarks.callers import Address, Goal, ask, is_whole, problem_of, server_figures

FIGURES = b'# HELP x\nprocess_cpu_seconds_total 1.5\nother{a="b"} 2\nresident 2.5e+06\n'


class Handler(BaseHTTPRequestHandler):
    """Answers with a body of known length, in chunks, or with an error, by what is accepted."""

    protocol_version = "HTTP/1.1"
    asked: list[bytes]
    fails = False

    def do_GET(self) -> None:
        self._send(200, FIGURES)

    def do_POST(self) -> None:
        self.asked.append(self.rfile.read(int(self.headers["Content-Length"])))
        if self.fails:
            self._send(503, b"busy")
        elif "event-stream" in self.headers["Accept"]:
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in (b"5\r\nevent\r\n", b"2\r\n: \r\n", b"0\r\n\r\n"):
                self.wfile.write(part)
        else:
            self._send(200, b"{}" * 100_000)

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def served(**values: Any) -> Iterator[tuple[Address, type[Handler]]]:
    handler = type("Once", (Handler,), {"asked": [], **values})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield ("127.0.0.1", server.server_port), handler
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("form", ["api", "chat"])
def test_so_many_questions_are_asked_and_their_answers_read_to_the_end(form: str) -> None:
    with served() as (address, handler):
        tally = ask(address, form, 5, Goal(questions=23))
    assert (len(tally.seconds), tally.errors) == (23, [])
    assert len(handler.asked) == 23
    assert len(set(handler.asked)) == 23  # each is another question
    assert all(body.startswith(b'{"question": ') for body in handler.asked)
    assert tally.rate > 0
    assert tally.server_cpu == 0


def test_errors_are_told_and_the_callers_go_on() -> None:
    with served(fails=True) as (address, _):
        tally = ask(address, "api", 2, Goal(questions=4))
    assert tally.errors == ["HTTP/1.1 503 Service Unavailable: busy"] * 4


def test_time_that_is_up_ends_the_asking_after_the_questions_on_their_way() -> None:
    with served() as (address, handler):
        ask(address, "api", 3, Goal(questions=3))
        goal = Goal(seconds=0.05)
        tally = ask(address, "api", 3, goal)
    assert goal.next() is None
    assert len(handler.asked) == 3 + len(tally.seconds)


def test_figures_are_those_without_labels() -> None:
    with served() as (address, _):
        figures = server_figures(address)
    assert figures == {"process_cpu_seconds_total": 1.5, "resident": 2.5e6}


@pytest.mark.parametrize(
    ("received", "whole"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-len", False),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabc", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length:4\r\n\r\nabcd", True),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n", False),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", True),
    ],
)
def test_a_response_ends_where_its_head_says(received: bytes, whole: bool) -> None:  # noqa: FBT001
    assert is_whole(received) is whole


def test_an_error_within_a_stream_is_a_problem() -> None:
    stream = b"HTTP/1.1 200 OK\r\nx: y\r\n\r\n" + b'event: error\ndata: {"error": 1}\n\n'
    assert problem_of(stream).startswith("HTTP/1.1 200 OK: event: error")
    assert not problem_of(b"HTTP/1.1 200 OK\r\nx: y\r\n\r\nevent: answer\n")
