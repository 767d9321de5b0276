"""The HTTP API: plain routes over a `Service`, described in `/openapi.json`."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from qa.errors import HospitalQAError
from qa.model import Answer, hit_to_dict
from qa.web.catalogue import document_to_dict, hospitals, summary
from qa.web.problems import bad_request, problem, problem_of, request_id_of
from qa.web.schema import (
    AskRequest,
    AskResponse,
    DocumentResponse,
    DocumentsResponse,
    HospitalsResponse,
    ProblemResponse,
    ReadyResponse,
    SearchRequest,
    SearchResponse,
)
from qa.web.service import Service

EVENT_STREAM = "text/event-stream"
MOST_TEXTS = 8  # events that a text is sent in; each one costs
_NOT_KEPT = {"Cache-Control": "no-store"}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemResponse, "description": description}
    for status, description in (
        (400, "The question cannot be used."),
        (403, "A page of another site may not ask."),
        (413, "The body is too large."),
        (429, "Too many questions of one client."),
        (503, "Too many questions wait, or the documents are still being opened."),
    )
}
_MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemResponse, "description": "There is no such document."}
}


def router(service: Service) -> APIRouter:
    """Return the routes under `/api`, and `/healthz` and `/readyz`."""
    routes = APIRouter()
    _add_questions(routes, service)
    _add_documents(routes, service)
    _add_health(routes, service)
    return routes


def _add_questions(routes: APIRouter, service: Service) -> None:
    @routes.post(
        "/api/ask", response_model=AskResponse, responses=_stream_described(), tags=["questions"]
    )
    async def ask(body: AskRequest, request: Request) -> Response:
        """Answer a question with quotes from the documents, or say that they do not tell.

        With `Accept: text/event-stream` the answer comes as server-sent events: some `text`, then
        `answer`; or `error`.
        """
        if EVENT_STREAM in request.headers.get("accept", ""):
            return answer_in_events(service, body, request_id_of(request))
        try:
            return await answer_in_json(service, body)
        except ValueError as error:
            raise bad_request(error) from error

    @routes.post(
        "/api/search", response_model=SearchResponse, responses=_PROBLEMS, tags=["questions"]
    )
    async def search(body: SearchRequest) -> Response:
        """Return the passages that fit a question best, with their scores."""
        future = service.searching(body.question, body.messages, body.hospital, body.k)
        try:
            hits = await asyncio.wrap_future(future)
        except ValueError as error:
            raise bad_request(error) from error
        return JSONResponse({"hits": [hit_to_dict(hit) for hit in hits]}, headers=_NOT_KEPT)


def _add_documents(routes: APIRouter, service: Service) -> None:
    @routes.get("/api/documents", response_model=DocumentsResponse, tags=["documents"])
    def documents() -> Response:
        """List the documents that answers come from."""
        found = service.engine.documents
        return JSONResponse({"documents": [summary(document) for document in found]})

    @routes.get(
        "/api/documents/{doc_id:path}",
        response_model=DocumentResponse,
        responses=_MISSING,
        tags=["documents"],
    )
    def document(doc_id: str) -> Response:
        """Return a document with its paragraphs and how to cite it."""
        try:
            return JSONResponse(document_to_dict(service.engine, doc_id))
        except KeyError as error:
            raise HTTPException(
                404, f"there is no document {doc_id!r}; see /api/documents"
            ) from error

    @routes.get("/api/hospitals", response_model=HospitalsResponse, tags=["documents"])
    def known_hospitals() -> Response:
        """List the hospitals that the documents are about; one can be given as `hospital`."""
        return JSONResponse({"hospitals": hospitals(service.engine.documents)})


def _add_health(routes: APIRouter, service: Service) -> None:
    @routes.get("/healthz", tags=["health"])
    async def alive() -> dict[str, str]:
        """Tell that the server runs."""
        return {"status": "ok"}

    @routes.get(
        "/readyz",
        response_model=ReadyResponse,
        responses={503: {"model": ReadyResponse, "description": "Not yet."}},
        tags=["health"],
    )
    def ready() -> Response:
        """Tell whether questions can be answered now: the engine of the index is there too."""
        can = service.can_answer()
        return JSONResponse({"ready": can}, 200 if can else 503)


def _stream_described() -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}}, **_PROBLEMS}


async def answer_in_json(service: Service, body: AskRequest) -> Response:
    """Return the response that holds the answer. Raises what `Engine.ask` and the gate raise."""
    answer = await _answer(service, body)
    return Response(
        orjson.dumps(answer.to_dict()), headers=_NOT_KEPT, media_type="application/json"
    )


def answer_in_events(service: Service, body: AskRequest, request_id: str) -> Response:
    """Return the response that sends the answer, or what went wrong, as server-sent events."""
    events = _events(service, body, request_id)
    headers = {**_NOT_KEPT, "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type=EVENT_STREAM, headers=headers)


async def _answer(service: Service, body: AskRequest) -> Answer:
    future = service.asking(body.question, body.messages, body.hospital, body.k)
    return await asyncio.wrap_future(future)


async def _events(service: Service, body: AskRequest, request_id: str) -> AsyncIterator[bytes]:
    try:
        answer = await _answer(service, body)
    except (ValueError, HospitalQAError) as error:
        _, code = problem_of(error)
        yield _event("error", problem(code, str(error), request_id))
        return
    # They are all known at the same time, so they are sent in one piece.
    texts = [_event("text", {"text": text}) for text in _texts(answer.text)]
    yield b"".join([*texts, _event("answer", answer.to_dict())])


def _texts(text: str) -> list[str]:
    """Return the lines of a text, several in one where there are many."""
    lines = text.splitlines(keepends=True)
    size = -(-len(lines) // MOST_TEXTS) or 1
    return ["".join(lines[at : at + size]) for at in range(0, len(lines), size)]


def _event(name: str, data: dict[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps(data))
