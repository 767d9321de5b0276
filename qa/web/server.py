"""The server: the page, the API, the tools and the operator's page, in one application.

It is a `gradio.Server`, a FastAPI application that Gradio's clients, MCP and Spaces know. Around
all of it, Gradio's own routes included, stand the guard and the log.
"""

import io
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

import gradio as gr
from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from qa.errors import SettingsError
from qa.question_log import QUESTIONS_FILE, QuestionLog
from qa.settings import Settings
from qa.version import program_version
from qa.web import api, feedback_api, pages
from qa.web.guard import Guard, Rules
from qa.web.headers import OPERATOR
from qa.web.observe import Metrics, Observe
from qa.web.operator import build_operator, operator_look
from qa.web.problems import add_handlers, unforeseen
from qa.web.service import Service
from qa.web.shortcut import Shortcut
from qa.web.tools import add_tools, limit_tools

TITLE = "医院资料问答"
OPERATOR_NAME = "operator"
_DESCRIPTION = (
    "Answers quoted word for word from documents, each with its source; or a plain no. "
    "Gradio's clients find `ask` and `search` here as well, and MCP its tools at /gradio_api/mcp/."
)
_GZIP_LEVEL = 5
_QUEUE_SECONDS = 0.05


class _Server(gr.Server):  # type: ignore[misc]  # gradio has no types
    """A `gradio.Server` with the guard and the log around all that it serves."""

    def __init__(self, service: Service, settings: Settings) -> None:
        super().__init__(
            title=TITLE,
            description=_DESCRIPTION,
            version=program_version(),
            docs_url=None,  # these pages load scripts from elsewhere
            redoc_url=None,
        )
        self.metrics = Metrics(lambda: service.pending)
        self._service = service
        self._described: list[BaseRoute] = []
        self._rules = Rules(settings, on_space="SPACE_ID" in os.environ)

    def build_middleware_stack(self) -> ASGIApp:
        """Return the application as it is called; what Gradio adds to itself is within."""
        inner = Shortcut(super().build_middleware_stack(), self._service, unforeseen)
        return Observe(Guard(inner, self._rules, self.metrics.refused), self.metrics)

    def include_api(self, router: APIRouter) -> None:
        """Serve the routes of our own API, and describe them."""
        self.include_router(router)
        self._described += router.routes

    def openapi(self) -> dict[str, Any]:
        """Return the description of our own API, without Gradio's routes."""
        described = get_openapi(
            title=self.title,
            version=self.version,
            description=self.description,
            routes=self._described,
        )
        for operations in described["paths"].values():
            for operation in operations.values():
                operation["responses"].pop("422", None)  # FastAPI's own; ours is a 400
        for name in ("HTTPValidationError", "ValidationError"):
            described["components"]["schemas"].pop(name, None)
        return described


def build_server(service: Service, settings: Settings) -> gr.Server:
    """Return the server over `service`, ready for `launch()`.

    Raises SettingsError for a setting that cannot be used.
    """
    server = _Server(service, settings)
    service.watch(server.metrics.answered)
    if settings.log_questions:
        log = QuestionLog(settings.data.expanduser() / QUESTIONS_FILE)
        service.watch(lambda answer, seconds: log.add(answer, 1000 * seconds))
    add_handlers(server)
    server.add_middleware(GZipMiddleware, compresslevel=_GZIP_LEVEL)
    server.include_api(api.router(service))
    server.include_api(feedback_api.router(service, settings))
    server.include_router(pages.router(service, settings))
    server.include_router(_metrics(server.metrics))
    add_tools(server, service)
    if settings.operator_password:
        _mount_operator(server, service, settings)
    return server


@contextmanager
def serving(service: Service, settings: Settings) -> Iterator[str]:
    """Serve in a thread, and give the address, which ends with a slash. It stops at the end.

    Raises SettingsError when the port is taken, the host is not an address of this machine, or
    another setting cannot be used.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # nobody is told that this server runs
    # uvicorn, which Gradio starts, is told so whose X-Forwarded-For it may believe.
    os.environ["FORWARDED_ALLOW_IPS"] = ",".join(settings.trusted_proxies.split())
    server = build_server(service, settings)
    with redirect_stdout(io.StringIO()):  # stdout is for data
        _, address, _ = server.launch(
            server_name=f"[{settings.host}]" if ":" in settings.host else settings.host,
            server_port=_usable_port(settings.host, settings.port),
            prevent_thread_lock=True,
            app_kwargs={"lifespan": server.router.lifespan_context},  # the operator's page has one
            mcp_server=True,
            quiet=True,
            share=False,
            show_error=False,
            enable_monitoring=False,
            run_history=False,
            footer_links=[],
            max_file_size="1b",
            ssr_mode=False,
            pwa=False,
            _frontend=False,
        )
    limit_tools(server)
    _calm(server.get_blocks())
    try:
        yield address
    finally:
        service.close()
        server.get_blocks().close(verbose=False)


def _calm(blocks: gr.Blocks) -> None:
    """Have Gradio look 20 times a second whether anything waits in its queue, as on Windows.

    Elsewhere it looks a thousand times, which takes a twentieth of a core.
    """
    blocks._queue.sleep_when_free = _QUEUE_SECONDS
    blocks._queue.progress_update_sleep_when_free = _QUEUE_SECONDS


def launch(service: Service, settings: Settings, prepare: Callable[[], object]) -> None:
    """Serve until it is interrupted or told to end; the address goes to stderr.

    `prepare` is called once the server listens; until it is done, questions are told to wait.
    Raises SettingsError as `serving` does, and what `prepare` raises.
    """
    stopped = threading.Event()

    def stop(*_: object) -> None:
        stopped.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        with serving(service, settings) as address:
            sys.stderr.write(f"{TITLE}: {address}\n")
            if settings.operator_password:
                sys.stderr.write(f"{OPERATOR_NAME}: {address}{OPERATOR.strip('/')}\n")
            prepare()
            sys.stderr.write("ready; Ctrl-C stops\n")
            stopped.wait()
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")


def _metrics(metrics: Metrics) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/metrics")
    async def figures() -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return routes


def _mount_operator(server: _Server, service: Service, settings: Settings) -> None:
    operator = build_operator(service, settings)
    _calm(operator)
    gr.mount_gradio_app(
        server,
        operator,
        OPERATOR,
        auth=(OPERATOR_NAME, settings.operator_password),
        **operator_look(),
        max_file_size=settings.max_upload,
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
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
