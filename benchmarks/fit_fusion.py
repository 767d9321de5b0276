"""Fit the weights of BM25 and of the kind of value: python -m benchmarks.fit_fusion [--raw FOLDER]

Prints the pair of weights with the best RR@10 on the dev questions, and what it is worth on
questions that it was not chosen on (5-fold cross-validation over questions). The weights are
constants of `qa.retrieval`.
"""

import argparse
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from benchmarks.question_sets import DATA
from benchmarks.retrieval import WHOLE, Asked, Collection
from embeddings.bundled import base_model
from embeddings.onnx_encoder import OnnxEncoder
from qa.engine import Engine
from qa.retrieval import LEXICAL_WEIGHT, VALUE_BONUS, token_weights
from qa.settings import read_settings
from qa.values import has_kind, holds_value

LEXICAL = (0.0, 0.002, 0.004, 0.006, 0.008, 0.01, 0.012, 0.016, 0.02, 0.03)
VALUE = (0.0, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1)
DEPTH = 10
FOLDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raw", type=Path, help="a folder with the raw pages")
    options = parser.parse_args()
    base = OnnxEncoder(base_model(read_settings().cache))
    collections = [
        Asked("built-in", Engine.open(), base, DATA / "dev.jsonl"),
        Asked(
            "invented", Engine.open(DATA / "invented" / "dev"), base, DATA / "invented_dev.jsonl"
        ),
    ]
    if options.raw:
        collections.append(Asked("raw", Engine.open(options.raw), base, DATA / "dev.jsonl"))
    rows = [row for collection in collections for row in reciprocal_ranks(collection)]
    worth = np.array([row for _, row in rows])
    groups = [question for question, _ in rows]
    pairs = list(product(LEXICAL, VALUE))
    chosen = pairs[int(worth.mean(axis=0).argmax())]
    held_out = np.empty(len(worth))
    for train, test in GroupKFold(FOLDS).split(worth, groups=groups):
        held_out[test] = worth[test, worth[train].mean(axis=0).argmax()]
    in_use = (LEXICAL_WEIGHT, VALUE_BONUS)
    print(f"{len(rows)} questions, {len(pairs)} pairs of weights")
    print(f"best: BM25 {chosen[0]}, value {chosen[1]}: RR@10 {worth.mean(axis=0).max():.4f}")
    print(f"  cross-validated: {held_out.mean():.4f}")
    if in_use in pairs:
        print(f"in use: BM25 and value {in_use}: {worth[:, pairs.index(in_use)].mean():.4f}")
    for i, weight in enumerate(LEXICAL):
        line = worth.mean(axis=0)[i * len(VALUE) : (i + 1) * len(VALUE)]
        print(f"BM25 {weight:<6}" + " ".join(f"{value:.4f}" for value in line))


def reciprocal_ranks(collection: Collection) -> Iterator[tuple[str, list[float]]]:
    """Yield each question with its RR@10 under every pair of weights."""
    texts = collection.texts(WHOLE)
    index, encoder = collection.engine.index, collection.engine.encoder
    for query, relevant in collection.asked(spelling=True):
        (embedding,) = encoder.encode([query.text], "query")
        weights = token_weights(embedding, query)
        rows = np.arange(len(texts.numbers))
        if query.hospitals:
            passages = index.passages
            about = [bool(set(passages[n].hospitals) & set(query.hospitals)) for n in texts.numbers]
            rows = np.flatnonzero(about)
        maxsim = texts.tokens.maxsim(embedding.tokens, rows, weights)
        lexical = texts.words.scores(collection.tokenizer.words(query.text))[rows]
        held = np.array(
            [has_kind(query.value) and holds_value(query.value, texts.texts[row]) for row in rows],
            np.float32,
        )
        gold = np.array([p.passage_id in relevant for p in index.passages])
        found = []
        for weight, bonus in product(LEXICAL, VALUE):
            best = np.full(len(index.passages), -np.inf)
            np.maximum.at(best, texts.numbers[rows], maxsim + weight * lexical + bonus * held)
            found.append(_reciprocal_rank(best, gold))
        yield query.question, found


def _reciprocal_rank(scores: NDArray[np.float64], gold: NDArray[np.bool_]) -> float:
    places = np.flatnonzero(gold[np.argsort(-scores, kind="stable")[:DEPTH]])
    return 1.0 / (int(places[0]) + 1) if len(places) else 0.0


if __name__ == "__main__":
    main()
