"""Train the verifier of answers: python -m training.verifier [--epochs N] [--articles DIR]

It reads the token vectors that the default model gives to a question and to the sentences of an
article that match it best (`embeddings.verifier`), and learns which of them answers, or that none
does: one softmax over the sentences and "none", whose logit is 0. The near misses of
`training/data`, most of them twins of questions that the article answers, teach the difference. It
learns too where in the sentence the answer stands: one softmax over the tokens, as in extractive
reading (Devlin et al., NAACL 2019).

The adapter and its projection come first (`training.train`).
"""

import argparse
import math
import random
import tempfile
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
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from embeddings.adapter import FILE as ADAPTER_FILE
from embeddings.encoder import Spans
from embeddings.verifier import EPSILON, FILE, HEADS
from training.encoder import Vectors, max_sim
from training.pack import Rows, parts

WIDTH, LAYERS = 96, 2
RATE, DECAY = 1e-3, 0.05
WARM_UP = 0.05  # share of the steps
LAST = 0.02  # share of the rate that is left at the end
DROPOUT = 0.1
BATCH = 64  # questions
SORTED = 20  # batches whose questions are sorted by length, so that little is padded
CANDIDATES = 3  # sentences a question
TRAINED = 80  # tokens of a sentence that are trained on, which is nearly always all
FACTOR = 8.0  # of token vectors, whose single numbers are small
SLOPE, MIDDLE = 20.0, 0.5  # of the logit in the MaxSim, before anything is learnt
ADAPTER = "adapter"  # the name of its checksum in the file
POINTING = 0.5  # what the place of the answer counts in the loss
UNSEEN = -100  # the class of a question whose sentence is not among the candidates
FAR = -1e4  # what masks a logit


