"""One corpus with its questions: this project's engine and the peers over the same passages."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers import with_haystack, with_llama_index, with_txtai
from benchmarks.peers.runner import Case, Peer, Result, Search, System, markdown, measure
from corpus.model import Passage
from corpus.read import BUILTIN
from corpus.reflow import searchable
from embeddings.bundled import bundled_model
from embeddings.encoder import DEFAULT_MODEL
from qa.engine import Engine
from qa.evaluation import conversation, read_questions, relevant_passages
from qa.model import Message
from qa.settings import read_settings

PEERS: dict[str, Callable[[Sequence[str], Path], Search]] = {
    "txtai": with_txtai.open_search,
    "LlamaIndex": with_llama_index.open_search,
    "Haystack": with_haystack.open_search,
}


@dataclass(frozen=True, slots=True)
class Ours:
    """Our engine: the last turn is searched, with the conversation before it as history."""

    engine: Engine
    numbers: dict[str, int]
    name: str = "this project"

    def prepare(self, turns: tuple[str, ...]) -> tuple[str, list[Message]]:
        return turns[-1], conversation(self.engine, turns[:-1])

    def search(self, prepared: tuple[str, list[Message]], k: int) -> list[int]:
        question, history = prepared
        hits = self.engine.search(question, history, k=k)
        return [self.numbers[hit.passage.passage_id] for hit in hits]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The figures of all systems for one corpus and its questions."""

    title: str
    sizes: str
    results: tuple[Result, ...]

    @property
    def table(self) -> str:
        return markdown(self.results)

    def to_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "sizes": self.sizes,
            "systems": [result.to_dict() for result in self.results],
        }


def compare(corpus: Path | None, questions: Sequence[Path], threads: int) -> Comparison:
    """Open all systems over a corpus, None being the built-in one, and ask them the questions.

    Raises CorpusError, ModelUnavailable, EvaluationError, ModuleNotFoundError when a peer is not
    installed, or ValueError when no question has a relevant passage.
    """
    import torch

    torch.set_num_threads(threads)
    settings = read_settings(model=DEFAULT_MODEL, threads=threads)
    # BUILTIN by name, so that no setting puts another corpus in its place.
    engine = Engine.open(corpus or BUILTIN, model=DEFAULT_MODEL, settings=settings)
    passages = engine.index.passages
    numbers = {passage.passage_id: number for number, passage in enumerate(passages)}
    cases = _cases(engine, questions, numbers)
    systems: list[System] = [Ours(engine, numbers)]
    model = bundled_model(settings.cache)
    for name, open_search in PEERS.items():
        systems.append(Peer(name, open_search(plain_texts(passages), model)))
        with_context = open_search(texts_with_context(passages), model)
        systems.append(Peer(f"{name}, passages with context", with_context))
    files = ", ".join(file.name for file in questions)
    follow_ups = sum(len(case.turns) > 1 for case in cases)
    return Comparison(
        title=f"{corpus or 'built-in corpus'}, {files}",
        sizes=f"{len(engine.documents)} documents, {len(passages)} passages, "
        f"{len(cases)} answerable questions, of which {follow_ups} follow-ups",
        results=measure(systems, cases),
    )


def plain_texts(passages: Iterable[Passage]) -> list[str]:
    """Return the passages' texts as our own index has them, without line breaks of the page."""
    return [searchable(passage.text) for passage in passages]


def texts_with_context(passages: Iterable[Passage]) -> list[str]:
    """Return the passages' texts, each after its context, as `qa.index.embedded_text` does it."""
    return [
        f"{passage.context}：{searchable(passage.text)}"
        if passage.context
        else searchable(passage.text)
        for passage in passages
    ]


def _cases(engine: Engine, files: Sequence[Path], numbers: dict[str, int]) -> list[Case]:
    """Return the answerable questions that have a relevant passage."""
    cases = []
    for file in files:
        for question in read_questions(file):
            relevant = relevant_passages(engine, question)
            if question.answerable and relevant:
                found = frozenset(numbers[passage_id] for passage_id in relevant)
                cases.append(Case(f"{file.name}:{question.id}", question.turns, found))
    return cases
