"""Fit `qa/confidence.json` on the dev questions: python -m benchmarks.fit_confidence [FOLDER ...]

The questions are asked of the built-in corpus, and of the same documents as they came if a folder
holds them: raw pages match less well than a corpus that was written to be found.

Examples that should be answered: the answerable questions. Examples that should not: the
unanswerable ones, and every answerable one again with the passages that answer it taken away.
The cut is where `FALSE_REFUSALS` of the answerable questions would be refused, found on
predictions that were made without the question itself (10-fold cross-validation).
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from qa.confidence import signals
from qa.engine import Engine
from qa.evaluation import conversation, read_questions, relevant_passages

ROOT = Path(__file__).parent.parent
FALSE_REFUSALS = 0.03


def main() -> None:
    rows: list[tuple[float, ...]] = []
    labels: list[int] = []
    real: list[bool] = []
    for corpus in (None, *sys.argv[1:]):
        for signal, label, asked in examples(Engine.open(corpus)):
            rows.append(signal)
            labels.append(label)
            real.append(asked)
    x, y, is_real = np.array(rows), np.array(labels), np.array(real)
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    predicted = cross_val_predict(model, x, y, cv=folds, method="predict_proba")[:, 1]
    cut = float(np.quantile(predicted[y == 1], FALSE_REFUSALS))
    unanswerable = is_real & (y == 0)
    print(f"examples: {len(y)}, of which {y.sum()} to be answered")
    print(f"ROC AUC, cross-validated: {roc_auc_score(y, predicted):.3f}")
    print(f"  on questions as asked: {roc_auc_score(y[is_real], predicted[is_real]):.3f}")
    print(f"cut at {FALSE_REFUSALS:.0%} false refusals: {cut:.3f}")
    refused = (predicted[unanswerable] < cut).mean()
    print(f"  refused of {unanswerable.sum()} unanswerable: {refused:.1%}")
    model.fit(x, y)
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    content = {
        "coefficients": [round(float(weight), 5) for weight in weights],
        "intercept": round(float(regression.intercept_[0] - weights @ scaler.mean_), 5),
        "minimum": round(cut, 4),
    }
    path = ROOT / "qa" / "confidence.json"
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    print(f"written to {path.relative_to(ROOT)}: {content}")


def examples(engine: Engine) -> Iterator[tuple[tuple[float, ...], int, bool]]:
    """Yield signals, whether they should lead to an answer, and whether it is a real question."""
    for question in read_questions(ROOT / "tests" / "data" / "dev.jsonl"):
        history = conversation(engine, question.turns[:-1])
        query = engine.understand(question.turns[-1], history)
        gold = relevant_passages(engine, question)
        if query.unknown or (question.answerable and not gold):
            continue
        hits = engine.search(question.turns[-1], history, k=40)
        if not hits:
            continue
        yield signals(query, hits), int(question.answerable), True
        others = [hit for hit in hits if hit.passage.passage_id not in gold]
        if gold and others:
            yield signals(query, others), 0, False


if __name__ == "__main__":
    main()
