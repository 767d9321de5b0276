"""Questions as readers ask them, made of what documents say: the index is judged by how it does.

Whole sentences lie nearer to the rows than questions do, and clauses still do; a search finds what
is near to them with less effort than what is near to a question. A hospital's name and two words
of a sentence about it were found as hard as real questions, at every effort.
"""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from corpus.fold import fold
from corpus.reflow import searchable
from embeddings.encoder import Encoder
from embeddings.store_queries import Queries
from embeddings.tokens import Floats
from qa.lexical import Tokenizer
from qa.segment import Segment

WORDS = 2
SHORTEST = 2  # characters of a word


def likely_questions(
    segments: Sequence[Segment], encoder: Encoder, tokenizer: Tokenizer
) -> Queries:
    """Return questions about sentences that are drawn from segments."""
    made = "questions, each a hospital's name and two words of a sentence"
    return Queries(made, partial(_encoded, segments, encoder, tokenizer))


def _encoded(
    segments: Sequence[Segment], encoder: Encoder, tokenizer: Tokenizer, limit: int
) -> Floats:
    texts = _texts(segments, tokenizer, limit)
    return np.stack([embedding.vector for embedding in encoder.encode(texts, "query")])


def _texts(segments: Sequence[Segment], tokenizer: Tokenizer, limit: int) -> Iterator[str]:
    random = np.random.default_rng(0)
    ends = np.cumsum([one.texts.n_sentences for one in segments])
    for row in np.sort(random.choice(ends[-1], min(limit, ends[-1]), replace=False)):
        at = int(np.searchsorted(ends, row, "right"))
        texts = segments[at].texts
        within = int(row - ends[at]) + texts.n_sentences
        passage = int(np.searchsorted(texts.runs, within, "right")) - 1
        said = fold(searchable(texts.sentence(within, passage).text))
        words = [w for w in tokenizer.cut(said) if len(w) >= SHORTEST and w.isalnum()] or [said]
        chosen = random.choice(len(words), min(WORDS, len(words)), replace=False)
        name = "".join(texts.passage(passage).hospitals[:1])
        yield name + "".join(words[place] for place in np.sort(chosen))
