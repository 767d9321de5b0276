"""Train the adapter of the default model: python -m training.train PACK [--epochs N] [--rate R]

PACK comes from `training.pack`. The adapter is a low-rank change of the model's matrices
(`training.encoder`), merged into them when the model is unpacked, so that it costs no time. It is
trained by four losses over the sentences of the articles in a batch:

- the sentence that answers has the best MaxSim score (InfoNCE over late interaction, as in ColBERT;
  Khattab and Zaharia, SIGIR 2020), of its article where the question names whom it is about;
- the best score in the article tells whether the article answers at all (logistic);
- a verifier that reads the token vectors of both tells which sentence answers, or that none does;
- the pooled vectors find the sentence too (InfoNCE).

What of it is merged in the end is only a share (`embeddings.adapter`). The first principal axes of
that model's token vectors are written into the same file; the verifier that is kept is trained over
them in the end (`training.verifier`).

Leaves out: any question of `tests/data`, and any document but the invented ones of `training/data`.
"""

import argparse
import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from embeddings.adapter import FILE, SHARE, TOKEN_DIM
from embeddings.encoder import in_groups
from training.encoder import Encoder, max_sim
from training.pack import Pack, Rows, parts
from training.verifier import FAR, UNSEEN, Verifier, area, logits_of, pick, warm_up_and_decay

RATE, HEAD_RATE, VERIFIER_RATE = 5e-4, 2e-3, 1e-3  # the first of the adapter, at its highest
WARM_UP = 0.08  # share of the steps
DROPOUT = 0.1
BATCH = 6  # articles
LOSSES = (1.0, 0.5, 1.0, 0.3)


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
    parser.add_argument("pack", type=Path)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--start", type=Path, help="an adapter that is trained on")
    parser.add_argument("--rate", type=float, default=RATE, help="of learning, at its highest")
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    torch.manual_seed(0)
    pack = Pack.read(options.pack, "cuda" if torch.cuda.is_available() else "cpu")
    train, held_out = parts(pack.articles)
    questions = sum(len(article.asked) for article in train)
    print(f"{len(train)} articles, {questions} questions; held out {len(held_out)} articles")
    course = trained(pack, train, held_out, options.epochs, options.rate, options.start)
    for encoder in course:
        encoder.share = SHARE
        tokens = sentence_tokens(encoder)
        centred = functional.normalize(tokens - tokens.mean(0), dim=-1)
        axes, kept = principal(centred, TOKEN_DIM)
        encoder.save(options.out, axes, articles=len(train), questions=questions)
        print(
            f"  written to {options.out}; of {len(tokens):,} tokens {TOKEN_DIM} of "
            f"{tokens.shape[1]} axes keep {kept:.1%}",
            flush=True,
        )
        encoder.share = 1.0


def trained(
    pack: Pack,
    articles: Sequence[Rows],
    held_out: Sequence[Rows],
    epochs: int,
    rate: float = RATE,
    start: Path | None = None,
) -> Iterator[Encoder]:
    """Train an encoder, and print figures of articles held out; yield it after each epoch."""
    device = pack.ids.device
    encoder, scales = Encoder(pack).to(device), Scales().to(device)
    if start:
        encoder.load(start)
    reader = Verifier(len(pack.weights["embeddings.LayerNorm.weight"])).to(device)
    optimizer = torch.optim.AdamW(
        [
            {"params": encoder.parameters(), "lr": rate, "weight_decay": 0.01},
            {"params": scales.parameters(), "lr": HEAD_RATE, "weight_decay": 0.0},
            {"params": reader.parameters(), "lr": VERIFIER_RATE, "weight_decay": 0.05},
        ]
    )
    schedule = warm_up_and_decay(optimizer, epochs * math.ceil(len(articles) / BATCH), WARM_UP)
    order = list(articles)
    shuffle = random.Random(0).shuffle  # noqa: S311
    for epoch in range(epochs):
        begin = time.perf_counter()
        shuffle(order)
        reader.train()
        for batch in in_groups(order, BATCH):
            loss, _ = losses(encoder, reader, scales, batch, DROPOUT)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
            nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        print(f"epoch {epoch + 1}, {time.perf_counter() - begin:.0f} s")
        _watch(encoder, reader, scales, held_out)
        yield encoder