class Verifier(nn.Module):
    """The model of `embeddings.verifier_graph` in torch, for several pairs at a time."""

    def __init__(self, dim: int, width: int = WIDTH) -> None:
        super().__init__()
        self.into = nn.Linear(dim, width, bias=False)
        self.of_question = nn.Linear(3, width)
        self.of_sentence = nn.Linear(1, width)
        self.layers = nn.ModuleList(Layer(width) for _ in range(LAYERS))
        self.norm = nn.LayerNorm(width, EPSILON)
        self.head = nn.Linear(2 * width + 2, 1)
        self.point = nn.Linear(width, 1, bias=False)
        self.dropout = nn.Dropout(DROPOUT)
        with torch.no_grad():
            self.head.weight.zero_()
            self.head.weight[0, -2] = SLOPE
            self.head.bias.fill_(-SLOPE * MIDDLE)

    def forward(
        self, question: Tensor, weights: Tensor, is_asked: Tensor, sentence: Tensor, is_read: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return (n_pairs,) logits, and (n_pairs, n_sentence_tokens), those of each token.

        The masks tell which tokens are there.
        """
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
        told = states[:, question.shape[1] :]
        own = told * is_read[..., None]
        match = (best * weights).sum(1, keepdim=True) / total
        seen = [asked, own.sum(1) / is_read.sum(1, keepdim=True), match, total.log()]
        pointed = self.point(told)[..., 0].masked_fill(~is_read, FAR)
        return self.head(torch.cat(seen, 1))[:, 0], pointed


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


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the sentences that match it best, by their numbers.

    `place` is the class: which of the candidates answers, CANDIDATES for none, or UNSEEN. `answer`
    are the tokens of that sentence that are the answer.
    """

    question: int
    candidates: tuple[int, ...]
    place: int
    match: float
    answer: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The token vectors of the sentences and questions of articles, one text after another.

    `vectors`: float32 (n_tokens, dim), centred and L2-normalised; those of text `i` are the rows
    `starts[i]:starts[i + 1]`. `counts`: float32 (n_tokens,), how much a token of a question counts.
    `gold`: int64 (n_texts,), the number of the sentence that answers a question, else -1. `answers`
    are the tokens of that sentence that are the answer, by the number of the question. `mean`:
    float32 (dim,), what they are centred by.
    """

    articles: tuple[Rows, ...]
    vectors: Tensor
    starts: Tensor
    counts: Tensor
    gold: Tensor
    answers: Mapping[int, tuple[int, ...]]
    mean: Tensor

    def of(self, texts: Sequence[int]) -> Vectors:
        """Return the vectors of these texts."""
        numbers = torch.tensor(list(texts))
        begins, ends = self.starts[numbers], self.starts[numbers + 1]
        columns = torch.arange(
            max(2, int((ends - begins).max()))
        )  # the verifier takes the best two
        there = columns < (ends - begins)[:, None]
        rows = torch.where(there, begins[:, None] + columns, 0)
        vectors = self.vectors[rows] * there[..., None]
        return Vectors(vectors, there, self.counts[rows] * there)


def served(folder: Path) -> Tokens:
    """Return the token vectors of the articles of a folder, as the default model serves them.

    They are not quantised, and centred by the mean of these articles.
    """
    from embeddings.adapter import adapted
    from embeddings.bundled import write_model
    from embeddings.encoder import available_cores
    from embeddings.onnx_encoder import OnnxEncoder
    from embeddings.tokens import center
    from embeddings.unpack import bundled_file, read_weights
    from training.examples import embedded_sentences, read_articles, token_weights

    articles = read_articles(folder)
    with tempfile.TemporaryDirectory() as made:
        write_model(Path(made), adapted(read_weights(bundled_file())))
        encoder = OnnxEncoder(Path(made), available_cores())
        told = embedded_sentences(articles, encoder)
        asked = list(encoder.encode((q.text for a in articles for q in a.questions), "query"))
    mean = np.concatenate([one.tokens for one in told]).mean(axis=0)
    sentences, questions = iter(told), iter(asked)
    rows, vectors, counts, gold, answers = [], [], [], [], {}
    for article in articles:
        first = len(vectors)
        own = [next(sentences) for _ in article.sentences]
        for sentence in own:
            vectors.append(center(sentence.tokens, mean))
            counts.append(np.ones(len(vectors[-1]), np.float32))
            gold.append(-1)
        for question in article.questions:
            read = next(questions)
            vectors.append(center(read.tokens, mean))
            weights = token_weights(question.text, question.hospitals, read.spans)
            counts.append(np.array(weights, np.float32))
            if question.gold is None:
                gold.append(-1)
                continue
            answers[len(gold)] = tokens_of(question.answers, own[question.gold].spans)
            gold.append(first + question.gold)
        rows.append(Rows(article.name, first, first + len(article.sentences), len(vectors)))
    return Tokens(
        tuple(rows),
        torch.from_numpy(np.concatenate(vectors)),
        torch.tensor([0, *map(len, vectors)]).cumsum(0),
        torch.from_numpy(np.concatenate(counts)),
        torch.tensor(gold),
        answers,
        torch.from_numpy(mean),
    )


def tokens_of(ranges: Iterable[tuple[int, int]], spans: Spans) -> tuple[int, ...]:
    """Return which tokens, by their ranges of characters, are at least in part in some ranges."""
    found = (
        n for n, (start, end) in enumerate(spans) if any(start < e and end > b for b, e in ranges)
    )
    return tuple(found)


def pick(scores: Tensor, gold: Tensor, *, with_gold: bool) -> tuple[Tensor, Tensor]:
    """Return the best columns of each row of scores, and the class of each row.

    `scores`: (n_questions, n_sentences). `gold`: (n_questions,), the column that answers, or -1 for
    none. With `with_gold` one that is not among the best takes the place of the last; else the
    class is UNSEEN.
    """
    best = scores.topk(min(CANDIDATES, scores.shape[1]), 1).indices
    is_gold = (best == gold[:, None]) & (gold >= 0)[:, None]
    seen = is_gold.any(1)
    places = torch.where(seen, is_gold.float().argmax(1), CANDIDATES)
    missed = (gold >= 0) & ~seen
    if with_gold:
        best[missed, -1] = gold[missed]
        return best, torch.where(missed, best.shape[1] - 1, places)
    return best, torch.where(missed, UNSEEN, places)


def logits_of(
    model: Verifier, questions: Vectors, sentences: Vectors, candidates: Tensor, allowed: Tensor
) -> tuple[Tensor, Tensor]:
    """Return (n_questions, CANDIDATES + 1) logits, the last for "none".

    And (n_questions, up to CANDIDATES, n_tokens), those of the tokens of each candidate.
    `candidates`: (n_questions, up to CANDIDATES), rows of `sentences`; those not `allowed` are not
    candidates at all.
    """
    count = candidates.shape[1]
    rows = torch.arange(len(candidates), device=candidates.device).repeat_interleave(count)
    read = candidates.reshape(-1)
    logits, pointed = model(
        questions.tokens[rows],
        questions.counts[rows],
        questions.there[rows],
        sentences.tokens[read, :TRAINED],
        sentences.there[read, :TRAINED],
    )
    logits = logits.view(-1, count).masked_fill(~allowed, FAR)
    logits = functional.pad(functional.pad(logits, (0, CANDIDATES - count), value=FAR), (0, 1))
    return logits, pointed.view(-1, count, pointed.shape[1])


def main() -> None:
    from training.examples import DATA

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--articles", type=Path, default=DATA)
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    torch.manual_seed(0)
    tokens = served(options.articles)
    for epoch, model in enumerate(trained(tokens, options.epochs), start=1):
        write(model, tokens.mean, options.out, len(parts(tokens.articles)[0]))
        print(f"epoch {epoch} written to {options.out}", flush=True)


def trained(tokens: Tokens, epochs: int) -> Iterator[Verifier]:
    """Train a verifier, and print figures of articles held out; yield it after each epoch."""
    articles, held_out = parts(tokens.articles)
    data, watched = matched(tokens, articles, with_gold=True), matched(tokens, held_out)
    print(f"{len(articles)} articles, {len(data)} questions; held out {len(held_out)} articles")
    model = Verifier(tokens.vectors.shape[1])
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = warm_up_and_decay(optimizer, epochs * math.ceil(len(data) / BATCH), WARM_UP)
    shuffle = random.Random(0).shuffle  # noqa: S311
    for epoch in range(epochs):
        begin, total = time.perf_counter(), 0.0
        shuffle(data)
        batches = list(_batches(data, tokens))
        shuffle(batches)
        model.train()
        for batch in batches:
            logits, pointed = scored(model, tokens, batch)
            places = torch.tensor([one.place for one in batch])
            loss = functional.cross_entropy(logits, places)
            loss = loss + POINTING * astray(pointed, batch)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        took = time.perf_counter() - begin
        print(f"epoch {epoch + 1}, {took:.0f} s, loss {total / len(batches):.3f}")
        _watch(model, tokens, watched)
        yield model


@torch.no_grad()
def matched(tokens: Tokens, articles: Sequence[Rows], *, with_gold: bool = False) -> list[Asked]:
    """Return the questions of some articles with the sentences of their article that match best."""
    found = []
    for article in articles:
        sentences, questions = tokens.of(article.sentences), tokens.of(article.asked)
        scores = max_sim(questions, sentences)
        gold = tokens.gold[article.asked]
        columns = torch.where(gold >= 0, gold - article.first, -1)
        best, places = pick(scores, columns, with_gold=with_gold)
        for question, row, place, match in zip(
            article.asked, best.tolist(), places.tolist(), scores.amax(1).tolist(), strict=True
        ):
            candidates = tuple(article.first + s for s in row)
            answer = tokens.answers.get(question, ())
            found.append(Asked(question, candidates, place, match, answer))
    return found


def astray(pointed: Tensor, batch: Sequence[Asked]) -> Tensor:
    """Return the mean cross entropy of the tokens pointed at, of the questions with an answer."""
    read = pointed.log_softmax(2)
    losses = [read[row, one.place, list(one.answer)].mean() for row, one in _told(batch, pointed)]
    return -torch.stack(losses).mean() if losses else pointed.new_zeros(())


def _told(batch: Sequence[Asked], pointed: Tensor) -> Iterator[tuple[int, Asked]]:
    """Yield, by number, the questions whose answer is in a candidate, among the tokens read."""
    for row, one in enumerate(batch):
        if 0 <= one.place < CANDIDATES and one.answer and max(one.answer) < pointed.shape[2]:
            yield row, one


def scored(model: Verifier, tokens: Tokens, batch: Sequence[Asked]) -> tuple[Tensor, Tensor]:
    """Return what `logits_of` does for some questions."""
    texts = sorted({text for one in batch for text in one.candidates})
    row_of = {text: row for row, text in enumerate(texts)}
    padded = [(*one.candidates, *one.candidates[:1] * CANDIDATES)[:CANDIDATES] for one in batch]
    rows = torch.tensor([[row_of[text] for text in candidates] for candidates in padded])
    counts = torch.tensor([[len(one.candidates)] for one in batch])
    allowed = torch.arange(CANDIDATES) < counts
    questions = tokens.of([one.question for one in batch])
    return logits_of(model, questions, tokens.of(texts), rows, allowed)


def _batches(questions: Sequence[Asked], tokens: Tokens) -> Iterator[list[Asked]]:
    lengths = (tokens.starts[1:] - tokens.starts[:-1]).tolist()
    for begin in range(0, len(questions), BATCH * SORTED):
        some = sorted(questions[begin : begin + BATCH * SORTED], key=lambda q: lengths[q.question])
        for at in range(0, len(some), BATCH):
            yield some[at : at + BATCH]


@torch.no_grad()
def _watch(model: Verifier, tokens: Tokens, questions: Sequence[Asked]) -> None:
    """Print figures of held-out articles, and of each series of them by itself.

    The adapter may have been trained on a series before another was written.
    """
    model.eval()
    series = {question: a.name[0] for a in tokens.articles for question in a.asked}
    found, hits = [], []
    for batch in _batches(questions, tokens):
        logits, pointed = scored(model, tokens, batch)
        hits += [int(pointed[r, o.place].argmax()) in o.answer for r, o in _told(batch, pointed)]
        sure = torch.logsumexp(logits[:, :-1], 1).tolist()
        chosen = logits[:, :-1].argmax(1).tolist()
        for one, *told in zip(batch, sure, chosen, strict=True):
            found.append((series[one.question], one.place, one.match, *told))
    for name in ("", *sorted({f[0] for f in found})):
        _, places, matches, sure, chosen = zip(
            *(f for f in found if not name or f[0] == name), strict=True
        )
        answered = [place != CANDIDATES for place in places]
        first = sum(a == b for a, b in zip(places, chosen, strict=True)) / sum(answered)
        print(
            f"  {f'series {name}' if name else 'all'}, {len(answered)} questions: Success@1 in the "
            f"article {first:.1%}, AUC of answerable {area(answered, sure):.3f}, by MaxSim "
            f"{area(answered, matches):.3f}",
            flush=True,
        )
    print(f"  points at a token of the answer {sum(hits) / max(1, len(hits)):.1%}", flush=True)


def area(answered: Sequence[bool], scores: Sequence[float]) -> float:
    """Return the area under the ROC curve: how often an answered one scores above another."""
    is_answered, score = torch.tensor(answered), torch.tensor(scores, dtype=torch.float64)
    high, low = score[is_answered, None], score[~is_answered]
    return float(((high > low).double() + (high == low).double() / 2).mean())


def warm_up_and_decay(optimizer: Optimizer, steps: int, warm_up: float) -> LambdaLR:
    """Return a schedule that rises linearly over a share of the steps, and falls over the rest."""
    return LambdaLR(
        optimizer, lambda step: min((step + 1) / (warm_up * steps), max(LAST, 1 - step / steps))
    )


def write(model: Verifier, mean: Tensor, file: Path, articles: int) -> None:
    """Write what `embeddings.verifier` makes its model of, float16."""
    tensors = {"mean": mean, **exported(model)}
    tensors = {name: one.half().contiguous() for name, one in tensors.items()}
    save_file(tensors, file, {"articles": str(articles), ADAPTER: adapter_of()})


def adapter_of() -> str:
    """Return the checksum of the adapter whose token vectors a verifier is trained for."""
    return f"{zlib.crc32(ADAPTER_FILE.read_bytes()):08x}"


def exported(model: Verifier) -> dict[str, Tensor]:
    """Return what `embeddings.verifier_graph` makes a model of, by name.

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
    point = (model.point.weight * model.norm.weight).T
    bias = model.head.bias + head[: 2 * width, 0] @ model.norm.bias.repeat(2)
    head[: 2 * width, 0] *= model.norm.weight.repeat(2)
    tensors |= {"point": point, **_linear("head", head, bias)}
    return {name: one.detach() for name, one in tensors.items()}


def _behind(norm: nn.LayerNorm, linear: nn.Linear) -> tuple[Tensor, Tensor]:
    """Return the transposed weight and the bias of a norm without factors and what is behind it."""
    return (linear.weight * norm.weight).T, linear.bias + linear.weight @ norm.bias


def _linear(name: str, weight: Tensor, bias: Tensor) -> dict[str, Tensor]:
    return {name: weight, f"{name}.bias": bias}


if __name__ == "__main__":
    main()
