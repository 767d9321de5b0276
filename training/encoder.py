"""The base model in plain torch, with low-rank changes of its matrices.

LoRA: Hu et al., ICLR 2022. It is a BERT encoder (Devlin et al., NAACL 2019), written out so that
it needs neither transformers nor the whole vocabulary.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from embeddings.adapter import FIRST
from training.pack import POSITIONS, WORDS, Pack

RANK = 16
SCALE = 2.0  # of the low-rank product
TYPES = "embeddings.token_type_embeddings.weight"
TOKENS = 24_000  # of the texts that go through the model at a time, with their padding


@dataclass(frozen=True, slots=True)
class Vectors:
    """The own tokens of some texts, padded.

    `tokens`: float32 (n_texts, longest, dim). `there`: bool (n_texts, longest). `counts`: float32
    (n_texts, longest), how much each token counts.
    """

    tokens: Tensor
    there: Tensor
    counts: Tensor

    def centred(self, mean: Tensor) -> "Vectors":
        """Return them as they are compared: without what is common to all, and of length one."""
        tokens = functional.normalize(self.tokens - mean, dim=-1) * self.there[..., None]
        return Vectors(tokens, self.there, self.counts)


class Encoder(nn.Module):
    """The frozen base model of a pack, and changes of its upper layers that count by `share`."""

    def __init__(self, pack: Pack) -> None:
        super().__init__()
        self.pack = pack
        self.share = 1.0
        self.heads, self.layers = pack.sizes["heads"], pack.sizes["layers"]
        self.changed = [
            name
            for name, weight in pack.weights.items()
            if weight.ndim == 2 and _layer_of(name) >= FIRST  # noqa: PLR2004
        ]
        shapes = [pack.weights[name].shape for name in self.changed]
        self.a = nn.ParameterList(torch.randn(RANK, i) / math.sqrt(i) for _, i in shapes)
        self.b = nn.ParameterList(torch.zeros(o, RANK) for o, _ in shapes)

    def forward(self, texts: Sequence[int], dropout: float = 0.0) -> tuple[Vectors, Tensor]:
        """Return the vectors of texts of the pack, by number, in this order.

        And float32 (n_texts, dim), the mean of all their tokens, L2-normalised.
        """
        pack, device = self.pack, self.pack.ids.device
        numbers = torch.tensor(list(texts), device=device)
        lengths = (pack.starts[1:] - pack.starts[:-1])[numbers]
        begins, ends = pack.own[numbers].unbind(1)
        columns = torch.arange(int((ends - begins).max()), device=device)
        there = columns < (ends - begins)[:, None]
        tokens: list[Tensor] = []
        pooled: list[Tensor] = []
        weights = self.weights()
        order = torch.argsort(lengths, stable=True)
        for rows in _buckets(order, lengths[order].tolist()):
            hidden, mask = self._hidden(numbers[rows], lengths[rows], weights, dropout)
            pooled.append((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))
            places = (begins[rows, None] + columns).clamp(max=hidden.shape[1] - 1)
            tokens.append(hidden.gather(1, places[..., None].expand(-1, -1, hidden.shape[2])))
        back = torch.argsort(order)
        starts = (pack.starts[numbers] + begins)[:, None] + columns
        counts = pack.counts[starts.clamp(max=len(pack.counts) - 1)] * there
        vectors = Vectors(torch.cat(tokens)[back] * there[..., None], there, counts)
        return vectors, functional.normalize(torch.cat(pooled)[back], dim=-1)

    def save(self, file: Path, projection: Tensor, **counts: int) -> None:
        """Write the adapter's file, float16; `counts` say what it was trained on."""
        tensors = {"projection": projection}
        for name, a, b in zip(self.changed, self.a, self.b, strict=True):
            tensors |= {f"{name}.A": SCALE * a.detach(), f"{name}.B": b.detach()}
        halves = {name: one.half().contiguous().cpu() for name, one in tensors.items()}
        save_file(halves, file, {"rank": str(RANK), "trained_on": json.dumps(counts)})

    def weights(self) -> dict[str, Tensor]:
        """Return the base model's weights with the changes."""
        changes = zip(self.changed, self.a, self.b, strict=True)
        base = self.pack.weights
        return base | {n: base[n] + self.share * SCALE * b @ a for n, a, b in changes}

    def _hidden(
        self, numbers: Tensor, lengths: Tensor, weights: dict[str, Tensor], dropout: float
    ) -> tuple[Tensor, Tensor]:
        pack = self.pack
        columns = torch.arange(int(lengths.max()), device=lengths.device)
        mask = columns < lengths[:, None]
        ids = pack.ids[torch.where(mask, pack.starts[numbers][:, None] + columns, 0)]
        states = weights[WORDS][ids] + weights[POSITIONS][: len(columns)] + weights[TYPES][0]
        states = self._norm(states, weights, "embeddings")
        with torch.autocast(ids.device.type, torch.bfloat16, enabled=ids.is_cuda):
            for number in range(self.layers):
                states = self._layer(states, mask, weights, f"encoder.layer.{number}", dropout)
        return states.float(), mask

    def _layer(
        self, states: Tensor, mask: Tensor, weights: dict[str, Tensor], layer: str, dropout: float
    ) -> Tensor:
        def linear(name: str, given: Tensor) -> Tensor:
            name = f"{layer}.{name}"
            return functional.linear(given, weights[f"{name}.weight"], weights[f"{name}.bias"])

        count, length, _ = states.shape
        queries, keys, values = (
            linear(f"attention.self.{part}", states)
            .view(count, length, self.heads, -1)
            .transpose(1, 2)
            for part in ("query", "key", "value")
        )
        taken = functional.scaled_dot_product_attention(
            queries, keys, values, attn_mask=mask[:, None, None, :], dropout_p=dropout
        )
        taken = linear("attention.output.dense", taken.transpose(1, 2).reshape(states.shape))
        states = states + functional.dropout(taken, dropout)
        states = self._norm(states, weights, f"{layer}.attention.output")
        wide = functional.gelu(linear("intermediate.dense", states))
        states = states + functional.dropout(linear("output.dense", wide), dropout)
        return self._norm(states, weights, f"{layer}.output")

    def _norm(self, states: Tensor, weights: dict[str, Tensor], name: str) -> Tensor:
        factors, bias = weights[f"{name}.LayerNorm.weight"], weights[f"{name}.LayerNorm.bias"]
        epsilon = self.pack.sizes["epsilon"]
        return functional.layer_norm(states.float(), factors.shape, factors, bias, epsilon)


