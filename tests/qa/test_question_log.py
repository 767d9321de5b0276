import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa.model import Answer
from qa.question_log import QuestionLog, hospitals_of
from tests.qa.answers import CLOVER, HARBOUR, answered, cited, hit, refused


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "questions.jsonl"


def test_what_was_asked_is_kept_and_nothing_else(path: Path) -> None:
    log = QuestionLog(path)
    log.add(answered(), 12.345)
    log.add(refused(), 3)
    first, second = log.read()
    assert datetime.fromisoformat(first.time).tzinfo == UTC
    assert first == replace(
        first,
        question="青禾三院有多少张床？",
        hospitals=(CLOVER,),
        language="zh-Hans",
        kind="fact",
        status="answered",
        reason="",
        confidence=0.9,
        milliseconds=12.3,
    )
    assert (second.status, second.reason) == ("refused", "attribute_not_found")
    assert "620张" not in path.read_text(encoding="utf-8")


def test_a_new_log_reads_what_an_older_one_wrote(path: Path) -> None:
    QuestionLog(path).add(answered(), 1)
    assert len(QuestionLog(path).read()) == 1
    assert QuestionLog(path.with_name("none")).read() == []


def test_it_keeps_the_newest_within_its_limit(path: Path) -> None:
    log = QuestionLog(path, limit=1000)
    for number in range(30):
        log.add(answered(f"问题{number}？"), 1)
    kept = [one.question for one in log.read()]
    assert kept == [f"问题{number}？" for number in range(30 - len(kept), 30)]
    assert 4 <= len(kept) < 30
    assert sum(file.stat().st_size for file in path.parent.iterdir()) <= 2000


def test_lines_of_something_else_are_left_out_and_counted(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = QuestionLog(path)
    log.add(answered(), 1)
    line = path.read_text(encoding="utf-8")
    broken = [
        '{"time": "now"}',
        line.strip().replace('"time":"2', '"time":"x'),
        line.strip().replace("0.9", '"high"'),
        line.strip().replace('"status"', '"state"'),
        line[:40],
    ]
    path.write_text(line + "\n".join(broken), encoding="utf-8")
    assert len(log.read()) == 1
    assert caplog.messages == ["5 damaged lines of the log of questions were left out"]


def test_answers_go_on_where_the_log_cannot_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "data"
    folder.write_text("a file in the way")
    log = QuestionLog(folder / "questions.jsonl")
    with caplog.at_level(logging.WARNING):
        log.add(answered(), 1)
        log.add(answered(), 1)
        assert len(caplog.messages) == 1  # once, not for every question
        assert "questions are not logged: " in caplog.messages[0]
        assert "HOSPITALQA_DATA" in caplog.messages[0]
        folder.unlink()
        log.add(answered(), 1)
        assert len(log.read()) == 1
        (folder / "questions.jsonl").unlink()
        (folder / "questions.jsonl").mkdir()
        log.add(answered(), 1)
    assert len(caplog.messages) == 2


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (answered(), (CLOVER,)),
        (answered(citations=[cited(hospital=f"{HARBOUR}、{CLOVER}"), cited()]), (HARBOUR, CLOVER)),
        (answered(citations=[cited(hospital="")]), ()),
        (refused("停车？", hit(), hit()), (CLOVER,)),
        (refused("停车？", hit(), hit("harbour", HARBOUR)), ()),
        (refused("停车？"), ()),
        (
            Answer(
                "床位？", "床位", "哪一家？", (), (hit(),), 0.5, "clarify", "", (CLOVER, HARBOUR)
            ),
            (CLOVER, HARBOUR),
        ),
    ],
)
def test_the_hospitals_of_an_answer(answer: Answer, expected: tuple[str, ...]) -> None:
    assert hospitals_of(answer) == expected
