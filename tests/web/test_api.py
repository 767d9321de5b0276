"""The HTTP API: bodies, errors, streams, and their description."""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from qa.errors import Busy, IndexMissing
from qa.model import Answer, hit_to_dict
from qa.settings import Settings
from qa.web import schema
from qa.web.server import build_server
from qa.web.service import Service

STREAM = {"Accept": "text/event-stream"}


def client_of(engine: Any, tmp_path: Path, **settings: Any) -> TestClient:
    chosen = Settings(data=tmp_path, rate_limit="", **settings)
    server = build_server(Service(engine, chosen), chosen)
    return TestClient(server, raise_server_exceptions=False)


@pytest.fixture
def client(engine: Any, tmp_path: Path) -> TestClient:
    return client_of(engine, tmp_path)


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


@pytest.mark.parametrize("question", ["床位", "透析", "恶意", "哪个", "天气"])
def test_an_answer_is_its_one_json_form_and_as_described(
    client: TestClient, engine: Any, question: str
) -> None:
    reply = client.post("/api/ask", json={"question": question})
    assert reply.status_code == 200
    assert reply.json() == engine.ask(question).to_dict()
    assert reply.headers["cache-control"] == "no-store"
    described = schema.AskResponse.model_validate_json(reply.text)
    assert json.loads(described.model_dump_json()) == reply.json()


def test_history_hospital_and_k_reach_the_engine(
    client: TestClient, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def ask(*arguments: Any) -> Answer:
        seen.append(arguments)
        return Answer("q", "q", "t", (), (), 0.0, "refused")

    monkeypatch.setattr(engine, "ask", ask)
    history = [{"role": "user", "content": "甲"}, {"role": "assistant", "content": "乙"}]
    body = {"question": "丙", "history": history, "hospital": "丁", "k": 7}
    assert client.post("/api/ask", json=body).status_code == 200
    assert seen == [("丙", history, "丁", 7)]


def test_hits_are_the_one_json_form_and_as_described(
    client: TestClient, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hits = list(engine.ask("床位").hits)
    monkeypatch.setattr(engine, "search", lambda *_args: hits, raising=False)
    reply = client.post("/api/search", json={"question": "床位"})
    assert reply.json() == {"hits": [hit_to_dict(hit) for hit in hits]}
    described = schema.SearchResponse.model_validate_json(reply.text)
    assert json.loads(described.model_dump_json()) == reply.json()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "question: Field required"),
        ({"question": 5}, "question = 5"),
        ({"question": " "}, "the question is empty"),
        ({"question": "q", "k": 0}, "k = 0"),
        ({"question": "q", "k": 51}, "k = 51"),
        ({"question": "q", "hospitals": "x"}, "hospitals = 'x'"),
        ({"question": "q", "history": [{"role": "system", "content": ""}]}, "history.0.role"),
        ({"question": "q", "history": [{"role": "user"}]}, "history.0.content"),
        ({"question": "q", "history": [{"role": "user", "content": ""}] * 51}, "history: "),
        ([], "the body"),
        ({"question": ["x" * 500]}, "question: "),
    ],
)
def test_a_bad_body_is_named_in_the_form_of_all_errors(
    client: TestClient, body: Any, said: str
) -> None:
    reply = client.post("/api/ask", json=body)
    assert reply.status_code == 400
    error = schema.ProblemResponse.model_validate_json(reply.text).error
    assert error.code == "bad_request"
    assert said in error.message
    assert len(error.message) < 300
    assert error.request_id == reply.headers["x-request-id"]


def test_a_body_that_is_no_json_is_a_bad_request(client: TestClient) -> None:
    reply = client.post("/api/ask", content="{", headers={"Content-Type": "application/json"})
    assert reply.status_code == 400
    assert schema.ProblemResponse.model_validate_json(reply.text).error.code == "bad_request"


def test_a_stream_gives_the_text_in_pieces_and_then_the_answer(
    client: TestClient, engine: Any
) -> None:
    reply = client.post("/api/ask", json={"question": "床位"}, headers=STREAM)
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in reply.headers
    *texts, (last, answer) = events(reply.text)
    assert [name for name, _ in texts] == ["text", "text"]
    assert "".join(data["text"] for _, data in texts) == answer["text"]
    assert last == "answer"
    assert answer == engine.ask("床位").to_dict()


def test_a_long_text_comes_in_few_pieces(
    client: TestClient, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n".join(f"行{number}" for number in range(50))
    answer = Answer("q", "q", text, (), (), 0.5, "answered")
    monkeypatch.setattr(engine, "ask", lambda *_args: answer)
    *texts, _ = events(client.post("/api/ask", json={"question": "q"}, headers=STREAM).text)
    assert len(texts) <= 8
    assert "".join(data["text"] for _, data in texts) == text


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ValueError("wrong"), 400, "bad_request"),
        (Busy("many wait"), 503, "busy"),
        (IndexMissing("gone"), 500, "internal"),
    ],
)
def test_errors_of_the_engine_have_their_form_in_both_ways_of_asking(
    client: TestClient, engine: Any, monkeypatch: pytest.MonkeyPatch, error: Exception,
    status: int, code: str,
) -> None:  # fmt: skip
    def fail(*_args: object) -> Answer:
        raise error

    monkeypatch.setattr(engine, "ask", fail)
    reply = client.post("/api/ask", json={"question": "q"})
    assert reply.status_code == status
    assert reply.json()["error"] == {
        "code": code,
        "message": str(error),
        "request_id": reply.headers["x-request-id"],
    }
    assert ("retry-after" in reply.headers) == (status == 503)
    ((name, data),) = events(client.post("/api/ask", json={"question": "q"}, headers=STREAM).text)
    assert name == "error"
    assert (data["error"]["code"], data["error"]["message"]) == (code, str(error))


