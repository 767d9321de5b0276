"""What each part of the retrieval brings: python -m benchmarks.retrieval [--seeds DIR] [...]

Prints, as Markdown, Success@1 and Success@5 of the whole search, of the search with one part left
out or added, and of simpler searches, with 95 % confidence intervals (percentile bootstrap over
questions, 2,000 resamples; Efron and Tibshirani, 1993). Questions are those for reporting, never
those that weights were fitted on; `--dev` takes the others.

Every variant scores every sentence, where the product scores some 200 candidates.
"""

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.question_sets import DATA
from corpus.reflow import searchable
from embeddings.bundled import base_model
from embeddings.encoder import Embedding, Encoder, available_cores, token_mean, with_lead
from embeddings.onnx_encoder import OnnxEncoder
from embeddings.tokens import TokenVectors, mean_of
from qa.bm25 import BM25
from qa.engine import Engine
from qa.evaluation import conversation, read_questions, relevant_passages
from qa.index import embedded_text
from qa.lexical import Tokenizer
from qa.model import Query
from qa.postings import Postings
from qa.question import understand
from qa.retrieval import (
    LEXICAL_WEIGHT,
    PASSAGE_SHARE,
    VALUE_BONUS,
    TokenWeights,
    best_of_passages,
    token_weights,
)
from qa.settings import read_settings
from qa.spelling import Spelling
from qa.values import has_kind, holds_value

