"""The search: `Retriever.search(query, k)` is the only maker of hits.

Candidates come from two sides, the nearest sentence vectors and the best BM25 scores, and are
ranked by late interaction (see `embeddings.tokens`) together with a little of the BM25 score and,
where a question asks for a figure or a date, of whether the sentence holds one. What a sentence
leaves to those around it, such as whom it is about, they add: `PASSAGE_SHARE`. A passage is worth
what its best sentence is worth.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.fold import fold
from corpus.model import Passage
from corpus.names import about_an_institution
from corpus.places import PROVINCE, names_of_places, places_named
from corpus.short_forms import partial_forms
from embeddings.encoder import Embedding, Encoder, Spans
from embeddings.reranker import Reranker
from embeddings.tokens import Floats, Similarities, mean_of
from embeddings.verifier import Reading
from qa.asking import asking_spans
from qa.found import Found, Readable, Searchable
from qa.index import context_length
from qa.lexical import Tokenizer
from qa.model import Focus, Hit, Query, ScoredSentence
from qa.named import names_lacking
from qa.texts import said_by
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
NAMES_KEPT = 64  # hospitals whose partial forms are remembered
SPANS_KEPT = 10_000  # sentences whose tokens' places are remembered
CANDIDATES = 32  # sentences from each side, at least; up to 100 changed no first passage on dev
# Both weights by `python -m benchmarks.fit_fusion`; more BM25 than its best, for more documents.
LEXICAL_WEIGHT = 0.006  # for a BM25 score of about 0 to 20
# Of a token beside the clauses that ask, in the match of a sentence. Success@1 at 1, 0.6 and 0.3 on
# dev: raw pages 90.0, 90.4, 90.8 and 95.4, 95.4, 95.2; newspapers 91.1, 91.1, 90.0 and 88.0, 88.0,
# 87.0; long-winded questions (200 over raw pages, 100 over a newspaper) 95.4, 96.9, 95.9 and 83.0,
# 85.0, 88.0; among 548 articles 79.6, 79.3, 78.6.
CIRCUMSTANCE_WEIGHT = 0.6
EARLIER_WEIGHT = 0.3  # of a token of the question before a follow-up
PASSAGE_SHARE = 0.3  # of the match that is of the candidates of a sentence's passage together
RERANKED = 20  # sentences that a reranker reads, if there is one
FOCUS_MARGIN = 0.08  # below the best sentence; what is further off is not quoted
FOCUSED = 6  # sentences; more are hardly ever quoted
VALUE_NEEDED = 0.2  # where nothing else can be the answer: a price, a telephone number
IN_PASSING = 0.04  # what a passage loses that only says the hospital's name
VALUE_BONUS = 0.05  # for a MaxSim of about 0.3 to 0.8
ASKED = 0.1  # what a question loses that another sentence answers
# What is lost where the article does not say the places that a question without a hospital names.
# Success@1 at 0, 0.03, 0.05, 0.08, 0.1 and 0.15 on dev among 548 articles: 85.7, 86.9, 87.2, 87.3,
# 87.3, 86.6; elsewhere the same or a question more.
ELSEWHERE = 0.08


class Retriever:
    """Searches one index with the encoder that made it."""

    def __init__(
        self,
        index: Searchable,
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
        words, asked = self._words(query)
        (embedding,) = self._encoder.encode([query.text], "query")
        each = max(CANDIDATES, 2 * k)
        found = self._index.find(embedding.vector, words, query.hospitals, _said_of(query), each)
        in_passing: NDArray[np.bool_] | None = None
        if len(query.hospitals) == 1:
            found, in_passing = _told_of(query.hospitals[0], found)
        if not len(found.rows):
            return []
        weights = token_weights(embedding, query)
        read = cache(partial(self._read, embedding.tokens, weights.passage, found.index))
        counts = weights.passage > 0  # what counts nothing need not be compared
        tokens, weights = embedding.tokens[counts], TokenWeights(*(w[counts] for w in weights))
        similar = found.index.similarities(found.rows, tokens)
        best = similar.best()
        within = best_of_passages(found.passages, best)
        maxsim = PASSAGE_SHARE * mean_of(within, weights.passage)
        maxsim += (1 - PASSAGE_SHARE) * mean_of(best, weights.sentence)
        lacking = self._lacking(query, found)
        asked_places = _places_asked(query, found)
        scores = self._scores(query, found, maxsim, in_passing, lacking, asked_places)
        focus = self._focus(query, found, scores, similar, weights.passage)
        grouped = found.by_passage(scores, k)
        firsts = [places[0][2] for places in grouped.values()]
        around = np.array([_around(found, best, first) for first in firsts])
        overlaps = mean_of(around, weights.passage)
        coverages = self._coverages(list(grouped), set(asked) - _ASKING, found.index)
        hits = self._hits(found, grouped, focus, overlaps.tolist(), coverages, read, lacking)
        return [replace(hit, asked_places=asked_places) for hit in hits] if asked_places else hits

    def _words(self, query: Query) -> tuple[list[str], list[str]]:
        """Return the words of a question, and those beside the names that it is limited to.

        The names are cut by themselves, as they are in documents, where each is a word.
        """
        names = "|".join(map(re.escape, sorted(query.hospitals, key=len, reverse=True)))
        parts = re.split(f"({names})", query.text) if names else [query.text]
        cut = list(map(self._tokenizer.words, parts))
        asked = [word for words in cut[::2] for word in words]
        return asked + [word for words in cut[1::2] for word in words], asked

    def _lacking(self, query: Query, found: Found) -> dict[str, frozenset[str]]:
        """Return what the articles found lack of what the question names, by their ids.

        Nothing where things are compared, each of which has an article of its own.
        """
        if query.sides:
            return {}
        index = found.index
        numbers = dict.fromkeys(found.passages.tolist())
        articles = ((index.passage(n).doc_id, " ".join(index.plain(n))) for n in numbers)
        asked = fold(query.without_names(query.own))
        limited = len(query.hospitals) == 1
        return names_lacking(
            asked,
            articles,
            self._tokenizer.frequency,
            lambda name: limited and self._index.lexical.has(name),
        )

    def _scores(
        self,
        query: Query,
        found: Found,
        maxsim: NDArray[np.float32],
        in_passing: NDArray[np.bool_] | None,
        lacking: Mapping[str, frozenset[str]],
        places: Collection[str],
    ) -> NDArray[np.float32]:
        """Return what each candidate is worth; higher is better."""
        scores = maxsim + LEXICAL_WEIGHT * found.lexical
        if has_kind(query.value):
            bonus = VALUE_NEEDED if query.value in INDISPENSABLE else VALUE_BONUS
            scores += bonus * found.index.holding(query.value, found.rows)
        if in_passing is not None:
            scores -= IN_PASSING * in_passing
        if places:
            scores -= ELSEWHERE * _of_other_places(names_of_places(places), found)
        if lacking:
            docs = (found.index.passage(number).doc_id for number in found.passages.tolist())
            scores -= ELSEWHERE * np.array([doc in lacking for doc in docs], np.float32)
        scores = _passed_on(found, scores)
        if self._reranker is None:
            return scores
        return self._reranked(self._reranker, query, found, scores)

    def _reranked(
        self, reranker: Reranker, query: Query, found: Found, scores: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return the scores of the best candidates dealt out anew, in the reranker's order.

        Their scale stays that of late interaction, which margins and confidence are made for.
        """
        best = np.argsort(-scores, kind="stable")[:RERANKED]
        texts = [found.index.embedded_text(row) for row in found.rows[best].tolist()]
        order = np.argsort(-reranker.scores(query.text, texts), kind="stable")
        dealt = scores.copy()
        dealt[best[order]] = scores[best]
        return dealt

    def _hits(
        self,
        found: Found,
        grouped: Mapping[int, Sequence[tuple[float, int, int]]],
        focus: Mapping[int, tuple[Focus, ...]],
        overlaps: Sequence[float],
        coverages: Sequence[float],
        read: Callable[[int], Reading | None],
        lacking: Mapping[str, frozenset[str]],
    ) -> list[Hit]:
        index = found.index
        hits = []
        least = min(found.cosines.values(), default=0.0)  # the others' are below it
        for rank, (passage, places) in enumerate(grouped.items(), start=1):
            score, top, at = places[0]
            shown = index.passage(passage)
            rows = [row for _, row, _ in places]
            sentences = tuple(
                ScoredSentence(index.sentence(row, passage), score, focus.get(row, ()))
                for score, row, _ in places
            )
            hits.append(
                Hit(
                    passage=shown,
                    score=score,
                    rank=rank,
                    dense=found.cosines.get(top, least),
                    lexical=float(found.lexical[at]),
                    sentences=sentences,
                    overlap=overlaps[rank - 1],
                    coverage=coverages[rank - 1],
                    verify=partial(read, top),
                    point=partial(self._pointed, read, index, shown, rows, sentences),
                    lacks=lacking.get(shown.doc_id, frozenset()),
                )
            )
        return hits

    def _read(self, tokens: Floats, weights: Floats, index: Readable, row: int) -> Reading | None:
        """Return what the verifier, if there is one, reads in a row for a question's tokens."""
        verifier = self._encoder.verifier
        if verifier is None or not len(tokens):
            return None
        question, sentence = index.centred(tokens, row)
        return verifier.read(question, weights, sentence) if len(sentence) else None

    def _pointed(
        self,
        read: Callable[[int], Reading | None],
        index: Readable,
        passage: Passage,
        rows: Sequence[int],
        sentences: Sequence[ScoredSentence],
        scored: ScoredSentence,
    ) -> tuple[Focus, ...]:
        """Return where in one of a passage's sentences, which are in `rows`, the answer stands."""
        row = rows[sentences.index(scored)]
        reading = read(row)
        if reading is None:
            return ()
        before, spans = self._spans(index.embedded_text(row), context_length(passage))
        if before + len(spans) != len(reading.shares):  # not all was read, or see Embedding.spans
            return ()
        pairs = zip(spans, reading.shares[before:].tolist(), strict=True)
        return tuple(Focus(*span, share) for span, share in pairs)

    def _coverages(
        self, passages: Sequence[int], asked: Collection[str], index: Readable
    ) -> list[float]:
        """Return the share of the words asked about, by idf, that each passage holds."""
        words = sorted(word for word in asked if len(word) > 1)  # as a set has no order
        idf = {word: self._index.lexical.idf(word) for word in words}
        total = sum(idf.values())
        if not total:
            return [0.0] * len(passages)
        shares = []
        for context, text in map(index.plain, passages):
            held = (worth for word, worth in idf.items() if word in text or word in context)
            shares.append(sum(held) / total)
        return shares

    def _focus(
        self,
        query: Query,
        found: Found,
        scores: NDArray[np.float32],
        similar: Similarities,
        weights: NDArray[np.float32],
    ) -> dict[int, tuple[Focus, ...]]:
        """Return the tokens of the best sentences that match the question, by row."""
        best = np.argsort(-scores, kind="stable")[:FOCUSED]
        if query.kind not in ("comparison", "set"):  # there each hospital's best counts
            best = best[scores[best] >= scores[best[0]] - FOCUS_MARGIN]
        focus = {}
        for at, row, passage in zip(
            best.tolist(), found.rows[best].tolist(), found.passages[best].tolist(), strict=True
        ):
            context = context_length(found.index.passage(passage))
            before, spans = self._spans(found.index.embedded_text(row), context)
            matched = similar.matched(at, weights).tolist()
            if before + len(spans) == len(matched):  # see Embedding.spans
                pairs = zip(spans, matched[before:], strict=True)
                focus[row] = tuple(Focus(*span, value) for span, value in pairs if value)
        return focus

    def _spans_of(self, text: str, context: int) -> tuple[int, Spans]:
        """Return how many tokens are in the first `context` characters, and where the others are.

        The places are those in the text after these characters.
        """
        spans = [(start - context, end - context) for start, end in self._encoder.spans(text)]
        own = tuple((max(start, 0), end) for start, end in spans if end > 0)
        return len(spans) - len(own), own


