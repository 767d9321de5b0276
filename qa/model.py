"""What flows: a question becomes a `Query`, the query `Hit`s, the hits an `Answer`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from corpus.model import Passage, Sentence
from embeddings.verifier import Reading
from qa.references import reference

Language = Literal["zh-Hans", "zh-Hant", "en"]
Kind = Literal[
    "number",
    "money",
    "phone",
    "hours",
    "weekday",
    "date",
    "person",
    "place",
    "address",
    "yesno",
    "list",
    "set",
    "comparison",
    "fact",
]
Status = Literal["answered", "refused", "clarify"]
Reason = Literal[
    "",
    "unknown_hospital",
    "attribute_not_found",
    "false_premise",
    "medical_advice",
    "off_topic",
    "not_a_question",
]
Message = Mapping[str, Any]
"""A chat message, `{"role": "user" | "assistant", "content": str}`, oldest first in a history."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is understood.

    `question` is what the person typed, cleaned of control characters, and `text` what is retrieved
    with; in a follow-up it begins with the question before, and its own part at `own_from`. `value`
    is the kind of value asked for, also in a set or a comparison. `hospitals` are canonical names
    to which the answer is limited (none: any). Of other institutions, `unknown` are names that no
    document says, and `mentioned` what the documents say of names in passing. `sides` are two
    things that are compared, where they are no two hospitals.
    """

    question: str
    text: str
    language: Language = "zh-Hans"
    kind: Kind = "fact"
    value: Kind = "fact"
    hospitals: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    follow_up: bool = False
    own_from: int = 0
    sides: tuple[str, ...] = ()

    @property
    def own(self) -> str:
        """What `text` has of the question itself, without the question before a follow-up."""
        return self.text[self.own_from :]

    def without_names(self, text: str, instead: str = " ") -> str:
        """Return a part of the question without the names of the hospitals that it is about."""
        for name in self.hospitals:
            text = text.replace(name, instead)
        return text


@dataclass(frozen=True, slots=True)
class Focus:
    """A token of a sentence, and its part of what is looked at in it.

    The range is half-open, in the sentence's text as `corpus.reflow.searchable` gives it.
    """

    start: int
    end: int
    share: float


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence of a hit and how well it answers; higher is better.

    `focus` is what in it matched, with its part of the score, for the sentences that an answer may
    quote.
    """

    sentence: Sentence
    score: float
    focus: tuple[Focus, ...] = ()


def _unverified() -> None:
    return None


def _unread(scored: ScoredSentence) -> tuple[Focus, ...]:
    del scored
    return ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. `rank` is from 1; every score is higher-is-better.

    `score` is that of the best sentence; `dense` its cosine (the lowest of those near by it, where
    only its words were found) and `lexical` its BM25. `overlap` is the MaxSim of it together with
    the sentences beside it. `coverage`, in [0, 1], is the share of the question's words, weighted
    by their idf, that the passage holds. `lacks` are names in the question that another article
    says and this one does not. `asked_places` are those of the articles found that the question
    names, in the form of `corpus.places`, the same for every hit. `sentences` are all of the
    passage's, best first. `verify` returns what the verifier reads in the best of them, None where
    the model has no verifier, and `point` how likely the answer stands at each token of one of
    them, nothing then: both are worked out when asked for, of what an answer needs.
    """

    passage: Passage
    score: float
    rank: int
    dense: float
    lexical: float
    sentences: tuple[ScoredSentence, ...]
    overlap: float = 0.0
    coverage: float = 0.0
    lacks: frozenset[str] = frozenset()
    asked_places: frozenset[str] = frozenset()
    verify: Callable[[], Reading | None] = field(default=_unverified, compare=False, repr=False)
    point: Callable[[ScoredSentence], tuple[Focus, ...]] = field(
        default=_unread, compare=False, repr=False
    )

    def detached(self) -> "Hit":
        """Return this hit without what holds on to the index: it may be kept, copied and sent."""
        return replace(self, verify=_unverified, point=_unread)


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quote comes from: `document.text[start:end] == quote`.

    `marker` is the number in the answer's text, from 1. `marks` are half-open ranges of the
    document's text, within the quote: the value that was asked for. `also_in` are the ids of other
    passages that say the same, in a reprint for example.
    """

    marker: int
    doc_id: str
    title: str
    publisher: str
    published: str
    source: str
    hospital: str
    passage_id: str
    quote: str
    start: int
    end: int
    also_in: tuple[str, ...] = ()
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a question.

    `text` is made of quotes with markers when `status` is `answered`. Otherwise it says what is
    missing and `reason` says it in a word (`refused`), or it asks back (`clarify`), and there are
    no citations. `suggestions` are then what could be asked instead: hospitals to choose from when
    `clarify`, else nearby things that the documents do tell. `confidence` is in [0, 1]. `language`
    is the question's, in which the words around quotes are, and `kind` what it asks for. `hits` are
    as they were found; a citation may be from a later one, when the first does not tell.
    """

    question: str
    query: str
    text: str
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    confidence: float
    status: Status
    reason: Reason = ""
    suggestions: tuple[str, ...] = ()
    language: Language = "zh-Hans"
    kind: Kind = "fact"

    def __str__(self) -> str:
        """Return the answer as one reads it in a terminal: the text, then a line for each source.

        Each line: `[1] hospital — title, publisher, date (passage, also in other passages)`,
        without what is not known.
        """
        lines = [self.text]
        for citation in self.citations:
            known = [citation.title, citation.publisher, citation.published]
            where = ", ".join(part for part in known if part)
            hospital = f"{citation.hospital} — " if citation.hospital else ""
            also = f", also in {', '.join(citation.also_in)}" if citation.also_in else ""
            lines.append(f"[{citation.marker}] {hospital}{where} ({citation.passage_id}{also})")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the one JSON form of an answer, the same in every interface."""
        return {
            "question": self.question,
            "query": self.query,
            "text": self.text,
            "status": self.status,
            "reason": self.reason,
            "suggestions": list(self.suggestions),
            "language": self.language,
            "kind": self.kind,
            "confidence": round(self.confidence, 4),
            "citations": [
                {
                    "marker": citation.marker,
                    "doc_id": citation.doc_id,
                    "title": citation.title,
                    "publisher": citation.publisher,
                    "published": citation.published,
                    "source": citation.source,
                    "hospital": citation.hospital,
                    "passage_id": citation.passage_id,
                    "quote": citation.quote,
                    "start": citation.start,
                    "end": citation.end,
                    "also_in": list(citation.also_in),
                    "marks": [list(mark) for mark in citation.marks],
                    "reference": reference(
                        citation.title, citation.publisher, citation.published, citation.source
                    ),
                }
                for citation in self.citations
            ],
            "hits": [hit_to_dict(hit) for hit in self.hits],
        }


def hit_to_dict(hit: Hit) -> dict[str, Any]:
    """Return the JSON form of a hit: its scores, its passage, and its sentences, best first."""
    passage = hit.passage
    return {
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "dense": round(hit.dense, 4),
        "lexical": round(hit.lexical, 4),
        "passage_id": passage.passage_id,
        "doc_id": passage.doc_id,
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "context": passage.context,
        "hospitals": list(passage.hospitals),
        "also": list(passage.also),
        "sentences": [
            {"text": scored.sentence.text, "score": round(scored.score, 4)}
            for scored in hit.sentences
        ],
    }
