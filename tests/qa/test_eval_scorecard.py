import json
from pathlib import Path

import pytest

from qa.engine import Engine
from qa.errors import EvaluationError
from qa.evaluation import Report, read_questions
from qa.evaluation.markdown import escape, table
from qa.evaluation.scorecard import check_scorecard, scorecard, write_scorecard
from tests.qa.questions import BEDS

LINES = [
    BEDS,
    {**BEDS, "id": "<b>wrong</b>", "answers": [["900张", "九百张"], ["|"]]},
    {**BEDS, "id": "lost", "answers": ["9"], "evidence": [{"file": "x.md", "snippet": "9"}]},
    {**BEDS, "id": "none", "answerable": False, "answers": [], "evidence": []},
]


@pytest.fixture(scope="module")
def card(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("card") / "my_questions.jsonl"
    path.write_text("\n".join(map(json.dumps, LINES)), encoding="utf-8")
    report = Report.of(engine, read_questions(path)).to_dict()
    return scorecard(report, [path.name], engine.documents)


def test_a_scorecard_tells_the_figures_in_words(card: str) -> None:
    assert card.startswith(
        "# Scorecard\n\n"
        "4 questions of my\\_questions.jsonl, asked of 2 documents in 2 files.\n\n"
        "## In short\n\n"
        "**1 of 4 questions came out as they should**"
    )
    assert "| Answers that hold what was asked | 33 % |" in card
    assert "| The right place was found first | 100 % |" in card
    assert "| Refused as there is no answer | 0 % |" in card
    assert "Of all questions: 4 answered, 0 refused, 0 asked back." in card
    assert "Half of the answers took at most" in card
    assert "| type number | 4 | 33 % | 100 % | 100 % | 0 % | 0 % |" in card
    assert "| surest of the answers | wrong |" in card
    assert "| 100 % | 75 % |" in card


def test_a_scorecard_shows_what_failed_and_why(card: str) -> None:
    assert "## Questions that failed: 3" in card
    assert "### Found but not shown: 1" in card
    assert (
        "- **&lt;b&gt;wrong&lt;/b&gt;** 青禾三院有多少张床？\n"
        "    - shown (answered): 青禾市第三人民医院现有床位620张。\\[1\\]\n"
        "    - expected: 900张 or 九百张; and \\|\n"
    ) in card
    assert "    - where: “床位620张” in clover.md, found as number 1\n" in card
    assert "### Not in the documents: 1" in card
    assert "### Answered although it should not: 1" in card
    assert "    - expected: a refusal\n" in card


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8:00-9:00，3.5%", "8:00-9:00，3.5%"),
        ("a\n\n# b\x00\u202e", "a # b"),
        ("[x](http://y) @z www.w.cn", "\\[x\\](http&#58;//y) &#64;z www&#46;w.cn"),
        ("<img src=x> &amp; `c` $m$", "&lt;img src=x&gt; &amp;amp; \\`c\\` \\$m\\$"),
        ("\\*|_~", "\\\\\\*\\|\\_\\~"),
    ],
)
def test_text_shows_as_it_is_written(text: str, expected: str) -> None:
    assert escape(text) == expected


def test_a_table_has_a_line_under_its_head() -> None:
    assert table(["", "n"], [["x", "1"]]) == "|  | n |\n| --- | ---: |\n| x | 1 |"


def test_a_place_that_cannot_be_written_is_named_beforehand(tmp_path: Path) -> None:
    check_scorecard(tmp_path / "card.md")
    for path in (tmp_path, tmp_path / "no" / "card.md"):
        with pytest.raises(EvaluationError, match="--scorecard"):
            check_scorecard(path)
    assert list(tmp_path.iterdir()) == []


def test_a_scorecard_that_cannot_be_written_is_an_error_of_ours(
    engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(BEDS), encoding="utf-8")
    report = Report.of(engine, read_questions(path)).to_dict()
    with pytest.raises(EvaluationError, match="cannot be written"):
        write_scorecard(tmp_path, report, ["q.jsonl"], engine.documents)
    write_scorecard(tmp_path / "card.md", report, ["q.jsonl"], engine.documents)
    assert (tmp_path / "card.md").read_text(encoding="utf-8").startswith("# Scorecard\n")