def _said_of(query: Query) -> tuple[str, ...]:
    """Return the names that a passage may say instead of being about a hospital of the query.

    A hospital is called 市二院 too, in an article of its place (see `_told_of`). Several hospitals
    are compared by what their own passages tell.
    """
    if not query.hospitals:
        return query.mentioned
    if len(query.hospitals) > 1:
        return ()
    name = fold(query.hospitals[0])
    return (name, *_partial_forms(name))


_partial_forms = lru_cache(NAMES_KEPT)(partial_forms)  # asked of every passage


def _told_of(hospital: str, found: Found) -> tuple[Found, NDArray[np.bool_] | None]:
    """Return what is told of a hospital, and bool (n_rows,): whether it is told only in passing.

    Passages about another hospital are left out: the figures there are its own; and so are those
    that neither say its whole name nor are of its place. None when nothing is told in passing.
    """
    numbers = found.passages.tolist()
    passages = {number: found.index.passage(number) for number in set(numbers)}
    passing = {number for number, one in passages.items() if hospital not in one.hospitals}
    if not passing:
        return found, None
    name = fold(hospital)
    others = {
        number
        for number in passing
        if about_an_institution(passages[number].hospitals)
        or not (
            name in said_by(passages[number], *found.index.plain(number))
            or _is_of_place(name, passages[number].places)
        )
    }
    kept = np.array([number not in others for number in numbers], np.bool_)
    told = replace(
        found, rows=found.rows[kept], passages=found.passages[kept], lexical=found.lexical[kept]
    )
    return told, np.array([number in passing for number in told.passages.tolist()], np.bool_)


