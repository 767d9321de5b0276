"""Put what the adapter's training reads into one file: python -m training.pack FILE

It holds the texts of the articles as tokens, and the weights of the base model in half precision.
Only the words of the vocabulary that occur are kept, under new numbers. A machine with torch,
numpy and safetensors trains from it, without this package's other dependencies (`training.train`).
"""

import argparse
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

LONGEST = 256  # tokens of a text
HELD_OUT = 12  # every twelfth article watches the training
WORDS = "embeddings.word_embeddings.weight"
POSITIONS = "embeddings.position_embeddings.weight"
COLUMNS = ("ids", "starts", "own", "counts", "gold", "named")


@dataclass(frozen=True, slots=True)
class Rows:
    """The numbers of an article's texts: from `first` its sentences, then its questions."""

    name: str
    first: int
    first_asked: int
    end: int

    @property
    def sentences(self) -> range:
        return range(self.first, self.first_asked)

    @property
    def asked(self) -> range:
        return range(self.first_asked, self.end)


@dataclass(frozen=True, slots=True)
class Pack:
    """Texts by number, and the base model.

    `ids`: int64 (n_tokens,), those of text `i` are `starts[i]:starts[i + 1]`; `starts`: int64
    (n_texts + 1,). `own`: int64 (n_texts, 2), where in a text the tokens that are its own begin and
    end, between the prompt's, those of what is read before it, and the last. `counts`: float32
    (n_tokens,), how much a token of a question counts in a MaxSim.
    `gold`: int64 (n_texts,), the number of the sentence that answers a question, else -1. `named`:
    bool (n_texts,), whether a question names whom it is about. `weights` and `sizes` are those of a
    `transformers.BertModel`.
    """

    articles: tuple[Rows, ...]
    ids: Tensor
    starts: Tensor
    own: Tensor
    counts: Tensor
    gold: Tensor
    named: Tensor
    weights: dict[str, Tensor]
    sizes: dict[str, Any]

    def write(self, file: Path) -> None:
        """Write it as a safetensors file."""
        columns = {f"texts.{name}": getattr(self, name) for name in COLUMNS}
        articles = [[a.name, a.first, a.first_asked, a.end] for a in self.articles]
        metadata = {"articles": json.dumps(articles), "sizes": json.dumps(self.sizes)}
        save_file({**columns, **self.weights}, file, metadata)

    @classmethod
    def read(cls, file: Path, device: str) -> "Pack":
        """Read what `write` wrote. Raises OSError when there is no such file."""
        with safe_open(file, "pt", device=device) as opened:
            metadata = opened.metadata()
            columns = {name: opened.get_tensor(f"texts.{name}") for name in COLUMNS}
            weights = {
                name: opened.get_tensor(name).float()
                for name in opened.keys()  # noqa: SIM118 (it is no dict)
                if not name.startswith("texts.")
            }
        articles = tuple(Rows(*article) for article in json.loads(metadata["articles"]))
        return cls(articles, **columns, weights=weights, sizes=json.loads(metadata["sizes"]))


def main() -> None:
    from training.examples import DATA

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--articles", type=Path, default=DATA)
    options = parser.parse_args()
    pack = packed(options.articles)
    pack.write(options.file)
    asked = sum(len(article.asked) for article in pack.articles)
    answered = int((pack.gold >= 0).sum())
    print(
        f"{len(pack.articles)} articles, {asked} questions, {asked - answered} without an answer; "
        f"{len(pack.ids):,} tokens; {options.file.stat().st_size / 1e6:.0f} MB"
    )


def packed(folder: Path) -> Pack:
    """Read the articles of a folder, and the base model that comes with a package."""
    from tokenizers import Tokenizer

    from embeddings.bundled import PROMPTS, write_tokenizer
    from embeddings.unpack import bundled_file, read_weights
    from training.examples import read_articles

    base = read_weights(bundled_file())
    with tempfile.TemporaryDirectory() as made:
        write_tokenizer(Path(made, "tokenizer.json"), base.vocabulary)
        tokenizer = Tokenizer.from_file(str(Path(made, "tokenizer.json")))
    articles, rows = [], []
    for article in read_articles(folder):
        first = len(rows)
        for text, lead in zip(article.sentences, article.leads, strict=True):
            rows.append((*_encoded(tokenizer, text, PROMPTS["passage"], lead=lead), -1, False))
        first_asked = len(rows)
        for one in article.questions:
            gold = -1 if one.gold is None else first + one.gold
            encoded = _encoded(tokenizer, one.text, PROMPTS["query"], one.hospitals)
            rows.append((*encoded, gold, bool(one.hospitals)))
        articles.append(Rows(article.name, first, first_asked, len(rows)))
    ids, own, counts, gold, named = zip(*rows, strict=True)
    kept, numbered = np.unique(np.concatenate(ids), return_inverse=True)
    weights = {
        name: tensor
        for name, tensor in base.tensors.items()
        if name.startswith(("embeddings.", "encoder."))
    }
    weights[WORDS], weights[POSITIONS] = weights[WORDS][kept], weights[POSITIONS][:LONGEST]
    return Pack(
        tuple(articles),
        ids=torch.from_numpy(numbered.astype(np.int64)),
        starts=torch.tensor([0, *map(len, ids)]).cumsum(0),
        own=torch.tensor(own),
        counts=torch.from_numpy(np.concatenate(counts)),
        gold=torch.tensor(gold),
        named=torch.tensor(named),
        weights={name: torch.from_numpy(np.array(w, np.float16)) for name, w in weights.items()},
        sizes={
            "heads": base.architecture.num_attention_heads,
            "layers": base.architecture.num_hidden_layers,
            "epsilon": base.architecture.layer_norm_eps,
        },
    )


def _encoded(
    tokenizer: Any, text: str, prompt: str, names: Iterable[str] = (), lead: str = ""
) -> tuple[list[int], tuple[int, int], np.ndarray[Any, np.dtype[np.float32]]]:
    """Return the ids, which of them are the text's, and how much each counts."""
    from embeddings.encoder import with_lead
    from training.examples import token_weights

    encoded = tokenizer.encode(prompt + with_lead(lead, text))
    skipped = 1 + len(tokenizer.encode(prompt.rstrip(), add_special_tokens=False).ids)
    if lead:
        skipped = 1 + sum(end <= len(prompt) + len(lead) for _, end in encoded.offsets[1:-1])
    ids = encoded.ids[:LONGEST]
    last = len(ids) - (len(ids) == len(encoded.ids))
    spans = [(b - len(prompt), e - len(prompt)) for b, e in encoded.offsets[skipped:last]]
    counts = np.zeros(len(ids), np.float32)
    counts[skipped:last] = token_weights(text, names, spans)
    return ids, (skipped, last), counts


def parts(articles: Sequence[Rows]) -> tuple[list[Rows], list[Rows]]:
    """Return the articles to train on, and those that watch the training."""
    asked = [article for article in articles if article.asked]
    train = [article for number, article in enumerate(asked) if number % HELD_OUT]
    return train, asked[::HELD_OUT]


if __name__ == "__main__":
    main()
