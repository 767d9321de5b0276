import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from qa.engine import Engine
from qa.errors import EvaluationError
from qa.evaluation import Report, holds, read_questions, relevant_passages
from qa.evaluation.outcomes import citation_precision, citation_recall
from qa.model import Answer, Citation

DATA = Path(__file__).parents[1] / "data"
LINES: list[dict[str, object]] = [
    {
        "id": "beds",
        "lang": "zh-Hans",
        "type": "number",
        "tags": ["colloquial"],
        "question": "青禾三院有多少张床？",
        "answers": ["620张"],
        "evidence": [{"file": "clover.md", "snippet": "床位620张"}],
        "answerable": True,
    },
    {
        "id": "director",
        "lang": "zh-Hans",
        "type": "person",
        "question": ["青禾三院有多少张床？", "院长是谁？"],
        "answers": [["林晓舟"], ["院长"]],
        "evidence": [{"file": "clover.md", "snippet": "林晓舟"}],
        "answerable": True,
    },
    {
        "id": "stranger",
        "lang": "zh-Hans",
        "type": "unanswerable",
        "question": "南山市第九人民医院有多少床位？",
        "answers": [],
        "evidence": [],
        "answerable": False,
    },
]


def write(path: Path, lines: Sequence[object]) -> Path:
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return path


def report_of(engine: Engine, path: Path) -> dict[str, Any]:
    return Report.of(engine, read_questions(path)).to_dict()


def test_right_answers_and_refusals_count_in_full(engine: Engine, tmp_path: Path) -> None:
    figures = report_of(engine, write(tmp_path / "q.jsonl", LINES))["all"]
    assert figures == {
        "questions": 3,
        "answerable": 2,
        "Success@1": 1.0,
        "Success@5": 1.0,
        "RR@10": 1.0,
        "nDCG@10": 1.0,
        "answer_accuracy": 1.0,
        "right_source": 1.0,
        "right_hospital": 1.0,
        "citation_precision": 1.0,
        "citation_recall": 1.0,
        "refusal_precision": 1.0,
        "refusal_recall": 1.0,
        "false_refusals": 0.0,
        "median_length": figures["median_length"],
        "answered": 2,
        "refused": 1,
        "clarify": 0,
    }


def test_wrong_answers_count_as_wrong(engine: Engine, tmp_path: Path) -> None:
    wrong = {**LINES[0], "answers": ["900张"], "evidence": [{"file": "x.md", "snippet": "900张"}]}
    figures = report_of(engine, write(tmp_path / "q.jsonl", [wrong]))["all"]
    assert figures["answer_accuracy"] == 0.0
    assert figures["right_source"] == 0.0
    assert figures["Success@1"] is None


def test_citations_are_measured_against_the_evidence(engine: Engine, tmp_path: Path) -> None:
    beds = {"file": "clover.md", "snippet": "床位620张"}
    ship = {"file": "harbour.md", "snippet": "两艘急救船"}
    gone = {"file": "elsewhere.md", "snippet": "床位620张"}
    lines = [
        {**LINES[0], "id": "one of two places", "evidence": [beds, ship]},
        {**LINES[0], "id": "a file that is not there does not count", "evidence": [beds, gone]},
        {**LINES[0], "id": "another hospital", "evidence": [ship]},
        {**LINES[0], "id": "no evidence", "evidence": [gone]},
        {**LINES[2], "id": "refused", "answerable": True, "answers": ["1"], "evidence": [ship]},
    ]
    report = report_of(engine, write(tmp_path / "q.jsonl", lines))
    names = ("citation_precision", "citation_recall", "right_hospital")
    found = {
        line["id"]: tuple(line["measures"][name] for name in names) for line in report["questions"]
    }
    assert found == {
        "one of two places": (1.0, 0.5, 1.0),
        "a file that is not there does not count": (1.0, 1.0, 1.0),
        "another hospital": (0.0, 0.0, 0.0),
        "no evidence": (None, None, None),
        "refused": (None, 0.0, None),
    }


def citing(*places: tuple[str, ...]) -> Answer:
    citations = (
        Citation(1, "d", "", "", "", "d.md", "", place, "quote", 0, 5, tuple(also))
        for place, *also in places
    )
    return Answer("?", "?", "", tuple(citations), (), 1.0, "answered")


def test_citations_are_counted_by_passage_and_reprints_are_the_same() -> None:
    answer = citing(("a",), ("a",), ("b", "reprint of b"), ("c",), ("d",))
    relevant = frozenset({"a", "reprint of b"})
    assert citation_precision(relevant, answer) == 2 / 4
    places = [frozenset({"a"}), frozenset({"reprint of b", "x"}), frozenset({"y"}), frozenset()]
    assert citation_recall(places, answer) == 2 / 3
    assert citation_precision(frozenset(), answer) is None
    assert citation_recall([frozenset()], answer) is None
    assert citation_precision(relevant, citing()) is None
    assert citation_recall(places, citing()) == 0.0


