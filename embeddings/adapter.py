"""The adapter: what was trained here on top of the weights that come with a package.

For each matrix of the upper layers the file holds `A`, float16 (rank, in), and `B`, float16
(out, rank); the matrix becomes `weight + SHARE * B A` when the model is unpacked (LoRA: Hu et al.,
ICLR 2022). Less than all of what was learnt is better than all, and than nothing, on documents
unlike those of the training (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022).

The file also holds `projection`, float16 (hidden_size, TOKEN_DIM): the first principal components
of the token vectors of the articles in `training/`. With half the numbers a token there is half as
much to store and to read for each question, and rankings are as good. With an adapter before this
one the mean Success@1 of nine sets of dev questions was 89.2 with all 384 numbers, 89.2 with 256,
89.5 with 192 and 89.2 with 128; that among 548 articles 80.4, 80.4, 79.6 and 77.9.

`training/` says what both were made from and makes them anew.
"""

import dataclasses
from pathlib import Path

import numpy as np

from embeddings.unpack import Weights

FILE = Path(__file__).parent / "adapter.safetensors"
# Before its last two epochs, at 0.6 and 1: for 95.0 and 94.2 % of the answerable dev questions the
# best passage answers, AUC of answerable .957 and .963, over five sets of articles that were not
# tuned on .903 and .894. Of older adapters, Success@1 on dev at 0, 0.4, 0.7, 1: raw pages 86.9,
# 87.6, 88.8, 85.7; invented documents 78.6, 86.3, 91.5, 90.6; CMRC 2018 (every twelfth question)
# 100, 100, 97.8, 96.3.
SHARE = 0.6
TOKEN_DIM = 192  # numbers in a token's vector
PROJECTION = "projection"  # its name in the file
FIRST = 6  # the lowest layer that is adapted; those below are as the package has them


def adapted(weights: Weights, file: Path = FILE) -> Weights:
    """Return the weights with the adapter merged into them, and its projection, if it has one.

    Raises ValueError when the file is not an adapter of these weights.
    """
    from safetensors.numpy import load_file

    low_rank = load_file(file)
    projection = low_rank.pop(PROJECTION, None)
    if projection is not None:
        projection = projection.astype(np.float32)
    tensors = dict(weights.tensors)
    for name in {key[:-2] for key in low_rank}:
        if name not in tensors:
            raise ValueError(f"{file.name} adapts {name!r}, which the model does not have")
        a, b = (low_rank[f"{name}.{part}"].astype(np.float32) for part in "AB")
        tensors[name] = np.asarray(tensors[name] + SHARE * (b @ a), np.float32)
    return dataclasses.replace(weights, tensors=tensors, projection=projection)
