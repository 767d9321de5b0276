"""A warm `ask()` against the encoder's own forward pass for the same question."""

import statistics
import time
from pathlib import Path

from qa.engine import Engine
from qa.evaluation import read_questions

QUESTIONS = Path(__file__).parents[1] / "tests" / "data" / "dev.jsonl"
ROUNDS = 3


def main() -> None:
    engine = Engine.open()
    questions = [question.turns[0] for question in read_questions(QUESTIONS)]
    for question in questions:
        engine.ask(question)
    asking: list[float] = []
    encoding: list[float] = []
    ratios: list[float] = []
    for _ in range(ROUNDS):
        for question in questions:
            text = engine.understand(question).text
            begin = time.perf_counter()
            list(engine.encoder.encode([text], "query"))
            middle = time.perf_counter()
            engine.ask(question)
            end = time.perf_counter()
            encoding.append(middle - begin)
            asking.append(end - middle)
            ratios.append((end - middle) / (middle - begin))
    print(f"{len(questions)} questions, {ROUNDS} rounds, {len(engine.index.sentences)} sentences")
    print(f"forward pass: median {1000 * statistics.median(encoding):.1f} ms")
    print(f"ask(): median {1000 * statistics.median(asking):.1f} ms")
    print(f"ask() / forward pass: median {statistics.median(ratios):.2f}")
    print(f"  90 of 100 below {sorted(ratios)[int(0.9 * len(ratios))]:.2f}")


if __name__ == "__main__":
    main()
