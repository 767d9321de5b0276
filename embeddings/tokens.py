"""Token vectors for late interaction, stored in 8 bits.

A text's score is the mean, over the query's tokens, of the best similarity to any of the text's
tokens: "MaxSim" of Khattab and Zaharia, "ColBERT" (SIGIR 2020). The vectors are those of an
ordinary sentence encoder, which share a large common direction; it is measured on the indexed
tokens and taken away from both sides first, without which MaxSim tells texts apart badly.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """All tokens of all texts: those of text `i` are the rows `starts[i]:starts[i + 1]`.

    `vectors`: int8 (n_tokens, dim), centred and L2-normalised, times 127 / their largest value.
    `scales`: float32 (n_tokens,), what to multiply a row with. `mean`: float32 (dim,).
    """

    starts: NDArray[np.int64]
    vectors: Integers
    scales: Floats
    mean: Floats

    @classmethod
    def from_tokens(cls, texts: Iterable[Floats], mean: Floats | None = None) -> "TokenVectors":
        """Quantise float32 (n_tokens, dim) arrays, one for each text, in their order.

        `texts` is gone through twice and no more than one array is held at a time. `mean` is taken
        from the texts unless given.
        """
        lengths = [0]
        total: NDArray[np.float64] | None = None
        for tokens in texts:
            lengths.append(len(tokens))
            part = tokens.sum(axis=0, dtype=np.float64)
            total = part if total is None else total + part
        if total is None:
            raise ValueError("there are no texts to index")
        starts = np.cumsum(lengths, dtype=np.int64)
        if mean is None:
            mean = (total / max(int(starts[-1]), 1)).astype(np.float32)
        vectors = np.empty((starts[-1], len(mean)), np.int8)
        scales = np.empty(starts[-1], np.float32)
        for text, tokens in enumerate(texts):
            rows = slice(starts[text], starts[text + 1])
            vectors[rows], scales[rows] = quantize(center(tokens, mean))
        return cls(starts, vectors, scales, mean)

    def maxsim(self, query: Floats, texts: Iterable[int], weights: Floats | None = None) -> Floats:
        """Return float32 (n_texts,), in [-1, 1]: the MaxSim of each of `texts`.

        `query`: float32 (n_query_tokens, dim), as the encoder returns them. `weights`: float32
        (n_query_tokens,), how much each query token counts, some of it above 0; all the same by
        default.
        """
        return self.maxsim_of([(i, i + 1) for i in texts], query, weights)

    def maxsim_of(
        self, runs: Iterable[tuple[int, int]], query: Floats, weights: Floats | None = None
    ) -> Floats:
        """Return float32 (n_runs,): the MaxSim of each half-open run of texts, read as one text."""
        ranges = [(int(self.starts[begin]), int(self.starts[end])) for begin, end in runs]
        scores = np.zeros(len(ranges), np.float32)  # what a text without tokens keeps
        filled = np.array([begin < end for begin, end in ranges], bool)
        ranges = [(begin, end) for begin, end in ranges if begin < end]
        if not ranges or not len(query):
            return scores
        rows = np.concatenate([np.arange(begin, end) for begin, end in ranges])
        stored = self.vectors[rows].astype(np.float32)
        similarities = center(query, self.mean) @ stored.T * self.scales[rows]
        begins = np.cumsum([0, *(end - begin for begin, end in ranges[:-1])])
        best = np.maximum.reduceat(similarities, begins, axis=1)
        scores[filled] = np.average(best, axis=0, weights=weights)
        return scores

    def matched(self, query: Floats, text: int, weights: Floats | None = None) -> Floats:
        """Return float32 (n_tokens,): what each token of a text adds to its MaxSim.

        A query token's similarity goes to the token that is most similar. Arguments are those of
        `maxsim`.
        """
        rows = slice(int(self.starts[text]), int(self.starts[text + 1]))
        matched = np.zeros(rows.stop - rows.start, np.float32)
        if not len(matched) or not len(query):
            return matched
        stored = self.vectors[rows].astype(np.float32) * self.scales[rows, None]
        similarities = center(query, self.mean) @ stored.T
        shares = np.ones(len(query), np.float32) if weights is None else weights
        best = similarities.argmax(axis=1)
        values = np.maximum(similarities[np.arange(len(query)), best], 0) * shares / shares.sum()
        np.add.at(matched, best, values)
        return matched


def center(tokens: Floats, mean: Floats) -> Floats:
    """Return the rows less the mean, L2-normalised again."""
    centred = tokens - mean
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(lengths, 1e-12), np.float32)


def quantize(vectors: Floats) -> tuple[Integers, Floats]:
    """Return int8 rows and their float32 scales: `integers * scales[:, None]` is near `vectors`."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / 127
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales.astype(np.float32)
