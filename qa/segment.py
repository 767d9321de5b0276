"""A segment: some documents with all that searching them needs. It is never changed.

An index is a list of segments, as Lucene's are: what is added to a large index becomes a segment
of its own, and the others stay as they are.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.names import Entity, Gazetteer
from embeddings.durable import Stamp, check_file, read_array, write_array, write_file
from embeddings.tokens import TokenVectors
from qa.postings import Postings
from qa.texts import Texts

_TEXTS = "texts"
_FACTS = "facts.json"
_TOKENS = ("starts", "codes", "scales", "mean")


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows of all arrays, and texts of `postings`, are the sentences of `texts`.

    `pooled`: float16 (n_sentences, dim), the sentences' vectors. `values`: uint8 (n_sentences,),
    a bit for each kind of value that a sentence holds. `entities`: whom the documents are about.
    `said`: the names of institutions that they say, each on a line.
    """

    texts: Texts
    pooled: NDArray[np.float16]
    tokens: TokenVectors
    values: NDArray[np.uint8]
    postings: Postings
    entities: tuple[Entity, ...]
    said: str

    @property
    def gazetteer(self) -> Gazetteer:
        return Gazetteer(self.entities)

    def groups(self) -> Iterator[tuple[str, ...]]:
        """Yield the hospitals of each sentence."""
        for number in range(self.texts.n_passages):
            hospitals = self.texts.passage(number).hospitals
            for _ in range(int(self.texts.runs[number + 1] - self.texts.runs[number])):
                yield hospitals

    def save(self, folder: Path) -> dict[str, Stamp]:
        """Write the segment's files into a new folder and return their stamps. Raises OSError."""
        stamps = {name: write_array(folder / name, array) for name, array in self._arrays().items()}
        facts = {
            "entities": [[entity.name, *entity.aliases] for entity in self.entities],
            "said": self.said,
        }
        content = json.dumps(facts, ensure_ascii=True).encode()
        stamps[_FACTS] = write_file(folder / _FACTS, lambda file: file.write(content))
        return {**stamps, **self.postings.save(folder)}

    @classmethod
    def open(
        cls, folder: Path, stamps: Mapping[str, Sequence[int]], *, verify: bool = False
    ) -> "Segment":
        """Map the files that `save` wrote.

        `verify` looks at the checksums of large files too. Raises OSError, ValueError or KeyError
        when a file is missing or damaged.
        """
        for name, (size, checksum) in stamps.items():
            check_file(folder / name, (size, checksum), verify=verify)

        def read(name: str) -> NDArray[Any]:
            return read_array(folder / f"{name}.npy")

        names = (name for name in stamps if name.startswith(f"{_TEXTS}."))
        facts = json.loads((folder / _FACTS).read_bytes())
        return cls(
            texts=Texts({name.split(".")[1]: read(name.removesuffix(".npy")) for name in names}),
            pooled=read("pooled"),
            tokens=TokenVectors(*(read(f"tokens.{name}") for name in _TOKENS)),
            values=read("values"),
            postings=Postings.open(folder),
            entities=tuple(Entity(name, tuple(also)) for name, *also in facts["entities"]),
            said=facts["said"],
        )

    def _arrays(self) -> dict[str, NDArray[Any]]:
        texts = {f"{_TEXTS}.{name}": array for name, array in self.texts.arrays.items()}
        tokens = {f"tokens.{name}": getattr(self.tokens, name) for name in _TOKENS}
        every = {**texts, **tokens, "pooled": self.pooled, "values": self.values}
        return {f"{name}.npy": array for name, array in every.items()}
