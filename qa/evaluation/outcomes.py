"""Asking the questions, and what came of each.

A passage is relevant when it holds the snippet of an evidence that names its file. Comparison
ignores white space, punctuation, width, case and script.

Citations are measured as ALCE does (Gao et al., "Enabling Large Language Models to Generate Text
with Citations", EMNLP 2023, section 4), adapted to answers that are quotes: there a language model
judges whether a citation supports a statement; here a quote is its own proof, and what is left to
ask is whether the right places are quoted. So known evidence takes the judge's part:

- citation precision of an answer: the share of the passages it cites that are relevant;
- citation recall of a question: the share of its evidence snippets, as far as the documents hold
  them, that are in a cited passage; 0 when it was not answered.

Both are lower bounds: a passage that answers too, but that no evidence names, counts as none, and
two snippets that say the same count as two.
"""

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from corpus.fold import fold
from qa.engine import AnyIndex, Engine
from qa.evaluation.questions import Question
from qa.model import Answer, Citation, Message

DEPTH = 10
_IGNORED = re.compile(r"[\W_]+")
_BETWEEN_HOSPITALS = "、"  # in `Citation.hospital`


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question.

    `right` tells whether it was answered and the text holds the asked values; asking back is not
    right. `right_source` tells whether every citation is of a file that the evidence names, and
    `right_hospital` whether every one is of a hospital that the evidence's documents are about.
    `citation_precision` and `citation_recall` are in [0, 1]. All but the first two are None where
    there is nothing to measure: no citation, or no evidence in the documents. `ranking` holds the
    ids of the `DEPTH` best passages, best first.
    """

    question: Question
    answer: Answer
    right: bool
    right_source: bool
    ranking: tuple[str, ...]
    seconds: float
    right_hospital: bool | None = None
    citation_precision: float | None = None
    citation_recall: float | None = None

    @property
    def passed(self) -> bool:
        """Whether the question came out as it should: right, or refused if nothing answers it."""
        return self.right if self.question.answerable else self.answer.status == "refused"


def evaluate(
    engine: Engine, questions: Iterable[Question]
) -> Iterator[tuple[Outcome, frozenset[str]]]:
    """Ask every question; yield its outcome and the ids of the passages that are relevant to it."""
    for question in questions:
        places = evidence_passages(engine, question)
        relevant = frozenset[str]().union(*places)
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
                right_hospital=right_hospital(engine, relevant, answer),
                citation_precision=citation_precision(relevant, answer),
                citation_recall=citation_recall(places, answer),
            ),
            relevant,
        )


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


def relevant_passages(engine: Engine, question: Question) -> frozenset[str]:
    """Return the ids of the passages that hold an evidence of the question."""
    return frozenset[str]().union(*evidence_passages(engine, question))


def evidence_passages(engine: Engine, question: Question) -> tuple[frozenset[str], ...]:
    """Return for each evidence of the question the ids of the passages that hold it."""
    found: list[set[str]] = [set() for _ in question.evidence]
    files = {evidence.file for evidence in question.evidence}
    for file in files:
        for number in _documents_by_file(engine.index).get(file, ()):
            for passage in engine.index.passages_in(number):
                text = _normal(passage.text)
                for ids, evidence in zip(found, question.evidence, strict=True):
                    if evidence.file == file and _normal(evidence.snippet) in text:
                        ids.add(passage.passage_id)
    return tuple(map(frozenset, found))


@lru_cache(maxsize=4)
def _documents_by_file(index: AnyIndex) -> dict[str, list[int]]:
    """Return the numbers of the documents that each file has, by its name."""
    found: dict[str, list[int]] = {}
    for document in index.documents:
        file = Path(document.source).name
        found.setdefault(file, []).append(index.number_of(document.doc_id))
    return found


def holds(text: str, groups: Iterable[Iterable[str]]) -> bool:
    """Tell whether a text holds one variant of every group.

    >>> holds("配有80 台透析机", [["80台", "八十台"]]), holds("293人", [["293"], ["334"]])
    (True, False)
    """
    text = _normal(text)
    return all(any(_normal(variant) in text for variant in variants) for variants in groups)


def _right_source(engine: Engine, question: Question, answer: Answer) -> bool:
    """Tell whether every citation is of a document that the question's evidence names."""
    files = {evidence.file for evidence in question.evidence}
    return all(
        Path(engine.document(citation.doc_id).source).name in files for citation in answer.citations
    )


def right_hospital(engine: Engine, relevant: frozenset[str], answer: Answer) -> bool | None:
    """Tell whether every citation is of a hospital of the evidence's documents.

    A citation that names no hospital must be of one of these documents. None when no passage is
    relevant or there is no citation.
    """
    if not relevant or not answer.citations:
        return None
    passages = [engine.passage(passage_id) for passage_id in relevant]
    documents = {passage.doc_id for passage in passages}
    hospitals = {name for passage in passages for name in passage.hospitals}
    hospitals.update(name for doc_id in documents for name in engine.document(doc_id).hospitals)
    return all(
        hospitals.issuperset(citation.hospital.split(_BETWEEN_HOSPITALS))
        if citation.hospital
        else citation.doc_id in documents
        for citation in answer.citations
    )


def citation_precision(relevant: frozenset[str], answer: Answer) -> float | None:
    """Return the share of the cited passages that are relevant; see the module.

    None when no passage is relevant or there is no citation.
    """
    cited = {citation.passage_id: _places(citation) for citation in answer.citations}
    if not relevant or not cited:
        return None
    return sum(not relevant.isdisjoint(places) for places in cited.values()) / len(cited)


def citation_recall(places: Iterable[frozenset[str]], answer: Answer) -> float | None:
    """Return the share of the evidence in the documents that is cited; see the module.

    `places` are for each evidence the ids of the passages that hold it. None when none is held.
    """
    known = [passages for passages in places if passages]
    if not known:
        return None
    cited = frozenset[str]().union(*map(_places, answer.citations))
    return sum(not passages.isdisjoint(cited) for passages in known) / len(known)


def _places(citation: Citation) -> frozenset[str]:
    return frozenset((citation.passage_id, *citation.also_in))


def _normal(text: str) -> str:
    return _IGNORED.sub("", fold(text))