def losses(
    encoder: Encoder, reader: Verifier, scales: Scales, batch: Sequence[Rows], dropout: float
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the loss of a batch, and figures of its questions for watching.

    In training the sentence that answers is always among what the verifier reads.
    """
    sentences_of = [text for article in batch for text in article.sentences]
    asked_of = [text for article in batch for text in article.asked]
    weights = encoder.weights()
    told, passages = encoder(sentences_of, weights, dropout)
    asked, queries = encoder(asked_of, weights, dropout)
    mean = told.tokens[told.there].mean(0)
    sentences, questions = told.centred(mean), asked.centred(mean)
    scores = max_sim(questions, sentences)
    gold, named = encoder.pack.gold[asked_of], encoder.pack.named[asked_of]
    numbers = torch.tensor(sentences_of, device=gold.device)
    of_sentence = _repeated([len(article.sentences) for article in batch], gold.device)
    of_question = _repeated([len(article.asked) for article in batch], gold.device)
    own = of_question[:, None] == of_sentence
    answered = gold >= 0
    column = torch.where(answered, (gold[:, None] == numbers).float().argmax(1), -1)
    allowed = own | ~named[:, None]

    def chosen(similar: Tensor, factor: Tensor) -> Tensor:
        logits = (similar * factor.exp()).masked_fill(~allowed, FAR)
        return functional.cross_entropy(logits[answered], column[answered])

    found = chosen(scores, scales.maxsim)
    pooled = chosen(queries @ passages.T, scales.pooled)
    within = scores.masked_fill(~own, FAR)
    best, place = within.max(1)
    enough = functional.binary_cross_entropy_with_logits(
        scales.slope * best + scales.intercept, answered.float()
    )
    candidates, classes = pick(within.detach(), column, with_gold=reader.training)
    logits, _ = logits_of(reader, questions, sentences, candidates, own.gather(1, candidates))
    verified = functional.cross_entropy(logits, classes, ignore_index=UNSEEN)
    losses = torch.stack([found, enough, verified, pooled])
    loss = losses @ losses.new_tensor(LOSSES)
    return loss, {
        "right": (place == column)[answered],
        "answered": answered,
        "best": best,
        "sure": torch.logsumexp(logits[:, :-1], 1),
    }


def _repeated(counts: Sequence[int], device: torch.device) -> Tensor:
    """Return 0 as often as the first count says, then 1 …"""
    return torch.arange(len(counts)).repeat_interleave(torch.tensor(counts)).to(device)


@torch.no_grad()
def _watch(encoder: Encoder, reader: Verifier, scales: Scales, articles: Sequence[Rows]) -> None:
    reader.eval()
    seen = [losses(encoder, reader, scales, b, 0.0)[1] for b in in_groups(articles, BATCH)]
    right, answered, best, sure = (
        torch.cat([one[name] for one in seen]).tolist()
        for name in ("right", "answered", "best", "sure")
    )
    print(
        f"  Success@1 in the article {sum(right) / len(right):.1%}, AUC of answerable "
        f"{area(answered, sure):.3f}, by MaxSim {area(answered, best):.3f}",
        flush=True,
    )


@torch.no_grad()
def sentence_tokens(encoder: Encoder) -> Tensor:
    """Return float32 (n_tokens, dim): the own tokens of all sentences of the pack."""
    weights = encoder.weights()
    read = (encoder(article.sentences, weights)[0] for article in encoder.pack.articles)
    return torch.cat([one.tokens[one.there] for one in read])


def principal(rows: Tensor, kept: int) -> tuple[Tensor, float]:
    """Return (dim, kept), the axes along which rows lie most, and their share of it all."""
    energies, axes = torch.linalg.eigh((rows.T @ rows).double())  # the weakest first
    share = float(energies[-kept:].sum() / energies.sum())
    return axes.flip(1)[:, :kept].float(), share


if __name__ == "__main__":
    main()
