"""Errors as every route tells them: `{"error": {"code", "message", "request_id"}}`.

Routes raise `HTTPException`, or the errors of `qa`; the handlers of this module give them the form.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as AnyHTTPException

from qa.errors import Busy, HospitalQAError, NotReady, StoreUnavailable

RETRY_SECONDS = {"busy": 2, "not_ready": 5}
_CODES = {
    401: "forbidden",
    403: "forbidden",
    404: "not_found",
    413: "too_large",
    429: "rate_limited",
    503: "busy",
}
_LONGEST_VALUE = 60  # characters of a wrong value that are said again


def problem(code: str, message: str, request_id: str) -> dict[str, Any]:
    """Return the JSON form of an error."""
    return {"error": {"code": code, "message": message, "request_id": request_id}}


def problem_of(error: Exception) -> tuple[int, str]:
    """Return the HTTP status and the code of an error that `qa` raises on purpose."""
    if isinstance(error, NotReady | StoreUnavailable):
        return 503, "not_ready"
    if isinstance(error, Busy):
        return 503, "busy"
    return (400, "bad_request") if isinstance(error, ValueError) else (500, "internal")


def request_id_of(request: Request) -> str:
    """Return the id that the request was given."""
    return str(getattr(request.state, "request_id", ""))


def respond(
    request: Request,
    status: int,
    code: str,
    message: str,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return the response that tells an error."""
    told = dict(headers or {})
    if code in RETRY_SECONDS:
        told.setdefault("Retry-After", str(RETRY_SECONDS[code]))
    return JSONResponse(problem(code, message, request_id_of(request)), status, told)


def add_handlers(app: FastAPI) -> None:
    """Make `app` tell all its errors in this form; what is not foreseen without any detail."""
    app.add_exception_handler(AnyHTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HospitalQAError, _ours)
    app.add_exception_handler(Exception, unforeseen)


def bad_request(error: ValueError) -> HTTPException:
    """Return what a route raises for a question that cannot be used."""
    return HTTPException(400, str(error))


def invalid(found: Iterable[Mapping[str, Any]]) -> str:
    """Return in words what pydantic found wrong with a body."""
    return "; ".join(_told(one) for one in found)


async def _http(request: Request, error: Exception) -> JSONResponse:
    told = error if isinstance(error, AnyHTTPException) else AnyHTTPException(500)
    other = "internal" if told.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else "bad_request"
    code = _CODES.get(told.status_code, other)
    return respond(request, told.status_code, code, str(told.detail), told.headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    return respond(request, 400, "bad_request", invalid(found))


async def _ours(request: Request, error: Exception) -> JSONResponse:
    status, code = problem_of(error)
    return respond(request, status, code, str(error))


async def unforeseen(request: Request, _error: Exception) -> JSONResponse:
    """Return the response to an error that nobody expects: it tells no detail."""
    message = "something went wrong here; the operator finds it in the log under this request id"
    return respond(request, 500, "internal", message)


def _told(found: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in found["loc"] if part != "body") or "the body"
    value = found.get("input")
    if found["type"] == "missing" or not isinstance(value, str | int | float | bool):
        return f"{where}: {found['msg']}"
    shown = repr(value)
    if len(shown) > _LONGEST_VALUE:
        shown = f"{shown[:_LONGEST_VALUE]}…"
    return f"{where} = {shown}: {found['msg']}"
