"""Measuring answers against questions with known ones: the `eval` command.

A file of questions holds one JSON object a line:

    {"id": "q1", "lang": "zh-Hans", "type": "number", "question": "...", "answerable": true,
     "answers": ["80台", "八十台"], "evidence": [{"file": "a.md", "snippet": "80台透析机"}]}

`question` is a string, or the list of a conversation's user turns, of which the last is measured.
`answers` are variants of which the shown text must hold one, or lists of variants of which it must
hold one each. A passage is relevant when it holds the snippet of an evidence that names its file.
Comparison ignores white space, punctuation, width, case and script.

Retrieval is measured by `ir_measures` (MacAvaney et al., ECIR 2022) under its names.
"""

import json
import re
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.fold import fold
from qa.engine import Engine
from qa.errors import EvaluationError
from qa.model import Answer, Message

MEASURES = ("Success@1", "Success@5", "RR@10", "nDCG@10")
DEPTH = 10
_IGNORED = re.compile(r"[\W_]+")


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question. `right` tells whether the text holds the asked values."""

    question: Question
    answer: Answer
    right: bool
    right_source: bool
    ranking: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes, and the relevant passages of each question."""

    outcomes: tuple[Outcome, ...]
    relevant: dict[str, frozenset[str]]

    def to_dict(self) -> dict[str, Any]:
        """Return figures for all questions, and for each type, language and tag of them."""
        groups: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            question = outcome.question
            for name in (f"type {question.type}", f"lang {question.lang}"):
                groups.setdefault(name, []).append(outcome)
            for tag in question.tags:
                groups.setdefault(f"tag {tag}", []).append(outcome)
        return {
            "all": self._figures(self.outcomes),
            "groups": {name: self._figures(groups[name]) for name in sorted(groups)},
            "median_ms": round(1000 * statistics.median(o.seconds for o in self.outcomes), 1),
            "questions": [_line(outcome) for outcome in self.outcomes],
        }

    def _figures(self, outcomes: Sequence[Outcome]) -> dict[str, float | int | None]:
        answerable = [outcome for outcome in outcomes if outcome.question.answerable]
        answered = [o for o in outcomes if o.answer.status == "answered"]
        cited = [outcome for outcome in answered if outcome.question.answerable]
        refused = [o for o in outcomes if o.answer.status == "refused"]
        unanswerable = len(outcomes) - len(answerable)
        rightly_refused = sum(not outcome.question.answerable for outcome in refused)
        return {
            "questions": len(outcomes),
            "answerable": len(answerable),
            **self._retrieval([o for o in answerable if self.relevant[o.question.id]]),
            "answer_accuracy": _share(sum(o.right for o in answerable), len(answerable)),
            "right_source": _share(sum(o.right_source for o in cited), len(cited)),
            "refusal_precision": _share(rightly_refused, len(refused)),
            "refusal_recall": _share(rightly_refused, unanswerable),
            "false_refusals": _share(
                sum(o.answer.status == "refused" for o in answerable), len(answerable)
            ),
            "median_length": _median(len(outcome.answer.text) for outcome in answered),
        }

    def _retrieval(self, outcomes: Sequence[Outcome]) -> dict[str, float | None]:
        if not outcomes:
            return dict.fromkeys(MEASURES)
        import ir_measures

        qrels = {o.question.id: dict.fromkeys(self.relevant[o.question.id], 1) for o in outcomes}
        run = {
            o.question.id: {name: 1.0 / rank for rank, name in enumerate(o.ranking, start=1)}
            for o in outcomes
        }
        measures = [ir_measures.parse_measure(name) for name in MEASURES]
        found = ir_measures.calc_aggregate(measures, qrels, run)
        return {str(measure): round(float(found[measure]), 4) for measure in measures}


def read_questions(path: Path) -> tuple[Question, ...]:
    """Read a file of questions.

    Raises EvaluationError that names the line that is wrong and what is wrong with it.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path} cannot be read: {error}") from error
    questions: dict[str, Question] = {}
    for number, line in enumerate(lines, start=1):
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
    if not questions:
        raise EvaluationError(f"{path} holds no questions")
    return tuple(questions.values())


def evaluate(
    engine: Engine, questions: Iterable[Question]
) -> Iterator[tuple[Outcome, frozenset[str]]]:
    """Ask every question; yield its outcome and the ids of the passages that are relevant to it."""
    for question in questions:
        relevant = relevant_passages(engine, question)
        history = conversation(engine, question.turns[:-1])
        begin = time.perf_counter()
        answer = engine.ask(question.turns[-1], history)
        seconds = time.perf_counter() - begin
        hits = engine.search(question.turns[-1], history, k=DEPTH)
        yield (
            Outcome(
                question=question,
                answer=answer,
                right=answer.status == "answered" and holds(answer.text, question.answers),
                right_source=_right_source(engine, question, answer),
                ranking=tuple(hit.passage.passage_id for hit in hits),
                seconds=seconds,
            ),
            relevant,
        )


def relevant_passages(engine: Engine, question: Question) -> frozenset[str]:
    """Return the ids of the passages that hold an evidence of the question."""
    found = set()
    for passage in engine.index.passages:
        file = Path(engine.document(passage.doc_id).source).name
        text = _normal(passage.text)
        if any(e.file == file and _normal(e.snippet) in text for e in question.evidence):
            found.add(passage.passage_id)
    return frozenset(found)


def holds(text: str, groups: Iterable[Iterable[str]]) -> bool:
    """Tell whether a text holds one variant of every group.

    >>> holds("配有80 台透析机", [["80台", "八十台"]]), holds("293人", [["293"], ["334"]])
    (True, False)
    """
    text = _normal(text)
    return all(any(_normal(variant) in text for variant in variants) for variants in groups)


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


def conversation(engine: Engine, turns: Iterable[str]) -> list[Message]:
    """Return the history after the engine has answered these questions."""
    history: list[Message] = []
    for turn in turns:
        answer = engine.ask(turn, tuple(history))
        history += [
            {"role": "user", "content": turn},
            {"role": "assistant", "content": answer.text},
        ]
    return history


def _right_source(engine: Engine, question: Question, answer: Answer) -> bool:
    """Tell whether every citation is of a document that the question's evidence names."""
    files = {evidence.file for evidence in question.evidence}
    return all(
        Path(engine.document(citation.doc_id).source).name in files for citation in answer.citations
    )


def _line(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.question.id,
        "question": outcome.question.turns[-1],
        "status": outcome.answer.status,
        "right": outcome.right,
        "right_source": outcome.right_source,
        "text": outcome.answer.text,
        "confidence": round(outcome.answer.confidence, 4),
        "ranking": list(outcome.ranking),
    }


def _normal(text: str) -> str:
    return _IGNORED.sub("", fold(text))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _median(values: Iterable[int]) -> float | None:
    values = list(values)
    return statistics.median(values) if values else None
