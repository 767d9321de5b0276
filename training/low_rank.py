"""Low-rank changes of a model's matrices, and the model that they change.

LoRA: Hu et al., ICLR 2022.
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils import parametrize

from embeddings.bundled import write_model
from embeddings.unpack import Weights

RANK = 16
SCALE = 2.0  # of the low-rank product


class LowRank(nn.Module):
    """`weight + scale * B A`, with B nought at first."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.randn(RANK, weight.shape[1]) / math.sqrt(weight.shape[1]))
        self.b = nn.Parameter(torch.zeros(weight.shape[0], RANK))

    def forward(self, weight: Tensor) -> Tensor:
        return weight + SCALE * self.b @ self.a


def open_model(folder: Path, weights: Weights) -> tuple[Any, Any]:
    """Return the frozen model of these weights, unpacked into `folder`, and its tokenizer."""
    from tokenizers import Tokenizer
    from transformers import BertModel

    if not (folder / "config.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_model(folder, weights)
    model = BertModel.from_pretrained(folder, dtype=torch.float32).eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)  # noqa: FBT003
    return model, Tokenizer.from_file(str(folder / "tokenizer.json"))


def adapt(layers: Sequence[Any], first: int) -> dict[str, LowRank]:
    """Let the linear parts of `layers` be trained; `first` is the number of the first of them."""
    adapted = {}
    for number, layer in enumerate(layers, start=first):
        for name, module in list(layer.named_modules()):
            if isinstance(module, nn.Linear):
                low_rank = LowRank(module.weight)
                parametrize.register_parametrization(module, "weight", low_rank)
                adapted[f"encoder.layer.{number}.{name}.weight"] = low_rank
    return adapted


def set_dropout(layers: Sequence[Any], share: float) -> None:
    """Drop this share of what the layers compute; 0 for measuring."""
    for layer in layers:
        layer.train(share > 0)
        for module in layer.modules():
            if isinstance(module, nn.Dropout):
                module.p = share


def save(adapted: dict[str, LowRank], path: Path, **counts: int) -> None:
    """Write the changes, float16; `counts` say what they were trained on."""
    tensors = {}
    for name, module in adapted.items():
        tensors[f"{name}.A"] = (SCALE * module.a).detach().half().contiguous()
        tensors[f"{name}.B"] = module.b.detach().half().contiguous()
    save_file(tensors, path, metadata={"rank": str(RANK), "trained_on": json.dumps(counts)})