def test_what_was_not_foreseen_tells_no_detail(
    client: TestClient, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> Answer:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr(engine, "ask", fail)
    reply = client.post("/api/ask", json={"question": "q"})
    assert reply.status_code == 500
    assert reply.json()["error"]["code"] == "internal"
    assert "secret" not in reply.text
    assert reply.headers["x-request-id"] == reply.json()["error"]["request_id"]
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_documents_are_listed_and_read_as_described(client: TestClient, engine: Any) -> None:
    listed = schema.DocumentsResponse.model_validate(client.get("/api/documents").json())
    assert [one.id for one in listed.documents] == ["renhe", "evil"]
    reply = client.get("/api/documents/renhe")
    document = schema.DocumentResponse.model_validate(reply.json())
    assert json.loads(document.model_dump_json()) == reply.json()
    text = engine.document("renhe").text
    assert [text[one.start : one.end] for one in document.passages] == [
        one.text for one in document.passages
    ]
    assert document.reference.plain


def test_a_document_may_have_slashes_and_chinese_in_its_id(
    client: TestClient, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    renhe = engine.document("renhe")
    asked: list[str] = []
    monkeypatch.setattr(engine, "document", lambda name: asked.append(name) or renhe)
    assert client.get("/api/documents/二〇二一/五月#1").status_code == 200
    assert client.get("/api/documents/%E4%BA%94%E6%9C%88/a%231").status_code == 200
    assert list(dict.fromkeys(asked)) == ["二〇二一/五月", "五月/a#1"]


def test_a_document_that_is_not_there_is_not_found(
    client: TestClient, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "document", {}.__getitem__)
    reply = client.get("/api/documents/nope")
    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == "not_found"
    assert "'nope'" in reply.json()["error"]["message"]


def test_hospitals_are_canonical_names_without_subjects_of_news(
    client: TestClient, engine: Any
) -> None:
    names = client.get("/api/hospitals").json()["hospitals"]
    assert names == [name for document in engine.documents for name in document.hospitals]


def test_health_and_readiness_and_what_is_not_ready(engine: Any, tmp_path: Path) -> None:
    ready = client_of(engine, tmp_path)
    assert (ready.get("/healthz").status_code, ready.get("/readyz").status_code) == (200, 200)
    opening = client_of(None, tmp_path)
    assert (opening.get("/healthz").status_code, opening.get("/readyz").status_code) == (200, 503)
    for reply in (
        opening.post("/api/ask", json={"question": "q"}),
        opening.post("/api/search", json={"question": "q"}),
        opening.get("/api/documents"),
        opening.get("/api/documents/x"),
        opening.get("/api/hospitals"),
    ):
        assert reply.status_code == 503
        assert reply.json()["error"]["code"] == "not_ready"
        assert int(reply.headers["retry-after"]) > 0


def test_a_server_whose_store_is_away_is_not_ready_and_is_again(
    engine: Any, tmp_path: Path
) -> None:
    client = client_of(engine, tmp_path)
    for reachable, status in ((False, 503), (True, 200)):
        engine.reachable = reachable
        reply = client.get("/readyz")
        assert (reply.status_code, reply.json()) == (status, {"ready": reachable})


def test_what_is_not_there_and_wrong_methods_have_the_form_of_errors(client: TestClient) -> None:
    assert client.get("/nothing").json()["error"]["code"] == "not_found"
    reply = client.get("/api/ask")
    assert (reply.status_code, reply.json()["error"]["code"]) == (405, "bad_request")
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404


def test_the_description_names_our_routes_and_their_bodies(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert {"/api/ask", "/api/search", "/api/documents", "/api/documents/{doc_id}"} <= set(
        described["paths"]
    )
    assert not any("gradio" in path for path in described["paths"])
    ask = described["paths"]["/api/ask"]["post"]
    assert ask["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith(
        "/AskRequest"
    )
    answered = ask["responses"]["200"]["content"]
    assert answered["application/json"]["schema"]["$ref"].endswith("/AskResponse")
    assert "text/event-stream" in answered
    assert set(described["components"]["schemas"]["AskResponse"]["required"]) == set(
        schema.AskResponse.model_fields
    )
    assert {"400", "429", "503"} <= set(ask["responses"])
    # What a route answers to a bad body is our form, whatever FastAPI says of its own.
    assert "422" not in ask["responses"]


def test_long_responses_are_compressed_and_short_ones_not(client: TestClient) -> None:
    packed = {"Accept-Encoding": "gzip"}
    assert client.get("/openapi.json", headers=packed).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client.get("/healthz", headers=packed).headers
