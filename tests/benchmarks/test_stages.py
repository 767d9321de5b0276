"""The clock, and that the table of stages fits the program."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import stages
from benchmarks.stages import STAGES, Clock, find, watching
from qa.engine import Engine

QUESTION = "青禾三院有多少张床位？"
DOCUMENT = """---
name: 青禾市第三人民医院
aliases: [青禾三院]
---
## 床位
青禾市第三人民医院现有床位620张。病房楼共有18层。
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "clover.md").write_text(DOCUMENT, encoding="utf-8")
    return Engine.open(folder)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that a clock sees; a test moves it."""
    seen = [0.0]
    monkeypatch.setattr(stages.time, "perf_counter", lambda: seen[0])
    return seen


def test_every_stage_has_a_method_that_an_answer_calls(engine: Engine) -> None:
    clock = Clock()
    with watching(engine, clock):
        engine.ask(QUESTION)
    assert set(clock.calls) == set(STAGES)
    assert all(clock.seconds[stage] > 0 for stage in STAGES)


def test_watching_changes_no_answer_and_leaves_nothing_behind(engine: Engine) -> None:
    before = engine.ask(QUESTION)
    methods = [
        place for names in STAGES.values() for name in names if (place := find(name, engine))
    ]
    held = [getattr(*place) for place in methods]
    with watching(engine, Clock()):
        assert engine.ask(QUESTION) == before
    assert [getattr(*place) for place in methods] == held
    assert "620" in before.text


def test_a_stage_of_which_nothing_is_left_is_named(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "STAGES", {"dream": ("engine.index.dream", "qa.sleep.dream")})
    with pytest.raises(LookupError, match="makes up 'dream': there is no engine"):
        watching(engine, Clock()).__enter__()


def test_a_name_of_the_engine_leads_to_the_class_of_its_method(engine: Engine) -> None:
    assert find("engine.encoder.encode", engine) == (type(engine.encoder), "encode")
    assert find("engine.encoder.dream", engine) is None
    assert find("engine.dreams.encode", engine) is None


def test_another_name_leads_to_a_module_or_a_class(engine: Engine) -> None:
    assert find("time.sleep", engine) == (time, "sleep")
    assert find("pathlib.Path.exists", engine) == (Path, "exists")
    assert find("no.such.module", engine) is None


def test_time_goes_to_the_innermost_stage(now: list[float]) -> None:
    clock = Clock()

    def inner() -> str:
        now[0] += 5
        return "found"

    timed = clock.timed("inner", inner)

    def outer() -> str:
        now[0] += 1
        found = timed()
        now[0] += 2
        return found

    now[0] += 100
    assert clock.timed("outer", outer)() == "found"
    now[0] += 100
    assert dict(clock.seconds) == {"outer": 3.0, "inner": 5.0}
    assert dict(clock.calls) == {"outer": 1, "inner": 1}


def test_time_counts_when_work_fails(now: list[float]) -> None:
    clock = Clock()

    def fail() -> None:
        now[0] += 4
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        clock.timed("stage", fail)()
    assert dict(clock.seconds) == {"stage": 4.0}


def test_what_is_yielded_is_counted_too(now: list[float]) -> None:
    clock = Clock()

    def texts() -> Iterator[str]:
        now[0] += 1
        yield "a"
        now[0] += 2
        yield "b"

    found = clock.timed("encode", texts)()
    assert dict(clock.seconds) == {"encode": 3.0}
    assert list(found) == ["a", "b"]


def test_stages_stack_up_to_the_whole_answer(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "open_corpus", lambda _name: engine)
    monkeypatch.setattr(stages, "questions", lambda: (QUESTION, "院长是谁？"))
    part = stages.measure(["clover"], rounds=2)
    assert part.stacked == (*STAGES, "rest")
    found = {one.name: one for one in part.measurements}
    assert list(found) == [*part.stacked, "ask()"]
    assert {(one.unit, one.case, len(one.samples)) for one in found.values()} == {
        ("ms", "clover", 4)
    }
    for number in range(4):
        pieces = [found[name].samples[number] for name in part.stacked]
        assert sum(pieces) == pytest.approx(found["ask()"].samples[number], rel=1e-6)
    assert "encode 1.00, dense 1.00" in part.notes[1]
