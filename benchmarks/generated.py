"""Passages in any number, made of real sentences, with embeddings near the real ones.

Nobody embeds a million passages to see how fast they are searched: it takes hours. So a few
thousand sentences of the articles in `training/data` are embedded in earnest, and each generated
one is one of them under the name of an invented hospital, with other figures in it. Its vector is
that of the sentence it came from, moved along the difference of two others, so that it lies where
real ones might; its token vectors are moved a little at random. The documents of the built-in
corpus are indexed beside them as they are, and are what is asked about.
"""

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.model import Document
from corpus.reflow import searchable
from corpus.split import sentences, split
from embeddings.encoder import Embedding, Encoder
from embeddings.vector_cache import VectorCache
from qa.indexing import embedding_keys

ARTICLES = Path(__file__).parents[1] / "training" / "data"
EACH = 500  # passages of one invented hospital
MOVED = 0.5  # of the difference of two other sentences
JITTER = 0.15  # of a token vector's length
BANK = 4096  # random vectors that are used again and again
_SHORTEST, _LONGEST = 15, 70  # characters
_PLACES = "云岚溪桥霁泽鹿鸣墨汀松杉槿禾岸渚澜屿峦砚梧棠沅澧湄洛汐朔峪原川坪湾浦陵"
_FIGURE = re.compile(r"\d+")


def pool(limit: int) -> list[str]:
    """Return real sentences, each of which is a passage of its own."""
    found: dict[str, None] = {}
    for file in sorted(ARTICLES.glob("*.txt")):
        lines = file.read_text(encoding="utf-8").splitlines()
        for line in lines:
            if line[:1] not in "#?!" and line.strip():
                document = Document("d", "t", line, "s")
                for passage in split(document):
                    found |= dict.fromkeys(one.text for one in sentences(passage))
    fitting = (text for text in found if _SHORTEST <= len(text) <= _LONGEST and _alone(text))
    return [text for text, _ in zip(fitting, range(limit), strict=False)]


def documents(passages: int, texts: Sequence[str], seed: int = 0) -> Iterator[Document]:
    """Yield invented hospitals, of `EACH` passages, until there are so many."""
    chance = random.Random(seed)  # noqa: S311  (nothing secret)
    names = _names(-(-passages // EACH), chance)
    for number, name in enumerate(names):
        count = min(EACH, passages - number * EACH)
        chosen = chance.sample(range(len(texts)), count)
        lines = [
            _FIGURE.sub(lambda found: str(chance.randrange(2, 10 ** len(found[0]))), texts[at])
            for at in chosen
        ]
        yield Document(
            doc_id=f"generated-{number}",
            title=name,
            text="\n\n".join(map(_headed, range(count), lines)),
            source=f"generated-{number}.md",
            hospitals=(name,),
            meta={"origins": " ".join(map(str, chosen))},
        )


class GeneratedVectors(VectorCache):
    """Has the embeddings of generated sentences before they are asked for; makes them when."""

    def __init__(
        self, path: Path, encoder: Encoder, texts: Sequence[str], generated: Sequence[Document]
    ) -> None:
        super().__init__(path)
        chance = np.random.default_rng(0)
        self._bank = chance.standard_normal((BANK, encoder.dim)).astype(np.float32)
        self._bank /= np.linalg.norm(self._bank, axis=1, keepdims=True)
        self._real = list(encoder.encode([f"{_name(0, 0)}：{text}" for text in texts], "passage"))
        self._origin: dict[bytes, int] = {}
        for document in generated:
            origins = map(int, str(document.meta["origins"]).split(" "))
            keys = embedding_keys([document], encoder.name)
            self._origin.update(zip(keys, origins, strict=True))

    def __contains__(self, key: bytes) -> bool:
        return key in self._origin or super().__contains__(key)

    def __getitem__(self, key: bytes) -> Embedding:
        if key not in self._origin:
            return super().__getitem__(key)
        real = self._real[self._origin[key]]
        at = int.from_bytes(key[:4], "little") % (BANK - len(real.tokens))
        lengths = np.linalg.norm(real.tokens, axis=1, keepdims=True)
        tokens = real.tokens + JITTER * lengths * self._bank[at : at + len(real.tokens)]
        return Embedding(self.vector(key), tokens)

    def vector(self, key: bytes) -> NDArray[np.float32]:
        """Return the pooled vector of a generated sentence, float32 (dim,)."""
        one, other = (int.from_bytes(key[at : at + 4], "little") for at in (4, 8))
        count = len(self._real)
        moved = self._real[one % count].vector - self._real[other % count].vector
        return _unit(self._real[self._origin[key]].vector + MOVED * moved)


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def _alone(text: str) -> bool:
    """Tell whether a text stays one passage and one sentence, also between others."""
    lines = ("前。", text, "后。")
    passages = split(Document("d", "t", "\n\n".join(map(_headed, range(3), lines)), "s"))
    if len(passages) != len(lines):
        return False
    found = sentences(passages[1])
    return len(found) == 1 and found[0].text == text == searchable(text)


def _headed(number: int, line: str) -> str:
    """Return a line under a heading of its own, without which it is no passage of its own."""
    return f"## {number + 1}\n\n{line}"


def _names(count: int, chance: random.Random) -> list[str]:
    every = [
        _name(a, b, c) for a in range(len(_PLACES)) for b in range(len(_PLACES)) for c in range(4)
    ]
    return chance.sample(every, count)


def _name(first: int, second: int, number: int = 0) -> str:
    return f"{_PLACES[first]}{_PLACES[second]}市第{'一二三四'[number]}人民医院"