def _is_of_place(name: str, places: Collection[str]) -> bool:
    """Tell whether an article that says these places is of the place that a name begins with.

    An article of a city says others too, one of a county seldom another county. True for a name
    without a place, which is never shortened to 市二院.
    """
    if not _partial_forms(name):
        return True
    own = next((place for place in places if name.startswith(_beginning(place))), "")
    level = name[len(own) - 1 : len(own)]
    rivals = {place for place in places if place[-1] == level}
    return bool(own) and (level == "市" or rivals <= {own})


def _beginning(place: str) -> str:
    """Return what names of hospitals of a place begin with: 吉林市's are not of 吉林省."""
    return place if place[-1] == PROVINCE else place[:-1]


def _places_asked(query: Query, found: Found) -> frozenset[str]:
    """Return the places of the articles found that a question without a hospital names."""
    if query.hospitals:
        return frozenset()
    numbers = set(found.passages.tolist())
    known = set[str]().union(*(found.index.passage(number).places for number in numbers))
    named = places_named(fold(query.text), names_of_places(known))
    return frozenset(place for place in known if place[:-1] in named)


def _of_other_places(named: Collection[str], found: Found) -> NDArray[np.float32]:
    """Return float32 (n_rows,): the share of the names of places that a row's article lacks."""
    numbers = found.passages.tolist()
    lacks = {n: set(named) - names_of_places(found.index.passage(n).places) for n in set(numbers)}
    return np.array([len(lacks[number]) / len(named) for number in numbers], np.float32)


