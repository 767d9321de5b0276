from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from embeddings.bundled import bundled_model
from qa.engine import Engine
from qa.evaluation import read_questions, relevant_passages
from qa.lexical import Tokenizer
from qa.retrieval import Retriever, best_of_passages

DEV = Path(__file__).parents[1] / "data" / "dev.jsonl"


def test_hits_are_ranked_from_one_and_scores_fall(engine: Engine) -> None:
    hits = engine.search("床位", k=4)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.score == hit.sentences[0].score for hit in hits)


def test_no_passage_is_returned_twice(builtin: Engine) -> None:
    found = [hit.passage.passage_id for hit in builtin.search("党建", k=50)]
    assert len(found) == len(set(found)) == 50


def test_a_hospital_limits_the_hits(engine: Engine) -> None:
    hits = engine.search("床位", hospital="白港医院")
    assert {hit.passage.doc_id for hit in hits} == {"harbour"}


def test_k_limits_the_hits(engine: Engine) -> None:
    assert len(engine.search("床位", k=1)) == 1
    assert len(engine.search("床位", k=1000)) == len(engine.index.passages)


def test_offsets_of_a_thousand_citations_lead_back_to_the_quote(builtin: Engine) -> None:
    random = np.random.default_rng(0)
    chosen = random.choice(len(builtin.index.sentences), 100, replace=False)
    for number in chosen:
        for hit in builtin.search(builtin.index.sentences[number].text, k=10):
            text = builtin.document(hit.passage.doc_id).text
            assert text[hit.passage.start : hit.passage.end] == hit.passage.text
            for scored in hit.sentences:
                sentence = scored.sentence
                assert text[sentence.start : sentence.end] == sentence.text


@pytest.mark.parametrize("number", range(0, 600, 60))
def test_a_sentence_finds_its_own_passage(builtin: Engine, number: int) -> None:
    sentence = builtin.index.sentences[number]
    found = [hit.passage.passage_id for hit in builtin.search(sentence.text, k=3)]
    assert sentence.passage_id in found


@pytest.mark.parametrize("k", [0, -1, 1001])
def test_a_senseless_k_is_an_error(engine: Engine, k: int) -> None:
    with pytest.raises(ValueError, match=f"k is {k}"):
        engine.search("床位", k=k)


def test_the_8_bit_model_finds_as_much_as_the_float_model(
    builtin: Engine, cache: Path, tmp_path: Path
) -> None:
    pytest.importorskip("sentence_transformers")
    exact = Engine.open(model=str(bundled_model(cache)), index_dir=tmp_path)
    questions = [question for question in read_questions(DEV) if question.answerable]
    relevant = {question.id: relevant_passages(builtin, question) for question in questions}

    def found(engine: Engine) -> tuple[int, int]:
        first = five = 0
        for question in questions:
            history = [{"role": "user", "content": turn} for turn in question.turns[:-1]]
            hits = engine.search(question.turns[-1], history, k=5)
            right = [hit.passage.passage_id in relevant[question.id] for hit in hits]
            first += right[0]
            five += any(right)
        return first, five

    (first, five), (exact_first, exact_five) = found(builtin), found(exact)
    assert first >= 0.99 * exact_first
    assert five >= 0.99 * exact_five


class Backwards:
    """A reranker that likes best what stands last."""

    def scores(self, question: str, texts: Sequence[str]) -> np.ndarray:
        assert question
        return np.arange(len(texts), dtype=np.float32)


def test_a_reranker_changes_the_order_and_keeps_the_scores(engine: Engine, cache: Path) -> None:
    tokenizer = Tokenizer(engine.index.gazetteer.surfaces, cache)
    plain = Retriever(engine.index, engine.encoder, tokenizer)
    turned = Retriever(engine.index, engine.encoder, tokenizer, Backwards())
    query = engine.understand("床位")
    before = [s for hit in plain.search(query) for s in hit.sentences]
    after = [s for hit in turned.search(query) for s in hit.sentences]
    before.sort(key=lambda scored: -scored.score)
    after.sort(key=lambda scored: -scored.score)
    assert [s.score for s in after] == [s.score for s in before]
    assert [s.sentence for s in after] == [s.sentence for s in reversed(before)]


