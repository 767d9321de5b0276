"""The adapter is a low-rank change of some matrices of the bundled model."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from embeddings.adapter import FILE, FIRST, PROJECTION, SHARE, TOKEN_DIM, adapted
from embeddings.unpack import Weights, bundled_file, read_weights

NAME = f"encoder.layer.{FIRST}.output.dense.weight"


@pytest.fixture(scope="module")
def weights() -> Weights:
    return read_weights(bundled_file())


def test_the_product_of_the_two_factors_is_added(weights: Weights, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    out, inner = weights.tensors[NAME].shape
    a = random.standard_normal((2, inner)).astype(np.float16)
    b = random.standard_normal((out, 2)).astype(np.float16)
    save_file({f"{NAME}.A": a, f"{NAME}.B": b}, tmp_path / "a.safetensors")
    changed = adapted(weights, tmp_path / "a.safetensors")
    product = b.astype(np.float32) @ a.astype(np.float32)
    expected = weights.tensors[NAME] + SHARE * product
    assert np.allclose(changed.tensors[NAME], expected, atol=1e-5)
    others = set(weights.tensors) - {NAME}
    assert all(changed.tensors[name] is weights.tensors[name] for name in others)


def test_an_adapter_of_another_model_is_refused(weights: Weights, tmp_path: Path) -> None:
    factor = np.zeros((2, 2), np.float16)
    save_file({"head.weight.A": factor, "head.weight.B": factor}, tmp_path / "a.safetensors")
    with pytest.raises(ValueError, match=r"head\.weight"):
        adapted(weights, tmp_path / "a.safetensors")


def test_the_adapter_changes_the_upper_layers_only(weights: Weights) -> None:
    names = {key[:-2] for key in load_file(FILE) if key != PROJECTION}
    layers = {int(name.split(".")[2]) for name in names}
    assert layers == set(range(FIRST, weights.architecture.num_hidden_layers))
    changed = adapted(weights)
    assert dataclasses.replace(changed, tensors=weights.tensors, projection=None) == weights
    for name in names:
        size = np.linalg.norm(changed.tensors[name] - weights.tensors[name])
        assert 0 < size < np.linalg.norm(weights.tensors[name])


def test_the_projection_keeps_lengths_along_its_axes(weights: Weights) -> None:
    projection = adapted(weights).projection
    assert projection is not None
    assert projection.shape == (weights.architecture.hidden_size, TOKEN_DIM)
    assert np.allclose(projection.T @ projection, np.eye(TOKEN_DIM), atol=2e-3)