def _passed_on(found: Found, scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the scores with those of questions given to the sentences that follow and answer.

    An interviewer's question, or a reader's letter, says what is asked better than any answer does.
    """
    asks = found.index.asking(found.rows[:-1])
    asks &= found.rows[1:] == found.rows[:-1] + 1
    asks &= found.passages[1:] == found.passages[:-1]
    passed = scores.copy()
    for at in np.flatnonzero(asks).tolist():
        passed[at + 1] = max(passed[at], passed[at + 1])
    passed[:-1][asks] -= ASKED
    return passed


def _around(found: Found, best: NDArray[np.float32], at: int) -> NDArray[np.float32]:
    """Return float32 (n_query_tokens,): the best of a row and those beside it in its passage."""
    begin, end = max(at - 1, 0), at + 2
    beside = np.abs(found.rows[begin:end] - found.rows[at]) <= 1
    beside &= found.passages[begin:end] == found.passages[at]
    return np.asarray(best[begin:end][beside].max(axis=0))


def best_of_passages(passages: NDArray[np.int64], best: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return float32 like `best`, (n_rows, n_query_tokens): the best of all rows of a passage.

    Rows are in the order of their passages.
    """
    first = np.ones(len(passages), np.bool_)
    first[1:] = passages[1:] != passages[:-1]
    of_passages = np.maximum.reduceat(best, np.flatnonzero(first), axis=0)
    return np.asarray(of_passages[np.cumsum(first) - 1])


class TokenWeights(NamedTuple):
    """How much each token of a query counts: float32 (n_query_tokens,), some of it above 0.

    `passage`: in how well a passage matches. `sentence`: in how well its sentences do, which need
    not speak of the circumstances of a question.
    """

    passage: NDArray[np.float32]
    sentence: NDArray[np.float32]


def token_weights(embedding: Embedding, query: Query) -> TokenWeights:
    """Return how much each token of the query counts.

    The hospital's name does not: every candidate is about it. The question before a follow-up
    tells the subject, and counts less than the follow-up itself.
    """
    names = [
        name.span()
        for hospital in query.hospitals
        for name in re.finditer(re.escape(hospital), query.text)
    ]
    asks = [
        (start + query.own_from, end + query.own_from) for start, end in asking_spans(query.own)
    ]
    passage, sentence = [], []
    for token in embedding.spans:
        weight = 1.0 if token[1] > query.own_from else EARLIER_WEIGHT
        if _overlaps(token, names):
            weight = 0.0
        passage.append(weight)
        circumstance = token[1] > query.own_from and not _overlaps(token, asks)
        sentence.append(CIRCUMSTANCE_WEIGHT * weight if circumstance else weight)
    if not any(passage):
        passage = sentence = [1.0] * len(passage)
    return TokenWeights(np.array(passage, np.float32), np.array(sentence, np.float32))


def _overlaps(token: tuple[int, int], spans: Iterable[tuple[int, int]]) -> bool:
    return any(token[0] < end and token[1] > start for start, end in spans)
