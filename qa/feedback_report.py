"""What the feedback says: where answers fail most, and questions to measure the next version with.

A thumb counts once, whoever gave it. Questions are the same when they differ only in width, case,
script, spaces and punctuation, and are asked of the same conversation.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from corpus.fold import fold
from corpus.reflow import searchable
from qa.feedback import Feedback

NO_REASON = "no reason given"
TO_LABEL = "to_label"
_BY_HAND = (
    "by hand: say whether the documents answer this (`answerable`), with what (`answers`) and "
    "where (`evidence`)"
)
_WITHOUT_EVIDENCE = (
    "by hand: a reader says that the documents answer this; give `answers` and `evidence`, or make "
    "`answerable` false"
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many thumbs something got."""

    name: str
    down: int
    up: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was said of its answers; `reasons` and `comments` are of thumbs down."""

    question: str
    down: int
    up: int
    reasons: tuple[str, ...]
    comments: tuple[str, ...]
    last: str


@dataclass(frozen=True, slots=True)
class Report:
    """What fails most; every list has what got a thumb down, the most of them first.

    `refusals` are by the reason of the refusal, `documents` those that a judged answer quotes. `up`
    of a reason is always 0. `first` and `last` are times, empty without feedback.
    """

    total: int
    up: int
    down: int
    first: str
    last: str
    reasons: tuple[Tally, ...]
    refusals: tuple[Tally, ...]
    hospitals: tuple[Tally, ...]
    documents: tuple[Tally, ...]
    questions: tuple[Asked, ...]

    @property
    def share_up(self) -> float | None:
        """The share of thumbs up, in [0, 1]; None without feedback."""
        return self.up / self.total if self.total else None

    def to_dict(self) -> dict[str, Any]:
        """Return the report's JSON form."""
        share = self.share_up
        return {"share_up": None if share is None else round(share, 4), **asdict(self)}


def report(records: Iterable[Feedback]) -> Report:
    """Return what fails most in these records."""
    records = sorted(records, key=lambda one: one.time)
    up = sum(one.verdict == "up" for one in records)
    return Report(
        total=len(records),
        up=up,
        down=len(records) - up,
        first=records[0].time if records else "",
        last=records[-1].time if records else "",
        reasons=_tallies(records, lambda one: [one.reason or NO_REASON], only_down=True),
        refusals=_tallies(records, _refusal),
        hospitals=_tallies(records, lambda one: one.hospitals),
        documents=_tallies(records, _documents),
        questions=_questions(records),
    )


def candidates(records: Iterable[Feedback]) -> list[dict[str, Any]]:
    """Return questions in the form of `qa.evaluation.questions`, those that are ready first.

    One with thumbs up alone is answerable, by the value and the quotes that were shown. Any other
    is tagged `to_label`, says so in `label`, and lacks what only a person can tell, so that
    `read_questions` refuses it until that is filled in. Its type is the kind of the question.
    """
    groups = _grouped(sorted(records, key=lambda one: one.time)).items()
    made = [_candidate(key, group) for key, group in groups]
    return sorted(made, key=lambda one: TO_LABEL in one["tags"])


def is_to_label(candidate: dict[str, Any]) -> bool:
    """Tell whether somebody must complete a candidate before it can be used."""
    return TO_LABEL in candidate["tags"]


def _tallies(
    records: Iterable[Feedback],
    names: Callable[[Feedback], Iterable[str]],
    *,
    only_down: bool = False,
) -> tuple[Tally, ...]:
    counts: dict[str, list[int]] = {}
    for one in records:
        if only_down and one.verdict == "up":
            continue
        for name in dict.fromkeys(names(one)):
            counts.setdefault(name, [0, 0])[one.verdict == "up"] += 1
    tallies = [Tally(name, down, up) for name, (down, up) in counts.items() if down]
    return tuple(sorted(tallies, key=lambda one: (-one.down, one.up, one.name)))


