"""Fit `qa/confidence.json` on the dev questions: python -m benchmarks.fit_confidence [--raw FOLDER]

The questions are asked of the built-in corpus, of the invented documents and newspapers, and of
the built-in documents as they came if a folder holds them: raw pages match less well than a corpus
that was written to be found.

Examples that should be answered: the answerable questions. Examples that should not: the
unanswerable ones, and every answerable one again with the passages that answer it taken away.
The probabilities are calibrated on questions as they were asked (Platt, 1999). The cut is where
`FALSE_REFUSALS` of the answerable questions would be refused, found on predictions that were made
without the question itself (10-fold cross-validation).
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.question_sets import DATA, newspapers
from qa.confidence import DEEP, SIGNALS, signals
from qa.engine import Engine
from qa.evaluation import conversation, read_questions, relevant_passages
from qa.lacking import telling_first
from qa.model import Hit, Query
from qa.refusal import reason_before_search

ROOT = Path(__file__).parent.parent
FALSE_REFUSALS = 0.015  # on other questions they are 0 to 3 points more: these were tuned on
UNANSWERABLE = 4.0  # weight of a question that people asked in vain, against one they did not
# Weight of an example that was made from another: with 1 fewer that were asked in vain are refused.
MADE = 0.1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raw", type=Path, help="a folder with the raw pages")
    options = parser.parse_args()
    sources = [
        (Engine.open(), DATA / "dev.jsonl"),
        (Engine.open(DATA / "invented" / "dev"), DATA / "invented_dev.jsonl"),
        *((Engine.open(folder), path) for folder, path in newspapers("dev")),
    ]
    if options.raw:
        raw = Engine.open(options.raw)
        sources += [(raw, DATA / "dev.jsonl"), (raw, DATA / "pages_dev.jsonl")]
    found = [example for engine, path in sources for example in examples(engine, path)]
    x = np.array([(*seen, *[np.nan] * (len(SIGNALS) - len(seen))) for seen, *_ in found])
    lacks = np.array([example[1] for example in found])
    y = np.array([example[2] for example in found])
    is_real = np.array([example[3] for example in found])
    groups = np.array([example[4] for example in found])
    unverified, without = fit(x[:, :-1], y, is_real, groups)
    has = ~np.isnan(x[:, -1])
    predicted = without.copy()
    verified, predicted[has] = fit(x[has], y[has], is_real[has], groups[has])
    predicted[lacks] = 0.0  # refused whatever the regression says
    cut = float(np.quantile(predicted[y == 1], FALSE_REFUSALS))
    unanswerable = is_real & (y == 0)
    print(f"examples: {len(y)}, of which {y.sum()} to be answered")
    print(f"ROC AUC, cross-validated: {roc_auc_score(y, predicted):.3f}")
    print(f"  on questions as asked: {roc_auc_score(y[is_real], predicted[is_real]):.3f}")
    print(f"  without the verifier: {roc_auc_score(y, np.where(lacks, 0.0, without)):.3f}")
    for name, column in zip(SIGNALS, x[has].T, strict=True):
        print(f"  {name} alone: {roc_auc_score(y[has], column):.3f}")
    print(f"cut at {FALSE_REFUSALS:.1%} false refusals: {cut:.3f}")
    refused = (predicted[unanswerable] < cut).mean()
    print(f"  refused of {unanswerable.sum()} unanswerable: {refused:.1%}")
    content = {"verified": verified, "unverified": unverified, "minimum": round(cut, 4)}
    path = ROOT / "qa" / "confidence.json"
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    print(f"written to {path.relative_to(ROOT)}: {content}")


def fit(
    x: NDArray[np.float64],
    y: NDArray[np.int64],
    is_real: NDArray[np.bool_],
    groups: NDArray[np.str_],
) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Return a calibrated regression, and P(answerable) of each example without its question."""
    weights = np.where(is_real, np.where(y == 0, UNANSWERABLE, 1.0), MADE)
    predicted = cross_validated(x, y, groups, weights)
    # Examples that were made are more often without an answer than questions that people ask.
    logits = np.log(predicted / (1 - predicted))
    scale = LogisticRegression(C=1e6).fit(logits[is_real, None], y[is_real])
    stretch, shift = float(scale.coef_[0, 0]), float(scale.intercept_[0])
    predicted = np.asarray(scale.predict_proba(logits[:, None])[:, 1], np.float64)
    print(f"calibrated on questions as asked: {stretch:.3f} * logit {shift:+.3f}")
    model = regression().fit(x, y, logisticregression__sample_weight=weights)
    scaler, fitted = model[0], model[1]
    slopes = fitted.coef_[0] / scaler.scale_
    intercept = float(fitted.intercept_[0] - slopes @ scaler.mean_)
    content = {
        "coefficients": [round(stretch * float(slope), 5) for slope in slopes],
        "intercept": round(stretch * intercept + shift, 5),
    }
    return content, predicted


def regression() -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression())


def cross_validated(
    x: NDArray[np.float64],
    y: NDArray[np.int64],
    groups: NDArray[np.str_],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return P(answerable) of each example by a model that did not see its question."""
    folds = StratifiedGroupKFold(10, shuffle=True, random_state=0)
    probabilities = cross_val_predict(
        regression(),
        x,
        y,
        cv=folds,
        groups=groups,
        params={"logisticregression__sample_weight": weights},
        method="predict_proba",
    )
    return np.asarray(probabilities[:, 1], np.float64)


Example: TypeAlias = tuple[tuple[float, ...], bool, int, bool, str]


def examples(engine: Engine, path: Path) -> Iterator[Example]:
    """Yield an example for each question, and one for each that lost its answer.

    It is the signals, whether what any answer would hold is lacking, whether there is an answer,
    whether the question was asked so, and its id. Questions that are refused before the search is
    looked at are no examples.
    """
    for question in read_questions(path):
        history = conversation(engine, question.turns[:-1])
        query = engine.understand(question.turns[-1], history)
        gold = relevant_passages(engine, question)
        if reason_before_search(query) or (question.answerable and not gold):
            continue
        hits = engine.search(question.turns[-1], history, k=40)
        if not hits:
            continue
        yield *_seen(query, hits), int(question.answerable), True, question.id
        others = [hit for hit in hits if hit.passage.passage_id not in gold]
        if gold and others:
            yield *_seen(query, others), 0, False, question.id


def _seen(query: Query, hits: Sequence[Hit]) -> tuple[tuple[float, ...], bool]:
    first, missing = telling_first(query, hits[:DEEP])
    return signals(query, first), missing is not None


if __name__ == "__main__":
    main()