def test_every_failure_has_a_cause(engine: Engine, tmp_path: Path) -> None:
    there = {"file": "harbour.md", "snippet": "两艘急救船"}
    gone = {"file": "elsewhere.md", "snippet": "床位620张"}
    lines = [
        LINES[0],
        {**LINES[0], "id": "value", "answers": ["900张"]},
        {**LINES[0], "id": "file", "answers": ["900张"], "evidence": [gone]},
        {**LINES[0], "id": "unanswerable", "answerable": False, "answers": []},
        {**LINES[2], "id": "refusal", "answerable": True, "answers": ["1"], "evidence": [there]},
    ]
    questions = report_of(engine, write(tmp_path / "q.jsonl", lines))["questions"]
    assert {line["id"]: line["cause"] for line in questions} == {
        "beds": None,
        "value": "not_shown",
        "file": "no_evidence",
        "unanswerable": "wrongly_answered",
        "refusal": "wrongly_refused",
    }
    assert [line["passed"] for line in questions] == [True, False, False, False, False]


def test_several_files_are_read_as_one_and_share_no_id(tmp_path: Path) -> None:
    one, other = (write(tmp_path / f"{i}.jsonl", [line]) for i, line in enumerate(LINES[:2]))
    assert [question.id for question in read_questions(one, other)] == ["beds", "director"]
    with pytest.raises(EvaluationError, match=r"1\.jsonl, line 1: the id 'director' is taken"):
        read_questions(other, other)


def test_figures_are_also_given_for_types_languages_and_tags(
    engine: Engine, tmp_path: Path
) -> None:
    groups = report_of(engine, write(tmp_path / "q.jsonl", LINES))["groups"]
    assert list(groups) == [
        "lang zh-Hans",
        "tag colloquial",
        "type number",
        "type person",
        "type unanswerable",
    ]


def test_a_passage_is_relevant_by_file_and_snippet(engine: Engine, tmp_path: Path) -> None:
    (question, *_) = read_questions(write(tmp_path / "q.jsonl", LINES))
    assert relevant_passages(engine, question) == {"clover#p1"}


@pytest.mark.parametrize(
    ("text", "groups", "expected"),
    [
        ("透析机８０ 台", [["80台"]], True),
        ("透析機80臺", [["80台"]], True),
        ("293人和334人", [["293"], ["334"]], True),
        ("293人", [["293"], ["334"]], False),
        ("1,753人", [["1753人"]], True),
        ("", [["80台"]], False),
    ],
)
def test_a_text_holds_an_answer_whatever_its_form(
    text: str,
    groups: list[list[str]],
    expected: bool,  # noqa: FBT001
) -> None:
    assert holds(text, groups) is expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1"),
        ("[]", "line 1"),
        (json.dumps({**LINES[0], "question": " "}), "question"),
        (json.dumps({**LINES[0], "answers": []}), "answers"),
        (json.dumps({k: v for k, v in LINES[0].items() if k != "lang"}), "'lang' is missing"),
        ("", "no questions"),
        (json.dumps(LINES[0]) + "\n" + json.dumps(LINES[0]), "taken"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(EvaluationError, match=message):
        read_questions(path)


def test_dev_and_test_questions_are_apart_and_their_evidence_exists(builtin: Engine) -> None:
    dev, test = (read_questions(DATA / f"{name}.jsonl") for name in ("dev", "test"))
    assert not {question.turns for question in dev} & {question.turns for question in test}
    assert (len(dev), len(test)) == (324, 140)
    for question in (*dev, *test):
        assert bool(relevant_passages(builtin, question)) is question.answerable, question.id


@pytest.fixture(scope="module")
def test_report(builtin: Engine) -> dict[str, Any]:
    return report_of(builtin, DATA / "test.jsonl")


def test_every_hospital_and_item_answers_five_different_questions(
    builtin: Engine, test_report: dict[str, Any]
) -> None:
    right = {line["id"] for line in test_report["questions"] if line["right"]}
    for name in ("dev", "test"):
        report = test_report if name == "test" else report_of(builtin, DATA / "dev.jsonl")
        right |= {line["id"] for line in report["questions"] if line["right"]}
    answered: dict[str, set[str]] = {document.source: set() for document in builtin.documents}
    for name in ("dev", "test"):
        for question in read_questions(DATA / f"{name}.jsonl"):
            for evidence in question.evidence:
                if evidence.file in answered and question.id in right:
                    answered[evidence.file].add(question.id)
    assert len(answered) == 16
    assert {file for file, ids in answered.items() if len(ids) < 5} == set()
