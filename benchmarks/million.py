"""A million passages: how they open, what they hold in memory, and what an answer takes.

    python -m benchmarks.million --passages 1000000     # half an hour on two cores, 20 GB of disk

The built-in corpus lies among generated passages (`benchmarks.generated`); the questions are about
it. A fresh process opens the index; dense search and answers are compared with exact search.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.generated import GeneratedVectors, documents, pool
from benchmarks.question_sets import DATA
from benchmarks.results import Measurement, Part, finish, part_parser, positive
from corpus.read import BUILTIN, read_corpus
from embeddings.encoder import open_encoder
from embeddings.store import StoreChain
from qa.engine import Engine
from qa.evaluation import Report, read_questions
from qa.index import Index
from qa.indexing import build_index
from qa.settings import read_settings
from qa.versions import IndexFolder

POOL = 4000  # sentences that are embedded
NEAREST = 10
MEGA = 1e6


def main(arguments: Sequence[str] | None = None) -> None:
    parser = part_parser("million", __doc__)
    parser.add_argument("--passages", type=positive, default=1_000_000, help="how many are made")
    parser.add_argument("--index-dir", type=Path, help="where the index is made, or lies already")
    parser.add_argument(
        "--measure", action="store_true", help="only measure an index that is there"
    )
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(_measured(options.index_dir)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.index_dir or Path(temporary)
        made = folder / "made.json"  # so that a second run measures the same index
        if not made.exists():
            made.write_text(json.dumps(_make(options.passages, folder)), encoding="ascii")
        part = _part(folder, options.passages, json.loads(made.read_text(encoding="ascii")))
    finish(part, options.json)


def _make(passages: int, folder: Path) -> float:
    settings = read_settings()
    encoder = open_encoder(settings.model, settings.cache, settings.threads)
    texts = pool(POOL)
    generated = list(documents(passages, texts))
    print(f"{len(texts)} sentences are embedded", file=sys.stderr, flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    vectors = GeneratedVectors(folder / "vectors.sqlite", encoder, texts, generated)
    built_in = read_corpus([BUILTIN]).documents
    kept = IndexFolder(folder)
    begin = time.perf_counter()
    index = build_index(
        [*built_in, *generated], encoder, settings.cache, vectors, _progress, kept.keep
    )
    kept.save(index)
    return time.perf_counter() - begin


def _progress(done: int, total: int) -> None:
    if done % 50_000 == 0 or done == total:
        print(f"{done:,} of {total:,}", file=sys.stderr, flush=True)


def _part(folder: Path, passages: int, seconds: float) -> Part:
    command = [sys.executable, "-m", "benchmarks.million", "--measure", "--index-dir", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    sizes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    measurements = [
        Measurement.of("making the index, without embedding", "s", [seconds]),
        Measurement.of("index on disk", "GB", [sizes / 1e9]),
        *(Measurement.of(name, unit, samples) for name, unit, samples in found["figures"]),
    ]
    return Part(
        "million",
        "the built-in corpus among generated passages",
        {"passages": passages, "sentences": found["sentences"]},
        tuple(measurements),
        tuple(found["notes"]),
    )


def _measured(folder: Path) -> dict[str, object]:
    settings = read_settings()
    encoder = open_encoder(settings.model, settings.cache, settings.threads)
    list(encoder.encode(["热身"], "query"))
    before = _resident()
    begin = time.perf_counter()
    index = IndexFolder(folder).load()
    engine = Engine(index, encoder, settings)
    opened = time.perf_counter() - begin
    after_opening = _resident()
    dev = [question.turns[0] for question in read_questions(DATA / "dev.jsonl")]
    begin = time.perf_counter()
    engine.ask(dev[0])
    first = time.perf_counter() - begin
    forward, asking = _times(engine, dev)
    after_asking = _resident()
    queries = [next(iter(encoder.encode([text], "query"))).vector for text in dev[:200]]
    recall = _recall(index, np.stack(queries))
    test = read_questions(DATA / "test.jsonl")
    found = Report.of(engine, test).to_dict()["all"]
    chain = index.vectors
    index.vectors = _Exact(chain, index)
    exact = Report.of(engine, test).to_dict()["all"]
    figures = [
        ("open", "s", [opened]),
        ("first question", "s", [first]),
        ("encoder and program, resident", "MB", [before[0]]),
        ("resident after opening", "MB", [after_opening[0]]),
        (f"resident after {2 * len(dev)} questions", "MB", [after_asking[0]]),
        ("of that not mapped from the index", "MB", [after_asking[1]]),
        ("forward pass", "ms", [1000 * one for one in forward]),
        ("ask()", "ms", [1000 * one for one in asking]),
        (
            "ask() less forward pass",
            "ms",
            [1000 * (b - a) for a, b in zip(forward, asking, strict=True)],
        ),
        (f"recall@{NEAREST} of the dense side", "", recall),
        (f"recall@{NEAREST}, mean", "", [statistics.mean(recall)]),
        ("ask() less forward pass, mean", "ms", [1000 * (sum(asking) - sum(forward)) / len(dev)]),
        ("Success@5", "", [found["Success@5"]]),
        ("Success@5, exact search", "", [exact["Success@5"]]),
        ("Success@1", "", [found["Success@1"]]),
        ("Success@1, exact search", "", [exact["Success@1"]]),
    ]
    notes = [line for store in chain.stores for line in store.choice.explain()]
    return {"figures": figures, "notes": notes, "sentences": len(index.sentences)}


def _times(engine: Engine, questions: Sequence[str]) -> tuple[list[float], list[float]]:
    """Return the seconds of the forward pass and of `ask()`, after one round to warm up."""
    forward, asking = [], []
    for warm in (True, False):
        for question in questions:
            text = engine.understand(question).text
            begin = time.perf_counter()
            list(engine.encoder.encode([text], "query"))
            middle = time.perf_counter()
            engine.ask(question)
            if not warm:
                forward.append(middle - begin)
                asking.append(time.perf_counter() - middle)
    return forward, asking


class _Exact:
    """Dense search that looks at every row."""

    def __init__(self, chain: StoreChain, index: Index) -> None:
        self._chain = chain
        self._index = index

    def rows(self, groups: Sequence[str]) -> NDArray[np.int64]:
        return self._chain.rows(groups)

    def search(
        self, vector: NDArray[np.float32], k: int, groups: Sequence[str] = ()
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        if groups:
            return self._chain.search(vector, k, groups)
        ids, scores = _nearest(self._index, vector[None], k)
        return ids[0], scores[0]


def _nearest(
    index: Index, vectors: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the exact nearest rows of each vector, best first, and their cosines."""
    total, step = len(index.sentences), 100_000
    ids = np.empty((len(vectors), 0), np.int64)
    scores = np.empty((len(vectors), 0), np.float32)
    for begin in range(0, total, step):
        rows = np.arange(begin, min(begin + step, total))
        part = vectors @ index.pooled(rows).T
        best = np.argpartition(-part, min(k, part.shape[1] - 1), axis=1)[:, :k]
        ids = np.concatenate([ids, rows[best]], axis=1)
        scores = np.concatenate([scores, np.take_along_axis(part, best, axis=1)], axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(ids, order, axis=1), np.take_along_axis(scores, order, axis=1)


def _recall(index: Index, vectors: NDArray[np.float32]) -> list[float]:
    exact, scores = _nearest(index, vectors, NEAREST)
    found = []
    for vector, lowest in zip(vectors, scores[:, -1], strict=True):
        ids, _ = index.vectors.search(vector, NEAREST)
        # Whatever is as near as the last of the exact ones counts: equal vectors have no order.
        cosines = index.pooled(ids) @ vector
        found.append(float(np.mean(cosines >= lowest - 1e-3)))
    del exact
    return found


def _resident() -> tuple[float, float]:
    """Return the MB that are resident, and how many of them are not mapped from files."""
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    resident, mapped = (int(field) * os.sysconf("SC_PAGE_SIZE") / MEGA for field in fields[1:3])
    return resident, resident - mapped


if __name__ == "__main__":
    main()
