"""What is made for the default model outside of the product."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pad_sequence

from embeddings.adapter import FIRST, SHARE, TOKEN_DIM, adapted
from embeddings.bundled import base_model
from embeddings.onnx_encoder import OnnxEncoder
from embeddings.tokens import TokenVectors, mean_of
from embeddings.unpack import bundled_file, read_weights
from training.encoder import RANK, Encoder, Vectors, max_sim
from training.examples import embedded_sentences, read_articles
from training.pack import Pack, packed
from training.train import principal, trained
from training.verifier import CANDIDATES, UNSEEN, Asked, area, astray, pick, tokens_of

ARTICLE = """# 青桥通车
青桥昨天通车。大桥全长1280米，双向六车道，由市路桥公司承建，去年三月动工。
桥头的收费站不设人工窗口。副市长何清平说，头三个月免费。
? 青桥多长 | 1280米 | 大桥全长1280米
! 青桥多高 | 大桥全长1280米
"""


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    folder.joinpath("x-1.txt").write_text(ARTICLE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def pack(articles: Path, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    file = tmp_path_factory.mktemp("pack") / "pack"
    packed(articles).write(file)
    return Pack.read(file, "cpu")


def test_a_pack_tells_which_sentence_answers(pack: Pack, articles: Path) -> None:
    (article,) = pack.articles
    (read,) = read_articles(articles)
    assert "1280米" in read.sentences[1]
    assert len(article.sentences) == len(read.sentences)
    assert pack.gold[article.asked].tolist() == [article.first + 1, -1]
    assert set(pack.gold[article.sentences].tolist()) == {-1}


def test_untrained_it_computes_what_the_model_does(pack: Pack, articles: Path, cache: Path) -> None:
    served = OnnxEncoder(base_model(cache), threads=1)
    (article,) = pack.articles
    (read,) = read_articles(articles)
    with torch.no_grad():
        asked, pooled = Encoder(pack)(article.asked)
        told, _ = Encoder(pack)(article.sentences)
    for row, one in enumerate(served.encode([q.text for q in read.questions], "query")):
        assert alike(asked, row, one.tokens)
        assert pooled[row].numpy() @ one.vector > 0.99
    assert any(read.leads)
    for row, one in enumerate(embedded_sentences([read], served)):
        assert alike(told, row, one.tokens)


def alike(vectors: Vectors, row: int, tokens: np.ndarray) -> bool:
    """Tell whether the tokens point where those of the served model do, which is quantised."""
    own = vectors.tokens[row][vectors.there[row]].numpy()
    assert own.shape == tokens.shape
    lengths = np.linalg.norm(own, axis=1) * np.linalg.norm(tokens, axis=1)
    return bool(((own * tokens).sum(1) / lengths).mean() > 0.99)


def test_what_is_saved_is_what_was_trained(pack: Pack, tmp_path: Path) -> None:
    torch.manual_seed(1)
    encoder = Encoder(pack)
    for factor in encoder.b:
        torch.nn.init.normal_(factor, std=0.02)
    encoder.share = SHARE
    axes = torch.eye(384)[:, :TOKEN_DIM]
    encoder.save(tmp_path / "adapter", axes, articles=1)
    weights = read_weights(bundled_file())
    merged = adapted(weights, tmp_path / "adapter")
    assert merged.projection == pytest.approx(axes.numpy())
    trained = encoder.weights()
    again = Encoder(pack)
    again.load(tmp_path / "adapter")
    again.share = SHARE
    for name, weight in again.weights().items():
        assert torch.allclose(weight, trained[name], atol=2e-3)
    assert len(encoder.changed) == 6 * (encoder.layers - FIRST)
    for name in encoder.changed:
        assert not np.allclose(merged.tensors[name], weights.tensors[name], atol=1e-2)
        assert np.allclose(merged.tensors[name], trained[name].detach().numpy(), atol=2e-3)


def test_an_adapter_of_a_lower_rank_is_trained_on(
    pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(1)
    with monkeypatch.context() as lower:
        lower.setattr("training.encoder.RANK", RANK // 2)
        before = Encoder(pack)
    for factor in before.b:
        torch.nn.init.normal_(factor, std=0.02)
    before.save(tmp_path / "adapter", torch.eye(384)[:, :TOKEN_DIM])
    after = Encoder(pack)
    after.load(tmp_path / "adapter")
    assert {len(factor) for factor in after.a} == {RANK}
    as_before = before.weights()
    for name, weight in after.weights().items():
        assert torch.allclose(weight, as_before[name], atol=2e-3)


def test_a_step_of_training_changes_what_it_should(pack: Pack) -> None:
    torch.manual_seed(1)
    train = [*pack.articles, *pack.articles]
    (encoder,) = trained(pack, train, pack.articles, epochs=1)
    assert all(bool(factor.any()) for factor in encoder.b)


def test_texts_of_a_batch_do_not_change_each_other(pack: Pack) -> None:
    encoder = Encoder(pack)
    (article,) = pack.articles
    with torch.no_grad():
        together, _ = encoder(range(article.first, article.end))
        for text in article.asked:
            alone, _ = encoder([text])
            row = text - article.first
            tokens = together.tokens[row][together.there[row]]
            assert torch.allclose(tokens, alone.tokens[0], atol=1e-4)


def test_max_sim_is_that_of_the_index() -> None:
    random = np.random.default_rng(0)
    texts = [random.standard_normal((n, 24)).astype(np.float32) for n in (3, 9, 1, 6)]
    asked = random.standard_normal((5, 24)).astype(np.float32)
    counts = np.array([1, 0.5, 1, 0, 1], np.float32)
    index = TokenVectors.from_tokens(texts)
    similar = index.similarities(np.arange(4), asked)
    begins = similar.begins
    best = np.stack([similar.values[b:e].max(axis=0) for b, e in pairwise(begins)])
    question = padded([asked], [counts]).centred(torch.from_numpy(index.mean))
    sentences = padded(texts, [np.ones(len(t), np.float32) for t in texts])
    found = max_sim(question, sentences.centred(torch.from_numpy(index.mean)))
    assert found[0].numpy() == pytest.approx(mean_of(best, counts), abs=0.02)


def padded(texts: list[np.ndarray], counts: list[np.ndarray]) -> Vectors:
    tokens = pad_sequence([torch.from_numpy(t) for t in texts], batch_first=True)
    there = torch.arange(tokens.shape[1]) < torch.tensor([len(t) for t in texts])[:, None]
    weights = pad_sequence([torch.from_numpy(c) for c in counts], batch_first=True)
    return Vectors(tokens, there, weights)


def test_the_sentence_that_answers_is_a_candidate_in_training() -> None:
    scores = torch.tensor([[0.9, 0.1, 0.8, 0.7], [0.9, 0.1, 0.8, 0.7], [0.2, 0.1, 0.3, 0.4]])
    gold = torch.tensor([2, 1, -1])
    best, places = pick(scores, gold, with_gold=True)
    assert best[:2].tolist() == [[0, 2, 3], [0, 2, 1]]
    assert places.tolist() == [1, 2, CANDIDATES]
    best, places = pick(scores, gold, with_gold=False)
    assert best[1].tolist() == [0, 2, 3]
    assert places.tolist() == [1, UNSEEN, CANDIDATES]


def test_the_axes_along_which_rows_lie_most_are_kept() -> None:
    random = np.random.default_rng(0)
    hidden, _ = np.linalg.qr(random.standard_normal((6, 6)))
    rows = (random.standard_normal((500, 6)) * [9, 5, 2, 0.1, 0.1, 0.1] @ hidden).astype(np.float32)
    axes, share = principal(torch.from_numpy(rows), 3)
    assert axes.shape == (6, 3)
    assert share == pytest.approx(1, abs=1e-3)
    assert np.abs(axes.numpy().T @ hidden[:3].T) == pytest.approx(np.eye(3), abs=0.05)


def test_the_area_counts_how_often_an_answered_one_scores_higher() -> None:
    assert area([True, False, True, False], [3.0, 1.0, 2.0, 2.0]) == pytest.approx(3.5 / 4)


def test_an_article_says_where_in_a_sentence_the_answer_stands(articles: Path) -> None:
    (read,) = read_articles(articles)
    answered, near_miss = read.questions
    assert answered.gold is not None
    ((start, end),) = answered.answers
    assert read.sentences[answered.gold][start:end] == "1280米"
    assert near_miss.answers == ()
    assert tokens_of([(4, 9)], [(0, 2), (2, 5), (5, 9), (9, 12)]) == (1, 2)


def test_pointing_beside_the_answer_costs_more() -> None:
    pointed = torch.zeros(3, 2, 5)
    asked = [Asked(0, (7, 8), 1, 0.5, (2, 3)), Asked(1, (7, 8), CANDIDATES, 0.5, ())]
    asked.append(Asked(2, (7, 8), UNSEEN, 0.5, (1,)))
    even = float(astray(pointed, asked))
    pointed[0, 1, 2:4] = 3.0
    assert float(astray(pointed, asked)) < even == pytest.approx(np.log(5))
    pointed[0, 1, 0] = 9.0
    assert float(astray(pointed, asked)) > even
    assert float(astray(pointed, asked[1:])) == 0
