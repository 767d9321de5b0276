"""Answers beside forward passes: what is timed, in which order, and how often."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import answer_time, warm
from benchmarks.answer_time import measure
from qa.engine import Engine


class Recorder:
    """An engine and its encoder that only tell what they were asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.encoder = self
        self.index = SimpleNamespace(sentences=["a", "b"])

    def understand(self, question: str) -> Any:
        return SimpleNamespace(text=f"{question}?")

    def encode(self, texts: list[str], role: str) -> Iterator[str]:
        self.asked.append(f"encode {texts[0]} {role}")
        yield texts[0]

    def ask(self, question: str) -> str:
        self.asked.append(f"ask {question}")
        return question


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    engine = Recorder()
    monkeypatch.setattr(answer_time, "open_corpus", lambda _corpus: engine)
    monkeypatch.setattr(answer_time, "questions", lambda: ("beds", "chief"))
    return engine


def test_a_question_is_encoded_and_asked_in_turn_and_the_order_changes(engine: Recorder) -> None:
    measure(["builtin"], rounds=2)
    assert engine.asked == [
        *("encode beds? query", "ask beds", "encode chief? query", "ask chief"),
        *("ask beds", "encode beds? query", "ask chief", "encode chief? query"),
    ]


def test_every_pair_has_a_ratio(engine: Recorder) -> None:
    part = measure(["../documents/", "builtin"], rounds=3)
    assert len(engine.asked) == 2 * 2 * 2 * 3
    assert [(one.case, one.name, one.unit) for one in part.measurements] == [
        (case, name, unit)
        for case in ("documents", "builtin")
        for name, unit in (
            ("forward pass", "ms"),
            ("ask()", "ms"),
            ("ask() / forward pass", "ratio"),
        )
    ]
    encoding, asking, ratios = part.measurements[:3]
    assert ratios.samples == pytest.approx(
        [ask / one for one, ask in zip(encoding.samples, asking.samples, strict=True)], rel=1e-6
    )
    assert part.params == {"corpora": "documents, builtin", "rounds": 3, "questions": 2}


def test_a_corpus_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="nothing-here"):
        warm.open_corpus(str(tmp_path / "nothing-here"))


def test_the_engine_is_warm_when_it_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Recorder()
    monkeypatch.setattr(Engine, "open", lambda _corpus: engine)
    monkeypatch.setattr(warm, "questions", lambda: ("beds", "chief"))
    assert warm.open_corpus("builtin") is engine
    assert engine.asked == ["ask beds", "ask chief"]


def test_no_round_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        answer_time.main(["--rounds", "0"])
    assert ended.value.code == 2
    assert "must be 1 or more, not '0'" in capsys.readouterr().err
