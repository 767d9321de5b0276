"""Newspaper pages as they come, where the source documents lie beside the repository."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from corpus.model import Document, Passage
from corpus.read import read_corpus
from corpus.reflow import searchable
from corpus.split import sentences, split
from qa.engine import Engine
from qa.evaluation import read_questions, relevant_passages

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
DATA = Path(__file__).parents[1] / "data"
HOSPITALS = {
    "大同市第五人民医院",
    "大同市第六人民医院",
    "信宜市人民医院",
    "中国医科大学附属盛京医院",
    "北京大学第三医院",
    "四川大学华西医院",
    "香港大学深圳医院",
    "浙江大学医学院附属第一医院",
    "长治市人民医院",
    "平顶山市第二人民医院",
    "汝州市第一人民医院",
}
NEWS = {
    "陕西汉阴：村医竞聘上岗",
    "云南315人参加首批中医优秀人才研修",
    "湖南岳阳建成远程影像云平台",
    "河北廊坊合理膳食科教基地投用",
    "川渝同步启动全国安全用药月活动",
}

pytestmark = pytest.mark.skipif(
    not SEEDS.is_dir(), reason="the source documents do not lie beside the repository"
)


@pytest.fixture(scope="module")
def documents() -> tuple[Document, ...]:
    reading = read_corpus([SEEDS])
    assert reading.skipped == ()
    return reading.documents


@pytest.fixture(scope="module")
def passages(documents: tuple[Document, ...]) -> Mapping[str, list[Passage]]:
    found: dict[str, list[Passage]] = {}
    for document in documents:
        found.setdefault(document.source, []).extend(split(document))
    return found


@pytest.fixture(scope="module")
def seeds(cache: Path) -> Engine:
    return Engine.open(SEEDS, index_dir=cache / "seeds")


def test_every_hospital_and_news_item_is_an_article_of_its_own(
    documents: tuple[Document, ...],
) -> None:
    about = {name for document in documents for name in document.hospitals}
    assert about >= HOSPITALS
    assert {document.title for document in documents} >= NEWS
    for title in NEWS:
        (item,) = (document for document in documents if document.title == title)
        assert item.hospitals == (title,)


def test_labelled_passages_are_about_the_right_hospital(
    passages: Mapping[str, list[Passage]],
) -> None:
    lines = (DATA / "seeds_subjects.jsonl").read_text(encoding="utf-8").splitlines()
    labels = [json.loads(line) for line in lines]
    right = 0
    for label in labels:
        wanted = label["hospital"]
        names = {wanted} if isinstance(wanted, str) else set(wanted)
        snippet = "".join(label["snippet"].split())
        right += any(
            names <= set(passage.hospitals)
            for passage in passages[label["file"]]
            if snippet in "".join(passage.text.split())
        )
    assert len(labels) >= 120
    assert right / len(labels) >= 0.98


def test_no_paragraph_is_found_twice_and_all_its_places_are_known(
    seeds: Engine, passages: Mapping[str, list[Passage]]
) -> None:
    kept = ["".join(passage.text.split()) for passage in seeds.index.passages]
    assert len(kept) == len(set(kept))
    known = {passage.passage_id for passage in seeds.index.passages}
    known |= {place for passage in seeds.index.passages for place in passage.also}
    assert known == {passage.passage_id for found in passages.values() for passage in found}
    assert any(len(passage.also) > 1 for passage in seeds.index.passages)


def test_words_broken_across_columns_are_whole_again(
    passages: Mapping[str, list[Passage]],
) -> None:
    whole = "\n".join(searchable(p.text) for found in passages.values() for p in found)
    assert "成立了“丁卫民教授名医工作站”" in whole
    assert "空地救援系统" in whole


def test_citations_of_a_thousand_searches_lead_back_to_the_file(seeds: Engine) -> None:
    random = np.random.default_rng(3)
    for number in random.integers(len(seeds.index.sentences), size=100):
        sentence = seeds.index.sentences[number]
        for hit in seeds.search(searchable(sentence.text)[:200], k=10):
            document = seeds.document(hit.passage.doc_id)
            assert document.text == (SEEDS / document.source).read_text(encoding="utf-8")
            for scored in hit.sentences:
                quote = scored.sentence
                assert document.text[quote.start : quote.end] == quote.text


def test_sentences_cover_their_passages(documents: tuple[Document, ...]) -> None:
    for document in documents:
        for passage in split(document):
            joined = "".join(sentence.text for sentence in sentences(passage))
            assert "".join(joined.split()) == "".join(passage.text.split())


def test_raw_pages_are_found_nearly_as_well_as_the_builtin_corpus(
    seeds: Engine, cache: Path
) -> None:
    builtin = Engine.open(index_dir=cache / "builtin-beside-seeds")
    questions = [q for q in read_questions(DATA / "test.jsonl") if q.answerable]

    def success_at_5(engine: Engine) -> float:
        found = 0
        for question in questions:
            history = [{"role": "user", "content": turn} for turn in question.turns[:-1]]
            relevant = relevant_passages(engine, question)
            hits = engine.search(question.turns[-1], history, k=5)
            found += any(hit.passage.passage_id in relevant for hit in hits)
        return found / len(questions)

    assert success_at_5(seeds) >= success_at_5(builtin) - 0.05
