"""Train the verifier of answers: python -m training.verifier [--epochs N] [--articles DIR]

It reads the token vectors that the default model gives to a question and to the sentences of an
article that match it best (`embeddings.verifier`), and learns which of them answers, or that none
does: one softmax over the sentences and "none", whose logit is 0. The near misses of
`training/data`, most of them twins of questions that the article answers, teach the difference.

The adapter and its projection come first (`training.train`, `training.project`).
"""

import argparse
import math
import random
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from embeddings.adapter import FILE as ADAPTER_FILE
from embeddings.adapter import TOKEN_DIM
from embeddings.encoder import DEFAULT_MODEL, Encoder, open_encoder
from embeddings.tokens import Floats, center, mean_of
from embeddings.verifier import EPSILON, FILE, HEADS
from qa.settings import read_settings
from training.batches import FAR
from training.examples import DATA, Article, read_articles, sentence_vectors, token_weights
from training.schedule import warm_up_and_decay

WIDTH, LAYERS = 96, 2
RATE, DECAY = 1e-3, 0.05
WARM_UP = 0.05  # share of the steps
DROPOUT = 0.1
BATCH = 32  # questions
SORTED = 20  # batches whose questions are sorted by length, so that little is padded
CANDIDATES = 3  # sentences a question
TRAINED = 80  # tokens of a sentence that are trained on, which is nearly always all
FACTOR = 8.0  # of token vectors, whose single numbers are small
SLOPE, MIDDLE = 20.0, 0.5  # of the logit in the MaxSim, before anything is learnt
HELD_OUT = 10  # every tenth article watches the training
ADAPTER = "adapter"  # the name of its checksum in the file
UNSEEN = -100  # the class of a question whose sentence is not among the candidates


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, (n_query_tokens, dim), and its article's sentences, the best match first.

    `gold` is the place among them of the one that answers, None when none does. `match` is the
    MaxSim of the best.
    """

    question: Tensor
    weights: Tensor
    sentences: tuple[Tensor, ...]
    gold: int | None
    match: float

    def candidates(self, *, with_gold: bool) -> tuple[tuple[Tensor, ...], int]:
        """Return the best sentences, and the class: a place among them, "none", or UNSEEN."""
        if self.gold is None or self.gold < CANDIDATES:
            return self.sentences[:CANDIDATES], CANDIDATES if self.gold is None else self.gold
        if not with_gold:
            return self.sentences[:CANDIDATES], UNSEEN
        return (*self.sentences[: CANDIDATES - 1], self.sentences[self.gold]), CANDIDATES - 1


class Verifier(nn.Module):
    """`embeddings.verifier.Verifier` in torch, for several pairs at a time."""

    def __init__(self, dim: int = TOKEN_DIM, width: int = WIDTH, layers: int = LAYERS) -> None:
        super().__init__()
        self.into = nn.Linear(dim, width, bias=False)
        self.of_question = nn.Linear(3, width)
        self.of_sentence = nn.Linear(1, width)
        self.layers = nn.ModuleList(Layer(width) for _ in range(layers))
        self.norm = nn.LayerNorm(width, EPSILON)
        self.head = nn.Linear(2 * width + 2, 1)
        self.dropout = nn.Dropout(DROPOUT)
        with torch.no_grad():
            self.head.weight.zero_()
            self.head.weight[0, -2] = SLOPE
            self.head.bias.fill_(-SLOPE * MIDDLE)

    def forward(
        self, question: Tensor, weights: Tensor, is_asked: Tensor, sentence: Tensor, is_read: Tensor
    ) -> Tensor:
        """Return (n_pairs,) logits; the masks tell which tokens are there."""
        similar = question @ sentence.transpose(1, 2)
        similar = similar.masked_fill(~(is_asked[:, :, None] & is_read[:, None, :]), -1)
        best, second = similar.topk(2, dim=2).values.unbind(2)
        second = torch.where(is_read.sum(1, keepdim=True) > 1, second, best)
        read = similar.masked_fill((weights == 0)[:, :, None], -1).amax(1)
        told = self.of_question(torch.stack([best, second, weights], 2))
        states = torch.cat(
            [
                self.into(FACTOR * question) + told,
                self.into(FACTOR * sentence) + self.of_sentence(read[:, :, None]),
            ],
            1,
        )
        there = torch.cat([is_asked, is_read], 1)
        states = self.dropout(states)
        for layer in self.layers:
            states = layer(states, there)
        states = self.norm(states)
        total = weights.sum(1, keepdim=True)
        asked = (states[:, : question.shape[1]] * weights[..., None]).sum(1) / total
        own = states[:, question.shape[1] :] * is_read[..., None]
        match = (best * weights).sum(1, keepdim=True) / total
        seen = [asked, own.sum(1) / is_read.sum(1, keepdim=True), match, total.log()]
        return torch.as_tensor(self.head(torch.cat(seen, 1))[:, 0])


class Layer(nn.Module):
    """A pre-norm block of a transformer."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attend, self.mix = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.before_attend = nn.LayerNorm(width, EPSILON)
        self.before_widen = nn.LayerNorm(width, EPSILON)

    def forward(self, states: Tensor, there: Tensor) -> Tensor:
        pairs, tokens, width = states.shape
        parts = self.attend(self.before_attend(states)).view(pairs, tokens, 3, HEADS, -1)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4)
        taken = functional.scaled_dot_product_attention(
            queries, keys, values, attn_mask=there[:, None, None, :]
        )
        states = states + self.mix(taken.transpose(1, 2).reshape(pairs, tokens, width))
        return states + self.narrow(functional.relu(self.widen(self.before_widen(states))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--articles", type=Path, default=DATA)
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    torch.manual_seed(0)
    shuffle = random.Random(0).shuffle  # noqa: S311
    articles = read_articles(options.articles)
    data = matched(articles, open_encoder(DEFAULT_MODEL, read_settings().cache))
    held_out = dict(list(data.items())[::HELD_OUT])
    train = [one for name, questions in data.items() if name not in held_out for one in questions]
    model = Verifier()
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    steps = options.epochs * math.ceil(len(train) / BATCH)
    schedule = warm_up_and_decay(optimizer, steps, WARM_UP)
    print(f"{len(articles)} articles, {len(train)} questions; held out {len(held_out)} articles")
    _watch("before", model, held_out)
    for epoch in range(options.epochs):
        begin = time.perf_counter()
        shuffle(train)
        batches = list(_batches(train))
        shuffle(batches)
        model.train()
        total = 0.0
        for batch in batches:
            loss = functional.cross_entropy(*scored(model, batch, with_gold=True))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
        took = time.perf_counter() - begin
        _watch(f"epoch {epoch + 1}, {took:.0f} s, loss {total / len(batches):.3f}", model, held_out)
        tensors = {name: one.half().contiguous() for name, one in exported(model).items()}
        save_file(tensors, options.out, {"articles": str(len(articles)), ADAPTER: adapter_of()})


def matched(articles: Sequence[Article], encoder: Encoder) -> dict[str, list[Asked]]:
    """Return the questions of each article, by its name, over the default model's token vectors.

    They are as they are served but for the quantising, and centred by the mean of these articles.
    """
    sentences = sentence_vectors(articles, encoder)
    mean = np.concatenate(sentences).mean(axis=0)
    found = iter([center(tokens, mean) for tokens in sentences])
    questions = encoder.encode((q.text for a in articles for q in a.questions), "query")
    data = {}
    for article in articles:
        own = [next(found) for _ in article.sentences]
        data[article.name] = [
            _asked(
                center(embedding.tokens, mean),
                np.array(
                    token_weights(question.text, question.hospitals, embedding.spans), np.float32
                ),
                own,
                question.gold,
            )
            for question, embedding in zip(article.questions, questions, strict=False)
        ]
    return data


def _asked(
    question: Floats, weights: Floats, sentences: list[Floats], gold: Iterable[int]
) -> Asked:
    matches = mean_of(np.stack([(question @ one.T).max(axis=1) for one in sentences]), weights)
    order = np.argsort(-matches, kind="stable").tolist()
    ranked = tuple(torch.from_numpy(sentences[at][:TRAINED]) for at in order)
    place = next((order.index(number) for number in gold), None)
    return Asked(
        torch.from_numpy(question), torch.from_numpy(weights), ranked, place, float(matches.max())
    )


def _batches(questions: Sequence[Asked]) -> Iterator[list[Asked]]:
    for begin in range(0, len(questions), BATCH * SORTED):
        some = sorted(questions[begin : begin + BATCH * SORTED], key=lambda one: len(one.question))
        for at in range(0, len(some), BATCH):
            yield some[at : at + BATCH]


def scored(model: Verifier, batch: Sequence[Asked], *, with_gold: bool) -> tuple[Tensor, Tensor]:
    """Return (n_questions, CANDIDATES + 1) logits, the last for "none", and each one's class."""
    chosen = [one.candidates(with_gold=with_gold) for one in batch]
    pairs = [(one, text) for one, (texts, _) in zip(batch, chosen, strict=True) for text in texts]
    question, is_asked = _padded([one.question for one, _ in pairs])
    sentence, is_read = _padded([text for _, text in pairs])
    weights = pad_sequence([one.weights for one, _ in pairs], batch_first=True)
    found = iter(model(question, weights, is_asked, sentence, is_read))
    rows = []
    for texts, _ in chosen:
        own = torch.stack([next(found) for _ in texts])
        row = functional.pad(own, (0, CANDIDATES - len(texts)), value=FAR)
        rows.append(functional.pad(row, (0, 1)))
    return torch.stack(rows), torch.tensor([place for _, place in chosen])


def _padded(rows: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    lengths = torch.tensor([len(row) for row in rows])
    padded = pad_sequence(list(rows), batch_first=True)
    return padded, torch.arange(padded.shape[1])[None] < lengths[:, None]


@torch.no_grad()
def _watch(label: str, model: Verifier, data: Mapping[str, Sequence[Asked]]) -> None:
    """Print figures of held-out articles, and of the latest series of them by itself.

    The adapter may have been trained before that series was written.
    """
    from sklearn.metrics import roc_auc_score

    model.eval()
    found = []
    for name, questions in data.items():
        for batch in _batches(questions):
            logits, classes = scored(model, batch, with_gold=False)
            sure = torch.logsumexp(logits[:, :-1], 1)
            right = logits[:, :-1].argmax(1) == classes
            for one, *told in zip(batch, sure.tolist(), right.tolist(), strict=True):
                found.append((name[0], one.gold is not None, one.match, *told))
    print(label, flush=True)
    for series in ("", max(found)[0]):
        _, answered, match, sure, right = zip(*(f for f in found if f[0] >= series), strict=True)
        first = sum(r for r, a in zip(right, answered, strict=True) if a) / sum(answered)
        by_match, by_logit = roc_auc_score(answered, match), roc_auc_score(answered, sure)
        print(
            f"  {f'series {series}' if series else 'all'}, {len(answered)} questions: Success@1 in "
            f"the article {first:.1%}, AUC of answerable {by_logit:.3f}, by MaxSim {by_match:.3f}",
            flush=True,
        )


def adapter_of(file: Path = ADAPTER_FILE) -> str:
    """Return the checksum of the adapter whose token vectors a verifier was trained for."""
    return f"{zlib.crc32(file.read_bytes()):08x}"


def exported(model: Verifier) -> dict[str, Tensor]:
    """Return what `embeddings.verifier.Verifier` reads, by name.

    The factors of norms, and of token vectors and attention, are in the matrices beside them.
    """
    tensors = {
        "into": FACTOR * model.into.weight.T,
        "question.told": model.of_question.weight.T,
        "question.told.bias": model.of_question.bias,
        "sentence.told": model.of_sentence.weight.T,
        "sentence.told.bias": model.of_sentence.bias,
    }
    for number, layer in enumerate(model.layers):
        width = layer.mix.weight.shape[0]
        scale = torch.ones(3 * width)
        scale[:width] = (width // HEADS) ** -0.5
        weight, bias = _behind(layer.before_attend, layer.attend)
        tensors |= {f"{number}.attend": weight * scale, f"{number}.attend.bias": bias * scale}
        tensors |= _linear(f"{number}.mix", layer.mix.weight.T, layer.mix.bias)
        tensors |= _linear(f"{number}.widen", *_behind(layer.before_widen, layer.widen))
        tensors |= _linear(f"{number}.narrow", layer.narrow.weight.T, layer.narrow.bias)
    head = model.head.weight.T.clone()
    width = model.norm.weight.shape[0]
    bias = model.head.bias + head[: 2 * width, 0] @ model.norm.bias.repeat(2)
    head[: 2 * width, 0] *= model.norm.weight.repeat(2)
    return {name: one.detach() for name, one in (tensors | _linear("head", head, bias)).items()}


def _behind(norm: nn.LayerNorm, linear: nn.Linear) -> tuple[Tensor, Tensor]:
    """Return the transposed weight and the bias of a norm without factors and what is behind it."""
    return (linear.weight * norm.weight).T, linear.bias + linear.weight @ norm.bias


def _linear(name: str, weight: Tensor, bias: Tensor) -> dict[str, Tensor]:
    return {name: weight, f"{name}.bias": bias}


if __name__ == "__main__":
    main()
