"""Make the projection of the default model's token vectors: python -m training.project

It is written into the adapter's file: the first principal components of the token vectors, each
centred and of length one as they are compared, of the sentences of the articles. The adapter comes
first (`training.train`).
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from embeddings.adapter import FILE, PROJECTION, TOKEN_DIM, adapted
from embeddings.bundled import write_model
from embeddings.encoder import available_cores
from embeddings.onnx_encoder import OnnxEncoder
from embeddings.tokens import center
from embeddings.unpack import bundled_file, read_weights
from training.examples import DATA, read_articles, sentence_vectors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=Path, default=DATA)
    parser.add_argument("--adapter", type=Path, default=FILE, help="the file to write it into")
    options = parser.parse_args()
    articles = read_articles(options.articles)
    with tempfile.TemporaryDirectory() as folder:
        weights = adapted(read_weights(bundled_file()), options.adapter)
        write_model(Path(folder), replace(weights, projection=None))
        encoder = OnnxEncoder(Path(folder), available_cores())
        tokens = np.concatenate(sentence_vectors(articles, encoder))
    axes, share = principal(center(tokens, tokens.mean(axis=0)), TOKEN_DIM)
    print(f"{len(tokens):,} tokens: {TOKEN_DIM} of {tokens.shape[1]} axes keep {share:.1%}")
    with safe_open(options.adapter, "numpy") as file:
        metadata = file.metadata()
    tensors = load_file(options.adapter)
    save_file({**tensors, PROJECTION: axes.astype(np.float16)}, options.adapter, metadata)


def principal(rows: NDArray[np.float32], kept: int) -> tuple[NDArray[np.float32], float]:
    """Return float32 (dim, kept), the axes along which rows lie most, and their share of it all."""
    energies, axes = np.linalg.eigh(rows.T @ rows)  # the weakest first
    share = float(energies[-kept:].sum() / energies.sum())
    return np.asarray(axes[:, ::-1][:, :kept], np.float32), share


if __name__ == "__main__":
    main()
