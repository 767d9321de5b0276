"""Articles as token ids and as the hidden states below the layers that are trained.

The lower layers are frozen, so each text goes through them once, whatever the number of epochs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from embeddings.encoder import with_lead
from training.examples import Article, token_weights

LONGEST = 256  # tokens of a text
BUCKET = 32  # texts that are padded to one length
FAR = -1e9  # what masks a score


@dataclass(frozen=True, slots=True)
class Text:
    """A text before the trained layers: `states` (n_tokens, dim); `own` marks the text's tokens.

    `weights` (n_own,) is how much each of its tokens counts in a MaxSim.
    """

    states: Tensor
    own: Tensor
    weights: Tensor


@dataclass(frozen=True, slots=True)
class Example:
    """An article's sentences and questions; `gold` is each question's sentence, -1 for none.

    `named` tells whether a question names whom it is about: only this article is then searched.
    """

    sentences: tuple[Text, ...]
    questions: tuple[Text, ...]
    gold: tuple[int, ...]
    named: tuple[bool, ...]


def examples(
    articles: Iterable[Article], model: Any, tokenizer: Any, first: int, prompts: dict[str, str]
) -> list[Example]:
    """Return the articles before layer `first` of a BERT model.

    `tokenizer` is one of `tokenizers`, `prompts` are those for "query" and "passage".
    """
    articles = list(articles)
    inputs = []
    for article in articles:
        inputs += [
            _encode(tokenizer, text, prompts["passage"], lead=lead)
            for text, lead in zip(article.sentences, article.leads, strict=True)
        ]
        inputs += [
            _encode(tokenizer, question.text, prompts["query"], question.hospitals)
            for question in article.questions
        ]
    states = iter(_below(model, [ids for ids, _, _ in inputs], first))
    texts = iter([Text(next(states), own, weights) for _, own, weights in inputs])
    return [
        Example(
            tuple(next(texts) for _ in article.sentences),
            tuple(next(texts) for _ in article.questions),
            tuple(question.gold[0] if question.gold else -1 for question in article.questions),
            tuple(bool(question.hospitals) for question in article.questions),
        )
        for article in articles
    ]


def above(layers: Sequence[Any], texts: Sequence[Text]) -> tuple[list[Tensor], Tensor]:
    """Run the trained layers; return each text's own token vectors, and the pooled vectors."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i].states))
    tokens: dict[int, Tensor] = {}
    pooled: dict[int, Tensor] = {}
    for begin in range(0, len(order), BUCKET):
        bucket = order[begin : begin + BUCKET]
        states, mask = _padded([texts[i].states for i in bucket])
        hidden = _through(layers, states, mask)
        means = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        for row, i in enumerate(bucket):
            tokens[i] = hidden[row, : len(texts[i].states)][texts[i].own]
            pooled[i] = means[row]
    vectors = torch.nn.functional.normalize(
        torch.stack([pooled[i] for i in range(len(texts))]), dim=-1
    )
    return [tokens[i] for i in range(len(texts))], vectors


def _encode(
    tokenizer: Any, text: str, prompt: str, names: Iterable[str] = (), lead: str = ""
) -> tuple[list[int], Tensor, Tensor]:
    """Return the ids, which of them are the text's, and the weights of these."""
    encoded = tokenizer.encode(prompt + with_lead(lead, text))
    skipped = 1 + len(tokenizer.encode(prompt.rstrip(), add_special_tokens=False).ids)
    if lead:
        skipped = 1 + sum(end <= len(prompt) + len(lead) for _, end in encoded.offsets[1:-1])
    ids = encoded.ids[:LONGEST]
    last = len(ids) - (len(ids) == len(encoded.ids))
    own = torch.zeros(len(ids), dtype=torch.bool)
    own[skipped:last] = True
    spans = [(b - len(prompt), e - len(prompt)) for b, e in encoded.offsets[skipped:last]]
    return ids, own, torch.tensor(token_weights(text, names, spans))


@torch.no_grad()
def _below(model: Any, inputs: Sequence[list[int]], first: int) -> list[Tensor]:
    order = sorted(range(len(inputs)), key=lambda i: len(inputs[i]))
    found: dict[int, Tensor] = {}
    for begin in range(0, len(order), BUCKET):
        bucket = order[begin : begin + BUCKET]
        embedded = [model.embeddings(input_ids=torch.tensor([inputs[i]]))[0] for i in bucket]
        states, mask = _padded(embedded)
        hidden = _through(model.encoder.layer[:first], states, mask)
        for row, i in enumerate(bucket):
            found[i] = hidden[row, : len(inputs[i])].half()  # the clone frees the bucket
    return [found[i].clone() for i in range(len(inputs))]


def _padded(rows: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    longest = max(map(len, rows))
    states = torch.zeros(len(rows), longest, rows[0].shape[-1])
    mask = torch.zeros(len(rows), longest)
    for i, row in enumerate(rows):
        states[i, : len(row)] = row.float()
        mask[i, : len(row)] = 1
    return states, mask


def _through(layers: Iterable[Any], states: Tensor, mask: Tensor) -> Tensor:
    bias = (1 - mask)[:, None, None, :] * FAR
    for layer in layers:
        output = layer(states, bias)
        states = output[0] if isinstance(output, tuple) else output
    return states
