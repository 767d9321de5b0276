"""An index of several segments answers as one, and grows without rewriting what is there."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.fold import fold
from corpus.model import Document
from corpus.names import about_an_institution
from corpus.reflow import searchable
from embeddings.encoder import Embedding, Role
from embeddings.tokens import center
from embeddings.vector_cache import VectorCache
from embeddings.verifier import Reading
from qa.engine import Engine
from qa.index import Index, embedded_text
from qa.indexing import build_index, fingerprint, update_index
from qa.settings import Settings
from qa.texts import said_by
from qa.versions import IndexFolder
from tests.conftest import TinyEncoder

COUNT = 12
CLINIC = "青{}市第三人民医院"


def document(number: int, beds: int = 100) -> Document:
    name = CLINIC.format("禾岸云岚溪桥霁泽鹿墨松杉"[number])
    return Document(
        doc_id=f"clinic-{number}",
        title=name,
        text=(
            f"{name}有床位{beds + number}张。\n\n"
            f"## 院长\n\n院长叫林晓{number}，湖滨医院的专家每月来一次。"
        ),
        source=f"clinic-{number}.txt",
        hospitals=(name,),
    )


DOCUMENTS = [document(number) for number in range(COUNT)]


@pytest.fixture(autouse=True)
def _small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.indexing.COMPACT", 4)
    monkeypatch.setattr("qa.indexing.SEGMENT", 3)


def build(documents: list[Document], cache: Path, folder: Path | None = None) -> Index:
    keep = IndexFolder(folder).keep if folder else lambda segment: segment
    return build_index(documents, TinyEncoder(), cache, keep=keep)


def answers(index: Index, cache: Path) -> list[tuple[str, ...]]:
    engine = Engine(index, TinyEncoder(), Settings(cache=cache))
    questions = ["床位有多少张", "院长叫什么", "湖滨医院的专家多久来一次"]
    names = [one.hospitals[0] for one in DOCUMENTS]
    questions += [f"{name}有多少张床" for name in names]
    return [
        tuple(hit.passage.passage_id for hit in engine.search(question, k=5))
        for question in questions
    ]


def test_the_documents_lie_in_several_segments(cache: Path) -> None:
    index = build(DOCUMENTS, cache)
    assert len(index.segments) > 2
    assert list(index.documents) == list(index.documents[:]) == DOCUMENTS
    assert (index.documents[-1], list(index.documents[2:4])) == (DOCUMENTS[-1], DOCUMENTS[2:4])
    assert len(index.passages) == 2 * COUNT
    for row, sentence in enumerate(index.sentences):
        passage = index.passage(index.passage_of(row))
        assert passage.passage_id == sentence.passage_id
        begin, end = index.run(index.passage_of(row))
        assert begin <= row < end
        assert sentence.text in passage.text


def test_segments_answer_as_one_index(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = answers(build(DOCUMENTS, cache), cache)
    monkeypatch.setattr("qa.indexing.SEGMENT", 10_000)
    whole = build(DOCUMENTS, cache)
    assert len(whole.segments) == 1
    # The tokens' mean is that of the first segment, so that near ties may fall otherwise.
    assert parts[3:] == answers(whole, cache)[3:]


class Remembering:
    """A verifier that keeps what it is asked, and points at the last token."""

    def __init__(self, dim: int) -> None:
        self.mean = np.linspace(-0.1, 0.1, dim, dtype=np.float32)
        self.seen: list[np.ndarray] = []

    def read(self, question: np.ndarray, weights: np.ndarray, sentence: np.ndarray) -> Reading:
        assert len(question) == len(weights)
        self.seen.append(sentence)
        return Reading(float(len(self.seen)), np.eye(len(sentence), dtype=np.float32)[-1])


def test_the_best_sentence_is_verified_in_whichever_segment(cache: Path) -> None:
    encoder = TinyEncoder()
    verifier = Remembering(encoder.dim)
    encoder.verifier = verifier  # type: ignore[assignment]
    index = build(DOCUMENTS, cache)
    mean = index.segments[0].tokens.mean
    hits = Engine(index, encoder, Settings(cache=cache)).search("床位有多少张", k=COUNT)
    assert len({hit.passage.doc_id for hit in hits}) == COUNT
    assert not verifier.seen  # before an answer needs it
    readings = [hit.verify() for hit in hits]
    assert [one.logit for one in readings if one] == list(range(1, COUNT + 1))
    assert hits[0].verify() is readings[0]  # not worked out again
    for hit, read in zip(hits, verifier.seen, strict=True):
        best = hit.sentences[0]
        plain = searchable(best.sentence.text)
        assert [plain[at.start : at.end] for at in hit.point(best) if at.share] == [plain[-1]]
        text = embedded_text(hit.passage, best.sentence)
        (embedding,) = encoder.encode([text], "passage")
        expected = center(embedding.tokens, mean)
        assert read.shape == expected.shape
        assert (read * expected).sum(axis=1).min() > 0.9  # stored in four bits a number


def test_tokens_are_centred_by_the_mean_that_the_verifier_knows(cache: Path) -> None:
    encoder = TinyEncoder()
    own = build_index(DOCUMENTS[:1], encoder, cache).segments[0].tokens
    encoder.verifier = Remembering(encoder.dim)  # type: ignore[assignment]
    few, more = (build_index(DOCUMENTS[:n], encoder, cache).segments[0].tokens for n in (1, 3))
    assert np.array_equal(few.mean, more.mean)
    assert np.array_equal(few.mean, encoder.verifier.mean)
    assert not np.array_equal(few.mean, own.mean)


def test_what_is_added_becomes_a_segment_and_the_others_stay(cache: Path, tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path)
    folder.save(build_index(DOCUMENTS[:8], TinyEncoder(), cache, keep=folder.keep))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("segment-*/*")}
    vectors = VectorCache(tmp_path / "vectors.sqlite")
    base = IndexFolder(tmp_path)
    grown = update_index(base.load(), DOCUMENTS, TinyEncoder(), cache, vectors, keep=base.keep)
    base.save(grown)
    after = {path: path.stat().st_mtime_ns for path in tmp_path.glob("segment-*/*")}
    assert before.items() < after.items()
    opened = IndexFolder(tmp_path).load()
    assert list(opened.documents) == DOCUMENTS
    assert opened.manifest.corpus == fingerprint(DOCUMENTS)
    assert len(opened.vectors) == len(opened.sentences)
    assert answers(opened, cache)[3:] == answers(build(DOCUMENTS, cache), cache)[3:]


def test_what_vanished_or_changed_is_found_no_more(cache: Path, tmp_path: Path) -> None:
    base = build(DOCUMENTS, cache, tmp_path)
    wanted = [*DOCUMENTS[2:11], document(11, beds=900)]
    index = update_index(base, wanted, TinyEncoder(), cache)
    IndexFolder(tmp_path).save(index)
    opened = IndexFolder(tmp_path).load()
    assert sorted(one.doc_id for one in opened.documents) == sorted(one.doc_id for one in wanted)
    assert len(opened.documents) == len(wanted)
    with pytest.raises(KeyError):
        opened.number_of("clinic-0")
    assert opened.document(opened.number_of("clinic-11")) == wanted[-1]
    engine = Engine(opened, TinyEncoder(), Settings(cache=cache))
    shown = {hit.passage.doc_id for hit in engine.search("床位有多少张", k=100)}
    assert shown == {one.doc_id for one in wanted}
    beds = [
        hit for hit in engine.search("床位有多少张", k=100) if hit.passage.doc_id == "clinic-11"
    ]
    assert any("911张" in hit.passage.text for hit in beds)
    assert not any("111张" in hit.passage.text for hit in beds)


def test_when_most_is_gone_the_rest_is_made_anew(cache: Path) -> None:
    index = update_index(build(DOCUMENTS, cache), DOCUMENTS[:3], TinyEncoder(), cache)
    assert not index.removed
    assert list(index.documents) == DOCUMENTS[:3]


def test_rows_that_say_a_name_are_found_in_all_segments(cache: Path) -> None:
    index = build(DOCUMENTS, cache)
    rows = index.rows_saying("湖滨医院")
    texts = {index.passage(number).text for number in index.passages_of(rows).tolist()}
    assert len(texts) == COUNT
    assert all("湖滨医院" in text for text in texts)
    assert index.rows_saying("没有的医院").tolist() == []


def rows_by_reading(index: Index, name: str) -> list[int]:
    """Return the rows of the passages that count as saying a name, by reading everything."""
    passages = list(index.passages)
    texts = [said_by(one, *index.plain(number)) for number, one in enumerate(passages)]
    whole = {one.doc_id for one in index.documents if name in fold(one.title)}
    for passage, text in zip(passages, texts, strict=True):
        if name in text and not about_an_institution(passage.hospitals):
            whole.add(passage.doc_id)
    found = [
        range(*index.run(number))
        for number, (passage, text) in enumerate(zip(passages, texts, strict=True))
        if name in text or passage.doc_id in whole
    ]
    return [row for run in found for row in run]


ARTICLE = Document(
    doc_id="article",
    title="湖滨医院的三年",
    text="专家说，青禾三院不远。\n\n后来下了雨。\n\n湖\n滨医院也在。",
    source="article.txt",
)
NAMES = ["湖滨医院", "青禾三院", "禾", "市第三人民医院", "没有的医院", "雨。", "三年"]


@pytest.mark.parametrize("name", NAMES)
def test_rows_that_say_a_name_are_those_that_reading_finds(name: str, cache: Path) -> None:
    titled = replace(ARTICLE, doc_id="titled", title="秋", hospitals=("秋",))
    documents = [*DOCUMENTS, ARTICLE, replace(ARTICLE, doc_id="other", title="雨"), titled]
    index = build(documents, cache)
    assert index.rows_saying(name).tolist() == rows_by_reading(index, name)


def test_rows_that_say_a_name_of_the_built_in_corpus(builtin: Engine) -> None:
    index = builtin.index
    names = [*index.segments[0].said.split("\n")[::5], "医院", "华西医院", "人民医院"]
    for name in names:
        assert index.rows_saying(name).tolist() == rows_by_reading(index, name)


def test_a_large_index_packs_tokens_in_four_bits(cache: Path) -> None:
    index = build(DOCUMENTS, cache)
    assert {one.tokens.codes.shape[1] for one in index.segments} == {TinyEncoder.dim // 2}
    first = index.segments[0].tokens.mean
    assert all(np.array_equal(one.tokens.mean, first) for one in index.segments)


def test_a_document_that_only_changed_its_date_is_made_anew(cache: Path) -> None:
    base = build(DOCUMENTS, cache)
    changed = [*DOCUMENTS[:-1], replace(DOCUMENTS[-1], published="2022-03-04")]
    index = update_index(base, changed, TinyEncoder(), cache)
    assert index.removed == {COUNT - 1}
    assert index.document(index.number_of("clinic-11")).published == "2022-03-04"


def test_a_large_index_is_judged_by_questions_about_it(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.store_choice.FLAT_BELOW", 10)
    encoder = TinyEncoder()
    asked: list[str] = []
    encode = encoder.encode

    def watched(texts: Iterable[str], role: Role) -> Iterator[Embedding]:
        every = list(texts)
        asked.extend(every if role == "query" else ())
        return encode(every, role)

    monkeypatch.setattr(encoder, "encode", watched)
    index = build_index(DOCUMENTS, encoder, cache)
    names = [one.hospitals[0] for one in DOCUMENTS]
    assert len(asked) == len(index.sentences)
    assert {question[: len(names[0])] for question in asked} == set(names)
    said = "".join(one.text for one in DOCUMENTS)
    assert all(question[len(names[0]) :][:2] in said for question in asked)
    wanted = f"{len(asked)} questions, each a hospital's name and two words of a sentence"
    assert any(line.endswith(wanted) for line in index.explain())
