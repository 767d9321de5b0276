"""The search: `Retriever.search(query, k)` is the only maker of hits.

Candidates come from two sides, the nearest sentence vectors and the best BM25 scores, and are
ranked by late interaction (see `embeddings.tokens`) together with a little of the BM25 score and,
where a question asks for a figure or a date, of whether the sentence holds one. A passage is worth
what its best sentence is worth.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from corpus.fold import fold
from corpus.reflow import searchable
from embeddings.encoder import Embedding, Encoder, Spans
from embeddings.reranker import Reranker
from qa.index import Index, embedded_text
from qa.lexical import Tokenizer
from qa.model import Focus, Hit, Query, ScoredSentence
from qa.values import INDISPENSABLE, has_kind

# fmt: off
_ASKING = frozenset({  # words that ask, and that no answer holds
    "多少", "几个", "几名", "几家", "什么", "怎么", "怎样", "怎么样", "如何", "哪个", "哪些",
    "哪里", "哪儿", "哪家", "为什么", "为何", "是否", "有没有", "是不是", "能不能", "会不会",
    "请问", "想问", "知道", "告诉", "一下", "多久",
    "what", "which", "when", "where", "who", "why", "how", "many", "much", "does", "do", "did",
    "is", "are", "was", "were", "has", "have", "the", "of", "in", "at", "for", "and", "to", "an",
})
# fmt: on
SPANS_KEPT = 10_000  # sentences whose tokens' places are remembered
CANDIDATES = 100  # sentences from each side; more changed nothing on the dev questions
# Both weights by `python -m benchmarks.fit_fusion`; more BM25 than its best, for more documents.
LEXICAL_WEIGHT = 0.006  # for a BM25 score of about 0 to 20
EARLIER_WEIGHT = 0.3  # of a token of the question before a follow-up
RERANKED = 20  # sentences that a reranker reads, if there is one
FOCUS_MARGIN = 0.15  # below the best sentence; what is further off is not quoted
FOCUSED = 8  # sentences; more are never quoted
VALUE_NEEDED = 0.2  # where nothing else can be the answer: a price, a telephone number
VALUE_BONUS = 0.05  # for a MaxSim of about 0.3 to 0.8


class Retriever:
    """Searches one index with the encoder that made it."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        tokenizer: Tokenizer,
        reranker: Reranker | None = None,
    ) -> None:
        self._index = index
        self._encoder = encoder
        self._tokenizer = tokenizer
        self._reranker = reranker
        self._spans = lru_cache(SPANS_KEPT)(self._spans_of)

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
        tokens, weights = self._index.tokens, token_weights(embedding, query)
        scores = tokens.maxsim(embedding.tokens, rows, weights)
        scores += LEXICAL_WEIGHT * lexical[rows]
        if has_kind(query.value):
            bonus = VALUE_NEEDED if query.value in INDISPENSABLE else VALUE_BONUS
            scores += bonus * self._index.holding(query.value)[rows]
        if self._reranker is not None:
            scores = self._reranked(self._reranker, query, rows, scores)
        best = np.argsort(-scores, kind="stable")[:FOCUSED]
        if query.kind != "comparison":  # where a hospital's best may be far below another's
            best = best[scores[best] >= scores[best[0]] - FOCUS_MARGIN]
        focus = {row: self._focus(row, embedding, weights) for row in rows[best].tolist()}
        hits = self._hits(rows, scores, lexical, dense, focus, k)
        runs = [self._index.runs[hit.passage.passage_id] for hit in hits]
        overlaps = tokens.maxsim_of(runs, embedding.tokens, weights).tolist()
        coverages = self._coverages(hits, query)
        return [
            replace(hit, overlap=overlap, coverage=coverage)
            for hit, overlap, coverage in zip(hits, overlaps, coverages, strict=True)
        ]

    def _reranked(
        self, reranker: Reranker, query: Query, rows: NDArray[np.int64], scores: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return the scores of the best candidates dealt out anew, in the reranker's order.

        Their scale stays that of late interaction, which margins and confidence are made for.
        """
        best = np.argsort(-scores, kind="stable")[:RERANKED]
        texts = [self._text(row) for row in rows[best].tolist()]
        order = np.argsort(-reranker.scores(query.text, texts), kind="stable")
        dealt = scores.copy()
        dealt[best[order]] = scores[best]
        return dealt

    def _text(self, row: int) -> str:
        index = self._index
        return embedded_text(index.passages[index.passage_numbers[row]], index.sentences[row])

    def _among(self, query: Query) -> NDArray[np.int64] | None:
        """Return the sentences that may answer: those about a hospital that is asked about."""
        if query.hospitals:
            rows = self._index.sentences_by_hospital
            return np.concatenate([rows[name] for name in query.hospitals])
        if query.mentioned:
            saying = self._saying(query.mentioned)
            return np.flatnonzero(np.array(saying)[self._index.passage_numbers])
        return None

    def _saying(self, names: Sequence[str]) -> list[bool]:
        """Tell of each passage whether it says one of these names.

        An article that has it in its title, or is about no hospital that we know, says it in all of
        its passages.
        """
        passages = self._index.passages
        texts = self._index.folded_passages
        saying = [any(name in text for name in names) for text in texts]
        articles = {
            document.doc_id
            for document in self._index.documents
            if any(name in fold(document.title) for name in names)
        }
        articles |= {
            passage.doc_id
            for passage, says in zip(passages, saying, strict=True)
            if says and not passage.hospitals
        }
        titled = (passage.doc_id in articles for passage in passages)
        return [says or title for says, title in zip(saying, titled, strict=True)]

    def _hits(
        self,
        rows: NDArray[np.int64],
        scores: NDArray[np.float32],
        lexical: NDArray[np.float32],
        dense: dict[int, float],
        focus: dict[int, tuple[Focus, ...]],
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
                        ScoredSentence(self._index.sentences[row], score, focus.get(row, ()))
                        for score, row in found
                    ),
                )
            )
        return hits

    def _asked_words(self, query: Query) -> set[str]:
        """Return the words of the question beside the names that it is limited to."""
        text = query.text
        for name in query.hospitals:
            text = text.replace(name, " ")
        words = {word for word in self._tokenizer.words(text) if len(word) > 1}
        return words - _ASKING

    def _coverages(self, hits: Sequence[Hit], query: Query) -> list[float]:
        """Return the share of the question's words, by idf, that each hit's passage holds."""
        words = sorted(self._asked_words(query))  # a set's order would change the sum's last digits
        idf = {word: self._index.lexical.idf(word) for word in words}
        total = sum(idf.values())
        if not total:
            return [0.0] * len(hits)
        folded = (self._index.folded_with_context[hit.passage.passage_id] for hit in hits)
        return [sum(idf[word] for word in idf if word in text) / total for text in folded]

    def _focus(
        self, row: int, embedding: Embedding, weights: NDArray[np.float32] | None
    ) -> tuple[Focus, ...]:
        """Return what each token of a sentence has to do with the question."""
        spans = self._spans(row)
        matched = self._index.tokens.matched(embedding.tokens, row, weights).tolist()
        if len(spans) != len(matched):  # see Embedding.spans
            return ()
        return tuple(
            Focus(max(start, 0), end, value)
            for (start, end), value in zip(spans, matched, strict=True)
            if end > 0
        )

    def _spans_of(self, row: int) -> Spans:
        """Return the places of a sentence's tokens; those of its context are below 0."""
        text = self._text(row)
        context = len(text) - len(searchable(self._index.sentences[row].text))
        return tuple((start - context, end - context) for start, end in self._encoder.spans(text))


def token_weights(embedding: Embedding, query: Query) -> NDArray[np.float32] | None:
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
