"""The stand-in for a model keeps the promises of an encoder."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoder import Encoder

ROOT = Path(__file__).parents[2]


def test_tokens_spans_and_vectors_fit_together(tiny_encoder: Encoder) -> None:
    for text in ("有80台。", "PET-CT 医院", "", "  ", "\ud800"):
        (embedding,) = tiny_encoder.encode([text], "passage")
        assert embedding.vector.shape == (tiny_encoder.dim,)
        assert embedding.vector.dtype == embedding.tokens.dtype == np.float32
        assert np.linalg.norm(embedding.vector) == pytest.approx(1, abs=1e-5)
        assert len(embedding.tokens) == len(embedding.spans) > 0


def test_spans_point_at_words(tiny_encoder: Encoder) -> None:
    (embedding,) = tiny_encoder.encode(["有80台 PET"], "query")
    assert ["有80台 PET"[b:e] for b, e in embedding.spans] == ["有", "80", "台", "PET"]


def test_shared_words_bring_texts_together(tiny_encoder: Encoder) -> None:
    query, near, far = (
        embedding.vector
        for embedding in tiny_encoder.encode(
            ["有透析机几台", "透析机80台", "夜间门诊挂号"], "query"
        )
    )
    assert query @ near > query @ far + 0.3


@pytest.mark.parametrize("seed", ["1", "2"])
def test_vectors_do_not_depend_on_the_hash_seed(tiny_encoder: Encoder, seed: str) -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests'); import conftest\n"
        "(e,) = conftest.TinyEncoder().encode(['医院80台'], 'query')\n"
        "print(e.vector.tobytes().hex())"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        check=True,
        capture_output=True,
        text=True,
    )
    (embedding,) = tiny_encoder.encode(["医院80台"], "query")
    assert result.stdout.strip() == embedding.vector.tobytes().hex()
