"""A warm `ask()` against the encoder's own forward pass for the same question.

    python -m benchmarks.answer_time --corpus builtin --corpus ~/documents

Both are measured for one question after another, in turn, so that both see the same machine; the
ratio is that of each such pair.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from benchmarks.results import Measurement, Part, finish, part_parser
from benchmarks.warm import BUILTIN_NAME, add_options, label, open_corpus, questions
from qa.engine import Engine


@dataclass
class Times:
    """Seconds of forward passes and answers, of one pair after another."""

    encoding: list[float] = field(default_factory=list)
    asking: list[float] = field(default_factory=list)


def measure(corpora: Sequence[str], rounds: int) -> Part:
    """Time the questions over each corpus some times over."""
    measurements: list[Measurement] = []
    notes: list[str] = []
    for corpus, name in zip(corpora, map(label, corpora), strict=True):
        engine = open_corpus(corpus)
        times = _time(engine, rounds)
        ratios = [ask / one for one, ask in zip(times.encoding, times.asking, strict=True)]
        below = sorted(ratios)[int(0.9 * len(ratios))]
        measurements += [
            Measurement.of("forward pass", "ms", _milliseconds(times.encoding), name),
            Measurement.of("ask()", "ms", _milliseconds(times.asking), name),
            Measurement.of("ask() / forward pass", "ratio", ratios, name),
        ]
        notes.append(
            f"{name}: {len(engine.index.sentences)} sentences; 9 of 10 ratios are below {below:.2f}"
        )
    return Part(
        "answer_time",
        "a warm ask() against the encoder's forward pass for the same question",
        {
            "corpora": ", ".join(map(label, corpora)),
            "rounds": rounds,
            "questions": len(questions()),
        },
        tuple(measurements),
        tuple(notes),
    )


def _time(engine: Engine, rounds: int) -> Times:
    times = Times()
    for number in range(rounds):
        for question in questions():
            text = engine.understand(question).text
            forward = partial(_encode, engine, text)
            answer = partial(engine.ask, question)
            pair: list[tuple[list[float], Callable[[], object]]] = [
                (times.encoding, forward),
                (times.asking, answer),
            ]
            for seconds, work in pair if number % 2 == 0 else reversed(pair):
                begin = time.perf_counter()
                work()
                seconds.append(time.perf_counter() - begin)
    return times


def _encode(engine: Engine, text: str) -> None:
    for _ in engine.encoder.encode([text], "query"):
        pass


def _milliseconds(seconds: Sequence[float]) -> list[float]:
    return [1000 * one for one in seconds]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = part_parser("answer_time", __doc__)
    add_options(parser)
    options = parser.parse_args(arguments)
    finish(measure(options.corpus or [BUILTIN_NAME], options.rounds), options.json)


if __name__ == "__main__":
    main()
