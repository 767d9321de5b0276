"""txtai: BM25 and vectors, fused by txtai itself.

Set up as https://neuml.github.io/txtai/embeddings/configuration/general (`hybrid`) and
https://neuml.github.io/txtai/embeddings/configuration/vectors (`path` to a local folder, and
`instructions`, which that page asks for with E5 models) say.

Chinese: nothing to fix. Keywords are split by the rules of Unicode Standard Annex 29, which make
each Han character a token (https://neuml.github.io/txtai/pipeline/data/tokenizer; asked for in
https://github.com/neuml/txtai/issues/506).
"""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.runner import Search


def open_search(passages: Sequence[str], model: Path) -> Search:
    from txtai import Embeddings

    embeddings = Embeddings(
        path=str(model),
        hybrid=True,
        instructions={"query": "query: ", "data": "passage: "},
        gpu=False,
    )
    embeddings.index(passages)

    def search(question: str, k: int) -> list[int]:
        return [int(number) for number, _ in embeddings.search(question, k)]

    return search
