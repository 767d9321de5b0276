"""Indexing the built-in corpus against the bare encoder on the same sentences, and its memory.

    python -m benchmarks.indexing --runs 3

Peak memory is that of a fresh process, for the corpus once and four times over, each time under
another hospital's name, so that no sentence is embedded for another.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.results import Measurement, Part, finish, part_parser
from corpus.model import Document
from corpus.read import BUILTIN, read_corpus
from embeddings.encoder import open_encoder, with_lead
from embeddings.vector_cache import VectorCache
from qa.indexing import build_index
from qa.settings import read_settings
from qa.versions import VECTORS_FILE, IndexFolder

RUNS = 3
MEMORY = """
import resource, sys
from benchmarks.indexing import index_copies
sentences = index_copies(int(sys.argv[1]))
unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss counts bytes there, and KiB elsewhere
print(sentences, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
"""


def measure(runs: int) -> Part:
    """Embed and index the built-in corpus in turn, and index it in fresh processes."""
    settings = read_settings()
    encoder = open_encoder(settings.model, settings.cache, settings.threads)
    documents = read_corpus([BUILTIN]).documents
    index = build_index(documents, encoder, settings.cache)  # warms both sides up
    rows = range(len(index.sentences))
    texts = [with_lead(index.lead(row), index.embedded_text(row)) for row in rows]
    distinct = list(dict.fromkeys(texts))  # what indexing embeds
    bare, indexing = [], []
    for _ in range(runs):  # in turn, so that both see the same machine
        begin = time.perf_counter()
        for _ in encoder.encode(distinct, "passage"):
            pass
        middle = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            vectors = VectorCache(Path(folder) / VECTORS_FILE)
            IndexFolder(Path(folder)).save(build_index(documents, encoder, settings.cache, vectors))
        bare.append(middle - begin)
        indexing.append(time.perf_counter() - middle)
    rates = [[len(distinct) / seconds for seconds in side] for side in (bare, indexing)]
    ratios = [one / other for one, other in zip(bare, indexing, strict=True)]
    return Part(
        "indexing",
        "indexing the built-in corpus against the bare encoder on the same sentences",
        {"runs": runs, "sentences": len(texts), "distinct sentences": len(distinct)},
        (
            Measurement.of("bare encoder", "sentences/s", rates[0]),
            Measurement.of("indexing and saving", "sentences/s", rates[1]),
            Measurement.of("indexing / bare encoder", "ratio", ratios),
            *_memory(),
        ),
    )


def _memory() -> Iterator[Measurement]:
    for copies in (1, 4):
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, str(copies)], check=True, capture_output=True, text=True
        )
        sentences, peak = map(int, done.stdout.split())
        case = f"{copies}x the documents"
        yield Measurement.of("sentences", "", [sentences], case)
        yield Measurement.of("peak memory", "MB", [peak / 1e6], case)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = part_parser("indexing", __doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help=f"times of both: {RUNS}")
    options = parser.parse_args(arguments)
    finish(measure(options.runs), options.json)


def index_copies(copies: int) -> int:
    """Index and save the built-in corpus some times over; return the number of sentences."""
    settings = read_settings()
    encoder = open_encoder(settings.model, settings.cache, settings.threads)
    documents = [
        _renamed(document, copy)
        for copy in range(copies)
        for document in read_corpus([BUILTIN]).documents
    ]
    with tempfile.TemporaryDirectory() as folder:
        vectors = VectorCache(Path(folder) / VECTORS_FILE)
        index = build_index(documents, encoder, settings.cache, vectors)
        IndexFolder(Path(folder)).save(index)
    return len(index.sentences)


def _renamed(document: Document, copy: int) -> Document:
    if copy == 0:
        return document
    names = tuple(f"{name}{copy}" for name in document.hospitals)
    return replace(document, doc_id=f"{document.doc_id}-{copy}", hospitals=names)


if __name__ == "__main__":
    main()
