"""Any sentence-transformers model behind the same interface."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings.bundled import write_model
from embeddings.encoder import Encoder, open_encoder
from embeddings.sentence_transformer import SentenceTransformerEncoder
from embeddings.unpack import read_weights
from qa.errors import ModelUnavailable

pytest.importorskip("sentence_transformers")


@pytest.fixture(scope="session")
def by_path(model_folder: Path, cache: Path) -> Encoder:
    """The default model, opened as any other."""
    return open_encoder(str(model_folder), cache, threads=1)


@pytest.fixture
def toy_folder(tmp_path: Path, toy_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("embeddings.bundled.FLOAT_LAYERS", ())
    folder = tmp_path / "toy"
    folder.mkdir()
    write_model(folder, read_weights(toy_file))
    return folder


def change(path: Path, **values: object) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | values), encoding="utf-8")


def test_a_path_opens_a_sentence_transformer(by_path: Encoder) -> None:
    assert isinstance(by_path, SentenceTransformerEncoder)
    assert by_path.dim == 384


@pytest.mark.parametrize(("role", "prompt_name"), [("query", "query"), ("passage", "document")])
def test_vectors_are_those_of_sentence_transformers_with_its_prompts(
    by_path: Encoder, reference: Any, texts: tuple[str, ...], role: Any, prompt_name: str
) -> None:
    ours = np.stack([embedding.vector for embedding in by_path.encode(texts, role)])
    expected = reference.encode(list(texts), prompt_name=prompt_name)
    assert np.abs(ours - expected).max() < 1e-5


def test_both_engines_agree_on_tokens_and_spans(
    by_path: Encoder, encoder: Encoder, texts: tuple[str, ...]
) -> None:
    for text, left, right in zip(
        texts, by_path.encode(texts, "query"), encoder.encode(texts, "query"), strict=True
    ):
        assert left.vector @ right.vector >= 0.985
        assert len(left.tokens) == len(right.tokens)
        # Before the first character stands the mark of a word's beginning, which has no place.
        assert left.spans[1:] == right.spans[1:], text


def test_nothing_of_a_long_text_is_lost(by_path: Encoder, encoder: Encoder, long_text: str) -> None:
    (left,) = by_path.encode([long_text], "passage")
    (right,) = encoder.encode([long_text], "passage")
    # Each piece after the first begins with one more token, the mark of a word's beginning.
    assert 0 <= len(left.tokens) - len(right.tokens) <= 2
    assert left.vector @ right.vector >= 0.99
    assert np.linalg.norm(left.vector) == pytest.approx(1, abs=1e-5)


def test_no_piece_is_longer_than_the_model_reads(toy_folder: Path) -> None:
    encoder = SentenceTransformerEncoder(str(toy_folder))
    tokenizer = encoder._model.tokenizer
    read = []
    encoder._run = lambda texts, prompt: (  # type: ignore[method-assign]
        read.extend((text, len(tokenizer(prompt + text)["input_ids"])) for text in texts),
        SentenceTransformerEncoder._run(encoder, texts, prompt),
    )[1]
    for text in ("医院有80台。" * 20, "abab xyz " * 30, "医" * 11, "医" * 12, "医" * 13):
        read.clear()
        list(encoder.encode([text], "query"))
        assert "".join(piece for piece, _ in read) == text
        assert max(length for _, length in read) <= 20


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "😀", "\u200b"])
def test_odd_texts_have_vectors(by_path: Encoder, text: str) -> None:
    (embedding,) = by_path.encode([text], "passage")
    assert np.linalg.norm(embedding.vector) == pytest.approx(1, abs=1e-5)


def test_a_model_without_special_tokens_keeps_all_its_tokens(toy_folder: Path) -> None:
    change(toy_folder / "tokenizer.json", post_processor=None)
    for prompts in ({}, {"query": "query: "}):
        change(toy_folder / "config_sentence_transformers.json", prompts=prompts)
        (embedding,) = SentenceTransformerEncoder(str(toy_folder)).encode(["医院有台"], "query")
        assert len(embedding.tokens) == len(embedding.spans) == 5


def test_padding_on_the_left_makes_no_difference(toy_folder: Path) -> None:
    texts = ["a", "医院有80台。", "abc"]
    right = list(SentenceTransformerEncoder(str(toy_folder)).encode(texts, "query"))
    change(toy_folder / "tokenizer_config.json", padding_side="left")
    encoder = SentenceTransformerEncoder(str(toy_folder))
    assert encoder._model.tokenizer.padding_side == "left"
    for text, expected in zip(texts, right, strict=True):
        # The toy counts positions from the left, so only a text alone keeps its vectors.
        (alone,) = encoder.encode([text], "query")
        assert np.allclose(alone.tokens, expected.tokens, atol=1e-5)
    for found, expected in zip(encoder.encode(texts, "query"), right, strict=True):
        assert found.tokens.shape == expected.tokens.shape


def test_a_model_without_prompts_has_no_roles(toy_folder: Path) -> None:
    change(toy_folder / "config_sentence_transformers.json", prompts={})
    encoder = SentenceTransformerEncoder(str(toy_folder))
    (query,) = encoder.encode(["医院"], "query")
    (passage,) = encoder.encode(["医院"], "passage")
    assert np.array_equal(query.vector, passage.vector)
    assert np.abs(query.vector - encoder._model.encode("医院")).max() < 1e-6
    assert len(query.tokens) == 3


def test_the_name_tells_two_states_of_a_folder_apart(toy_folder: Path) -> None:
    before = SentenceTransformerEncoder(str(toy_folder)).name
    assert before.startswith(f"{toy_folder} ")
    assert SentenceTransformerEncoder(str(toy_folder)).name == before
    change(toy_folder / "config_sentence_transformers.json", prompts={"query": "q: "})
    assert SentenceTransformerEncoder(str(toy_folder)).name != before


def test_damaged_weights_are_named(toy_folder: Path) -> None:
    weights = toy_folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        SentenceTransformerEncoder(str(toy_folder))


def test_weights_of_another_size_are_named(toy_folder: Path) -> None:
    change(toy_folder / "config.json", intermediate_size=128)
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        SentenceTransformerEncoder(str(toy_folder))


def test_a_model_without_token_vectors_is_refused(toy_folder: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(toy_folder / "tokenizer.json"))
    module = StaticEmbedding(tokenizer, embedding_dim=8)
    SentenceTransformer(modules=[module]).save(str(tmp_path / "static"))
    with pytest.raises(ModelUnavailable, match="no vectors of single tokens"):
        SentenceTransformerEncoder(str(tmp_path / "static"))


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelUnavailable, match=f"{tmp_path}.*cannot be loaded"):
        SentenceTransformerEncoder(str(tmp_path))


@pytest.mark.parametrize("name", ["no-such/model", "no-such-model", "/no/such/folder"])
def test_an_unknown_name_offline_is_named_with_the_remedy(name: str) -> None:
    with pytest.raises(ModelUnavailable, match=f"'{name}' cannot be loaded.*give the path of a"):
        SentenceTransformerEncoder(name)


def test_without_sentence_transformers_the_remedy_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ModelUnavailable, match=r"pip install 'hospital-qa\[models\]'"):
        SentenceTransformerEncoder(str(tmp_path))
