"""What comes in is checked before any route sees it, and what goes out gets its headers.

Writes come from our own pages or from programs, never from another site's page; bodies are small;
and a client may ask so many questions in a time. Pure ASGI, so that streams stay streams.
"""

import logging
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.errors import SettingsError
from qa.settings import Settings
from qa.web.clients import client_of
from qa.web.headers import OPERATOR, SecurityHeaders
from qa.web.problems import problem

logger = logging.getLogger(__name__)

MAX_BODY: Final = 512_000  # bytes: a question with 50 long messages before it
_MULTIPART: Final = 1_000_000  # bytes that an upload's form may have around the file
_READS = frozenset({"GET", "HEAD"})
_LOGIN = f"{OPERATOR}/login"
_UPLOAD = f"{OPERATOR}/gradio_api/upload"
_CODES = {403: "forbidden", 413: "too_large", 429: "rate_limited"}
# The client that is installed; a question does not wait for it for long.
_REDIS: Final[dict[str, str | float | bool]] = {
    "implementation": "redispy",
    "socket_connect_timeout": 1.0,
    "socket_timeout": 1.0,
}
Refused = Callable[[str], None]
"""Is told the code of each request that is turned away."""


class Rules:
    """What a guard holds to, from the settings.

    Raises SettingsError for a rate limit, a storage or an origin that cannot be used.
    """

    def __init__(self, settings: Settings, *, on_space: bool = False) -> None:
        self.limit = RateLimit(settings.rate_limit, settings.rate_storage)
        self.headers = SecurityHeaders(settings, on_space=on_space)
        self.max_upload = settings.max_upload + _MULTIPART
        self.any_proxy = settings.trusted_proxies.strip() == "*"


class Guard:
    """Checks requests to `app`, and sets the security headers of its responses."""

    def __init__(self, app: ASGIApp, rules: Rules, refused: Refused) -> None:
        self._app = app
        self._rules = rules
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request as ASGI wants it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = self._with_headers(scope["path"], send)
        if scope["method"] in _READS:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not _same_origin(headers):
            await self._refuse(scope, send, 403, "another site's page may not do this")
            return
        if self._is_counted(scope["path"]):
            client = client_of(scope, any_proxy=self._rules.any_proxy)
            seconds = await self._rules.limit.wait(client)
            if seconds:
                message = f"too many questions in a short time; ask again in {seconds} s"
                await self._refuse(scope, send, 429, message, {"Retry-After": str(seconds)})
                return
        await self._checked_body(scope, receive, send, headers)

    async def _checked_body(
        self, scope: Scope, receive: Receive, send: Send, headers: Headers
    ) -> None:
        upload = scope["path"].rstrip("/") == _UPLOAD
        most = self._rules.max_upload if upload else MAX_BODY
        # An upload is handed on as it comes, so it must say its length before.
        length = headers.get("content-length", "unknown" if upload else "0")
        body: bytes | None = b""
        if not length.isdecimal() or int(length) > most:
            body = None
        elif not upload:
            body = await _read(receive, most)
        if body is None:
            message = f"the request is larger than {most:,} bytes, or does not say its size"
            await self._refuse(scope, send, 413, message, {"Connection": "close"})
            return
        whole: Message = {"type": "http.request", "body": body, "more_body": False}
        await self._app(scope, receive if upload else replayed(whole, receive), send)

    def _is_counted(self, path: str) -> bool:
        return not path.startswith(f"{OPERATOR}/") or path.rstrip("/") == _LOGIN

    async def _refuse(
        self,
        scope: Scope,
        send: Send,
        status: int,
        message: str,
        headers: dict[str, str] | None = None,
    ) -> None:
        code = _CODES[status]
        self._refused(code)
        request_id = str(scope.get("state", {}).get("request_id", ""))
        response = JSONResponse(problem(code, message, request_id), status, headers)
        await response(scope, _nothing_more, send)

    def _with_headers(self, path: str, send: Send) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in [name for name in headers if name.startswith("access-control-")]:
                    del headers[name]  # Gradio opens its endpoints to other sites
                for name, value in self._rules.headers.of(path).items():
                    headers.setdefault(name, value)
            await send(message)

        return send_with_headers


class RateLimit:
    """So many requests of a client in a time, such as "120/minute"; "" is no limit.

    They are counted in this process ("memory://"), or for all processes in Redis ("redis://host").
    """

    def __init__(self, rate: str, storage: str) -> None:
        self._rate = _rate(rate)
        self._limiter = SlidingWindowCounterRateLimiter(_storage(storage)) if self._rate else None

    async def wait(self, client: str) -> int:
        """Count a request; return the seconds to wait when it is one too many, else 0."""
        if self._rate is None or self._limiter is None:
            return 0
        try:
            if await self._limiter.hit(self._rate, client):
                return 0
            reset = await self._limiter.get_window_stats(self._rate, client)
        except StorageError as error:
            # Answering goes on while the counts cannot be reached.
            logger.warning("requests cannot be counted: %s", error.storage_error)
            return 0
        return max(1, round(reset.reset_time - time.time()))


def _rate(text: str) -> RateLimitItem | None:
    if not text.strip():
        return None
    try:
        return parse(text)
    except ValueError as error:
        raise SettingsError(
            f"rate_limit = {text!r} is not a rate; write such as 120/minute, or nothing"
        ) from error


def _storage(uri: str) -> Storage:
    options = _REDIS if uri.startswith("redis") else {}
    try:
        storage = storage_from_string(f"async+{uri}", wrap_exceptions=True, **options)
    except (ConfigurationError, ValueError) as error:
        raise SettingsError(
            f"rate_storage = {uri!r} cannot be used: {error}; write memory:// or "
            "redis://host:6379, which needs pip install 'hospital-qa[redis]'"
        ) from error
    if not isinstance(storage, Storage):
        raise SettingsError(f"rate_storage = {uri!r} cannot be used; write memory:// or redis://…")
    return storage


def _same_origin(headers: Headers) -> bool:
    """Tell whether a write comes from our own page, or from no page at all."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


async def _read(receive: Receive, most: int) -> bytes | None:
    """Return the whole body, or None when it is longer than `most`."""
    parts = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(parts)
        parts += message.get("body", b"")
        if len(parts) > most:
            return None
        if not message.get("more_body", False):
            return bytes(parts)


def replayed(message: Message, receive: Receive) -> Receive:
    """Return what gives a message that was received already, and then what comes after it."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return message

    return receive_again


async def _nothing_more() -> Message:
    return {"type": "http.disconnect"}
