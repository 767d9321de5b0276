"""Does a sentence answer a question, or does it only speak of the same thing? And where?

A small transformer reads the token vectors of both, which late interaction has at hand already, so
that no text goes through the encoder again: attention over the tokens of question and sentence
together tells a bridge's height from its length oftener than MaxSim does. An answer is verified
apart from being found as in Hu et al., "Read + Verify" (AAAI 2019); which of several figures is the
one asked for, the same states tell.

`verifier.safetensors` holds what `training/verifier.py` learnt for the token vectors of the default
model; those of another model have no verifier.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.tokens import Floats

FILE = Path(__file__).parent / "verifier.safetensors"
HEADS = 4
LONGEST = 128  # tokens that are read of a sentence, and of a question: its last, which ask
EPSILON = 1e-5  # is added to a variance
PARTS = ("attend", "mix", "widen", "narrow")  # the matrices of a layer


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
    """What was learnt, float32: of each matrix its transpose, (in, out), and its bias.

    A layer is a pre-norm block of a transformer whose norms' factors are in the matrices behind
    them (see `training.verifier.exported`).

    `mean`: float32 (dim,), that of the token vectors it was trained on, which were centred by it.
    Those of an index are, too: the mean of a few documents is that of their subject.
    """

    def __init__(self, tensors: Mapping[str, Floats]) -> None:
        self.mean = tensors["mean"]
        self._tensors = tensors
        count = sum(name.endswith(f".{PARTS[0]}") for name in tensors)
        self._layers = [[_linear(tensors, f"{n}.{part}") for part in PARTS] for n in range(count)]

    @classmethod
    def load(cls, file: Path = FILE) -> "Verifier":
        """Read what was learnt. Raises OSError when there is no such file."""
        from safetensors.numpy import load

        return cls({name: one.astype(np.float32) for name, one in load(file.read_bytes()).items()})

    def read(self, question: Floats, weights: Floats, sentence: Floats) -> Reading:
        """Read a sentence, of which at most the first LONGEST tokens.

        `question`: float32 (n_query_tokens, dim) and `sentence`: float32 (n_tokens, dim), centred
        and L2-normalised, neither of them empty. `weights`: float32 (n_query_tokens,), how much
        each token of the question counts; all the same where all are 0.
        """
        question, weights, sentence = question[-LONGEST:], weights[-LONGEST:], sentence[:LONGEST]
        if not weights.any():
            weights = np.ones_like(weights)
        with np.errstate(invalid="ignore"):  # see `embeddings.tokens.mean_of`
            return self._read(question, weights, sentence)

    def _read(self, question: Floats, weights: Floats, sentence: Floats) -> Reading:
        states, match = self._first(question, weights, sentence)
        for attend, mix, widen, narrow in self._layers:
            states += _of(mix, _attended(_of(attend, _standardised(states))))
            states += _of(narrow, np.maximum(_of(widen, _standardised(states)), 0))
        states = _standardised(states)
        asked = weights @ states[: len(question)] / weights.sum()
        told = states[len(question) :]
        seen = [asked, told.mean(axis=0), [match, np.log(weights.sum())]]
        logit = _of(_linear(self._tensors, "head"), np.concatenate(seen, dtype=np.float32))
        return Reading(float(logit[0]), _softmax((told @ self._tensors["point"])[:, 0]))

    def _first(self, question: Floats, weights: Floats, sentence: Floats) -> tuple[Floats, float]:
        """Return the states below the first layer, (n_query_tokens + n_tokens, width), and MaxSim.

        Each token is told how well the other side matches it.
        """
        similar = question @ sentence.T
        ordered = np.sort(similar, axis=1)
        best, second = ordered[:, -1], ordered[:, -min(2, len(sentence))]
        told = np.stack([best, second, weights], axis=1)
        own = similar[weights > 0].max(axis=0)[:, None]
        states = np.concatenate([question, sentence]) @ self._tensors["into"]
        states[: len(question)] += _of(_linear(self._tensors, "question.told"), told)
        states[len(question) :] += _of(_linear(self._tensors, "sentence.told"), own)
        return states, float(best @ weights / weights.sum())


def _linear(tensors: Mapping[str, Floats], name: str) -> tuple[Floats, Floats]:
    return tensors[name], tensors[f"{name}.bias"]


def _of(linear: tuple[Floats, Floats], states: Floats) -> Floats:
    weight, bias = linear
    return np.asarray(states @ weight + bias, np.float32)


def _standardised(states: Floats) -> Floats:
    width = states.shape[1]
    means = np.add.reduce(states, axis=1, keepdims=True) / width  # quicker than mean()
    centred: Floats = states - means
    variances = np.einsum("ij,ij->i", centred, centred) / width
    centred /= np.sqrt(variances + EPSILON)[:, None]
    return centred


def _attended(states: Floats) -> Floats:
    """Return what each token takes from the others: (n, 3 * width) to (n, width)."""
    count, width = len(states), states.shape[1] // 3
    parts = states.reshape(count, 3, HEADS, width // HEADS).transpose(1, 2, 0, 3)
    queries, keys, values = parts
    shares = _softmax(queries @ keys.transpose(0, 2, 1))
    return np.asarray((shares @ values).transpose(1, 0, 2).reshape(count, width), np.float32)


def _softmax(scores: Floats) -> Floats:
    """Return the softmax over the last axis, in the place of the scores."""
    scores -= scores.max(axis=-1, keepdims=True)
    shares = np.exp(scores, out=scores)
    shares /= shares.sum(axis=-1, keepdims=True)
    return shares