RESAMPLES = 2000
DEPTHS = (1, 5)
CMRC_STEP = 12  # every twelfth question is asked
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to search: which scores are summed, over what, and what is done to the question."""

    label: str
    passages: bool = False  # whole passages are scored instead of their sentences
    maxsim: bool = True
    dense: bool = False
    words: bool = True
    pairs: bool = False  # BM25 over pairs of characters as well
    names: bool = True  # only the hospital that is asked about, whose name then counts nothing
    context: bool = True
    # By the mean that the verifier of the model knows, if it has one, by that of the texts, or not.
    centred: Literal["model", "texts", ""] = "model"
    values: bool = True
    spelling: bool = True
    neighbours: bool = True  # a part of the match is that of the passage's sentences together
    lead: bool = True  # each sentence is read with the one before it
    adapter: bool = True


WHOLE = Variant("**the search as it is**")
PLAIN = Variant(
    "dense",
    passages=True,
    maxsim=False,
    dense=True,
    words=False,
    names=False,
    context=False,
    values=False,
    spelling=False,
    neighbours=False,
    lead=False,
    adapter=False,
)
UNTRAINED = replace(WHOLE, label="", lead=False, adapter=False)
VARIANTS = (
    replace(PLAIN, label="passages: vectors"),
    replace(PLAIN, label="passages: BM25 of jieba words", dense=False, words=True),
    replace(PLAIN, label="passages: both (min-max sum)", words=True),
    replace(PLAIN, label="… of the hospital asked about", words=True, names=True),
    replace(PLAIN, label="… with headings and hospital", words=True, names=True, context=True),
    replace(PLAIN, label="… sentences", passages=False, words=True, names=True, context=True),
    replace(
        UNTRAINED,
        label="… MaxSim instead of the vectors",
        spelling=False,
        values=False,
        neighbours=False,
    ),
    replace(UNTRAINED, label="… the kind of value", spelling=False, neighbours=False),
    replace(UNTRAINED, label="… other spellings", neighbours=False),
    replace(UNTRAINED, label="… the sentences around"),
    replace(WHOLE, label="… read with the sentence before", adapter=False),
    WHOLE,
    replace(WHOLE, label="without the adapter", adapter=False),
    replace(WHOLE, label="without BM25", words=False),
    replace(WHOLE, label="with BM25 of character pairs too", pairs=True),
    replace(WHOLE, label="with character pairs instead of words", words=False, pairs=True),
    replace(WHOLE, label="without the sentences around", neighbours=False),
    replace(WHOLE, label="without the sentence before", lead=False),
    replace(WHOLE, label="without the kind of value", values=False),
    replace(WHOLE, label="without other spellings", spelling=False),
    replace(WHOLE, label="without headings and hospital in the text", context=False),
    replace(WHOLE, label="without the hospital's filter", names=False),
    replace(WHOLE, label="centred by the documents' own mean", centred="texts"),
    replace(WHOLE, label="without centring", centred=""),
    replace(WHOLE, label="whole passages", passages=True),
)


@dataclass(frozen=True)
class Texts:
    """What is searched: rows are sentences or passages."""

    numbers: NDArray[np.int64]  # the passage of each row
    texts: tuple[str, ...]
    vectors: Floats
    tokens: TokenVectors
    words: BM25
    pairs: BM25


class Collection:
    """Documents and questions, with every form of them that a variant may want."""

    def __init__(self, name: str, engine: Engine, base: Encoder) -> None:
        self.name = name
        self.engine = engine
        self.base = base
        self._texts: dict[tuple[bool, bool, bool, bool, bool], Texts] = {}
        self._asked: dict[tuple[str, bool], list[tuple[Query, frozenset[str]]]] = {}

    @cached_property
    def tokenizer(self) -> Tokenizer:
        return Tokenizer(self.engine.index.gazetteer.surfaces)

    def texts(self, variant: Variant) -> Texts:
        key = (
            variant.passages,
            variant.context,
            variant.centred,
            variant.lead,
            variant.adapter,
        )
        if key not in self._texts:
            self._texts[key] = self._embedded(variant)
        return self._texts[key]

    def _embedded(self, variant: Variant) -> Texts:
        index = self.engine.index
        if variant.passages:
            numbers = np.arange(len(index.passages))
            plain = [searchable(passage.text) for passage in index.passages]
            full = [
                f"{passage.context}：{text}" if passage.context else text
                for passage, text in zip(index.passages, plain, strict=True)
            ]
        else:
            numbers = index.passages_of(np.arange(len(index.sentences)))
            plain = [searchable(sentence.text) for sentence in index.sentences]
            full = [
                embedded_text(index.passage(number), sentence)
                for number, sentence in zip(numbers.tolist(), index.sentences, strict=True)
            ]
        texts = full if variant.context else plain
        leads = [""] * len(texts)
        if variant.lead and not variant.passages:
            leads = [index.lead(row) for row in range(len(texts))]
        encoder = self.engine.encoder if variant.adapter else self.base
        found = encoder.encode(map(with_lead, leads, texts), "passage")
        embeddings = list(map(Embedding.after, found, leads))
        mean = token_mean(encoder) if variant.centred == "model" else None
        if not variant.centred:
            mean = np.zeros_like(embeddings[0].tokens[0])
        return Texts(
            numbers,
            tuple(plain),
            np.stack([embedding.vector for embedding in embeddings]),
            TokenVectors.from_tokens([embedding.tokens for embedding in embeddings], mean),
            BM25([Postings.from_words(self.tokenizer.words(text) for text in texts)]),
            BM25([Postings.from_words(pairs(text) for text in texts)]),
        )

    def asked(self, *, spelling: bool) -> list[tuple[Query, frozenset[str]]]:
        """Return the questions as they are understood, with the passages that answer them."""
        raise NotImplementedError


class Asked(Collection):
    """A corpus with a file of questions."""

    def __init__(self, name: str, engine: Engine, base: Encoder, questions: Path) -> None:
        super().__init__(name, engine, base)
        self._questions = [q for q in read_questions(questions) if q.answerable]

    def asked(self, *, spelling: bool) -> list[tuple[Query, frozenset[str]]]:
        index = self.engine.index
        speller = Spelling(index.lexical.vocabulary if spelling else (), self.tokenizer)
        found = []
        for question in self._questions:
            relevant = relevant_passages(self.engine, question)
            if relevant:
                history = conversation(self.engine, question.turns[:-1])
                query = understand(
                    question.turns[-1], history, index.gazetteer, index.known_words, speller
                )
                found.append((query, relevant))
        return found


class Paragraphs(Collection):
    """CMRC 2018: paragraphs of an encyclopaedia; each question belongs to one of them."""

    def __init__(self, engine: Engine, base: Encoder, questions: Sequence[tuple[str, str]]) -> None:
        super().__init__("CMRC", engine, base)
        self._questions = questions

    def asked(self, *, spelling: bool) -> list[tuple[Query, frozenset[str]]]:
        index = self.engine.index
        speller = Spelling(index.lexical.vocabulary if spelling else (), self.tokenizer)
        passages: dict[str, set[str]] = {}
        for passage in index.passages:
            passages.setdefault(passage.doc_id, set()).add(passage.passage_id)
        return [
            (
                understand(text, (), index.gazetteer, index.known_words, speller),
                frozenset(passages[doc_id]),
            )
            for text, doc_id in self._questions
        ]


def ranks(collection: Collection, variant: Variant) -> NDArray[np.int64]:
    """Return the rank, from 1, of the first passage that answers, for each question."""
    texts = collection.texts(variant)
    encoder = collection.engine.encoder if variant.adapter else collection.base
    index = collection.engine.index
    found = []
    for query, relevant in collection.asked(spelling=variant.spelling):
        scores = _scores(collection, variant, texts, encoder, query)
        best = np.full(len(index.passages), -np.inf)
        np.maximum.at(best, texts.numbers, scores)
        order = np.argsort(-best, kind="stable")
        places = [
            place
            for place, number in enumerate(order.tolist(), start=1)
            if index.passages[number].passage_id in relevant
        ]
        found.append(places[0])
    return np.array(found)


def _scores(
    collection: Collection, variant: Variant, texts: Texts, encoder: Encoder, query: Query
) -> Floats:
    (embedding,) = encoder.encode([query.text], "query")
    lexical = np.zeros(len(texts.numbers), np.float32)
    if variant.words:
        lexical += texts.words.scores(collection.tokenizer.words(query.text))
    if variant.pairs:
        lexical += texts.pairs.scores(pairs(query.text)) / (2 if variant.words else 1)
    if variant.maxsim:
        asked = query if variant.names else replace(query, hospitals=())
        weights = token_weights(embedding, asked)
        rows = np.arange(len(texts.numbers))
        alone, together = matches(texts, embedding.tokens, rows, weights)
        share = PASSAGE_SHARE if variant.neighbours else 0.0
        scores = share * together + (1 - share) * alone + LEXICAL_WEIGHT * lexical
    elif variant.dense:
        scores = texts.vectors @ embedding.vector
        if variant.words:
            scores = _spread(scores) + _spread(lexical)
    else:
        scores = lexical
    if variant.values and has_kind(query.value):
        held = [holds_value(query.value, text) for text in texts.texts]
        scores = scores + VALUE_BONUS * np.array(held, np.float32)
    if variant.names and query.hospitals:
        passages = collection.engine.index.passages
        about = [bool(set(passages[n].hospitals) & set(query.hospitals)) for n in texts.numbers]
        scores = np.where(np.array(about), scores, -1e6)
    return np.asarray(scores, np.float32)


def matches(
    texts: Texts, query: Floats, rows: NDArray[np.int64], weights: TokenWeights
) -> tuple[Floats, Floats]:
    """Return float32 (n_rows,) twice: the MaxSim of rows, and of all rows of their passages."""
    best = texts.tokens.similarities(rows, query).best()
    together = best_of_passages(texts.numbers[rows], best)
    return mean_of(best, weights.sentence), mean_of(together, weights.passage)


def pairs(text: str) -> list[str]:
    """Return the pairs of neighbouring characters, as words."""
    folded = "".join(searchable(text).split())
    return [folded[i : i + 2] for i in range(len(folded) - 1)]


def _spread(scores: Floats) -> Floats:
    low, high = float(scores.min()), float(scores.max())
    return np.asarray((scores - low) / max(high - low, 1e-9), np.float32)


def share(hits: NDArray[np.bool_]) -> str:
    """Return the share in per cent with its confidence interval.

    >>> share(np.array([True] * 50))
    '100.0 (100.0–100.0)'
    """
    draws = np.random.default_rng(0).integers(0, len(hits), (RESAMPLES, len(hits)))
    low, high = np.percentile(100 * hits[draws].mean(axis=1), [2.5, 97.5])
    return f"{100 * hits.mean():.1f} ({low:.1f}–{high:.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=Path, help="a folder with the raw pages")
    parser.add_argument("--cmrc", type=Path, help="a file of paragraphs with their questions")
    parser.add_argument("--dev", action="store_true", help="ask the questions for tuning")
    options = parser.parse_args()
    part = "dev" if options.dev else "test"
    settings = read_settings()
    base = OnnxEncoder(base_model(settings.cache), settings.threads or available_cores())
    collections: list[Collection] = [
        Asked("built-in", Engine.open(), base, DATA / f"{part}.jsonl"),
        Asked(
            "invented",
            Engine.open(DATA / "invented" / part),
            base,
            DATA / f"invented_{part}.jsonl",
        ),
    ]
    if options.seeds:
        raw = Engine.open(options.seeds)
        collections.insert(1, Asked("raw pages", raw, base, DATA / f"{part}.jsonl"))
    if options.cmrc:
        collections.append(_cmrc(options.cmrc, base))
    print(f"`python -m benchmarks.retrieval {' '.join(sys.argv[1:])}`\n")
    libraries = ", ".join(f"{name} {version(name)}" for name in ("onnxruntime", "jieba", "numpy"))
    print(f"Python {platform.python_version()}, {libraries}\n")
    for collection in collections:
        index = collection.engine.index
        asked = len(collection.asked(spelling=True))
        print(
            f"- {collection.name}: {len(index.documents)} documents, {len(index.passages)} "
            f"passages, {len(index.sentences)} sentences, {asked} questions"
        )
    names = [collection.name for collection in collections]
    print("\n| | " + " | ".join(f"{n} S@1 | {n} S@5" for n in names) + " |")
    print("|---|" + "---|" * 2 * len(names))
    for variant in VARIANTS:
        cells = []
        for collection in collections:
            found = ranks(collection, variant)
            cells += [share(found <= depth) for depth in DEPTHS]
        print(f"| {variant.label} | " + " | ".join(cells) + " |", flush=True)


def _cmrc(path: Path, base: Encoder) -> Paragraphs:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    folder = read_settings().cache / "cmrc"
    folder.mkdir(parents=True, exist_ok=True)
    for line in lines:
        (folder / f"{line['id']}.md").write_text(line["text"], encoding="utf-8")
    questions = [(q["question"], line["id"]) for line in lines for q in line["questions"]]
    return Paragraphs(Engine.open(folder), base, questions[::CMRC_STEP])


if __name__ == "__main__":
    main()
