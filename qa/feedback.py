"""What readers say of answers: a thumb, a reason and a comment, kept with the answer itself.

Each is one line of a file, with the version, the time and the `Answer` that the server gave. Of who
said it nothing is kept: no address, no browser. The hits of the answer are kept without their
texts, which would make a line more than three times as long (5.5 KB instead of 1.6 at the median);
id, offsets and scores lead back to them, and the quotes, which are what a reader judged, are kept.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from qa.json_lines import JsonLines
from qa.model import Answer, Message
from qa.question_log import hospitals_of, now
from qa.version import program_version

Verdict = Literal["up", "down"]
Complaint = Literal["", "wrong", "incomplete", "not_answered", "bad_source", "other"]

FEEDBACK_FILE = "feedback.jsonl"
LIMIT = 50_000_000  # bytes of the file: some 20,000 thumbs
MOST_COMMENT = 500  # characters
_OF_A_CITATION = ("doc_id", "hospital", "source", "quote", "start", "marks")
_HIT_TEXTS = ("text", "context", "sentences")


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader said of an answer. `answer` is its JSON form without the texts of its hits.

    `time` is UTC as ISO 8601 writes it, `hospital` the filter that was set, `hospitals` what the
    answer is about. `reason` is empty where none was chosen, as with a thumb up.
    """

    time: str
    version: str
    verdict: Verdict
    reason: Complaint
    comment: str
    history: tuple[Message, ...]
    hospital: str | None
    hospitals: tuple[str, ...]
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Received:
    """All that was read, oldest first, and the places of lines that could not be."""

    records: tuple[Feedback, ...]
    damaged: tuple[str, ...] = ()


class FeedbackStore:
    """The feedback in the file `path`."""

    def __init__(self, path: Path, limit: int = LIMIT) -> None:
        self.path = path
        self._lines = JsonLines(path, limit)

    def add(
        self,
        answer: Answer,
        verdict: Verdict,
        reason: Complaint = "",
        comment: str = "",
        *,
        history: Sequence[Message] = (),
        hospital: str | None = None,
    ) -> Feedback:
        """Keep what was said of an answer, and return what was kept.

        Raises ValueError when the verdict or the reason is none of those there are or the comment
        is too long, and DataNotKept when it cannot be written.
        """
        _check(verdict, get_args(Verdict), "verdict")
        _check(reason, get_args(Complaint), "reason")
        comment = _printable(comment)
        if len(comment) > MOST_COMMENT:
            raise ValueError(
                f"the comment has {len(comment):,} characters; {MOST_COMMENT} are the limit"
            )
        feedback = Feedback(
            time=now(),
            version=program_version(),
            verdict=verdict,
            reason=reason,
            comment=comment,
            history=tuple(
                {key: str(m.get(key, "")) for key in ("role", "content")} for m in history
            ),
            hospital=hospital,
            hospitals=hospitals_of(answer),
            answer=_without_texts(answer.to_dict()),
        )
        self._lines.append(asdict(feedback))
        return feedback

    def read(self) -> Received:
        """Return what was kept; nothing where there is no file.

        Raises DataNotKept when the file cannot be read at all.
        """
        lines = self._lines.read()
        records, foreign = [], []
        for number, record in enumerate(lines.records, start=1):
            feedback = _feedback(record)
            if feedback is not None:
                records.append(feedback)
            else:
                foreign.append(f"{self.path.name}, record {number} is no feedback")
        return Received(tuple(records), (*lines.damaged, *foreign))


def _feedback(record: Mapping[str, Any]) -> Feedback | None:
    """Return the feedback that a record holds; None when it holds none."""
    try:
        feedback = Feedback(
            **{
                **record,
                "history": tuple(record["history"]),
                "hospitals": tuple(record["hospitals"]),
            }
        )
        _check(feedback.verdict, get_args(Verdict), "verdict")
        # What a report looks at must be there.
        answer = feedback.answer
        _ = answer["question"], answer["query"], answer["status"], answer["reason"]
        for citation in answer["citations"]:
            _ = [citation[key] for key in _OF_A_CITATION]
    except (KeyError, TypeError, ValueError):
        return None
    return feedback


def _check(value: str, known: Iterable[str], name: str) -> None:
    if value not in known:
        raise ValueError(f"{name} is {value!r}; it can be {', '.join(map(repr, known))}")


def _without_texts(answer: dict[str, Any]) -> dict[str, Any]:
    hits = [
        {key: value for key, value in hit.items() if key not in _HIT_TEXTS}
        for hit in answer["hits"]
    ]
    return {**answer, "hits": hits}


def _printable(comment: str) -> str:
    """Return a comment in one line without controls, lone surrogates and direction marks."""
    kept = (" " if c.isspace() else c for c in comment)
    return " ".join("".join(c for c in kept if unicodedata.category(c)[0] != "C").split())
