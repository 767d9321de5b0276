"""When to refuse: python -m benchmarks.refusal [--raw FOLDER] [--plot FILE.png]

Prints, as Markdown, what the confidence is worth on the questions for reporting: refusals with
their reasons, reliability, and risk against coverage (see `qa.evaluation.reliability`). Draws the
last two as a picture.
"""

import argparse
import platform
import sys
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.question_sets import DATA, newspapers
from qa.confidence import fitted
from qa.engine import Engine
from qa.evaluation import Report, evaluate, read_questions
from qa.evaluation.outcomes import Outcome
from qa.evaluation.reliability import Bin, Point, aurc, reliability_bins, risk_coverage

STEPS = 10  # rows of the risk-coverage table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raw", type=Path, help="a folder with the raw pages")
    parser.add_argument("--plot", type=Path, help="where to write the picture")
    options = parser.parse_args()
    sources = [
        ("built-in", Engine.open(), DATA / "test.jsonl"),
        ("invented", Engine.open(DATA / "invented" / "test"), DATA / "invented_test.jsonl"),
        *((path.stem, Engine.open(folder), path) for folder, path in newspapers("test")),
    ]
    if options.raw:
        sources.insert(1, ("raw pages", Engine.open(options.raw), DATA / "test.jsonl"))
    print(f"`python -m benchmarks.refusal {' '.join(sys.argv[1:])}`\n")
    libraries = ", ".join(f"{name} {version(name)}" for name in ("onnxruntime", "scikit-learn"))
    print(f"Python {platform.python_version()}, {libraries}; cut at {fitted().minimum}\n")
    print("| corpus | unanswerable | of them refused | answerable | of them refused | ROC AUC |")
    print("|---|---|---|---|---|---|")
    every: list[Outcome] = []
    for name, engine, path in sources:
        every += _asked(name, engine, path)
    _print_reasons(every)
    bins, curve = reliability_bins(every), risk_coverage(every)
    _print_reliability(bins)
    _print_risk(curve)
    if options.plot:
        draw(bins, curve, options.plot)


def _asked(name: str, engine: Engine, path: Path) -> list[Outcome]:
    """Ask the questions, print the corpus's row and return the outcomes."""
    pairs = list(evaluate(engine, read_questions(path)))
    outcomes = [outcome for outcome, _ in pairs]
    report = Report(tuple(outcomes), {o.question.id: relevant for o, relevant in pairs})
    figures = report.to_dict()["all"]
    answerable = [outcome.question.answerable for outcome in outcomes]
    area = roc_auc_score(answerable, [outcome.answer.confidence for outcome in outcomes])
    print(
        f"| {name} | {len(outcomes) - sum(answerable)} | {figures['refusal_recall']:.1%} | "
        f"{sum(answerable)} | {figures['false_refusals']:.1%} | {area:.3f} |"
    )
    return outcomes


def _print_reasons(outcomes: Sequence[Outcome]) -> None:
    print("\n| reason given | right to refuse | wrong to refuse |")
    print("|---|---|---|")
    counted = Counter(
        (outcome.answer.reason, outcome.question.answerable)
        for outcome in outcomes
        if outcome.answer.status == "refused"
    )
    for reason in sorted({reason for reason, _ in counted}):
        print(f"| {reason} | {counted[reason, False]} | {counted[reason, True]} |")


def _print_reliability(bins: Sequence[Bin]) -> None:
    print("\n| confidence | questions | mean confidence | answerable | answered | right |")
    print("|---|---|---|---|---|---|")
    for part in bins:
        if part.confidence is not None and part.answerable is not None:
            print(
                f"| {part.low:.1f}–{part.high:.1f} | {part.questions} | {part.confidence:.2f} | "
                f"{part.answerable:.2f} | {part.answered} | {part.right} |"
            )


def _print_risk(curve: Sequence[Point]) -> None:
    print(f"\nArea under the risk–coverage curve: {aurc(curve):.3f}\n")
    print("| questions answered | wrong among them | at a confidence of at least |")
    print("|---|---|---|")
    for number in np.linspace(0, len(curve) - 1, STEPS).round().astype(int).tolist():
        point = curve[number]
        print(f"| {point.coverage:.1%} | {point.risk:.1%} | {point.confidence:.2f} |")


def draw(bins: Sequence[Bin], curve: Sequence[Point], path: Path) -> None:
    """Draw the reliability diagram and the risk-coverage curve beside each other."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    filled = [part for part in bins if part.confidence is not None]
    left.plot([0, 1], [0, 1], color="0.7", linestyle="--")
    left.scatter(
        [part.confidence for part in filled],
        [part.answerable for part in filled],
        s=[6 * part.questions for part in filled],
        color="#1f6f5c",
    )
    left.set(xlabel="confidence", ylabel="share that can be answered", xlim=(0, 1), ylim=(0, 1.03))
    left.set_title("Reliability (area: number of questions)", fontsize=10)
    right.plot([p.coverage for p in curve], [p.risk for p in curve], color="#1f6f5c")
    right.set(xlabel="share of questions answered", ylabel="share of wrong answers", xlim=(0, 1))
    right.set_ylim(bottom=0)
    right.set_title("Risk against coverage", fontsize=10)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main()
