"""What is turned away, what is counted for whom, and the headers of every response."""

import asyncio
import gc
import os
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from qa.errors import SettingsError
from qa.settings import Settings
from qa.web.clients import client_of
from qa.web.guard import MAX_BODY, Guard, RateLimit, Rules
from qa.web.headers import SecurityHeaders
from qa.web.schema import ProblemResponse


class Echo:
    """An application that says how much it was sent."""

    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls += 1
        size, more = 0, scope["method"] == "POST"
        while more:
            message = await receive()
            size, more = size + len(message["body"]), message.get("more_body", False)
        headers = [(b"access-control-allow-origin", b"*"), (b"x-size", str(size).encode())]
        if scope["path"] == "/own":
            headers.append((b"content-security-policy", b"sandbox"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


class Guarded:
    """An application behind a guard, and what the guard refused."""

    def __init__(self, peer: str = "203.0.113.7", **settings: Any) -> None:
        self.app = Echo()
        self.refused: list[str] = []
        rules = Rules(Settings(**{"rate_limit": "", **settings}))
        guard = Guard(self.app, rules, self.refused.append)
        self.client = TestClient(guard, base_url="http://qa.example", client=(peer, 50000))


@pytest.fixture
def guarded() -> Guarded:
    return Guarded()


@pytest.mark.parametrize(
    "headers",
    [
        {},  # a program
        {"Origin": "http://qa.example"},
        {"Origin": "http://QA.example"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://outer.example"},  # behind a proxy
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_our_own_page_and_programs_may_write(guarded: Guarded, headers: dict[str, str]) -> None:
    assert guarded.client.post("/api/ask", headers=headers).status_code == 200
    assert guarded.refused == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://qa.example:8080"},
        {"Origin": "http://qa.example.evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_pages_of_other_sites_may_not(
    guarded: Guarded, headers: dict[str, str], method: str
) -> None:
    reply = guarded.client.request(method, "/gradio_api/queue/join", headers=headers)
    assert reply.status_code == 403
    assert ProblemResponse.model_validate(reply.json()).error.code == "forbidden"
    assert guarded.app.calls == 0
    assert guarded.refused == ["forbidden"]


def test_reading_is_for_everybody_but_no_other_page_sees_it(guarded: Guarded) -> None:
    reply = guarded.client.get("/api/documents", headers={"Origin": "https://evil.example"})
    assert reply.status_code == 200
    assert not [name for name in reply.headers if name.startswith("access-control")]


def test_a_body_of_the_largest_size_comes_through_whole(guarded: Guarded) -> None:
    assert guarded.client.post("/", content=b"x" * MAX_BODY).headers["x-size"] == str(MAX_BODY)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_larger_body_is_turned_away(guarded: Guarded, *, chunked: bool) -> None:
    body = b"x" * (MAX_BODY + 1)
    reply = guarded.client.post("/", content=iter([body[:9], body[9:]]) if chunked else body)
    assert reply.status_code == 413
    assert ProblemResponse.model_validate(reply.json()).error.code == "too_large"
    assert guarded.app.calls == 0
    assert guarded.refused == ["too_large"]


def test_a_length_that_is_no_number_is_turned_away(guarded: Guarded) -> None:
    reply = guarded.client.post("/", content=b"x", headers={"Content-Length": "-1"})
    assert reply.status_code == 413


def test_the_operator_may_send_more_and_no_more_than_is_set() -> None:
    guarded = Guarded(max_upload=1_000_000)
    more = b"x" * (MAX_BODY + 1)
    assert guarded.client.post("/operator/gradio_api/upload", content=more).status_code == 200
    for path in ("/operator", "/operator/login", "/operator/gradio_api/queue/join"):
        assert guarded.client.post(path, content=more).status_code == 413
    most = b"x" * 2_000_001
    assert guarded.client.post("/operator/gradio_api/upload", content=most).status_code == 413
    chunks = iter([b"x"])  # nobody knows how many there will be
    assert guarded.client.post("/operator/gradio_api/upload", content=chunks).status_code == 413


def test_a_client_that_asks_too_much_is_told_when_to_ask_again() -> None:
    guarded = Guarded(rate_limit="2/hour")
    assert [guarded.client.post("/api/ask").status_code for _ in range(3)] == [200, 200, 429]
    reply = guarded.client.post("/gradio_api/queue/join")
    assert ProblemResponse.model_validate(reply.json()).error.code == "rate_limited"
    assert 0 < int(reply.headers["retry-after"]) <= 3600
    assert guarded.client.get("/").status_code == 200
    assert guarded.app.calls == 3
    assert guarded.refused == ["rate_limited"] * 2


def test_the_operators_page_is_not_counted_but_its_login_is() -> None:
    guarded = Guarded(rate_limit="1/hour")
    work = [guarded.client.post("/operator/gradio_api/queue/join") for _ in range(3)]
    assert {reply.status_code for reply in work} == {200}
    tries = [guarded.client.post(f"/operator/login{slash}") for slash in ("", "/", "")]
    assert [reply.status_code for reply in tries] == [200, 429, 429]


@pytest.mark.parametrize(
    ("proxies", "told", "client"),
    [
        ("", "198.51.100.9", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.9", "10.0.0.1"),  # the server itself has read it already
        ("*", "", "10.0.0.1"),
        ("*", "8.8.8.8", "8.8.8.8"),
        ("*", "1.1.1.1, 8.8.8.8, 10.1.2.3", "8.8.8.8"),  # what a client claims stands before
        ("*", "nonsense, 10.1.2.3", "10.0.0.1"),
        ("*", "2606:4700:1:2:3:4:5:6", "2606:4700:1:2::"),
    ],
)
def test_a_request_is_counted_for_whom_a_trusted_proxy_names(
    proxies: str, told: str, client: str
) -> None:
    scope = {
        "type": "http",
        "client": ("10.0.0.1", 1),
        "headers": [(b"x-forwarded-for", told.encode())],
    }
    assert client_of(scope, any_proxy=proxies == "*") == client


def test_one_household_counts_as_one_client() -> None:
    first, second = (
        client_of({"type": "http", "headers": [], "client": (address, 1)})
        for address in ("2001:db8:1:2::5", "2001:db8:1:2:aaaa::9")
    )
    assert first == second
    assert client_of({"type": "http", "headers": [], "client": None}) == ""


def test_clients_are_counted_apart() -> None:
    limit = RateLimit("1/hour", "memory://")

    async def ask() -> list[bool]:
        return [bool(await limit.wait(client)) for client in ("a", "b", "a", "b")]

    assert asyncio.run(ask()) == [False, False, True, True]


def test_while_counts_cannot_be_reached_questions_are_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    limit = RateLimit("1/hour", "redis://127.0.0.1:1")  # nobody listens there
    assert asyncio.run(limit.wait("a")) == 0
    assert asyncio.run(limit.wait("a")) == 0
    assert "cannot be counted" in caplog.text


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("rate_limit", "many"),
        ("rate_limit", "5/fortnight"),
        ("rate_storage", "nowhere://"),
        ("rate_storage", "memory"),
        ("embed_origins", "example.org"),
        ("embed_origins", "https://a.example; script-src *"),
        ("embed_origins", "https://a.example/path"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(setting: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{setting} = "):
        Rules(Settings(**{setting: value}))


def policy(headers: dict[str, str]) -> dict[str, str]:
    parts = headers["Content-Security-Policy"].split("; ")
    return {part.split(" ", 1)[0]: part.split(" ", 1)[1] for part in parts}


def test_pages_run_nothing_that_is_written_into_them_and_load_nothing_from_elsewhere() -> None:
    headers = SecurityHeaders(Settings()).of("/")
    found = policy(headers)
    assert found["default-src"] == found["base-uri"] == found["form-action"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "http" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_who_may_show_the_page_in_a_frame_is_a_setting() -> None:
    assert policy(SecurityHeaders(Settings()).of("/"))["frame-ancestors"] == "'self'"
    settings = Settings(embed_origins="https://a.example http://b.example:8080")
    found = policy(SecurityHeaders(settings).of("/"))["frame-ancestors"]
    assert found == "'self' https://a.example http://b.example:8080"
    found = policy(SecurityHeaders(settings, on_space=True).of("/"))["frame-ancestors"]
    assert "https://huggingface.co" in found
    assert "https://*.hf.space" in found


def test_nobody_shows_the_operators_page_in_a_frame() -> None:
    headers = SecurityHeaders(Settings(embed_origins="https://a.example"))
    assert policy(headers.of("/operator/"))["frame-ancestors"] == "'none'"
    assert policy(headers.of("/operators"))["default-src"] == "'none'"


def test_other_sites_may_load_the_script_for_embedding_and_only_that() -> None:
    headers = SecurityHeaders(Settings())
    assert headers.of("/embed.js")["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_every_response_has_the_headers_and_may_have_stricter_ones_of_its_own(
    guarded: Guarded,
) -> None:
    refused = guarded.client.post("/", headers={"Origin": "null"})
    for reply in (guarded.client.get("/any"), refused):
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert reply.headers["referrer-policy"] == "same-origin"
    assert guarded.client.get("/own").headers["content-security-policy"] == "sandbox"


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # its pool lives with the process
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.skipif("REDIS_URL" not in os.environ, reason="REDIS_URL names no Redis to count in")
def test_two_processes_count_in_one_redis(tmp_path: Path) -> None:
    client = f"client of {tmp_path}"

    async def ask() -> list[bool]:
        limits = [RateLimit("2/minute", os.environ["REDIS_URL"]) for _ in range(2)]
        return [bool(await limit.wait(client)) for limit in (*limits, *limits)]

    assert asyncio.run(ask()) == [False, False, True, True]
    gc.collect()
