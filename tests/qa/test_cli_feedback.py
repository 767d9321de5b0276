import json
from pathlib import Path
from typing import Any

import pytest

from qa.evaluation import read_questions
from qa.feedback import FeedbackStore
from tests.qa.answers import answered, refused
from tests.qa.test_cli import run

REPORT = """\
4 thumbs from 2026-03-04 to 2026-03-04: 1 up (25 %), 3 down

Why thumbs were down
  2 down  not_answered
  1 down  wrong

Refusals, by their reason
  2 down  attribute_not_found

Hospitals
  1 down, 1 up  青禾市第三人民医院

Documents quoted
  1 down, 1 up  clover

Questions
  2 down  青禾三院停车多少钱？ (not_answered)
      “门口?[31m写着”
  1 down  青禾三院有几层楼？ (wrong)
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with four thumbs of one day."""
    monkeypatch.setattr("qa.feedback.now", lambda: "2026-03-04T08:00:00+00:00")
    store = FeedbackStore(tmp_path / "data" / "feedback.jsonl")
    store.add(answered(), "up")
    store.add(answered("青禾三院有几层楼？"), "down", "wrong")
    store.add(refused(), "down", "not_answered")
    store.add(refused(), "down", "not_answered", "门口X写着")
    text = store.path.read_text(encoding="utf-8").replace("X", "\\u001b[31m")
    store.path.write_text(text, encoding="utf-8")
    return store.path.parent


def test_the_report_tells_what_fails_most(data: Path) -> None:
    done = run("feedback", "report", "--data", str(data))
    assert (done.stdout, done.stderr, done.returncode) == (REPORT, "", 0)
    by_setting = run("feedback", "report", HOSPITALQA_DATA=str(data))
    assert by_setting.stdout == REPORT


def test_json_is_the_whole_report(data: Path) -> None:
    done = run("feedback", "report", "--data", str(data), "--json")
    found: dict[str, Any] = json.loads(done.stdout)
    assert (found["total"], found["up"], found["share_up"]) == (4, 1, 0.25)
    assert found["reasons"][0] == {"name": "not_answered", "down": 2, "up": 0}
    assert found["questions"][1]["question"] == "青禾三院有几层楼？"


def test_candidates_go_into_a_new_file_that_eval_reads_once_they_are_labelled(
    data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "new.jsonl"
    command = ("feedback", "report", "--data", str(data), "--candidates", str(file))
    done = run(*command)
    assert done.stdout == REPORT
    assert done.stderr == f"{file}: 3 questions, 1 ready and 2 to be labelled\n"
    made = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [one["tags"][0] for one in made] == ["up", "to_label", "to_label"]
    unlabelled = run("eval", str(file))
    assert unlabelled.returncode == 1
    assert "line 2" in unlabelled.stderr
    ready = tmp_path / "ready.jsonl"
    ready.write_text(json.dumps(made[0]), encoding="utf-8")
    assert read_questions(ready)[0].answerable
    file.write_text("labelled by hand", encoding="utf-8")
    again = run(*command)
    assert (again.returncode, file.read_text(encoding="utf-8")) == (1, "labelled by hand")
    assert again.stderr == (
        f"hospital-qa: --candidates {file} cannot be written (File exists); give the name of a "
        "new file\n"
    )


def test_nothing_there_yet_is_a_sentence(tmp_path: Path) -> None:
    candidates = tmp_path / "new.jsonl"
    done = run("feedback", "report", "--data", str(tmp_path), "--candidates", str(candidates))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"There is no feedback yet in {tmp_path / 'feedback.jsonl'}; it comes when readers use "
        "the thumbs under an answer.\n"
    )
    assert not candidates.exists()
    as_json = run("feedback", "report", "--data", str(tmp_path / "none"), "--json")
    assert json.loads(as_json.stdout)["total"] == 0


def test_a_torn_line_is_told_and_the_rest_is_reported(data: Path) -> None:
    with (data / "feedback.jsonl").open("ab") as file:
        file.write(b'{"time": "2026')
    done = run("feedback", "report", "--data", str(data))
    assert (done.returncode, done.stdout) == (0, REPORT)
    assert done.stderr == "hospital-qa: left out, cannot be read: feedback.jsonl, line 5\n"


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    (tmp_path / "feedback.jsonl").mkdir()
    done = run("feedback", "report", "--data", str(tmp_path / "data"))
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    wrong = run("feedback", "report", "--data", str(tmp_path), HOSPITALQA_PORT="x")
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (1, 1)


def test_it_explains_itself() -> None:
    done = run("feedback", "report", "--help")
    assert done.stdout.startswith("Usage: hospital-qa feedback report")
    for word in ("--data", "--candidates", "--json", "to_label", "Examples"):
        assert word in done.stdout
    assert "report" in run("feedback").stdout + run("feedback").stderr
