"""Every question for reporting is answered over the real server as over exact search in files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.read import BUILTIN, read_corpus
from embeddings.encoder import Encoder
from embeddings.milvus import MilvusStore
from qa.engine import Engine
from qa.evaluation import read_questions
from qa.evaluation.outcomes import conversation
from qa.model import Answer
from qa.settings import Settings
from qa.shared_index import SharedIndex
from qa.shared_writing import write_shared
from tests.milvus.stores import needs_engine, new_name

QUESTIONS = read_questions(Path(__file__).parents[1] / "data" / "test.jsonl")

pytestmark = [pytest.mark.milvus, needs_engine]


@pytest.fixture(scope="module")
def local(cache: Path) -> Engine:
    return Engine.open(BUILTIN, index_dir=cache / "index-for-milvus")


@pytest.fixture(scope="module")
def shared(engine: str, local: Engine, encoder: Encoder, cache: Path) -> Iterator[Engine]:
    url = f"{engine}/{new_name()}"
    store = MilvusStore.create(url, 1, encoder.dim)
    documents = read_corpus([BUILTIN]).documents
    assert write_shared(store, documents, encoder, (1, 1), cache, local._vectors)
    reader = MilvusStore.open(url)
    yield Engine(SharedIndex(reader, encoder.name), encoder, Settings(cache=cache))
    reader.close()
    store.close()


def told(answer: Answer) -> tuple[object, ...]:
    places = tuple((one.passage_id, one.start, one.end, one.marks) for one in answer.citations)
    return answer.status, answer.reason, answer.text, places


def test_answers_over_milvus_are_those_over_faiss(local: Engine, shared: Engine) -> None:
    differing = []
    for question in QUESTIONS:
        history = conversation(local, question.turns[:-1])
        last = question.turns[-1]
        if told(local.ask(last, history)) != told(shared.ask(last, history)):
            differing.append(last)
    assert differing == []
