"""Indexing the built-in corpus against the bare encoder on the same sentences."""

import time

from qa.engine import Engine
from qa.index import build_index, embedded_text


def main() -> None:
    engine = Engine.open()
    index = engine.index
    texts = [
        embedded_text(index.passages[index.passage_numbers[row]], sentence)
        for row, sentence in enumerate(index.sentences)
    ]
    list(engine.encoder.encode(texts[:50], "passage"))
    begin = time.perf_counter()
    for _ in engine.encoder.encode(texts, "passage"):
        pass
    middle = time.perf_counter()
    build_index(index.documents, engine.encoder)
    end = time.perf_counter()
    print(f"{len(texts)} sentences")
    print(f"bare encoder: {len(texts) / (middle - begin):.0f} sentences/s")
    print(f"indexing: {len(texts) / (end - middle):.0f} sentences/s")
    print(f"indexing / bare encoder: {(middle - begin) / (end - middle):.2f}")


if __name__ == "__main__":
    main()
