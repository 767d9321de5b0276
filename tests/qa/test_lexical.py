import math

import numpy as np
import pytest

from qa.lexical import BM25, K1, B, Tokenizer


def test_scores_equal_the_formula_worked_out_by_hand() -> None:
    texts = [["床位", "多"], ["床位", "床位", "少", "了"], ["院长"]]
    average = (2 + 4 + 1) / 3
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))

    def weight(count: int, length: int) -> float:
        return idf * count / (count + K1 * (1 - B + B * length / average))

    expected = [weight(1, 2), weight(2, 4), 0.0]
    assert BM25.from_words(texts).scores(["床位"]) == pytest.approx(expected, rel=1e-5)


def test_a_word_asked_twice_counts_twice_and_an_unknown_one_nothing() -> None:
    index = BM25.from_words([["床位"], ["院长"]])
    once = index.scores(["床位"])
    assert index.scores(["床位", "床位", "无"]) == pytest.approx(2 * once)


def test_an_index_of_nothing_scores_nothing() -> None:
    assert BM25.from_words([]).scores(["床位"]).shape == (0,)


def test_words_are_the_same_in_both_scripts_and_widths() -> None:
    tokenizer = Tokenizer()
    assert tokenizer.words("擁有８０臺透析機。") == tokenizer.words("拥有80台透析机")


def test_a_name_is_one_word_also_in_its_parts() -> None:
    words = Tokenizer(["青禾市第三人民医院"]).words("青禾市第三人民医院的床位")
    assert "青禾市第三人民医院" in words
    assert "医院" in words


def test_scores_are_single_precision() -> None:
    assert BM25.from_words([["a"]]).scores(["a"]).dtype == np.float32
