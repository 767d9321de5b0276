"""The same engine for other programs: Gradio's clients, and agents that speak MCP.

`ask` and `search` are Gradio endpoints that return the JSON form of an answer and of hits. The MCP
tools return that as JSON text, because a dictionary would arrive as Python writes it.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
from pydantic import ValidationError

from qa.errors import HospitalQAError
from qa.model import hit_to_dict
from qa.web.catalogue import document_to_dict
from qa.web.problems import invalid
from qa.web.schema import AskRequest, SearchRequest
from qa.web.service import Service

MOST_PASSAGES = 40  # of a document that are read at a time
_NO_TOOLS = ("/ask", "/search")
Messages = list[dict[str, Any]]


def add_tools(server: gr.Server, service: Service) -> None:
    """Register the endpoints and the tools with `server`."""
    calls = _Calls(service)
    for call in (*_endpoints(calls), *_tools(calls)):
        # The service has a queue; another one before it would only cost time.
        server.api(call, name=call.__name__, queue=False, concurrency_limit=None)


def limit_tools(server: gr.Server) -> None:
    """Take what is only for Gradio's clients off the list of MCP tools of a launched server."""
    tools = server.get_blocks().mcp_server_obj.tool_to_endpoint
    for name in [name for name, endpoint in tools.items() if endpoint in _NO_TOOLS]:
        del tools[name]


def _endpoints(calls: "_Calls") -> tuple[Callable[..., Any], ...]:
    async def ask(
        question: str, history: Messages | None = None, hospital: str | None = None, k: int = 5
    ) -> dict[str, Any]:
        """Answer a question with quotes from the documents; see `Answer.to_dict()`."""
        return await calls.ask(question=question, history=history or (), hospital=hospital, k=k)

    async def search(
        question: str, history: Messages | None = None, hospital: str | None = None, k: int = 10
    ) -> list[dict[str, Any]]:
        """Return the passages that fit a question best, with their scores."""
        return await calls.search(question=question, history=history or (), hospital=hospital, k=k)

    return ask, search


def _tools(calls: "_Calls") -> tuple[Callable[..., Any], ...]:
    async def ask_hospitals(question: str, hospital: str = "") -> str:
        """Answer a question about Chinese hospitals with verbatim quotes and their sources.

        The answer is JSON. "status" is "answered" (cite the quotes in "citations"), "refused" (the
        documents do not tell; "reason" and "suggestions" say more), or "clarify" (ask the person
        which of "suggestions" is meant).

        Args:
            question: The question in Chinese or English, about one thing: 汝州一院有多少党员?
            hospital: A hospital's name to limit the answer to; empty for any.

        """
        return _json(await calls.ask(question=question, hospital=hospital or None))

    async def search_passages(question: str, hospital: str = "", count: int = 10) -> str:
        """Find the passages of the documents that fit a question best, as JSON, best first.

        Args:
            question: What to look for, in Chinese or English.
            hospital: A hospital's name to limit the search to; empty for any.
            count: How many passages, 1 to 100.

        """
        hits = await calls.search(question=question, hospital=hospital or None, k=count)
        return _json({"hits": hits})

    def read_document(doc_id: str, first: int = 1) -> str:
        """Read a document that an answer cites, as JSON: its paragraphs in reading order.

        "total" is how many paragraphs there are; at most 40 come at a time.

        Args:
            doc_id: The "doc_id" of a citation or of a passage.
            first: The number of the first paragraph to read, from 1.

        """
        return _json(calls.read(doc_id, first))

    return ask_hospitals, search_passages, read_document


class _Calls:
    """The service as Gradio wants it: what goes wrong is a `gr.Error` that says why."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def ask(self, **given: Any) -> dict[str, Any]:
        """Answer what is given as to `/api/ask`."""
        with _told():
            body = AskRequest(**given)
            future = self._service.asking(body.question, body.messages, body.hospital, body.k)
            return (await asyncio.wrap_future(future)).to_dict()

    async def search(self, **given: Any) -> list[dict[str, Any]]:
        """Search for what is given as to `/api/search`."""
        with _told():
            body = SearchRequest(**given)
            future = self._service.searching(body.question, body.messages, body.hospital, body.k)
            return [hit_to_dict(hit) for hit in await asyncio.wrap_future(future)]

    def read(self, doc_id: str, first: int) -> dict[str, Any]:
        """Return a document with some of its paragraphs, from number `first`."""
        with _told():
            try:
                found = document_to_dict(self._service.engine, doc_id)
            except KeyError as error:
                message = f"there is no document {doc_id!r}; take the doc_id of a citation"
                raise ValueError(message) from error
        passages = found["passages"]
        begin = max(int(first), 1) - 1
        return {
            **found,
            "total": len(passages),
            "passages": passages[begin : begin + MOST_PASSAGES],
        }


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        raise gr.Error(invalid(error.errors()), print_exception=False) from error
    except (ValueError, HospitalQAError) as error:
        raise gr.Error(str(error), print_exception=False) from error


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)
