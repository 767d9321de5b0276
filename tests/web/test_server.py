"""The whole server over real HTTP: many at once, its start and its end."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa.errors import SettingsError
from qa.settings import Settings
from qa.web.server import serving
from qa.web.service import Service

ROOT = Path(__file__).parents[2]
SESAME: Any = "correct horse"
PATIENCE = 120  # seconds until a test that hangs fails


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, port=0, rate_limit="", callers=2)


@pytest.fixture
def address(engine: Any, settings: Settings) -> Iterator[str]:
    with serving(Service(engine, settings), settings) as served:
        yield served


def test_fifty_people_at_once_are_answered_without_an_error(address: str, engine: Any) -> None:
    expected = engine.ask("床位").to_dict()
    with httpx.Client(base_url=address, timeout=PATIENCE) as client:

        def ask(_number: int) -> Any:
            return client.post("api/ask", json={"question": "床位"})

        with ThreadPoolExecutor(50) as people:
            replies = list(people.map(ask, range(200)))
    assert {reply.status_code for reply in replies} == {200}
    assert all(reply.json() == expected for reply in replies)


def test_a_full_queue_is_told_politely_and_in_time(engine: Any, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, port=0, callers=1, queue=0)
    service = Service(engine, settings)
    with serving(service, settings) as address, ThreadPoolExecutor(1):
        service._gate.pending = 1  # as if one were being answered
        reply = httpx.post(f"{address}api/ask", json={"question": "床位"})
        assert reply.status_code == 503
        assert reply.json()["error"]["code"] == "busy"
        assert int(reply.headers["retry-after"]) > 0
        service._gate.pending = 0
        assert httpx.post(f"{address}api/ask", json={"question": "床位"}).status_code == 200


def test_gradios_routes_are_guarded_too(address: str) -> None:
    evil = {"Origin": "https://evil.example"}
    reply = httpx.post(f"{address}gradio_api/queue/join", json={}, headers=evil)
    assert reply.status_code == 403
    config = httpx.get(f"{address}config", headers=evil)
    assert config.status_code == 200
    assert not [name for name in config.headers if name.startswith("access-control")]
    assert "default-src 'none'" in config.headers["content-security-policy"]


def test_files_cannot_be_uploaded_without_the_operators_page(address: str) -> None:
    reply = httpx.post(f"{address}gradio_api/upload", files={"files": ("a.txt", b"abc")})
    assert reply.status_code == 413
    assert httpx.get(f"{address}operator/").status_code == 404


def test_the_operators_page_wants_the_password(engine: Any, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, port=0, operator_password=SESAME)
    with (
        serving(Service(engine, settings), settings) as address,
        httpx.Client(base_url=f"{address}operator/") as client,
    ):
        assert client.get("gradio_api/info").status_code == 401
        form = {"username": "operator", "password": "wrong"}
        assert client.post("login", data=form).status_code == 400
        assert client.get("gradio_api/info").status_code == 401
        form = {**form, "password": SESAME}
        assert client.post("login", data=form).status_code == 200
        assert client.get("gradio_api/info").status_code == 200
        assert client.get("").headers["content-security-policy"].endswith("frame-ancestors 'none'")


def test_whose_proxy_header_is_believed_is_a_setting(engine: Any, tmp_path: Path) -> None:
    told = [{"X-Forwarded-For": f"198.51.100.{number}"} for number in range(3)]
    found = {}
    for proxies in ("", "127.0.0.1"):
        settings = Settings(
            data=tmp_path, port=0, rate_limit="1/hour", trusted_proxies=proxies, host="127.0.0.1"
        )
        with serving(Service(engine, settings), settings) as address:
            found[proxies] = [
                httpx.post(
                    f"{address}api/ask", json={"question": "床位"}, headers=headers
                ).status_code
                for headers in told
            ]
    assert found == {"": [200, 429, 429], "127.0.0.1": [200, 200, 200]}


def test_a_port_in_use_is_a_clear_error(engine: Any, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = Settings(data=tmp_path, port=port)
        with (
            pytest.raises(SettingsError, match=f"on 127.0.0.1 port {port}: .*another"),
            serving(Service(engine, settings), settings),
        ):
            pass


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_command_listens_then_answers_then_stops_when_told(
    tmp_path: Path, how: signal.Signals
) -> None:
    if signal.getsignal(how) is signal.SIG_IGN:
        pytest.skip(f"{how.name} is ignored here, as under nohup, and by what is started from here")
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "a.md").write_text("# 青禾医院\n\n青禾医院现有床位620张。\n", "utf-8")
    environment = {**os.environ, "HOSPITALQA_DATA": str(tmp_path / "data")}
    command = ["serve", "--corpus", str(documents), "--port", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "qa.cli", *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            _answers_then_stops(process, how)
        finally:
            process.kill()  # else one that does not stop would be waited for without end


def _answers_then_stops(process: "subprocess.Popen[str]", how: signal.Signals) -> None:
    assert process.stderr is not None
    assert process.stdout is not None
    address = ""
    for line in process.stderr:
        if line.startswith("医院资料问答: "):
            address = line.split()[-1]
            assert httpx.get(f"{address}healthz").status_code == 200
        if line.startswith("ready"):
            break
    reply = httpx.post(
        f"{address}api/ask", json={"question": "青禾医院有多少张床位？"}, timeout=PATIENCE
    )
    assert "620" in reply.json()["text"]
    process.send_signal(how)
    assert process.wait(PATIENCE) == 0
    assert process.stderr.read().endswith("stopped\n")
    assert process.stdout.read() == ""
