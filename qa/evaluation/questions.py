"""Questions with known answers.

A file of questions holds one JSON object a line:

    {"id": "q1", "lang": "zh-Hans", "type": "number", "question": "...", "answerable": true,
     "answers": ["80台", "八十台"], "evidence": [{"file": "a.md", "snippet": "80台透析机"}]}

`question` is a string, or the list of a conversation's user turns, of which the last is measured.
`answers` are variants of which the shown text must hold one, or lists of variants of which it must
hold one each. `evidence` may name files that are in another form of the documents; only what the
documents at hand hold counts.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import EvaluationError


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that answers: a snippet of one line of a file."""

    file: str
    snippet: str


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a file of questions; `answers` is a tuple of groups of variants."""

    id: str
    lang: str
    type: str
    turns: tuple[str, ...]
    answers: tuple[tuple[str, ...], ...]
    evidence: tuple[Evidence, ...]
    answerable: bool
    tags: tuple[str, ...] = ()


def read_questions(*paths: Path) -> tuple[Question, ...]:
    """Read files of questions as one.

    Raises EvaluationError that names the line that is wrong and what is wrong with it; an id that
    is taken in another file is wrong too.
    """
    questions: dict[str, Question] = {}
    for path in paths:
        before = len(questions)
        for number, line in enumerate(_lines(path), start=1):
            if not line.strip():
                continue
            try:
                question = _question(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                problem = f"{error} is missing" if isinstance(error, KeyError) else str(error)
                raise EvaluationError(f"{path}, line {number}: {problem}") from error
            if question.id in questions:
                raise EvaluationError(f"{path}, line {number}: the id {question.id!r} is taken")
            questions[question.id] = question
        if len(questions) == before:
            raise EvaluationError(f"{path} holds no questions")
    return tuple(questions.values())


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path} cannot be read: {error}") from error


def _question(fields: dict[str, Any]) -> Question:
    turns = fields["question"]
    answers = fields.get("answers") or []
    question = Question(
        id=fields["id"],
        lang=fields["lang"],
        type=fields["type"],
        turns=tuple(turns) if isinstance(turns, list) else (turns,),
        answers=tuple(
            map(tuple, answers if answers and isinstance(answers[0], list) else [answers])
        ),
        evidence=tuple(Evidence(e["file"], e["snippet"]) for e in fields.get("evidence", [])),
        answerable=fields["answerable"],
        tags=tuple(fields.get("tags", [])),
    )
    if not question.turns or not all(isinstance(t, str) and t.strip() for t in question.turns):
        raise ValueError("`question` must be a text, or a list of the user's turns")
    if question.answerable and not all(question.answers):
        raise ValueError("an answerable question needs `answers`")
    return question
