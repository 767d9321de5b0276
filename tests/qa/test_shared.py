"""An index in an engine that processes share answers as one in a folder does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.model import Document
from corpus.read import read_corpus
from embeddings.milvus import MilvusStore
from qa.engine import Engine
from qa.errors import IndexMismatch, IndexMissing, SettingsError, StoreUnavailable
from qa.indexing import build_index
from qa.settings import Settings
from qa.shared_index import SharedIndex
from qa.shared_writing import parse_shard, write_shared
from tests.conftest import TinyEncoder

QUESTIONS = (
    "青禾三院有多少张床？",
    "青禾三院和白港医院谁的床位多？",
    "哪些医院有急救船",
    "院长是谁",
    "湖滨医院在哪里",
    "白港医院停车多少钱",
    "How many beds does Qinghe Third People's Hospital have?",
)
MORE = """# 岚溪市妇幼保健院

岚溪市妇幼保健院有产床45张。协作单位是湖滨医院。
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"milvus-lite+file://{tmp_path}/shared.db/hospitals"


@pytest.fixture
def documents(folder: Path, tmp_path: Path) -> tuple[Document, ...]:
    (tmp_path / "more.md").write_text(MORE, encoding="utf-8")
    return read_corpus([folder, tmp_path / "more.md"]).documents


@pytest.fixture
def settings(cache: Path) -> Settings:
    return Settings(cache=cache)


def write(url: str, documents: tuple[Document, ...], cache: Path, shard: str = "1/1") -> bool:
    encoder = TinyEncoder()
    try:
        number = MilvusStore.open(url).generation
    except IndexMissing:
        number = 0
    store = MilvusStore.create(url, number + 1, encoder.dim)
    return write_shared(store, documents, encoder, parse_shard(shard), cache)


@pytest.fixture
def shared(
    url: str, documents: tuple[Document, ...], cache: Path, settings: Settings
) -> Iterator[Engine]:
    assert write(url, documents, cache)
    store = MilvusStore.open(url)
    yield Engine(SharedIndex(store, TinyEncoder.name), TinyEncoder(), settings)
    store.close()


def test_every_answer_is_that_of_an_index_in_a_folder(
    shared: Engine, documents: tuple[Document, ...], settings: Settings
) -> None:
    index = build_index(documents, TinyEncoder(), settings.cache)
    local = Engine(index, TinyEncoder(), settings)
    for question in QUESTIONS:
        one, other = local.ask(question).to_dict(), shared.ask(question).to_dict()
        assert one["confidence"] == pytest.approx(other["confidence"], abs=1e-3)
        for answer in (one, other):
            answer.pop("confidence")
            for hit in answer["hits"]:
                for score in ("score", "dense", "lexical"):
                    hit[score] = round(hit[score], 2)
                hit["sentences"] = [sentence["text"] for sentence in hit["sentences"]]
        assert one == other


def test_documents_and_passages_are_fetched_by_id(
    shared: Engine, documents: tuple[Document, ...]
) -> None:
    assert list(shared.documents) == sorted(documents, key=lambda one: one.doc_id)
    assert shared.document("clover") == next(one for one in documents if one.doc_id == "clover")
    assert "620张" in shared.passage("clover#p1").text
    assert shared.index.is_reachable()
    for missing in ("nothing", "nothing#p1"):
        with pytest.raises(KeyError):
            shared.document(missing)


def test_readers_see_shards_when_all_of_them_are_there(
    url: str, documents: tuple[Document, ...], cache: Path, settings: Settings
) -> None:
    assert not write(url, documents, cache, "1/3")
    with pytest.raises(IndexMissing, match="hospital-qa index"):
        SharedIndex(MilvusStore.open(url), TinyEncoder.name)
    assert not write(url, documents, cache, "3/3")
    assert not write(url, documents, cache, "1/3")  # again, as after a stop
    assert write(url, documents, cache, "2/3")
    engine = Engine(SharedIndex(MilvusStore.open(url), TinyEncoder.name), TinyEncoder(), settings)
    assert len(engine.documents) == len(documents)
    assert "620张" in engine.ask("青禾三院有多少张床？").text


def test_an_open_engine_goes_over_to_what_is_published(
    url: str, documents: tuple[Document, ...], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.milvus.REFRESH_SECONDS", 0.0)
    monkeypatch.setattr("qa.engine.open_encoder", lambda *_: TinyEncoder())
    monkeypatch.setattr(MilvusStore.publish, "__defaults__", (0.0,))
    assert write(url, documents[:1], cache)
    engine = Engine.open(settings=Settings(cache=cache, store=url))
    assert len(engine.documents) == 1
    before = engine.version
    assert write(url, documents, cache)
    assert engine.version != before
    assert engine.search("产床", k=3)[0].passage.hospitals == ("岚溪市妇幼保健院",)
    assert len(engine.documents) == len(documents)


def test_an_index_of_another_encoder_does_not_fit(
    url: str, documents: tuple[Document, ...], cache: Path
) -> None:
    assert write(url, documents, cache)
    with pytest.raises(IndexMismatch, match="another model"):
        SharedIndex(MilvusStore.open(url), "another model")


@pytest.mark.parametrize("text", ["", "0/2", "3/2", "1/0", "a/b", "1", "1/2/3", "-1/2", "²/3"])
def test_a_shard_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="2/8"):
        parse_shard(text)


def test_an_engine_that_is_away_is_named(cache: Path) -> None:
    settings = Settings(cache=cache, store="milvus+http://127.0.0.1:9/hospitals")
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:9"):
        Engine.open(settings=settings)
    with pytest.raises(SettingsError, match="milvus"):
        Engine.open(settings=Settings(cache=cache, store="redis://x"))
