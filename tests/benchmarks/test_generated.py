"""Generated passages: as many as asked for, each with the embedding of its sentence."""

from pathlib import Path

import numpy as np

from benchmarks.generated import GeneratedVectors, documents, pool
from corpus.split import sentences, split
from qa.indexing import embedding_keys
from tests.conftest import TinyEncoder

TEXTS = pool(600)


def test_each_line_is_a_passage_of_one_sentence() -> None:
    made = list(documents(700, TEXTS))
    passages = [passage for document in made for passage in split(document)]
    assert len(passages) == 700
    assert all(len(sentences(passage)) == 1 for passage in passages)


def test_every_generated_sentence_has_an_embedding(tmp_path: Path) -> None:
    encoder = TinyEncoder()
    made = list(documents(700, TEXTS))
    with GeneratedVectors(tmp_path / "vectors", encoder, TEXTS, made) as vectors:
        keys = embedding_keys(made, encoder.name)
        assert len(keys) == 700
        assert all(key in vectors for key in keys)
        assert np.isclose(np.linalg.norm(vectors.vector(keys[0])), 1, atol=1e-5)
