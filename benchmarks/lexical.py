"""BM25 over many generated texts: python -m benchmarks.lexical [COUNT ...] [--json FILE]

Each count of texts is indexed in one fresh process, and opened and asked in another. Texts have the
lengths of the built-in corpus' sentences, and words drawn with its words' frequencies; the rarer
words, of which a small corpus shows little, are made up and fall off with a power of their rank, as
those of large corpora do. A question is some words of one of the texts, or, in the harder set, some
of the most frequent words of all. Compared with it is what every text's score costs: final weights
for all postings in memory, added up for each word, and all scores above 0 sorted. Times are wall
clock, of the quickest of some rounds, so that little of what else the machine does is in them.
"""

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from corpus.read import BUILTIN, read_corpus
from corpus.split import sentences, split
from qa.bm25 import BM25, K1, B
from qa.lexical import Tokenizer
from qa.postings import FILES, Postings

COUNTS = (10_000, 100_000, 1_000_000)
QUESTIONS = 200
ROUNDS = 3
ASKED = 8  # words
FREQUENT = 30  # words that the harder questions are made of
BEST = 100
BATCH = 20_000
HEAD = 1000  # words with the frequencies of the built-in corpus
TAIL = -1.5  # the power of the rank by which further ones fall off
RANKS = 4_000_000
SEED = 7
UNIT = 1 if sys.platform == "darwin" else 1024  # ru_maxrss counts bytes there, and KiB elsewhere

Figures = dict[str, float]
Given = ParamSpec("Given")
Found = TypeVar("Found")


@dataclass(slots=True)
class Texts:
    """Generated texts, each a list of words; the same ones each time."""

    head: list[str]
    chances: NDArray[np.float64]  # cumulated, of each rank
    lengths: list[int]
    count: int
    seconds: float = field(default=0.0, init=False)  # for making them

    @classmethod
    def like_the_corpus(cls, count: int) -> "Texts":
        tokenizer = Tokenizer()
        words = [
            tokenizer.words(f"{passage.context}：{sentence.text}")  # as it is indexed
            for document in read_corpus([BUILTIN]).documents
            for passage in split(document)
            for sentence in sentences(passage)
        ]
        found = Counter(word for text in words for word in text).most_common()
        often = np.array([number for _, number in found], np.float64)
        ranks = np.arange(HEAD, RANKS) / HEAD
        tail = ranks**TAIL
        tail *= often[HEAD:].sum() / tail.sum()
        chances = np.cumsum(np.concatenate([often[:HEAD], tail])) / often.sum()
        return cls([word for word, _ in found[:HEAD]], chances, list(map(len, words)), count)

    def __iter__(self) -> Iterator[list[str]]:
        random = np.random.default_rng(SEED)
        for begin in range(0, self.count, BATCH):
            start = time.perf_counter()
            lengths = random.choice(self.lengths, min(BATCH, self.count - begin))
            drawn = np.searchsorted(self.chances, random.random(lengths.sum())).tolist()
            names = [self.head[rank] if rank < HEAD else f"{rank}号" for rank in drawn]
            ends = np.cumsum(lengths).tolist()
            batch = [names[end - n : end] for end, n in zip(ends, lengths.tolist(), strict=True)]
            self.seconds += time.perf_counter() - start
            yield from batch


def main() -> None:
    parser = argparse.ArgumentParser(description="BM25 over many generated texts.")
    parser.add_argument("counts", nargs="*", type=int, default=COUNTS, metavar="COUNT")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures there")
    options = parser.parse_args()
    every = []
    for count in options.counts:
        with tempfile.TemporaryDirectory() as folder:
            figures = _in_a_process(_build, Path(folder), count)
            figures |= _in_a_process(_ask, Path(folder), _in_a_process(_questions, count))
        every.append(figures)
        _show(figures)
    if options.json:
        options.json.write_text(json.dumps(every, indent=2) + "\n", encoding="utf-8")


def _in_a_process(task: Callable[Given, Found], *given: Given.args, **named: Given.kwargs) -> Found:
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh) as pool:
        return pool.submit(task, *given, **named).result()


def _build(folder: Path, count: int) -> Figures:
    texts = Texts.like_the_corpus(count)
    before = _peak()
    begin = time.perf_counter()
    postings = Postings.from_words(texts)
    built = time.perf_counter() - begin - texts.seconds
    begin = time.perf_counter()
    postings.save(folder)
    return {
        "texts": count,
        "words": int(postings.totals[1]),
        "different words": len(postings.words),
        "postings": len(postings.rows),
        "texts/s": round(count / built),
        "save s": time.perf_counter() - begin,
        "build MB": (_peak() - before) / 1e6,
        "disk MB": sum((folder / name).stat().st_size for name in FILES) / 1e6,
    }


