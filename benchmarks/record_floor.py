"""Record what `tests/qa/test_floor.py` guards: python -m benchmarks.record_floor [--lower]

Asks the reporting questions and writes the figures to `tests/data/floor.json`, with a fingerprint
of each file of questions: a floor holds for the questions that it was recorded with, and a file
that was changed needs a new one. A figure is never recorded worse than it was, whether by worse
answers or by other questions, unless --lower says that this is meant.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.question_sets import DATA, newspapers
from qa.engine import Engine
from qa.evaluation import Report, read_questions
from qa.evaluation.measures import LOWER_IS_BETTER

ROOT = Path(__file__).parent.parent
FLOOR = DATA / "floor.json"
MARGIN = 0.03  # three points, about what a few questions make
GUARDED = (
    "Success@1",
    "Success@5",
    "answer_accuracy",
    "right_source",
    "refusal_recall",
    "false_refusals",
)


@dataclass(frozen=True, slots=True)
class Guard:
    """Questions asked of a corpus (None: the built-in one), under the name in `floor.json`."""

    name: str
    corpus: Path | None
    questions: Path


GUARDS = (
    Guard("built-in", None, DATA / "test.jsonl"),
    Guard("invented", DATA / "invented" / "test", DATA / "invented_test.jsonl"),
    *(Guard(f"newspaper {path.stem}", folder, path) for folder, path in newspapers("test")),
)


def main() -> None:
    before = read_floor() if FLOOR.exists() else {}
    now = {guard.name: record(guard) for guard in GUARDS}
    problems = [
        f"{name}: {problem}"
        for name, entry in now.items()
        for problem in below(before.get(name, {}).get("recorded", {}), entry["recorded"], 0.0)
    ]
    for name, entry in now.items():
        print(name, entry["recorded"])
    if problems and "--lower" not in sys.argv[1:]:
        sys.exit("\n".join([*problems, "nothing was written; --lower records it all the same"]))
    FLOOR.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
    print(f"written to {FLOOR.relative_to(ROOT)}")


def read_floor() -> dict[str, dict[str, Any]]:
    """Return for each guard's name its questions' `fingerprint` and its `recorded` figures."""
    content: dict[str, dict[str, Any]] = json.loads(FLOOR.read_text(encoding="utf-8"))
    return content


def record(guard: Guard) -> dict[str, Any]:
    """Return a guard's entry in `floor.json`, measured now."""
    figures = measure(Engine.open(guard.corpus), guard.questions)
    return {"fingerprint": fingerprint(guard.questions), "recorded": figures}


def measure(engine: Engine, questions: Path) -> dict[str, float]:
    """Return the guarded figures of an engine, each in [0, 1]."""
    figures = Report.of(engine, read_questions(questions)).to_dict()["all"]
    return {name: figures[name] for name in GUARDED}


def fingerprint(questions: Path) -> str:
    """Return the SHA-256 of a file's text, whatever its line ends."""
    return hashlib.sha256(questions.read_text(encoding="utf-8").encode("utf-8")).hexdigest()


def below(
    recorded: Mapping[str, float], figures: Mapping[str, float], margin: float = MARGIN
) -> list[str]:
    """Return a line for every figure that is worse than recorded by more than the margin."""
    problems = []
    for name, was in recorded.items():
        sign = -1 if name in LOWER_IS_BETTER else 1
        if sign * (was - figures[name]) > margin + 1e-9:  # figures have four decimals
            problems.append(f"{name} is {figures[name]:.4f}, was {was:.4f} (margin {margin})")
    return problems


if __name__ == "__main__":
    main()
