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
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from embeddings.adapter import FIRST
from training.pack import POSITIONS, WORDS, Pack

RANK = 32
SCALE = 2.0  # of the low-rank product
TYPES = "embeddings.token_type_embeddings.weight"
Weights = dict[str, Tensor]
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
    """The frozen base model of a pack, and changes of its upper layers that count by `share`.

    What the layers below them make of the texts is worked out once: bfloat16 (n_tokens, dim).
    """

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
        self.below = self._below()

    def forward(
        self, texts: Sequence[int], weights: Weights | None = None, dropout: float = 0.0
    ) -> tuple[Vectors, Tensor]:
        """Return the vectors of texts of the pack, by number, in this order.

        And float32 (n_texts, dim), the mean of all their tokens, L2-normalised. `weights` are those
        of `weights()`, which may serve for several calls.
        """
        pack, device = self.pack, self.pack.ids.device
        numbers = torch.tensor(list(texts), device=device)
        lengths = (pack.starts[1:] - pack.starts[:-1])[numbers]
        begins, ends = pack.own[numbers].unbind(1)
        columns = torch.arange(int((ends - begins).max()), device=device)
        there = columns < (ends - begins)[:, None]
        tokens: list[Tensor] = []
        pooled: list[Tensor] = []
        weights = weights or self.weights()
        order = torch.argsort(lengths, stable=True)
        for rows in _buckets(order, lengths[order].tolist()):
            mask, own = self._padded(numbers[rows])
            hidden = self.below[own].float()
            hidden = self._layers(hidden, mask, weights, range(FIRST, self.layers), dropout)
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

    @torch.no_grad()
    def load(self, file: Path) -> None:
        """Start from what `save` wrote, of this rank or a lower one.

        Raises KeyError when it changes other matrices.
        """
        tensors = load_file(file)
        for name, a, b in zip(self.changed, self.a, self.b, strict=True):
            kept = tensors[f"{name}.A"].float() / SCALE
            a[: len(kept)] = kept
            b[:, : len(kept)] = tensors[f"{name}.B"].float()

    def weights(self) -> Weights:
        """Return the base model's weights with the changes."""
        changes = zip(self.changed, self.a, self.b, strict=True)
        base = self.pack.weights
        return base | {n: base[n] + self.share * SCALE * b @ a for n, a, b in changes}

    @torch.no_grad()
    def _below(self) -> Tensor:
        ids, starts, weights = self.pack.ids, self.pack.starts, self.pack.weights
        below = torch.empty(len(ids), weights[WORDS].shape[1], dtype=torch.bfloat16).to(ids.device)
        lengths = starts[1:] - starts[:-1]
        order = torch.argsort(lengths, stable=True)
        for texts in _buckets(order, lengths[order].tolist()):
            mask, rows = self._padded(texts)
            columns = torch.arange(mask.shape[1], device=ids.device)
            states = weights[WORDS][ids[rows]] + weights[POSITIONS][columns] + weights[TYPES][0]
            states = self._norm(states, weights, "embeddings")
            states = self._layers(states, mask, weights, range(FIRST))
            below[rows[mask]] = states[mask].to(below.dtype)
        return below

    def _padded(self, texts: Tensor) -> tuple[Tensor, Tensor]:
        """Return bool (n_texts, longest), the mask, and int64 alike, the rows of their tokens."""
        begins, ends = self.pack.starts[texts, None], self.pack.starts[texts + 1, None]
        rows = begins + torch.arange(int((ends - begins).max()), device=texts.device)
        return rows < ends, rows.clamp(max=len(self.pack.ids) - 1)

    def _layers(
        self, states: Tensor, mask: Tensor, weights: Weights, numbers: range, dropout: float = 0.0
    ) -> Tensor:
        with torch.autocast(states.device.type, torch.bfloat16):
            for number in numbers:
                states = self._layer(states, mask, weights, f"encoder.layer.{number}", dropout)
        return states.float()

    def _layer(
        self, states: Tensor, mask: Tensor, weights: Weights, layer: str, dropout: float
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
        with torch.autocast(states.device.type, enabled=False):
            taken = functional.scaled_dot_product_attention(
                queries.float(), keys.float(), values.float(), attn_mask=mask[:, None, None, :]
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
