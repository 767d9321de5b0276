"""How sure we are that the documents answer a question: a logistic regression over the hits.

Signals: how well the best sentence matches, how far the next passage is behind, whether a value of
the asked kind is there, how long the question is (a long one never matches as well as a short one)
and whether it names a hospital. `benchmarks/fit_confidence.py` fits the coefficients on the dev
questions, each also asked with the passages that answer it taken away, and writes
`confidence.json`. Leaves out: a proof that what was asked (and not something near it) is there.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qa.model import Hit, Query
from qa.values import INDISPENSABLE, has_kind, holds_value

LONG = 60  # characters; longer questions were not among those it was fitted on


@dataclass(frozen=True, slots=True)
class Model:
    """Coefficients for `signals`, and the probability below which an answer is refused."""

    coefficients: tuple[float, ...]
    intercept: float
    minimum: float


def confidence(query: Query, hits: Sequence[Hit]) -> float:
    """Return P(the hits answer the question), in [0, 1].

    It is 0 when there are no hits, or the best one lacks what every answer would hold.
    """
    if not hits or (query.value in INDISPENSABLE and not _holds_value(query, hits[0])):
        return 0.0
    model = fitted()
    logit = model.intercept + sum(
        weight * signal
        for weight, signal in zip(model.coefficients, signals(query, hits), strict=True)
    )
    return 1 / (1 + math.exp(-logit))


def is_enough(sure: float) -> bool:
    """Tell whether a confidence suffices for an answer."""
    return sure >= fitted().minimum


def signals(query: Query, hits: Sequence[Hit]) -> tuple[float, ...]:
    """Return what the regression sees; `hits` must not be empty."""
    best = hits[0]
    if query.kind in ("set", "comparison"):  # other hospitals' hits are no rivals there
        hits = [hit for hit in hits if hit.passage.doc_id == best.passage.doc_id]
    asked = query.text
    for hospital in query.hospitals:
        asked = asked.replace(hospital, "")
    return (
        best.score,
        best.score - hits[1].score if len(hits) > 1 else 0.0,
        float(not has_kind(query.value) or _holds_value(query, best)),
        math.log(min(len(asked), LONG) + 1),
        float(bool(query.hospitals)),
    )


def _holds_value(query: Query, hit: Hit) -> bool:
    return holds_value(query.value, hit.sentences[0].sentence.text)


@cache
def fitted() -> Model:
    """Return the model that comes with the package."""
    content = json.loads(files("qa").joinpath("confidence.json").read_text(encoding="utf-8"))
    return Model(tuple(content["coefficients"]), content["intercept"], content["minimum"])
