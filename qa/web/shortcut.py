"""POST /api/ask by the shortest way.

Between the guard and a route of FastAPI lie the layers of Gradio, Starlette and FastAPI, which
together take as much processor time as the rest of a request. An ordinary question passes them by.
Whatever is out of the ordinary goes the long way to the route in `qa.web.api`: a body that is not
as it should be, of which FastAPI says what is wrong, or a response to be compressed.
"""

from pydantic import ValidationError
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, ExceptionHandler, Receive, Scope, Send

from qa.errors import HospitalQAError
from qa.web.api import EVENT_STREAM, answer_in_events, answer_in_json
from qa.web.guard import replayed
from qa.web.problems import problem_of, request_id_of, respond
from qa.web.schema import AskRequest
from qa.web.service import Service

PATH = "/api/ask"
_JSON = b"application/json"


class Shortcut:
    """Answers ordinary questions to PATH from `service`, and leaves all else to `app`.

    It stands within the guard, which hands on a body in one piece. `unforeseen` makes the response
    to an error that nobody expects.
    """

    def __init__(self, app: ASGIApp, service: Service, unforeseen: ExceptionHandler) -> None:
        self._app = app
        self._service = service
        self._short_way = ServerErrorMiddleware(self._ask, handler=unforeseen)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request as ASGI wants it."""
        ordinary = scope["type"] == "http" and _is_ordinary(scope)
        await (self._short_way if ordinary else self._app)(scope, receive, send)

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        try:
            body = AskRequest.model_validate_json(message.get("body", b""))
        except ValidationError:
            await self._app(scope, replayed(message, receive), send)
            return
        response = await self._response(body, Request(scope))
        await response(scope, receive, send)

    async def _response(self, body: AskRequest, request: Request) -> Response:
        if _is_stream(request.scope):
            return answer_in_events(self._service, body, request_id_of(request))
        try:
            return await answer_in_json(self._service, body)
        except (ValueError, HospitalQAError) as error:
            status, code = problem_of(error)
            return respond(request, status, code, str(error))


def _is_ordinary(scope: Scope) -> bool:
    return (
        scope["path"] == PATH
        and scope["method"] == "POST"
        and _header(scope, b"content-type").partition(b";")[0].strip() == _JSON
        and (_is_stream(scope) or not _header(scope, b"accept-encoding"))
    )


def _is_stream(scope: Scope) -> bool:
    return EVENT_STREAM.encode() in _header(scope, b"accept")


def _header(scope: Scope, wanted: bytes) -> bytes:
    return b",".join(value for name, value in scope["headers"] if name == wanted)