def _ask(folder: Path, sets: dict[str, list[list[str]]]) -> Figures:
    before = _peak()
    begin = time.perf_counter()
    index = BM25([Postings.open(folder)])
    figures = {"open s": time.perf_counter() - begin, "open MB": (_peak() - before) / 1e6}
    found, seconds = {}, {}
    for name, questions in sets.items():
        found[name], seconds[name] = _timed(index.best, questions)
    figures["asked MB"] = (_peak() - before) / 1e6  # mapped files too
    full = FullScoring(Postings.open(folder))
    for name, questions in sets.items():
        expected, slow = _timed(full.best, questions)
        pairs = list(zip(found[name], expected, strict=True))
        common = [len(np.intersect1d(one, other)) / max(len(other), 1) for one, other in pairs]
        figures[f"{name}: overlap"] = statistics.mean(common)
        figures[f"{name}: same order"] = statistics.mean(map(_same, *zip(*pairs, strict=True)))
        for label, times in {"best": seconds[name], "full": slow}.items():
            figures[f"{name}: {label} p50 ms"] = float(np.percentile(times, 50)) * 1e3
            figures[f"{name}: {label} p95 ms"] = float(np.percentile(times, 95)) * 1e3
    return figures


def _same(one: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
    return np.array_equal(one, other)


def _questions(count: int) -> dict[str, list[list[str]]]:
    """Return sets of questions by name, each a list of different words."""
    random = np.random.default_rng(SEED + 1)
    texts = Texts.like_the_corpus(min(count, BATCH))
    long = [distinct for text in texts if len(distinct := list(dict.fromkeys(text))) >= ASKED]
    chosen = random.choice(len(long), QUESTIONS, replace=False)
    sources = {
        "words of a text": [long[number] for number in chosen],
        "frequent words": [texts.head[:FREQUENT]] * QUESTIONS,
    }
    return {
        name: [random.choice(words, ASKED, replace=False).tolist() for words in source]
        for name, source in sources.items()
    }


Search = Callable[[Sequence[str], int], tuple[NDArray[np.int64], NDArray[np.float32]]]


def _timed(
    search: Search, questions: list[list[str]]
) -> tuple[list[NDArray[np.int64]], list[float]]:
    """Return for each question the rows found, and the seconds of the quickest of some rounds."""
    found = [search(words, BEST)[0] for words in questions]  # which warms up
    rounds = []
    for _ in range(ROUNDS):
        times = [time.perf_counter()]
        for words in questions:
            search(words, BEST)
            times.append(time.perf_counter())
        rounds.append(np.diff(times))
    return found, np.min(rounds, axis=0).tolist()


class FullScoring:
    """Every text's score, from final weights."""

    def __init__(self, postings: Postings) -> None:
        counts, lengths = postings.pairs.T
        mean_length = float(postings.totals[1]) / postings.size
        shares = counts / (counts + K1 * (1 - B + B * lengths.astype(np.float32) / mean_length))
        holding = np.diff(postings.starts)
        idf = np.log1p((postings.size - holding + 0.5) / (holding + 0.5))
        self.weights = (np.repeat(idf, holding) * shares[postings.kinds]).astype(np.float32)
        self.rows = np.array(postings.rows)
        self.starts = postings.starts
        self.numbers = {word: number for number, word in enumerate(postings.words)}
        self.size = postings.size

    def best(self, words: Sequence[str], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        scores = np.zeros(self.size, np.float32)
        for word in words:
            number = self.numbers.get(word)
            if number is not None:
                held = slice(self.starts[number], self.starts[number + 1])
                scores[self.rows[held]] += self.weights[held]
        rows = np.flatnonzero(scores)
        rows = rows[np.argsort(-scores[rows], kind="stable")[:k]]
        return rows, scores[rows]


def _peak() -> int:
    """Return the most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


def _show(figures: Figures) -> None:
    print(f"\n{figures['texts']:,} texts")
    for name, figure in figures.items():
        print(f"  {name}: {figure:,}" if isinstance(figure, int) else f"  {name}: {figure:.3f}")


if __name__ == "__main__":
    main()
