"""The optional last stage."""

from pathlib import Path

import pytest

from embeddings.reranker import open_reranker
from qa.errors import ModelUnavailable


def test_without_a_name_there_is_none() -> None:
    assert open_reranker("") is None


def test_a_reranker_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers")
    with pytest.raises(ModelUnavailable, match="nothing-here"):
        open_reranker(str(tmp_path / "nothing-here"))
