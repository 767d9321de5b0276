"""Request ids, the log and the figures: enough to find a request, nothing of what was asked."""

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from qa.settings import Settings
from qa.web.server import build_server
from qa.web.service import Service


@pytest.fixture
def client(engine: Any, tmp_path: Path) -> TestClient:
    settings = Settings(data=tmp_path, rate_limit="4/hour")
    server = build_server(Service(engine, settings), settings)
    return TestClient(server, raise_server_exceptions=False)


def figures(client: TestClient) -> dict[str, float]:
    reply = client.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain")
    lines = [line for line in reply.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_a_request_has_an_id_of_its_own(client: TestClient) -> None:
    ids = {client.get("/healthz").headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in ids)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abc-123_X.9", True),
        ("a" * 64, True),
        ("a" * 65, False),
        ("a b", False),
        ("<script>", False),
        ("", False),
    ],
)
def test_a_given_id_is_kept_when_it_is_a_plain_word(
    client: TestClient, given: str, *, kept: bool
) -> None:
    reply = client.get("/nothing", headers={"X-Request-ID": given})
    assert (reply.headers["x-request-id"] == given) == kept
    assert reply.json()["error"]["request_id"] == reply.headers["x-request-id"]


def test_the_log_has_a_line_a_request_without_what_was_asked_or_by_whom(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="qa.web"):
        reply = client.post("/api/ask?secret=1", json={"question": "床位保密"})
        client.get("/nothing%0Aforged%20line")
    first, second = [record.getMessage() for record in caplog.records if "qa.web" in record.name]
    assert re.fullmatch(rf"{reply.headers['x-request-id']} POST /api/ask 200 \d+ ms", first), first
    assert " 404 " in second
    assert "\n" not in second
    assert "保密" not in caplog.text
    assert "secret" not in caplog.text
    assert "testclient" not in caplog.text


def test_a_failure_is_logged_with_its_status(
    client: TestClient, engine: Any, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def fail(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(engine, "ask", fail)
    with caplog.at_level(logging.INFO, logger="qa.web"):
        client.post("/api/ask", json={"question": "q"})
    assert " POST /api/ask 500 " in caplog.text


def test_checks_of_health_do_not_fill_the_log(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="qa.web"):
        for path in ("/healthz", "/readyz", "/metrics"):
            client.get(path)
    assert caplog.text == ""


def test_the_figures_count_questions_refusals_and_responses(client: TestClient) -> None:
    before = figures(client)
    assert before["hospitalqa_answer_seconds_count"] == 0
    for question in ("床位", "透析", "天气", " ", "床位"):  # the fifth is one too many
        client.post("/api/ask", json={"question": question})
    after = figures(client)
    assert after['hospitalqa_questions_total{reason="",status="answered"}'] == 2
    assert after['hospitalqa_questions_total{reason="attribute_not_found",status="refused"}'] == 1
    assert after["hospitalqa_answer_seconds_count"] == 3
    assert after['hospitalqa_answer_seconds_bucket{le="+Inf"}'] == 3
    assert after['hospitalqa_refused_requests_total{code="rate_limited"}'] == 1
    assert after['hospitalqa_responses_total{status="400"}'] == 1
    assert after['hospitalqa_responses_total{status="429"}'] == 1
    assert after["hospitalqa_questions_in_progress"] == 0


def test_two_servers_count_apart(client: TestClient, engine: Any, tmp_path: Path) -> None:
    client.post("/api/ask", json={"question": "床位"})
    settings = Settings(data=tmp_path)
    other = TestClient(build_server(Service(engine, settings), settings))
    assert figures(other)["hospitalqa_answer_seconds_count"] == 0


@pytest.mark.parametrize("kept", [False, True])
def test_questions_are_kept_only_where_the_operator_wants_it(
    engine: Any, tmp_path: Path, *, kept: bool
) -> None:
    settings = Settings(data=tmp_path, log_questions=kept)
    client = TestClient(build_server(Service(engine, settings), settings))
    client.post("/api/ask", json={"question": "床位"})
    written = [path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert any("床位" in text for text in written) == kept
