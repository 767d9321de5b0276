"""BM25 against the formula worked out plainly, and the best texts against all scores."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import bm25
from qa.bm25 import BM25, K1, B
from qa.postings import Postings

Texts = list[list[str]]


def indexed(*segments: Sequence[Sequence[str]]) -> BM25:
    return BM25([Postings.from_words(texts) for texts in segments])


def plain_scores(texts: Texts, words: Sequence[str]) -> list[float]:
    average = sum(map(len, texts)) / max(len(texts), 1)
    scores = [0.0] * len(texts)
    for word in words:
        holding = sum(word in text for text in texts)
        idf = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
        for row, text in enumerate(texts):
            count = text.count(word)
            if count:
                scores[row] += idf * count / (count + K1 * (1 - B + B * len(text) / average))
    return scores


def many_texts(count: int, seed: int) -> Texts:
    """Return texts of words 0 to 299, of which the first are in most texts and the last in few."""
    random = np.random.default_rng(seed)
    lengths = random.integers(1, 20, count)
    ranks = (300 ** random.random(lengths.sum())).astype(int).tolist()
    ends = [0, *np.cumsum(lengths).tolist()]
    return [[str(rank) for rank in ranks[begin:end]] for begin, end in pairwise(ends)]


@pytest.fixture(params=["all texts scored", "promising texts scored"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "promising texts scored":
        monkeypatch.setattr(bm25, "FEW", 0)
        monkeypatch.setattr(bm25, "_BOUNDED", 10)


def test_scores_equal_the_formula_worked_out_by_hand() -> None:
    texts = [["床位", "多"], ["床位", "床位", "少", "了"], ["院长"]]
    average = (2 + 4 + 1) / 3
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))

    def weight(count: int, length: int) -> float:
        return idf * count / (count + K1 * (1 - B + B * length / average))

    expected = [weight(1, 2), weight(2, 4), 0.0]
    assert indexed(texts).scores(["床位"]) == pytest.approx(expected, rel=1e-6)


@pytest.mark.usefixtures("either_way")
def test_a_word_asked_twice_counts_twice_and_an_unknown_one_nothing() -> None:
    index = indexed([["床位"], ["院长"]])
    rows, once = index.best(["床位"], 5)
    again, twice = index.best(["床位", "床位", "无"], 5)
    assert rows.tolist() == again.tolist() == [0]
    assert twice == pytest.approx(2 * once)
    assert index.scores_at(["床位", "无", "床位"], np.array([1, 0])) == pytest.approx([0, twice[0]])


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("segments", [[], [[]], [[], [[]]]], ids=str)
def test_an_index_of_nothing_finds_nothing(segments: list[Texts]) -> None:
    index = indexed(*segments)
    rows, scores = index.best(["床位"], 5)
    assert (rows.tolist(), scores.tolist()) == ([], [])
    assert index.scores(["床位"]).shape == (index.size,)
    assert list(index.vocabulary) == []


@pytest.mark.usefixtures("either_way")
def test_scores_are_single_precision_and_rows_are_int64() -> None:
    index = indexed([["a"], ["b"]])
    rows, scores = index.best(["a"], 1)
    assert rows.dtype == np.int64
    at = index.scores_at(["a"], np.array([0]))
    assert {scores.dtype, index.scores(["a"]).dtype, at.dtype} == {np.dtype(np.float32)}


def test_the_idf_of_an_unknown_word_is_the_highest() -> None:
    index = indexed([["a", "b"], ["a"]], [["a"]])
    assert index.idf("无") == pytest.approx(math.log(1 + 3.5 / 0.5))
    assert index.idf("b") == pytest.approx(math.log(1 + 2.5 / 1.5))
    assert index.idf("a") == pytest.approx(math.log(1 + 0.5 / 3.5))
    assert index.has("a")
    assert not index.has("无")


texts = st.lists(st.lists(st.sampled_from("abcde"), max_size=8), max_size=12)


@pytest.mark.parametrize("few", [bm25.FEW, 0], ids=["all scored", "promising scored"])
@given(texts, st.lists(st.integers(0, 12), max_size=3), st.lists(st.sampled_from("abcx")))
def test_scores_do_not_depend_on_the_segments(
    few: int, texts: Texts, cuts: list[int], words: list[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bm25, "FEW", few)
        one = indexed(texts)
        several = indexed(*(texts[a:b] for a, b in pairwise([0, *sorted(cuts), len(texts)])))
        rows = np.arange(len(texts))
        assert several.size == one.size == len(texts)
        assert list(several.vocabulary) == list(one.vocabulary)
        assert len(several.vocabulary) == len(one.vocabulary)
        assert all((word in several.vocabulary) == (word in one.vocabulary) for word in words)
        assert [several.idf(word) for word in words] == [one.idf(word) for word in words]
        assert several.scores(words).tolist() == one.scores(words).tolist()
        assert several.scores_at(words, rows).tolist() == one.scores(words).tolist()
        for found, expected in zip(several.best(words, 4), one.best(words, 4), strict=True):
            assert found.tolist() == expected.tolist()


@given(texts, st.lists(st.sampled_from("abcx")))
def test_scores_are_those_of_the_plain_formula(texts: Texts, words: list[str]) -> None:
    assert indexed(texts).scores(words) == pytest.approx(plain_scores(texts, words), rel=1e-5)


QUESTIONS = {
    "common words": ["1", "2", "3", "4"],
    "rare words": ["250", "270", "290", "299"],
    "both": ["1", "299", "2", "120", "3", "40", "280"],
    "one word": ["1"],
    "repeated words": ["1", "1", "200", "200", "200"],
    "unknown words": ["nothing", "9999"],
    "more words than the bounds have room for": [str(rank) for rank in range(300)] * 2,
}


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("words", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize("k", [1, 10, 3000])
@pytest.mark.parametrize("step", [None, 1, 2, 100], ids="among every {}".format)
def test_the_best_are_those_of_all_scores(words: list[str], k: int, step: int | None) -> None:
    texts = many_texts(3000, seed=k)
    index = indexed(texts[:2500], texts[2500:2510], texts[2510:])
    scores = np.array(index.scores(words))
    rows = np.arange(len(texts)) if step is None else np.arange(len(texts))[::step]
    expected = rows[np.lexsort((rows, -scores[rows]))]
    expected = expected[scores[expected] > 0][:k]
    found, worth = index.best(words, k, None if step is None else rows)
    assert found.tolist() == expected.tolist()
    assert worth.tolist() == scores[expected].tolist()
    assert index.scores_at(words, expected).tolist() == scores[expected].tolist()


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("k", [30, 4000, 5000])
def test_of_equal_scores_the_lower_rows_come_first(k: int) -> None:
    index = indexed([["a", "b"]] * 2000, [["a", "b"]] * 2000, [["c"]])
    rows, _ = index.best(["a"], k)
    assert rows.tolist() == list(range(min(k, 4000)))


@pytest.mark.usefixtures("either_way")
def test_the_text_with_all_of_many_common_words_is_the_best() -> None:
    words = [str(number) for number in range(16)]
    texts = [
        [words[row % 16], words[row // 16], *(f"only {row} {number}" for number in range(14))]
        for row in range(256)
    ]
    rows, _ = indexed(texts, [words]).best(words, 1)
    assert rows.tolist() == [256]


@pytest.mark.usefixtures("either_way")
def test_a_text_with_hundreds_of_words_of_the_question_is_the_best() -> None:
    texts = [[f"{row} {number}" for number in range(1000)] for row in range(200)]
    rows, _ = indexed(texts).best([*texts[0][:840], *texts[1][:100]], 1)
    assert rows.tolist() == [0]


@pytest.mark.usefixtures("either_way")
def test_rows_may_be_in_any_order_and_repeated() -> None:
    texts = many_texts(500, seed=1)
    index = indexed(texts[:200], texts[200:])
    among = np.array([400, 7, 7, 250, 400, 3, 199, 200])
    scores = index.scores(["1", "2"])
    assert index.scores_at(["1", "2"], among).tolist() == scores[among].tolist()
    distinct = np.unique(among)
    best = distinct[np.lexsort((distinct, -scores[distinct]))]
    found, _ = index.best(["1", "2"], 8, among)
    assert found.tolist() == best[scores[best] > 0].tolist()


@pytest.mark.parametrize("k", [0, -1])
def test_no_texts_cannot_be_asked_for(k: int) -> None:
    with pytest.raises(ValueError, match=f"k is {k}; ask for at least one text"):
        indexed([["a"]]).best(["a"], k)