def _layer_of(name: str) -> int:
    """Return the number of the layer that a weight belongs to, -1 for none."""
    parts = name.split(".")
    return int(parts[2]) if parts[0] == "encoder" else -1


def _buckets(order: Tensor, lengths: Sequence[int]) -> Iterator[Tensor]:
    """Yield parts of an order by length, none of which has more than TOKENS when it is padded."""
    begin = 0
    for end in range(1, len(lengths) + 1):
        if end == len(lengths) or lengths[end] * (end + 1 - begin) > TOKENS:
            yield order[begin:end]
            begin = end


def max_sim(questions: Vectors, sentences: Vectors) -> Tensor:
    """Return (n_questions, n_sentences): the MaxSim of each with each, both centred.

    It is that of `embeddings.tokens`.
    """
    asked = questions.tokens[questions.there]
    lengths = sentences.there.sum(1)
    order = torch.argsort(lengths)
    best = []
    for some in order.split(64):  # sentences that are padded to one length
        longest = int(lengths[some].max())
        tokens, there = sentences.tokens[some, :longest], sentences.there[some, :longest]
        similar = asked @ tokens.reshape(-1, tokens.shape[2]).T
        similar = similar.view(len(asked), len(some), longest)
        best.append(similar.masked_fill(~there, -1).amax(2))
    of_token = torch.cat(best, 1)[:, torch.argsort(order)]
    counts = questions.counts[questions.there]
    rows = torch.arange(len(questions.there), device=asked.device)[:, None]
    rows = rows.expand_as(questions.there)[questions.there]
    sums = of_token.new_zeros(len(questions.there), len(order))
    sums = sums.index_add(0, rows, of_token * counts[:, None])
    return sums / questions.counts.sum(1, keepdim=True)
