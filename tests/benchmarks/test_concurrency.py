"""Concurrency and load: what is measured, with a server and an encoder that cost nothing."""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import concurrency, load
from benchmarks.callers import Tally


class Instant:
    def encode(self, texts: Iterable[str], role: str) -> Iterator[str]:
        assert role == "query"
        yield from texts


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Return the forms that were asked in, and by how many callers."""
    seen: list[tuple[str, int]] = []

    def ask(_address: object, form: str, callers: int, _goal: object) -> Tally:
        seen.append((form, callers))
        return Tally([0.1] * 19 + [0.5], ["no"], took=2.0, callers_cpu=0.02, server_cpu=0.2)

    figures = {"process_resident_memory_bytes": 5e6}
    for module in (concurrency, load):
        monkeypatch.setattr(module, "serving", lambda: nullcontext(("host", 1)))
        monkeypatch.setattr(module, "ask", ask)
    monkeypatch.setattr(load, "server_figures", lambda _address: figures)
    monkeypatch.setattr(concurrency, "open_encoder", lambda *_args: Instant())
    monkeypatch.setattr(concurrency, "encode_for", lambda *_args: (20.0, 0.005))
    monkeypatch.setattr(concurrency, "available_cores", lambda: 2)
    monkeypatch.setattr(concurrency, "read_settings", lambda: SimpleNamespace(model="", cache=None))
    return seen


def test_all_numbers_of_callers_ask_in_both_forms(asked: list[tuple[str, int]]) -> None:
    part = concurrency.measure((1, 8), 2, 0.1)
    assert asked == [("api", 8), *[("api", 1), ("chat", 1), ("api", 8), ("chat", 8)] * 2]
    figures = {(one.name, one.case): one.samples for one in part.measurements}
    assert figures["throughput", "encoder alone, 2 at a time"] == (20.0, 20.0)
    assert figures["throughput", "api, 1 caller"] == (10.0, 10.0)
    assert figures["of the encoder", "chat, 8 callers"] == (50.0, 50.0)
    assert figures["p50", "api, 8 callers"] == (100.0, 100.0)
    assert figures["p95", "api, 8 callers"] == (500.0, 500.0)
    assert figures["processor time", "api, 8 callers"] == (10.0, 10.0)
    assert figures["callers' share", "api, 8 callers"] == (1.0, 1.0)
    assert figures["errors", "api, 8 callers"] == (1.0, 1.0)
    assert part.notes[1:] == ("an error: no",) * 3


def test_memory_is_looked_at_between_shares_of_the_questions(asked: list[Any]) -> None:
    part = load.measure(100, 7)
    assert asked == [("api", 7)] * 5
    memory = [one.median for one in part.measurements if one.name == "resident memory"]
    assert memory == [5.0] * 5


@pytest.mark.parametrize("threads", [1, 3])
def test_the_encoder_alone_is_measured_on_so_many_threads(
    monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    monkeypatch.undo()
    encoder: Any = Instant()
    rate, cpu = concurrency.encode_for(encoder, threads, 0.02)
    assert rate > 0
    assert cpu >= 0
