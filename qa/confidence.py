"""How sure we are that the documents answer a question: a logistic regression over the hits.

Signals: how well the best sentence and its whole passage match, how far it stands out from the next
passage and from the rest, how many of the question's words the passage holds, whether a value of
the asked kind and the very details that are named (a unit, a role, a year) are there, how long the
question is (a long one never matches as well as a short one), whether it names a hospital, and what
the verifier says of the best sentence (`embeddings.verifier`). `benchmarks/fit_confidence.py` fits
the coefficients on the dev questions, each also asked with the passages that answer it taken away,
and writes `confidence.json`, once with and once without the verifier, which other models than the
default one do not have; `benchmarks/REFUSAL.md` shows the curves.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.fold import fold
from corpus.lazy_pattern import lazy_pattern
from qa.lacking import around, asked_of, holds_best, is_of_the_year, with_title
from qa.model import Hit, Query
from qa.values import has_kind, holds_detail

_LATIN_WORD = lazy_pattern("[a-z]+")
_NO_WORD = lazy_pattern(r"[\W_]+")
FEWEST, WORDS = 2, 10  # characters of a question that is only words to look for
LONG = 60  # characters; longer questions were not among those it was fitted on
DEEP = 5  # passages that are looked at; as many as an answer gets by default
SIGNALS = (
    "score",
    "match with the whole passage",
    "cosine",
    "lead over the next passage",
    "lead over the rest",
    "words of the question held",
    "value of the asked kind",
    "asked unit",
    "asked role",
    "asked year",
    "length of the question",
    "hospital named",
    "verified",  # the last: neither a comparison nor a model without a verifier has such a signal
)


@dataclass(frozen=True, slots=True)
class Model:
    """Coefficients for `signals`; for SIGNALS, or all but the last where nothing is verified."""

    coefficients: tuple[float, ...]
    intercept: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """What `confidence.json` holds.

    `minimum` is the probability below which an answer is refused, of either.
    """

    verified: Model
    unverified: Model
    minimum: float


def confidence(query: Query, hits: Sequence[Hit]) -> float:
    """Return P(the hits answer the question), in [0, 1].

    It is 0 when there are no hits, and enough where words are said that were only looked for.
    """
    if not hits:
        return 0.0
    seen = signals(query, hits)
    model = fitted().verified if len(seen) == len(SIGNALS) else fitted().unverified
    logit = model.intercept + sum(
        weight * signal for weight, signal in zip(model.coefficients, seen, strict=True)
    )
    sure = 1 / (1 + math.exp(-logit))
    return max(sure, fitted().minimum) if is_said(query, hits[0]) else sure


def is_said(query: Query, hit: Hit) -> bool:
    """Tell whether all that was typed is a few words, which a hit says as they are."""
    words = _NO_WORD.sub(" ", fold(query.question)).split()
    if query.value != "fact" or not FEWEST <= sum(map(len, words)) <= WORDS:
        return False
    text = with_title(hit)
    return all(word in text for word in words)


def is_enough(sure: float) -> bool:
    """Tell whether a confidence suffices for an answer."""
    return sure >= fitted().minimum


def signals(query: Query, hits: Sequence[Hit]) -> tuple[float, ...]:
    """Return what the regression sees, in the order of SIGNALS; `hits` must not be empty.

    Without the last where nothing is verified.
    """
    best = hits[0]
    # A sentence that tells of one of those that are compared never answers by itself.
    verified = None if query.kind == "comparison" or query.sides else best.verify()
    if query.kind in ("set", "comparison"):  # other hospitals' hits are no rivals there
        hits = [hit for hit in hits if hit.passage.doc_id == best.passage.doc_id]
    # A word in letters is about as much as two characters.
    asked = _LATIN_WORD.sub("..", query.without_names(query.text, ""))
    others = [hit.score for hit in hits[1:DEEP]]
    return (
        best.score,
        best.overlap,
        best.dense,
        best.score - others[0] if others else 0.0,
        best.score - sum(others) / len(others) if others else 0.0,
        best.coverage,
        float(not has_kind(query.value) or holds_best(query, best)),
        *_details(query, hits),
        math.log(min(len(asked), LONG) + 1),
        float(bool(query.hospitals) or query.kind == "set"),  # who asks for all names none
        *([] if verified is None else [verified.logit]),
    )


def _details(query: Query, hits: Sequence[Hit]) -> Iterator[float]:
    """Yield 1 where the passage has what was asked for, -1 where not, 0 where it was not asked.

    And 0 for a year that only the rest of the article tells.
    """
    asked = asked_of(query)
    unit, role, year = holds_detail(asked, around(hits[0]))
    if year is False and is_of_the_year(asked.year, hits):
        year = None
    for held in (unit, role, year):
        yield 0.0 if held is None else 1.0 if held else -1.0


@cache
def fitted() -> Fitted:
    """Return what comes with the package."""
    content = json.loads(Path(__file__).with_name("confidence.json").read_bytes())
    verified, unverified = (
        Model(tuple(content[name]["coefficients"]), content[name]["intercept"])
        for name in ("verified", "unverified")
    )
    return Fitted(verified, unverified, content["minimum"])
