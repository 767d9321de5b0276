"""MaxSim over stored token vectors against plain loops over floats."""

import math
from collections.abc import Iterable

import numpy as np
import pytest

from embeddings.tokens import HALF_BYTE, TokenVectors, center, mean_of, pack, quantize, unpack

DIM = 32


def rows(*counts: int, seed: int = 0) -> list[np.ndarray]:
    """Token vectors with a large direction in common, as those of a sentence encoder have."""
    random = np.random.default_rng(seed)
    common = random.standard_normal(DIM) * 3
    return [(random.standard_normal((count, DIM)) + common).astype(np.float32) for count in counts]


def maxsim(
    vectors: TokenVectors,
    query: np.ndarray,
    texts: Iterable[int],
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """The MaxSim of each of `texts`; every token of the query counts the same by default."""
    weights = np.ones(len(query), np.float32) if weights is None else weights
    return mean_of(vectors.similarities(np.array(list(texts), np.int64), query).best(), weights)


def naive(query: np.ndarray, text: np.ndarray, mean: np.ndarray) -> float:
    """MaxSim in plain Python floats, without quantisation."""

    def unit(row: np.ndarray) -> list[float]:
        values = [float(a) - float(b) for a, b in zip(row, mean, strict=True)]
        length = math.sqrt(sum(value * value for value in values))
        return [value / length for value in values]

    best = [
        max(sum(a * b for a, b in zip(unit(q), unit(t), strict=True)) for t in text) for q in query
    ]
    return sum(best) / len(best)


def test_maxsim_is_the_mean_of_the_best() -> None:
    texts = rows(4, 1, 9, 30, 2)
    (query,) = rows(7, seed=1)
    vectors = TokenVectors.from_tokens(texts)
    expected = [naive(query, text, vectors.mean) for text in texts]
    # A component is off by at most half a step of 1/127 of the largest, which is at most 1.
    assert maxsim(vectors, query, range(5)) == pytest.approx(expected, abs=0.5 / 127 * DIM**0.5)
    assert maxsim(vectors, query, range(5)) == pytest.approx(expected, abs=5e-3)


@pytest.mark.parametrize(("bits", "error"), [(8, 5e-3), (4, 0.1)])
def test_the_tokens_of_a_text_are_centred(bits: int, error: float) -> None:
    texts = rows(4, 1, 9)
    vectors = TokenVectors.from_tokens(texts, bits=bits)
    assert vectors.centred(2) == pytest.approx(center(texts[2], vectors.mean), abs=error)


def test_only_the_texts_asked_for_are_scored_in_their_order() -> None:
    vectors = TokenVectors.from_tokens(rows(4, 1, 9, 30, 2))
    (query,) = rows(3, seed=2)
    scores = maxsim(vectors, query, range(5))
    assert maxsim(vectors, query, [3, 0, 4, 3]) == pytest.approx(scores[[3, 0, 4, 3]], abs=1e-6)
    assert maxsim(vectors, query, iter([2])) == pytest.approx(scores[[2]], abs=1e-6)


def test_a_text_scores_one_with_itself() -> None:
    texts = rows(12, 5)
    scores = maxsim(TokenVectors.from_tokens(texts), texts[0], [0, 1])
    assert scores.dtype == np.float32
    assert scores[0] == pytest.approx(1, abs=1e-3)
    assert scores[1] < 0.9


def test_nothing_to_compare_scores_nothing() -> None:
    vectors = TokenVectors.from_tokens(rows(4, 2))
    assert maxsim(vectors, rows(3)[0], []).shape == (0,)
    assert maxsim(vectors, np.empty((0, DIM), np.float32), [0, 1]).tolist() == [0, 0]


def test_a_text_without_tokens_scores_zero_and_changes_no_other() -> None:
    texts = rows(4, 2)
    nothing = np.empty((0, DIM), np.float32)
    (query,) = rows(3, seed=2)
    plain = maxsim(TokenVectors.from_tokens(texts), query, [0, 1])
    holed = TokenVectors.from_tokens([nothing, texts[0], nothing, texts[1], nothing])
    assert maxsim(holed, query, range(5)) == pytest.approx([0, plain[0], 0, plain[1], 0], abs=1e-6)
    assert maxsim(holed, query, [0, 4]).tolist() == [0, 0]


def test_the_mean_is_that_of_all_tokens_unless_given() -> None:
    texts = rows(4, 9)
    vectors = TokenVectors.from_tokens(texts)
    assert vectors.mean.dtype == np.float32
    assert vectors.mean == pytest.approx(np.concatenate(texts).mean(axis=0), abs=1e-5)
    given = np.arange(DIM, dtype=np.float32)
    assert np.array_equal(TokenVectors.from_tokens(texts, given).mean, given)
    assert not np.array_equal(TokenVectors.from_tokens(texts, given).codes, vectors.codes)


def test_rows_of_a_text_lie_between_its_starts() -> None:
    texts = rows(4, 1, 9)
    vectors = TokenVectors.from_tokens(texts)
    assert vectors.starts.tolist() == [0, 4, 5, 14]
    assert vectors.codes.shape == (14, DIM)
    assert vectors.codes.dtype == np.uint8
    alone = TokenVectors.from_tokens([texts[1]], vectors.mean)
    assert np.array_equal(alone.codes, vectors.codes[4:5])


def test_centred_rows_have_length_one_and_a_zero_row_stays() -> None:
    (tokens,) = rows(5)
    mean = tokens.mean(axis=0)
    tokens[2] = mean
    lengths = np.linalg.norm(center(tokens, mean), axis=1)
    assert lengths == pytest.approx([1, 1, 0, 1, 1], abs=1e-5)


def test_quantised_rows_are_within_half_a_step() -> None:
    vectors = np.random.default_rng(1).standard_normal((50, DIM)).astype(np.float32)
    vectors[7] = 0
    integers, scales = quantize(vectors)
    assert np.abs(integers).max(axis=1).tolist() == [127] * 7 + [0] + [127] * 42
    assert np.all(np.abs(integers * scales[:, None] - vectors) <= scales[:, None] * 0.5001)


def test_weights_make_some_query_tokens_count_more() -> None:
    random = np.random.default_rng(5)
    texts = [random.normal(size=(4, 16)).astype(np.float32) for _ in range(3)]
    vectors = TokenVectors.from_tokens(texts, np.zeros(16, np.float32))
    query = random.normal(size=(2, 16)).astype(np.float32)
    first = maxsim(vectors, query[:1], range(3))
    second = maxsim(vectors, query[1:], range(3))
    weighted = maxsim(vectors, query, range(3), np.array([3.0, 1.0], np.float32))
    np.testing.assert_allclose(weighted, (3 * first + second) / 4, rtol=1e-5)


def test_the_tokens_that_matched_add_up_to_the_maxsim() -> None:
    texts = rows(5, 12, 3)
    (query,) = rows(6, seed=1)
    vectors = TokenVectors.from_tokens(texts)
    weights = np.array([1, 0, 0.5, 1, 2, 0], np.float32)
    for number in range(3):
        similar = vectors.similarities(np.array([number]), query)
        matched = similar.matched(0, weights)
        assert matched.shape == (len(texts[number]),)
        similarities = center(query, vectors.mean) @ center(texts[number], vectors.mean).T
        expected = np.average(np.maximum(similarities.max(axis=1), 0), weights=weights)
        assert float(matched.sum()) == pytest.approx(expected, abs=0.02)


def test_nothing_matches_in_a_text_without_tokens() -> None:
    vectors = TokenVectors.from_tokens([np.zeros((0, DIM), np.float32), *rows(2)])
    assert vectors.similarities(np.array([0]), rows(3)[0]).matched(
        0, np.ones(3, np.float32)
    ).shape == (0,)


def test_four_bits_are_packed_two_a_byte_and_unpacked_again() -> None:
    whole = np.random.default_rng(3).integers(-7, 8, (20, DIM)).astype(np.int8)
    packed = pack(whole)
    assert packed.shape == (20, DIM // 2)
    assert np.array_equal(unpack(packed).astype(np.int8) - HALF_BYTE, whole)


def test_four_bits_score_nearly_as_eight() -> None:
    texts = rows(4, 30, 9)
    (query,) = rows(7, seed=1)
    exact = maxsim(TokenVectors.from_tokens(texts), query, range(3))
    rough = TokenVectors.from_tokens(texts, bits=4)
    assert rough.codes.dtype == np.uint8
    assert maxsim(rough, query, range(3)) == pytest.approx(exact, abs=0.05)
