"""The verifier tells a sentence that answers from one that speaks of the same thing."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from embeddings.adapter import TOKEN_DIM
from embeddings.encoder import Encoder
from embeddings.tokens import TokenVectors, center
from embeddings.verifier import FILE, LONGEST, Verifier
from embeddings.verifier_graph import build_verifier
from training.verifier import ADAPTER, adapter_of, exported
from training.verifier import Verifier as Trained

# A sentence, what it answers, and what it does not though it is about the same thing.
TWINS = [
    ("青桥全长1280米，去年十月通车。", "青桥有多长", "青桥有多高"),
    ("全院现有护士312名，其中男护士9名。", "这家医院有多少护士", "这家医院有多少药师"),
    ("新住院楼由市设计院设计。", "新住院楼是谁设计的", "新住院楼是谁施工的"),
    ("展览将于3月5日开幕，免费参观。", "展览哪天开始", "展览哪天结束"),
    ("全县小学共有在校生2.4万人。", "全县有多少小学生", "全县有多少初中生"),
    ("这批口罩由退休教师林老师捐出。", "口罩是谁捐的", "口罩是哪里生产的"),
    ("二期工程投资3.6亿元。", "二期花了多少钱", "三期花了多少钱"),
    (
        "The clinic has 40 beds.",
        "How many beds does the clinic have?",
        "How many doctors are there?",
    ),
]


def unit(*shape: int, seed: int) -> np.ndarray:
    values = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize("lengths", [(7, 30), (1, 1), (12, 2)])
def test_it_computes_what_was_trained(lengths: tuple[int, int]) -> None:
    torch.manual_seed(1)
    model = Trained(dim=24, width=16).eval()
    for parameter in model.parameters():  # none of them is nought or one, as some begin
        torch.nn.init.normal_(parameter, 0.3, 0.5)
    tensors = {name: one.numpy() for name, one in exported(model).items()}
    mean = np.linspace(-1, 1, 24, dtype=np.float32)
    verifier = Verifier(build_verifier({"mean": mean, **tensors}).SerializeToString())
    assert verifier.mean.tolist() == mean.tolist()
    question, sentence = unit(lengths[0], 24, seed=2), unit(lengths[1], 24, seed=3)
    weights = np.linspace(1, 0.3, lengths[0], dtype=np.float32)
    with torch.no_grad():
        # Beside a longer pair, so that both are padded.
        asked = torch.zeros(2, 20, 24)
        read = torch.zeros(2, 40, 24)
        counted = torch.zeros(2, 20)
        asked[0, : lengths[0]] = torch.from_numpy(question)
        read[0, : lengths[1]] = torch.from_numpy(sentence)
        counted[0, : lengths[0]] = torch.from_numpy(weights)
        asked[1], read[1], counted[1] = 0.1, 0.1, 1
        is_asked = torch.arange(20)[None] < torch.tensor([[lengths[0]], [20]])
        is_read = torch.arange(40)[None] < torch.tensor([[lengths[1]], [40]])
        logits, pointed = model(asked, counted, is_asked, read, is_read)
    seen = verifier.read(question, weights, sentence)
    assert seen.logit == pytest.approx(logits[0].item(), rel=1e-4)
    assert seen.shares == pytest.approx(pointed[0].softmax(0)[: lengths[1]].numpy(), rel=1e-3)


def test_it_is_made_once_and_again_when_something_else_was_learnt(tmp_path: Path) -> None:
    made = Verifier.open(tmp_path)
    (kept,) = tmp_path.iterdir()
    written = kept.stat().st_mtime_ns
    assert Verifier.open(tmp_path).mean.tolist() == made.mean.tolist()
    assert kept.stat().st_mtime_ns == written
    kept.write_bytes(kept.read_bytes()[:-1])
    assert Verifier.open(tmp_path).mean.tolist() == made.mean.tolist()
    assert kept.stat().st_mode & 0o044 == 0o044
    other = tmp_path / "other.safetensors"
    save_file({**load_file(FILE), "mean": np.ones(TOKEN_DIM, np.float16)}, other)
    assert set(Verifier.open(tmp_path, other).mean.tolist()) == {1.0}


def test_without_a_place_to_keep_it_it_is_made_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(Verifier.open(tmp_path / "absent").mean) == TOKEN_DIM
    assert "cannot be kept" in caplog.text


def test_it_tells_twins_apart(encoder: Encoder) -> None:
    verifier = encoder.verifier
    assert verifier is not None
    sentences = [one.tokens for one in encoder.encode([text for text, _, _ in TWINS], "passage")]
    mean = verifier.mean

    def logits(questions: list[str]) -> list[float]:
        read = zip(encoder.encode(questions, "query"), sentences, strict=True)
        return [
            verifier.read(
                center(one.tokens, mean), np.ones(len(one.tokens), np.float32), center(text, mean)
            ).logit
            for one, text in read
        ]

    told = logits([question for _, question, _ in TWINS])
    untold = logits([question for _, _, question in TWINS])
    assert all(a > b for a, b in zip(told, untold, strict=True)), (told, untold)


def test_it_is_made_for_the_adapter_of_the_package() -> None:
    with safe_open(FILE, "numpy") as file:
        assert file.metadata()[ADAPTER] == adapter_of()
        assert file.get_slice("into").get_shape()[0] == TOKEN_DIM


def test_of_a_long_question_the_end_is_read(encoder: Encoder) -> None:
    verifier = encoder.verifier
    assert verifier is not None
    question, sentence = unit(300, TOKEN_DIM, seed=4), unit(900, TOKEN_DIM, seed=5)
    weights = np.ones(300, np.float32)
    seen = verifier.read(question, weights, sentence)
    again = verifier.read(question[-LONGEST:], weights[-LONGEST:], sentence[:LONGEST])
    assert seen.logit == pytest.approx(again.logit)
    assert seen.shares == pytest.approx(again.shares)
    other_end = np.concatenate([question[:-20], unit(20, TOKEN_DIM, seed=6)])
    assert verifier.read(other_end, weights, sentence).logit != pytest.approx(seen.logit)


def test_a_question_of_which_nothing_counts_is_read_whole(encoder: Encoder) -> None:
    verifier = encoder.verifier
    assert verifier is not None
    question, sentence = unit(5, TOKEN_DIM, seed=4), unit(9, TOKEN_DIM, seed=5)
    nought, one = np.zeros(5, np.float32), np.ones(5, np.float32)
    without = verifier.read(question, nought, sentence)
    assert without.logit == verifier.read(question, one, sentence).logit


def test_four_bits_change_what_it_says_little(encoder: Encoder) -> None:
    verifier = encoder.verifier
    assert verifier is not None
    texts = [one.tokens for one in encoder.encode([text for text, _, _ in TWINS], "passage")]
    for number, asked in enumerate(encoder.encode([question for _, question, _ in TWINS], "query")):
        weights = np.ones(len(asked.tokens), np.float32)
        fine, coarse = (
            verifier.read(
                center(asked.tokens, vectors.mean), weights, vectors.centred(number)
            ).logit
            for vectors in (TokenVectors.from_tokens(texts, bits=bits) for bits in (8, 4))
        )
        assert fine == pytest.approx(coarse, abs=0.5)
