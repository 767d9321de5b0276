"""The search: `Retriever.search(query, k)` is the only maker of hits.

Candidates come from two sides, the nearest sentence vectors and the best BM25 scores, and are
ranked by late interaction (see `embeddings.tokens`) together with a little of the BM25 score and,
where a question asks for a figure or a date, of whether the sentence holds one. A passage is worth
what its best sentence is worth.
"""

import re

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Embedding, Encoder
from qa.index import Index
from qa.lexical import Tokenizer
from qa.model import Hit, Query, ScoredSentence
from qa.values import has_kind, holds_value

CANDIDATES = 100  # sentences from each side; more changed nothing on the dev questions
# Fitted by hand on the dev questions and on CMRC 2018, where the plateau is from 0.008 to 0.03.
LEXICAL_WEIGHT = 0.012  # for a BM25 score of about 0 to 20
EARLIER_WEIGHT = 0.3  # of a token of the question before a follow-up
VALUE_BONUS = 0.05  # for a MaxSim of about 0.3 to 0.8


class Retriever:
    """Searches one index with the encoder that made it."""

    def __init__(self, index: Index, encoder: Encoder, tokenizer: Tokenizer) -> None:
        self._index = index
        self._encoder = encoder
        self._tokenizer = tokenizer

    def search(self, query: Query, k: int = 10) -> list[Hit]:
        """Return the `k` best passages, best first; of the query's hospitals, if it has any."""
        (embedding,) = self._encoder.encode([query.text], "query")
        among = self._among(query)
        near, cosines = self._index.vectors.search(embedding.vector, CANDIDATES, among)
        lexical = self._index.lexical.scores(self._tokenizer.words(query.text))
        rows = np.union1d(near, _best(lexical, CANDIDATES, among))
        if not len(rows):
            return []
        dense = dict(zip(near.tolist(), cosines.tolist(), strict=True))
        tokens = self._index.tokens
        scores = tokens.maxsim(embedding.tokens, rows, _token_weights(embedding, query))
        scores += LEXICAL_WEIGHT * lexical[rows]
        if has_kind(query.value):
            held = [holds_value(query.value, self._index.sentences[row].text) for row in rows]
            scores += VALUE_BONUS * np.array(held, np.float32)
        return self._hits(rows, scores, lexical, dense, k)

    def _among(self, query: Query) -> NDArray[np.int64] | None:
        """Return the sentences that may answer: those about a hospital that is asked about."""
        if query.hospitals:
            rows = self._index.sentences_by_hospital
            return np.concatenate([rows[name] for name in query.hospitals])
        if query.mentioned:
            passages = self._index.folded_passages
            saying = [any(name in text for name in query.mentioned) for text in passages]
            return np.flatnonzero(np.array(saying)[self._index.passage_numbers])
        return None

    def _hits(
        self,
        rows: NDArray[np.int64],
        scores: NDArray[np.float32],
        lexical: NDArray[np.float32],
        dense: dict[int, float],
        k: int,
    ) -> list[Hit]:
        grouped: dict[int, list[tuple[float, int]]] = {}
        for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
            grouped.setdefault(int(self._index.passage_numbers[row]), []).append((score, row))
        # Ties go to what stands first in the documents, so that every run gives the same answer.
        best = sorted(grouped.items(), key=lambda item: (-max(item[1])[0], item[0]))[:k]
        hits = []
        for rank, (number, found) in enumerate(best, start=1):
            found.sort(key=lambda pair: (-pair[0], pair[1]))
            top = found[0][1]
            hits.append(
                Hit(
                    passage=self._index.passages[number],
                    score=found[0][0],
                    rank=rank,
                    dense=dense.get(top, 0.0),
                    lexical=float(lexical[top]),
                    sentences=tuple(
                        ScoredSentence(self._index.sentences[row], score) for score, row in found
                    ),
                )
            )
        return hits


def _token_weights(embedding: Embedding, query: Query) -> NDArray[np.float32] | None:
    """Return how much each token of the query counts.

    The hospital's name does not: every candidate is about it. The question before a follow-up
    tells the subject, and counts less than the follow-up itself.
    """
    names = [
        match.span()
        for hospital in query.hospitals
        for match in re.finditer(re.escape(hospital), query.text)
    ]
    weights = np.array(
        [
            0.0
            if any(start < end_of_name and end > name for name, end_of_name in names)
            else (1.0 if end > query.own_from else EARLIER_WEIGHT)
            for start, end in embedding.spans
        ],
        np.float32,
    )
    return weights if weights.any() else None


def _best(
    scores: NDArray[np.float32], k: int, among: NDArray[np.int64] | None
) -> NDArray[np.int64]:
    """Return the numbers of the `k` best scores above 0."""
    rows = np.arange(len(scores)) if among is None else among
    rows = rows[scores[rows] > 0]
    return rows[np.argsort(-scores[rows], kind="stable")[:k]]
