import json
import threading
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from qa.feedback import FeedbackStore
from qa.settings import Settings
from qa.web import feedback_api
from qa.web.server import build_server
from qa.web.service import Service

HISTORY = [
    {"role": "user", "content": "说说仁和医院"},
    {"role": "assistant", "content": "仁和医院位于青山市。[1]"},
]


def client_of(engine: Any, data: Path, **settings: Any) -> TestClient:
    chosen = Settings(data=data, rate_limit="", **settings)
    server = build_server(Service(engine, chosen), chosen)
    return TestClient(server, raise_server_exceptions=False)


@pytest.fixture
def client(engine: Any, tmp_path: Path) -> TestClient:
    return client_of(engine, tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / "feedback.jsonl")


def send(client: TestClient, **body: Any) -> Any:
    return client.post("/api/feedback", json={"question": "床位", "verdict": "up", **body})


def test_a_thumb_is_kept_with_the_answer_of_the_server(
    client: TestClient, store: FeedbackStore, engine: Any
) -> None:
    reply = send(
        client,
        verdict="down",
        reason="wrong",
        comment="是1300张",
        history=HISTORY,
        hospital="仁和医院",
    )
    assert (reply.status_code, reply.json()) == (201, {"kept": True})
    (kept,) = store.read().records
    assert (kept.verdict, kept.reason, kept.comment) == ("down", "wrong", "是1300张")
    assert list(kept.history) == HISTORY
    assert kept.hospital == "仁和医院"
    assert engine.histories[-1] == HISTORY
    answer = engine.ask("床位").to_dict()
    assert (kept.answer["text"], kept.answer["confidence"]) == (
        answer["text"],
        answer["confidence"],
    )
    assert kept.answer["citations"] == json.loads(json.dumps(answer["citations"]))


def test_an_answer_that_a_browser_sends_is_not_taken(
    client: TestClient, store: FeedbackStore
) -> None:
    reply = send(client, answer={"text": "made up"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "bad_request")
    assert store.read().records == ()


def test_nothing_of_who_said_it_is_kept(client: TestClient, store: FeedbackStore) -> None:
    headers = {
        "User-Agent": "Secret/1.0",
        "X-Forwarded-For": "192.0.2.7",
        "Cookie": "who=me",
        "X-Request-ID": "req-4711",
    }
    client.post("/api/feedback", json={"question": "床位", "verdict": "up"}, headers=headers)
    line = store.path.read_text(encoding="utf-8")
    assert not [word for word in ("Secret", "192.0.2.7", "who=me", "testclient") if word in line]
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"verdict": "sideways"},
        {"reason": "ugly"},
        {"comment": "x" * 501},
        {"question": " "},
        {"history": [{"role": "system", "content": "x"}]},
        {"history": HISTORY * 26},
        {"k": 0},
    ],
    ids=lambda body: next(iter(body)),
)
def test_what_cannot_be_used_is_a_bad_request_and_not_kept(
    client: TestClient, store: FeedbackStore, body: Any
) -> None:
    reply = send(client, **body)
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "bad_request")
    assert reply.json()["error"]["message"]
    assert store.read().records == ()


def test_hostile_words_are_kept_as_text(
    client: TestClient, store: FeedbackStore, hostile: str
) -> None:
    reply = send(client, question=f"恶意{hostile}", verdict="down", comment=hostile)
    assert reply.status_code == 201
    (kept,) = store.read().records
    assert kept.comment == hostile.replace("\u202e", "")
    assert kept.answer["question"] == f"恶意{hostile}"


def test_it_can_be_switched_off(engine: Any, tmp_path: Path, store: FeedbackStore) -> None:
    reply = send(client_of(engine, tmp_path, feedback=False))
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found")
    assert store.read().records == ()
    assert engine.histories == []


def test_it_is_no_question_to_be_counted_or_logged(engine: Any, tmp_path: Path) -> None:
    client = client_of(engine, tmp_path, log_questions=True)
    assert send(client).status_code == 201
    assert not (tmp_path / "questions.jsonl").exists()


def test_a_disk_that_is_full_is_told_without_a_path(
    client: TestClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "feedback.jsonl").mkdir()
    reply = send(client)
    assert reply.status_code == 500
    error = reply.json()["error"]
    assert (error["code"], error["message"]) == (
        "internal",
        "feedback cannot be kept at the moment",
    )
    assert str(tmp_path) not in reply.text
    assert any(str(tmp_path) in message for message in caplog.messages)


def test_before_the_documents_are_open_it_waits(tmp_path: Path) -> None:
    reply = send(client_of(None, tmp_path))
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "not_ready")


def test_too_much_at_once_is_told_politely(
    engine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: FeedbackStore
) -> None:
    monkeypatch.setattr(feedback_api, "WAIT_SECONDS", 0.01)
    begun, go = threading.Event(), threading.Event()
    real = engine.ask

    def slow(*arguments: Any) -> Any:
        begun.set()
        go.wait(20)
        return real(*arguments)

    monkeypatch.setattr(engine, "ask", slow)
    with client_of(engine, tmp_path) as client:
        replies: list[Any] = []
        first = threading.Thread(target=lambda: replies.append(send(client)))
        first.start()
        begun.wait(20)
        second = send(client)
        go.set()
        first.join()
    assert (second.status_code, second.json()["error"]["code"]) == (503, "busy")
    assert replies[0].status_code == 201
    assert len(store.read().records) == 1


def test_another_site_s_page_may_not_send_any(client: TestClient, store: FeedbackStore) -> None:
    reply = client.post(
        "/api/feedback",
        json={"question": "床位", "verdict": "up"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert reply.status_code == 403
    assert store.read().records == ()


def test_it_is_described(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    body = described["components"]["schemas"]["FeedbackRequest"]["properties"]
    assert {"question", "history", "hospital", "verdict", "reason", "comment"} <= set(body)
    assert "201" in described["paths"]["/api/feedback"]["post"]["responses"]
