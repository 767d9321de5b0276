"""Many questions from 50 callers: whether the server's memory stays flat.

    python -m benchmarks.load --questions 10000

The callers ask by the API; see `benchmarks.callers`. The first figure of the memory is from after
the warm-up, the others are from equal shares of the questions.
"""

from collections.abc import Sequence

from benchmarks.callers import Goal, ask, server_figures, serving
from benchmarks.results import Measurement, Part, finish, part_parser

QUESTIONS = 10_000
CALLERS = 50
SHARES = 4
WARM_UP = 400  # questions before anything is measured


def measure(questions: int, callers: int) -> Part:
    """Ask so many questions; see how much memory the server has between shares of them."""
    with serving() as address:
        ask(address, "api", callers, Goal(questions=WARM_UP))
        memory = [_memory(server_figures(address))]
        rates: list[float] = []
        problems: list[str] = []
        for _ in range(SHARES):
            tally = ask(address, "api", callers, Goal(questions=max(1, questions // SHARES)))
            memory.append(_memory(server_figures(address)))
            rates.append(tally.rate)
            problems += tally.errors
    return Part(
        "load",
        f"the server's memory over {questions} questions",
        {"questions": questions, "callers": callers},
        (
            Measurement.of("throughput", "1/s", rates),
            Measurement.of("errors", "", [len(problems)]),
            *(
                Measurement.of("resident memory", "MB", [size], f"after share {number}")
                for number, size in enumerate(memory)
            ),
        ),
        tuple(f"an error: {problem}" for problem in problems[:3]),
    )


def _memory(figures: dict[str, float]) -> float:
    """Return the server's resident memory; not every system tells it."""
    return figures.get("process_resident_memory_bytes", float("nan")) / 1e6


def main(arguments: Sequence[str] | None = None) -> None:
    parser = part_parser("load", __doc__)
    parser.add_argument("--questions", type=int, default=QUESTIONS, help=f"in all: {QUESTIONS}")
    parser.add_argument("--callers", type=int, default=CALLERS, help=f"at once: {CALLERS}")
    options = parser.parse_args(arguments)
    finish(measure(options.questions, options.callers), options.json)


if __name__ == "__main__":
    main()
