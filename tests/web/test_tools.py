"""Gradio's own client and a real MCP client, over real HTTP."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

from qa.model import hit_to_dict
from qa.settings import Settings
from qa.web.server import serving
from qa.web.service import Service
from tests.web.conftest import FakeEngine

T = TypeVar("T")


class Searching(FakeEngine):
    """The small engine, which finds what it would answer from."""

    def search(self, question: str, *_args: object) -> list[Any]:
        return list(self.ask(question).hits)


@pytest.fixture(scope="module")
def engine() -> Searching:
    return Searching()


@pytest.fixture(scope="module")
def address(engine: Searching, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings(data=tmp_path_factory.mktemp("data"), port=0, rate_limit="")
    with serving(Service(engine, settings), settings) as served:  # type: ignore[arg-type]
        yield served


@pytest.fixture(scope="module")
def gradio_client(address: str) -> Client:
    return Client(address, verbose=False, analytics_enabled=False)


def with_mcp(address: str, use: Callable[[ClientSession], Awaitable[T]]) -> T:
    async def run() -> T:
        url = f"{address}gradio_api/mcp/"
        async with (
            streamable_http_client(url) as (receive, send, _),
            ClientSession(receive, send) as session,
        ):
            await session.initialize()
            return await use(session)

    return asyncio.run(run())


def call(address: str, tool: str, **arguments: Any) -> CallToolResult:
    return with_mcp(address, lambda session: session.call_tool(tool, arguments))


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert content.type == "text"
    return content.text


def test_gradios_client_asks_and_searches(gradio_client: Client, engine: Searching) -> None:
    answer = gradio_client.predict("床位", api_name="/ask")
    assert answer == engine.ask("床位").to_dict()
    history = [{"role": "user", "content": "甲"}]
    gradio_client.predict("透析", history, None, 3, api_name="/ask")
    assert engine.histories[-1] == history
    hits = gradio_client.predict("床位", api_name="/search")
    assert hits == [hit_to_dict(hit) for hit in engine.search("床位")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((" ",), "the question is empty"),
        (("q", "text"), "history = 'text'"),
        (("q", [{"role": "system", "content": "x"}]), "history.0.role = 'system'"),
        (("q", [{"role": "user", "content": "x"}] * 51), "at most 50"),
        (("q", [{"role": "user", "content": "x" * 20_001}]), "at most 20000 characters"),
        (("q", None, None, 51), "k = 51"),
    ],
)
def test_gradios_client_is_told_what_is_wrong(
    gradio_client: Client, arguments: tuple[Any, ...], said: str
) -> None:
    with pytest.raises(AppError, match=said):
        gradio_client.predict(*arguments, api_name="/ask")


def test_agents_find_three_tools_that_explain_themselves(address: str) -> None:
    tools = with_mcp(address, lambda session: session.list_tools()).tools
    assert {tool.name for tool in tools} == {"ask_hospitals", "search_passages", "read_document"}
    for tool in tools:
        assert tool.description
        assert all(one["description"] for one in tool.inputSchema["properties"].values())
    required = {tool.name: tool.inputSchema["required"] for tool in tools}
    assert required["ask_hospitals"] == ["question"]
    assert required["read_document"] == ["doc_id"]


def test_an_agent_asks_and_gets_the_answer_as_json(address: str, engine: Searching) -> None:
    result = call(address, "ask_hospitals", question="床位")
    assert not result.isError
    assert json.loads(text_of(result)) == engine.ask("床位").to_dict()


def test_an_agent_searches(address: str, engine: Searching) -> None:
    result = call(address, "search_passages", question="透析", count=3)
    expected = {"hits": [hit_to_dict(hit) for hit in engine.search("透析")]}
    assert json.loads(text_of(result)) == expected


def test_an_agent_reads_what_an_answer_cites(address: str, engine: Searching) -> None:
    doc_id = json.loads(text_of(call(address, "ask_hospitals", question="床位")))["citations"][0][
        "doc_id"
    ]
    document = json.loads(text_of(call(address, "read_document", doc_id=doc_id)))
    assert document["total"] == len(document["passages"]) == len(engine.passages(doc_id))
    rest = json.loads(text_of(call(address, "read_document", doc_id=doc_id, first=2)))
    assert rest["passages"] == document["passages"][1:]


def test_an_agent_is_told_what_is_wrong(address: str, engine: Searching) -> None:
    result = call(address, "ask_hospitals", question=" ")
    assert result.isError
    assert "the question is empty" in text_of(result)
    engine.document = {"renhe": engine.documents[0]}.__getitem__  # type: ignore[method-assign]
    result = call(address, "read_document", doc_id="nope")
    assert result.isError
    assert "there is no document 'nope'" in text_of(result)
    assert call(address, "ask", question="床位").isError  # for Gradio's clients only
