"""Fit what counts how much in a search: python -m benchmarks.fit_fusion [--raw FOLDER]

These are the weights of BM25 and of the kind of value, and how much of a sentence's match is that
of its passage. Prints those with the best RR@10 on the dev questions, and what it is worth on
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
from benchmarks.retrieval import WHOLE, Asked, Collection, matches
from embeddings.bundled import base_model
from embeddings.onnx_encoder import OnnxEncoder
from qa.engine import Engine
from qa.retrieval import LEXICAL_WEIGHT, PASSAGE_SHARE, VALUE_BONUS, token_weights
from qa.settings import read_settings
from qa.values import has_kind, holds_value

LEXICAL = (0.0, 0.002, 0.004, 0.006, 0.008, 0.01, 0.012, 0.016, 0.02, 0.03)
SHARE = (0.0, 0.15, 0.3, 0.45)
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
    weights = list(product(SHARE, LEXICAL, VALUE))
    chosen = weights[int(worth.mean(axis=0).argmax())]
    held_out = np.empty(len(worth))
    for train, test in GroupKFold(FOLDS).split(worth, groups=groups):
        held_out[test] = worth[test, worth[train].mean(axis=0).argmax()]
    in_use = (PASSAGE_SHARE, LEXICAL_WEIGHT, VALUE_BONUS)
    print(f"{len(rows)} questions, {len(weights)} choices of weights")
    print(
        f"best: passage {chosen[0]}, BM25 {chosen[1]}, value {chosen[2]}: "
        f"RR@10 {worth.mean(axis=0).max():.4f}"
    )
    print(f"  cross-validated: {held_out.mean():.4f}")
    if in_use in weights:
        print(f"in use: {in_use}: {worth[:, weights.index(in_use)].mean():.4f}")
    lines = worth.mean(axis=0).reshape(len(SHARE) * len(LEXICAL), len(VALUE))
    for (share, lexical), line in zip(product(SHARE, LEXICAL), lines.tolist(), strict=True):
        print(f"{share:<5} BM25 {lexical:<6}" + " ".join(f"{value:.4f}" for value in line))


def reciprocal_ranks(collection: Collection) -> Iterator[tuple[str, list[float]]]:
    """Yield each question with its RR@10 under every choice of weights."""
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
        alone, together = matches(texts, embedding.tokens, rows, weights)
        lexical = texts.words.scores(collection.tokenizer.words(query.text))[rows]
        held = np.array(
            [has_kind(query.value) and holds_value(query.value, texts.texts[row]) for row in rows],
            np.float32,
        )
        gold = np.array([p.passage_id in relevant for p in index.passages])
        found = []
        for share, weight, bonus in product(SHARE, LEXICAL, VALUE):
            scores = share * together + (1 - share) * alone + weight * lexical + bonus * held
            best = np.full(len(index.passages), -np.inf)
            np.maximum.at(best, texts.numbers[rows], scores)
            found.append(_reciprocal_rank(best, gold))
        yield query.question, found


def _reciprocal_rank(scores: NDArray[np.float64], gold: NDArray[np.bool_]) -> float:
    places = np.flatnonzero(gold[np.argsort(-scores, kind="stable")[:DEPTH]])
    return 1.0 / (int(places[0]) + 1) if len(places) else 0.0


if __name__ == "__main__":
    main()
