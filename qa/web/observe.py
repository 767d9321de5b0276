"""What an operator sees of a server: a line for each request, and figures for Prometheus.

Neither holds what was asked, nor who asked.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.model import Answer

logger = logging.getLogger(__name__)

REQUEST_ID: Final = "X-Request-ID"
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_QUIET: Final = ("/healthz", "/readyz", "/metrics", "/static/")


class Metrics:
    """The figures of one server. `pending` tells how many questions it has in hand."""

    def __init__(self, pending: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._questions = Counter(
            "hospitalqa_questions",
            "Questions by what came of them.",
            ("status", "reason"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "hospitalqa_answer_seconds",
            "Time from question to answer, the wait for a turn included.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._refused = Counter(
            "hospitalqa_refused_requests",
            "Requests that were turned away, by reason.",
            ("code",),
            registry=self._registry,
        )
        self._responses = Counter(
            "hospitalqa_responses",
            "HTTP responses by status.",
            ("status",),
            registry=self._registry,
        )
        Gauge(
            "hospitalqa_questions_in_progress",
            "Questions that are being answered or wait.",
            registry=self._registry,
        ).set_function(pending)

    def answered(self, answer: Answer, seconds: float) -> None:
        """Count an answer."""
        self._questions.labels(answer.status, answer.reason).inc()
        self._seconds.observe(seconds)

    def refused(self, code: str) -> None:
        """Count a request that was turned away."""
        self._refused.labels(code).inc()

    def responded(self, status: int) -> None:
        """Count a response."""
        self._responses.labels(str(status)).inc()

    def text(self) -> bytes:
        """Return the figures as Prometheus reads them."""
        return generate_latest(self._registry)


class Observe:
    """Gives each request of `app` an id, in the state and in the response, and logs a line of it.

    An id that comes with the request is kept when it is a plain word, so that it can be followed
    from one server to the next.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request as ASGI wants it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin = time.perf_counter()
        request_id = _request_id(Headers(scope=scope).get(REQUEST_ID, ""))
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0  # nothing was sent: the client was gone before

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            milliseconds = 1000 * (time.perf_counter() - begin)
            self._metrics.responded(status)
            _log(scope, request_id, status, milliseconds)


def _log(scope: Scope, request_id: str, status: int, milliseconds: float) -> None:
    raw = scope.get("raw_path") or scope["path"].encode()
    # Neither the query, which may hold a question, nor line breaks.
    path = raw.split(b"?", 1)[0].decode("ascii", "backslashreplace")
    quiet = path.startswith(_QUIET)
    logger.log(
        logging.DEBUG if quiet else logging.INFO,
        "%s %s %s %d %.0f ms",
        request_id,
        scope["method"],
        path.encode("unicode_escape").decode("ascii"),
        status,
        milliseconds,
    )


def _request_id(given: str) -> str:
    return given if _SAFE_ID.fullmatch(given) else secrets.token_hex(8)