def test_a_hit_tells_how_much_of_the_question_its_passage_holds(engine: Engine) -> None:
    best = engine.search("青禾三院有多少床位")[0]
    assert best.coverage == 1
    assert best.overlap > engine.search("青禾三院有多少床位")[-1].overlap
    assert engine.search("世界杯决赛谁赢了")[0].coverage == 0


def test_the_focus_is_on_what_the_question_asks(engine: Engine) -> None:
    best = engine.search("白港医院有几艘急救船")[0].sentences[0]
    text = best.sentence.text
    matched = {text[at.start : at.end]: at.share for at in best.focus}
    assert sum(matched.values()) > 0
    assert max(matched, key=matched.__getitem__) in "有两艘急救船"


def test_an_article_without_a_known_hospital_answers_for_the_one_it_names(
    tmp_path: Path, cache: Path
) -> None:
    article = "# 湖边的守护\n\n云溪镇卫生院守在湖边。\n\n全院现有床位45张。\n"
    (tmp_path / "lake.md").write_text(article, encoding="utf-8")
    found = Engine.open(tmp_path, index_dir=cache / "lake").search("云溪镇卫生院有多少床位")
    assert "45张" in found[0].passage.text


def test_a_sentence_is_found_by_whom_its_passage_is_about(cache: Path, tmp_path: Path) -> None:
    told = "海边的消息\n\n渔民罗阿海被直升机送到了医院。他的脾脏碎了，做了三个小时的手术。\n"
    other = "山里的消息\n\n村民被摩托车撞倒。他的脾脏碎了，做了两个小时的手术。\n"
    for name, text in (("sea", told), ("hills", other)):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    engine = Engine.open(tmp_path, index_dir=cache / f"passages-{tmp_path.name}")
    hits = engine.search("罗阿海的脾脏手术做了几个小时")
    assert [hit.passage.doc_id for hit in hits] == ["sea", "hills"]
    assert hits[0].overlap > hits[1].overlap


@pytest.mark.usefixtures("cache")
def test_an_article_of_the_place_that_is_asked_about_comes_first(tmp_path: Path) -> None:
    for place, price in (("汀源", "22"), ("青柏", "25")):
        text = f"# 今冬供热安排\n\n本报{place}讯 供热十一月开始。\n\n居民每平方米{price}元。"
        (tmp_path / f"{price}.md").write_text(text, encoding="utf-8")
    engine = Engine.open(tmp_path)
    for place, price in (("汀源", "22"), ("青柏", "25")):
        best, other = engine.search(f"{place}暖气费每平方米多少钱", k=2)
        assert f"{price}元" in best.passage.text
        assert best.score > other.score


def test_the_best_of_a_passage_is_that_of_all_its_rows() -> None:
    best = np.array([[0.1, 0.9], [0.5, 0.2], [0.3, 0.3]], np.float32)
    within = best_of_passages(np.array([4, 4, 7]), best)
    assert within.tolist() == [[0.5, pytest.approx(0.9)]] * 2 + [[pytest.approx(0.3)] * 2]


def test_what_follows_a_question_in_a_document_answers_and_not_the_question(
    tmp_path: Path, cache: Path
) -> None:
    text = """# 夜门诊开张

花鼓巷的夜门诊五月开张，首月只来了96人。花鼓巷的夜门诊为什么没人去？巷子窄，路灯坏了两盏。

可以带自行车吗？
"""
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    engine = Engine.open(tmp_path, index_dir=cache / f"asked-{tmp_path.name}")
    (best, *_) = engine.search("花鼓巷的夜门诊为什么没人去")
    assert best.sentences[0].sentence.text == "巷子窄，路灯坏了两盏。"
    (best, *_) = engine.search("可以带自行车吗")
    assert best.sentences[0].sentence.text == "可以带自行车吗？"  # which nothing answers
