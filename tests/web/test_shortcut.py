"""The short way of a question: the same responses as by the long way, or left to it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from qa.errors import Busy
from qa.model import Answer
from qa.settings import Settings
from qa.web.server import build_server
from qa.web.service import Service
from qa.web.shortcut import PATH, Shortcut

PLAIN = {"Accept-Encoding": ""}
STREAM = {"Accept": "text/event-stream"}


class Ways:
    """A server with the short way before it, and without; `long` counts what went the long way."""

    def __init__(self, engine: Any, folder: Path) -> None:
        settings = Settings(data=folder, rate_limit="")
        service = Service(engine, settings)
        server = build_server(service, settings)
        self.long = 0

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            self.long += 1
            await server(scope, receive, send)

        async def unforeseen(_request: Request, _error: Exception) -> JSONResponse:
            return JSONResponse({"error": {"code": "internal"}}, 500)

        short = Shortcut(counted, service, unforeseen)
        self.short = TestClient(short, raise_server_exceptions=False)
        self.whole = TestClient(server, raise_server_exceptions=False)


@pytest.fixture
def ways(engine: Any, tmp_path: Path) -> Ways:
    return Ways(engine, tmp_path)


@pytest.mark.parametrize("question", ["床位", "透析", "恶意", "哪个", "天气"])
@pytest.mark.parametrize("headers", [PLAIN, STREAM])
def test_an_ordinary_question_has_the_same_response(
    ways: Ways, question: str, headers: dict[str, str]
) -> None:
    body = {"question": question, "history": [{"role": "user", "content": "甲"}], "k": 7}
    short, long = (
        client.post(PATH, json=body, headers=headers) for client in (ways.short, ways.whole)
    )
    assert ways.long == 0
    assert (short.status_code, short.content) == (200, long.content)
    for name in ("content-type", "cache-control", "x-accel-buffering"):
        assert short.headers.get(name) == long.headers.get(name)


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.post(PATH, json={}, headers=PLAIN),
        lambda client: client.post(PATH, json={"question": "q", "k": 0}, headers=PLAIN),
        lambda client: client.post(PATH, json={"question": "q", "k": 51}, headers=STREAM),
        lambda client: client.post(
            PATH, content="{", headers={**PLAIN, "Content-Type": "application/json"}
        ),
        lambda client: client.post(PATH, content='{"question": "床位"}', headers=PLAIN),
        lambda client: client.post(PATH, json={"question": "床位"}, headers={}),
        lambda client: client.post(f"{PATH}/", json={"question": "床位"}, headers=PLAIN),
        lambda client: client.get(PATH),
        lambda client: client.get("/healthz"),
        lambda client: client.post("/api/search", json={"question": ""}),
    ],
)
def test_what_is_not_ordinary_goes_the_long_way(
    ways: Ways, ask: Callable[[TestClient], Any]
) -> None:
    short = ask(ways.short)
    assert ways.long >= 1
    long = ask(ways.whole)
    assert (short.status_code, short.headers.get("content-encoding")) == (
        long.status_code,
        long.headers.get("content-encoding"),
    )
    if "request_id" not in long.text:
        assert short.content == long.content


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ValueError("wrong"), 400, "bad_request"),
        (Busy("many wait"), 503, "busy"),
        (ZeroDivisionError("a secret"), 500, "internal"),
    ],
)
def test_errors_have_their_form(
    ways: Ways, engine: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int,
    code: str,
) -> None:  # fmt: skip
    def fail(*_args: object) -> Answer:
        raise error

    monkeypatch.setattr(engine, "ask", fail)
    reply = ways.short.post(PATH, json={"question": "q"}, headers=PLAIN)
    assert ways.long == 0
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    assert ("retry-after" in reply.headers) == (status == 503)
    assert "secret" not in reply.text


def test_a_stream_tells_an_error_as_an_event(
    ways: Ways, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> Answer:
        raise Busy("many wait")

    monkeypatch.setattr(engine, "ask", fail)
    reply = ways.short.post(PATH, json={"question": "q"}, headers=STREAM)
    assert (ways.long, reply.status_code) == (0, 200)
    assert reply.text.startswith("event: error\ndata: ")
