"""Does a sentence answer a question, or does it only speak of the same thing? And where?

A small transformer reads the token vectors of both, which late interaction has at hand already, so
that no text goes through the encoder again: attention over the tokens of question and sentence
together tells a bridge's height from its length oftener than MaxSim does. An answer is verified
apart from being found as in Hu et al., "Read + Verify" (AAAI 2019); which of several figures is the
one asked for, the same states tell.

`verifier.safetensors` holds what `training/verifier.py` learnt for the token vectors of the default
model, beside which an ONNX model is made of it; those of another model have no verifier.
"""

import logging
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.durable import write_file
from embeddings.onnx_session import open_session
from embeddings.tokens import Floats

logger = logging.getLogger(__name__)

FILE = Path(__file__).parent / "verifier.safetensors"
HEADS = 4
EPSILON = 1e-5  # is added to a variance
MEAN = "mean"  # its name in both files
LAYOUT = 1  # raise it when `embeddings.verifier_graph` changes
CHECKSUM = 4  # bytes
LONGEST = 128  # tokens that are read of a sentence, and of a question: its last, which ask


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What is read in a sentence with a question in mind.

    `logit`: of "this sentence answers" against "none does"; `qa.confidence` makes a probability of
    it, with other signals. `shares`: float32 (n_tokens,), how likely the answer, if there is one,
    stands at each of the tokens that are read; together they are 1.
    """

    logit: float
    shares: Floats


class Verifier:
    """What was learnt, at work in onnxruntime.

    `mean`: float32 (dim,), that of the token vectors it was trained on, which were centred by it.
    Those of an index are, too: the mean of a few documents is that of their subject.
    """

    def __init__(self, model: bytes) -> None:
        """Take an ONNX model of `embeddings.verifier_graph`.

        Raises an error of onnxruntime when it is none.
        """
        self._session = open_session(model, optimised=False)  # it would not run any faster
        mean = self._session.get_modelmeta().custom_metadata_map[MEAN]
        self.mean = np.frombuffer(bytes.fromhex(mean), np.float32)

    @classmethod
    def open(cls, folder: Path, file: Path = FILE) -> "Verifier":
        """Open what was learnt, as an ONNX model that is made once in `folder`, for each `file`.

        Where it cannot be kept or read it is made each time, which takes a quarter of a second.
        """
        learnt = file.read_bytes()
        kept = folder / f"verifier-v{LAYOUT}-{zlib.crc32(learnt):08x}.onnx"
        model = _kept(kept)
        if model is None:
            model = _model_of(learnt)
            try:
                write_file(kept, lambda sink: sink.write(_checksum(model) + model))
                kept.chmod(0o644)  # the cache may be other users', too
            except OSError as error:
                logger.warning("%s cannot be kept: %s", kept, error.strerror or error)
        return cls(model)

    def read(self, question: Floats, weights: Floats, sentence: Floats) -> Reading:
        """Read a sentence, of which at most the first LONGEST tokens.

        `question`: float32 (n_query_tokens, dim) and `sentence`: float32 (n_tokens, dim), centred
        and L2-normalised, neither of them empty. `weights`: float32 (n_query_tokens,), how much
        each token of the question counts; all the same where all are 0.
        """
        weights = weights[-LONGEST:]
        if not weights.any():
            weights = np.ones_like(weights)
        given = {
            "question": question[-LONGEST:],
            "weights": weights[:, None],
            "sentence": sentence[:LONGEST],
        }
        logit, shares = self._session.run(("logit", "shares"), given)
        return Reading(float(logit[0]), shares)


def _kept(file: Path) -> bytes | None:
    """Return the model that a file holds behind its checksum; None when it holds none."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    model = content[CHECKSUM:]
    return model if content[:CHECKSUM] == _checksum(model) else None


def _checksum(model: bytes) -> bytes:
    return zlib.crc32(model).to_bytes(CHECKSUM, "big")


def _model_of(learnt: bytes) -> bytes:
    from safetensors.numpy import load

    from embeddings.verifier_graph import build_verifier

    tensors = {name: one.astype(np.float32) for name, one in load(learnt).items()}
    return bytes(build_verifier(tensors).SerializeToString())
