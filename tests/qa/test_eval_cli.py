import json
from pathlib import Path

from tests.qa.questions import BEDS
from tests.qa.test_cli import run


def questions(path: Path, **changes: object) -> str:
    path.write_text(json.dumps({**BEDS, **changes}), encoding="utf-8")
    return str(path)


def test_several_files_give_one_report_and_a_scorecard(folder: Path, tmp_path: Path) -> None:
    files = [questions(tmp_path / f"{i}.jsonl", id=f"q{i}") for i in range(2)]
    card = tmp_path / "card.md"
    done = run("eval", *files, "-c", str(folder), "--json", "--scorecard", str(card))
    assert json.loads(done.stdout)["all"]["questions"] == 2
    text = card.read_text(encoding="utf-8")
    assert "2 questions of 0.jsonl, 1.jsonl, asked of 2 documents in 2 files." in text


def test_two_reports_are_compared(folder: Path, tmp_path: Path) -> None:
    file = questions(tmp_path / "q.jsonl")
    before = run("eval", file, "-c", str(folder), "--json").stdout
    after = json.loads(before)
    after["questions"][0]["passed"] = False
    reports = [tmp_path / "before.json", tmp_path / "after.json"]
    for path, content in zip(reports, (before, json.dumps(after)), strict=True):
        path.write_text(content, encoding="utf-8")
    done = run("eval", "--compare", *map(str, reports))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[2] == "1 questions compared"
    assert "from right to wrong: 1\n  beds  青禾三院有多少张床？" in done.stdout
    found = json.loads(run("eval", "--compare", *map(str, reports), "--json").stdout)
    assert [change["id"] for change in found["right_to_wrong"]] == ["beds"]
    assert found["differences"][0]["measure"] == "Success@1"


def test_questions_or_two_reports_are_wanted(tmp_path: Path) -> None:
    file = questions(tmp_path / "q.jsonl")
    for arguments in ((), (file, "--compare", file, file), ("--compare", file)):
        assert run("eval", *arguments).returncode == 2


def test_a_file_that_is_no_report_is_one_line(tmp_path: Path) -> None:
    file = questions(tmp_path / "q.jsonl")
    done = run("eval", "--compare", file, file)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert "is no report of this version" in done.stderr


def test_a_scorecard_without_a_folder_is_an_error_before_anything_is_asked(
    folder: Path, tmp_path: Path
) -> None:
    file, card = questions(tmp_path / "q.jsonl"), tmp_path / "no" / "card.md"
    done = run("eval", file, "-c", str(folder), "--scorecard", str(card))
    assert (done.returncode, done.stdout) == (1, "")
    assert "--scorecard" in done.stderr
