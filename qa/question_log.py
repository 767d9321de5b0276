"""What was asked and what came of it, for the operator; kept only where a setting says so.

A line holds the question and how it was answered, and nothing of who asked. When the file is full
it becomes the older of two, and the one before that is dropped.
"""

import logging
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qa.errors import DataNotKept
from qa.json_lines import JsonLines
from qa.model import Answer

logger = logging.getLogger(__name__)

QUESTIONS_FILE = "questions.jsonl"
LIMIT = 10_000_000  # bytes of each of the two files: some 30,000 questions
_BETWEEN_HOSPITALS = "、"  # in `Citation.hospital`


@dataclass(frozen=True, slots=True)
class Logged:
    """A question and what came of it. `time` is UTC, as ISO 8601 writes it."""

    time: str
    question: str
    hospitals: tuple[str, ...]
    language: str
    kind: str
    status: str
    reason: str
    confidence: float
    milliseconds: float


class QuestionLog:
    """The log in the file `path`, with an older one beside it."""

    def __init__(self, path: Path, limit: int = LIMIT) -> None:
        self._lines = JsonLines(path, limit, rotated=True)
        self._failing = False

    def add(self, answer: Answer, milliseconds: float) -> None:
        """Note an answer and how long it took.

        Answering goes on where this cannot be written: a warning says so, once until it works
        again.
        """
        logged = Logged(
            time=now(),
            question=answer.question,
            hospitals=hospitals_of(answer),
            language=answer.language,
            kind=answer.kind,
            status=answer.status,
            reason=answer.reason,
            confidence=round(answer.confidence, 4),
            milliseconds=round(milliseconds, 1),
        )
        try:
            self._lines.append(asdict(logged))
        except DataNotKept as error:
            if not self._failing:
                logger.warning("questions are not logged: %s", error)
            self._failing = True
        else:
            self._failing = False

    def read(self) -> list[Logged]:
        """Return what was logged, oldest first; a warning tells of lines that cannot be read.

        Raises DataNotKept when the file cannot be read at all.
        """
        lines = self._lines.read()
        found = [logged for logged in map(_logged, lines.records) if logged]
        damaged = len(lines.damaged) + len(lines.records) - len(found)
        if damaged:
            logger.warning("%d damaged lines of the log of questions were left out", damaged)
        return found


def hospitals_of(answer: Answer) -> tuple[str, ...]:
    """Return the hospitals that an answer is about, each once.

    They are those that it quotes, or asks back about; of a refusal that of all its hits, if it is
    the same.
    """
    if answer.status == "clarify":
        return answer.suggestions
    if answer.status == "answered":
        names = [
            name
            for citation in answer.citations
            for name in citation.hospital.split(_BETWEEN_HOSPITALS)
        ]
        return tuple(dict.fromkeys(filter(None, names)))
    about = {hit.passage.hospitals for hit in answer.hits}
    return about.pop() if len(about) == 1 else ()


def now() -> str:
    """Return the time in UTC, as ISO 8601 writes it, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _logged(record: dict[str, Any]) -> Logged | None:
    try:
        datetime.fromisoformat(record["time"])
        return Logged(
            **{
                **record,
                "hospitals": tuple(map(str, record["hospitals"])),
                "confidence": float(record["confidence"]),
                "milliseconds": float(record["milliseconds"]),
            }
        )
    except (KeyError, TypeError, ValueError):
        return None
