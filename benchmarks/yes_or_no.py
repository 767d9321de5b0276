"""What is said to yes-no questions: python -m benchmarks.yes_or_no [--raw FOLDER] [--wrong]

Asks the questions of `tests/data/yesno_dev.jsonl`, which have their outcomes beside them, and
counts what was shown: the right word, the wrong one, neither (资料未明确, or a quote alone), or a
refusal. That something is not yet so counts as a no, and the other way round.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.question_sets import DATA, newspapers
from qa.engine import Engine
from qa.model import Answer
from qa.phrases import phrase

OUTCOMES = ("yes", "no", "not_yet")
SHOWN = ("right", "wrong", "neither", "refused")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raw", type=Path, help="a folder with the raw pages")
    parser.add_argument("--questions", type=Path, default=DATA / "yesno_dev.jsonl")
    parser.add_argument("--wrong", action="store_true", help="print what was wrong")
    options = parser.parse_args()
    corpora = {
        "invented": DATA / "invented" / "dev",
        **{folder.name.removeprefix("dev_"): folder for folder, _ in newspapers("dev")},
    }
    if options.raw:
        corpora["raw"] = options.raw
    engines: dict[str, Engine] = {}
    counted: dict[str, Counter[str]] = {}
    for question in _questions(options.questions):
        name = question["corpus"]
        if name not in corpora:
            continue
        if name not in engines:
            engines[name] = Engine.open(corpora[name])
        answer = engines[name].ask(question["question"])
        shown = _shown(answer, question["outcome"])
        counted.setdefault(name, Counter())[shown] += 1
        if options.wrong and shown == "wrong":
            print(question["id"], question["question"], answer.text, sep="\n  ")
    print("| | questions | " + " | ".join(SHOWN) + " |")
    print("|---|" + "---|" * (len(SHOWN) + 1))
    for name, counts in {**counted, "all": sum(counted.values(), Counter())}.items():
        cells = " | ".join(str(counts[shown]) for shown in SHOWN)
        print(f"| {name} | {counts.total()} | {cells} |")


def _questions(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _shown(answer: Answer, outcome: str) -> str:
    if answer.status != "answered":
        return "refused"
    first = answer.text.split("\n")[0]
    said = next((one for one in OUTCOMES if first == phrase(one, answer.language)), None)
    if said is None:
        return "neither"
    return "right" if (said == "yes") == (outcome == "yes") else "wrong"


if __name__ == "__main__":
    main()