def _refusal(one: Feedback) -> list[str]:
    return [one.answer["reason"]] if one.answer["status"] == "refused" else []


def _documents(one: Feedback) -> list[str]:
    return [citation["doc_id"] for citation in one.answer["citations"]]


def _questions(records: Iterable[Feedback]) -> tuple[Asked, ...]:
    asked = []
    for group in _grouped(records).values():
        bad = [one for one in group if one.verdict == "down"]
        if bad:
            comments = dict.fromkeys(one.comment for one in bad if one.comment)
            asked.append(
                Asked(
                    question=bad[-1].answer["question"],
                    down=len(bad),
                    up=len(group) - len(bad),
                    reasons=tuple(dict.fromkeys(one.reason for one in bad if one.reason)),
                    comments=tuple(comments),
                    last=bad[-1].time,
                )
            )
    asked.sort(key=lambda one: one.last, reverse=True)
    asked.sort(key=lambda one: (-one.down, one.up))
    return tuple(asked)


def _grouped(records: Iterable[Feedback]) -> dict[str, list[Feedback]]:
    """Return the records by what was asked: the user's turns, and the hospital that was chosen."""
    groups: dict[str, list[Feedback]] = {}
    for one in records:
        key = "\n".join(map(plain, [*_turns(one), one.hospital or ""]))
        groups.setdefault(key, []).append(one)
    return groups


def plain(text: str) -> str:
    """Return what of a text counts when two are compared.

    >>> plain("大同五院，有多少 台透析機？")
    '大同五院有多少台透析机'
    """
    folded = fold(text)
    return "".join(filter(str.isalnum, folded)) or folded


def _turns(one: Feedback) -> list[str]:
    """Return the user's turns of the conversation; the last is the question that was judged."""
    earlier = [str(m["content"]) for m in one.history if m.get("role") == "user"]
    return [*filter(str.strip, earlier), one.answer["question"]]


def _candidate(key: str, group: Sequence[Feedback]) -> dict[str, Any]:
    last = group[-1]
    bad = [one for one in group if one.verdict == "down"]
    turns = _turns(last)
    number = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=6).hexdigest()
    candidate: dict[str, Any] = {
        "id": f"feedback-{number}",
        "lang": last.answer.get("language", "zh-Hans"),
        "type": last.answer.get("kind", "fact"),
        "question": turns if len(turns) > 1 else turns[0],
    }
    if last.hospital:
        candidate["hospital"] = last.hospital
    # The hospital that was chosen beside the question is no part of one that is measured.
    if not bad and last.answer["citations"] and not last.hospital:
        return {**candidate, "tags": ["up"], "answerable": True, **_known(last)}
    reasons = dict.fromkeys(one.reason for one in bad if one.reason)
    said = dict.fromkeys(one.comment for one in bad if one.comment)
    candidate["tags"] = [TO_LABEL, "down" if bad else "up", *reasons]
    candidate["comments"] = list(said)
    if last.answer["status"] == "refused" and "not_answered" in reasons:
        missing: dict[str, Any] = {"answerable": True, "answers": [], "evidence": []}
        return {**candidate, **missing, "label": _WITHOUT_EVIDENCE}
    return {**candidate, "label": _BY_HAND}


def _known(one: Feedback) -> dict[str, Any]:
    """Return the values that were shown, the first of each hospital, and where all quotes are."""
    citations = one.answer["citations"]
    firsts = {citation["hospital"]: citation for citation in reversed(citations)}
    shown = [_value(citation) for citation in citations if citation in firsts.values()]
    evidence = [
        {"file": citation["source"].rpartition("/")[2], "snippet": searchable(citation["quote"])}
        for citation in citations
    ]
    return {"answers": [[value] for value in shown], "evidence": evidence}


def _value(citation: dict[str, Any]) -> str:
    """Return the value that a quote marks, else all of the quote."""
    for start, end in citation["marks"][:1]:
        return searchable(citation["quote"][start - citation["start"] : end - citation["start"]])
    return searchable(citation["quote"])
