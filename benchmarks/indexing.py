"""Indexing the built-in corpus against the bare encoder on the same sentences, and its memory.

Peak memory is that of a fresh process, for the corpus once and four times over, each time under
another hospital's name, so that no sentence is embedded for another.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from corpus.model import Document
from corpus.read import BUILTIN, read_corpus
from embeddings.encoder import open_encoder
from embeddings.vector_cache import VectorCache
from qa.index import VECTORS_FILE, build_index, save_index
from qa.settings import read_settings

RUNS = 3
MEMORY = """
import resource, sys
from benchmarks.indexing import index_copies
sentences = index_copies(int(sys.argv[1]))
unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss counts bytes there, and KiB elsewhere
print(sentences, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
"""


def main() -> None:
    settings = read_settings()
    encoder = open_encoder(settings.model, settings.cache, settings.threads)
    documents = read_corpus([BUILTIN]).documents
    index = build_index(documents, encoder, settings.cache)  # warms both sides up
    texts = index.embedded_texts
    distinct = list(dict.fromkeys(texts))  # what indexing embeds
    bare, indexing = [], []
    for _ in range(RUNS):  # in turn, so that both see the same machine
        begin = time.perf_counter()
        for _ in encoder.encode(distinct, "passage"):
            pass
        middle = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            vectors = VectorCache(Path(folder) / VECTORS_FILE)
            save_index(build_index(documents, encoder, settings.cache, vectors), Path(folder))
        bare.append(middle - begin)
        indexing.append(time.perf_counter() - middle)
    print(f"{len(texts)} sentences, {len(distinct)} of them distinct")
    print(f"bare encoder: {len(distinct) / statistics.median(bare):.0f} sentences/s")
    print(f"indexing and saving: {len(distinct) / statistics.median(indexing):.0f} sentences/s")
    ratios = [one / other for one, other in zip(bare, indexing, strict=True)]
    print(
        f"indexing / bare encoder: median {statistics.median(ratios):.2f}, "
        f"{min(ratios):.2f}-{max(ratios):.2f} over {RUNS} runs"
    )
    for copies in (1, 4):
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, str(copies)], check=True, capture_output=True, text=True
        )
        sentences, peak = map(int, done.stdout.split())
        print(f"{copies}x the documents: {sentences} sentences, peak memory {peak / 1e6:.0f} MB")


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
        save_index(index, Path(folder))
    return len(index.sentences)


def _renamed(document: Document, copy: int) -> Document:
    if copy == 0:
        return document
    names = tuple(f"{name}{copy}" for name in document.hospitals)
    return replace(document, doc_id=f"{document.doc_id}-{copy}", hospitals=names)


if __name__ == "__main__":
    main()
