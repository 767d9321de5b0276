"""Train the adapter of the default model: python -m training.train [--epochs N] [--articles DIR]

The adapter is a low-rank change of the upper layers' matrices (`training.low_rank`), merged into
them when the model is unpacked, so that it costs no time. Three losses over the sentences of the
articles in a batch:

- the sentence that answers has the best MaxSim score (InfoNCE over late interaction, as in ColBERT;
  Khattab and Zaharia, SIGIR 2020), of its article where the question names whom it is about;
- the best score in the article tells whether the article answers at all (logistic);
- the pooled vectors find the sentence too (InfoNCE).

Leaves out: any question of `tests/data`, and any document but the invented ones of `training/data`.
"""

import argparse
import math
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from embeddings.adapter import FILE, FIRST
from embeddings.bundled import PROMPTS
from embeddings.unpack import bundled_file, read_weights
from training.batches import FAR, Example, above, examples
from training.examples import DATA, read_articles
from training.low_rank import adapt, open_model, save, set_dropout
from training.schedule import warm_up_and_decay

RATE, HEAD_RATE = 5e-4, 2e-3
WARM_UP = 0.1  # share of the steps
DROPOUT = 0.1
BATCH = 4  # articles
HELD_OUT = 0.1  # of the articles, to watch the training
LOSSES = (1.0, 0.5, 0.3)


class Scales(nn.Module):
    """What turns similarities into logits."""

    def __init__(self) -> None:
        super().__init__()
        self.maxsim = nn.Parameter(torch.tensor(math.log(30.0)))
        self.pooled = nn.Parameter(torch.tensor(math.log(20.0)))
        self.slope = nn.Parameter(torch.tensor(20.0))
        self.intercept = nn.Parameter(torch.tensor(-10.0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--articles", type=Path, default=DATA)
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--work", type=Path, required=True, help="a folder for the base model")
    options = parser.parse_args()
    torch.manual_seed(0)
    shuffle = random.Random(0).shuffle  # noqa: S311
    model, tokenizer = open_model(options.work, read_weights(bundled_file()))
    articles = read_articles(options.articles)
    asked = [question for article in articles for question in article.questions]
    print(
        f"{len(articles)} articles, {len(asked)} questions, "
        f"{sum(not question.gold for question in asked)} without an answer"
    )
    data = examples(articles, model, tokenizer, FIRST, PROMPTS)
    shuffle(data)
    held_out, train = data[: int(len(data) * HELD_OUT)], data[int(len(data) * HELD_OUT) :]
    layers = model.encoder.layer[FIRST:]
    adapted = adapt(layers, FIRST)
    scales = Scales()
    parameters = [parameter for module in adapted.values() for parameter in module.parameters()]
    optimizer = torch.optim.AdamW(
        [
            {"params": parameters, "lr": RATE, "weight_decay": 0.01},
            {"params": scales.parameters(), "lr": HEAD_RATE, "weight_decay": 0.0},
        ]
    )
    steps = options.epochs * math.ceil(len(train) / BATCH)
    schedule = warm_up_and_decay(optimizer, steps, WARM_UP)
    _watch("before", layers, held_out, scales)
    for epoch in range(options.epochs):
        begin = time.perf_counter()
        shuffle(train)
        set_dropout(layers, DROPOUT)
        for at in range(0, len(train), BATCH):
            loss, _ = losses(layers, train[at : at + BATCH], scales)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
        set_dropout(layers, 0.0)
        _watch(f"epoch {epoch + 1}, {time.perf_counter() - begin:.0f} s", layers, held_out, scales)
        save(adapted, options.out, articles=len(articles), questions=len(asked))


def losses(
    layers: Sequence[Any], batch: Sequence[Example], scales: Scales
) -> tuple[Tensor, dict[str, list[float]]]:
    """Return the loss of a batch, and figures of its questions for watching."""
    sentences = [text for example in batch for text in example.sentences]
    questions = [text for example in batch for text in example.questions]
    of_sentence = _numbers(len(example.sentences) for example in batch)
    of_question = _numbers(len(example.questions) for example in batch)
    tokens, pooled = above(layers, sentences)
    asked, pooled_asked = above(layers, questions)
    mean = torch.cat(tokens).mean(0)
    scores = _maxsim(asked, [text.weights for text in questions], tokens, mean)
    own = of_question[:, None] == of_sentence[None]
    offsets = torch.cumsum(torch.tensor([0, *(len(e.sentences) for e in batch)]), 0)
    gold = torch.tensor([g for example in batch for g in example.gold])
    answered = gold >= 0
    gold = gold + offsets[of_question]
    open_to_all = ~torch.tensor([named for example in batch for named in example.named])
    allowed = own | open_to_all[:, None]
    found = functional.cross_entropy(
        (scores * scales.maxsim.exp()).masked_fill(~allowed, FAR)[answered], gold[answered]
    )
    pooled_found = functional.cross_entropy(
        (pooled_asked @ pooled.T * scales.pooled.exp()).masked_fill(~allowed, FAR)[answered],
        gold[answered],
    )
    best, place = scores.masked_fill(~own, FAR).max(1)
    told = functional.binary_cross_entropy_with_logits(
        scales.slope * best + scales.intercept, answered.float()
    )
    loss = sum(
        weight * part for weight, part in zip(LOSSES, (found, told, pooled_found), strict=True)
    )
    return torch.as_tensor(loss), {
        "right": (place == gold)[answered].float().tolist(),
        "best": best.tolist(),
        "answered": answered.float().tolist(),
    }


def _numbers(counts: Any) -> Tensor:
    return torch.cat([torch.full((count,), i) for i, count in enumerate(counts)])


def _maxsim(
    asked: Sequence[Tensor], weights: Sequence[Tensor], tokens: Sequence[Tensor], mean: Tensor
) -> Tensor:
    """Return the MaxSim of every question with every sentence, as `embeddings.tokens` has it."""
    left = functional.normalize(torch.cat(list(asked)) - mean, dim=-1)
    right = functional.normalize(torch.cat(list(tokens)) - mean, dim=-1)
    of_token = _numbers(map(len, tokens)).expand(len(left), -1)
    best = torch.full((len(left), len(tokens)), FAR).scatter_reduce(
        1, of_token, left @ right.T, "amax"
    )
    of_asked, weight = _numbers(map(len, asked)), torch.cat(list(weights))
    sums = torch.zeros(len(asked), len(tokens)).index_add(0, of_asked, best * weight[:, None])
    return sums / torch.zeros(len(asked)).index_add(0, of_asked, weight)[:, None]


@torch.no_grad()
def _watch(label: str, layers: Sequence[Any], data: Sequence[Example], scales: Scales) -> None:
    from sklearn.metrics import roc_auc_score

    figures: dict[str, list[float]] = {"right": [], "best": [], "answered": []}
    for at in range(0, len(data), BATCH):
        for name, values in losses(layers, data[at : at + BATCH], scales)[1].items():
            figures[name] += values
    right = sum(figures["right"]) / len(figures["right"])
    auc = roc_auc_score(figures["answered"], figures["best"])
    print(f"{label}: Success@1 in the article {right:.1%}, AUC of answerable {auc:.3f}", flush=True)


if __name__ == "__main__":
    main()
