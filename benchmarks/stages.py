"""Where one `ask()` spends its time: understand, encode, dense, lexical, rerank, compose.

    python -m benchmarks.stages --corpus builtin --corpus ~/documents

The methods of `STAGES` are wrapped for the run; a stage's time is that spent in its methods without
that of other stages' methods called from there, and "rest" is what remains of `ask()`. A warm
engine asks each question in turn with and without the wrapping, so that its own cost is seen.
"""

import pkgutil
import statistics
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest.mock import patch

from benchmarks.results import Measurement, Part, finish, part_parser
from benchmarks.warm import BUILTIN_NAME, add_options, label, open_corpus, questions
from qa.engine import Engine

# What a stage is made of. A name that begins with "engine." starts at the engine of the run, and
# the method is wrapped in the class of what it leads to, so that any store and any encoder will do.
# Any other name is that of a module's function or of a class's method. What is not there, as some
# stores lack what others have, is left out, as long as something of the stage is.
STAGES: Mapping[str, tuple[str, ...]] = {
    "understand": ("engine.understand",),
    "encode": ("engine.encoder.encode",),
    "dense": ("engine.index.vectors.search", "engine.index.pooled"),
    "lexical": (
        "qa.lexical.Tokenizer.words",
        "engine.index.lexical.best",
        "engine.index.lexical.scores",
        "engine.index.lexical.scores_at",
    ),
    "rerank": (
        "engine.index.similarities",
        "embeddings.tokens.Similarities.best",
        "embeddings.tokens.Similarities.matched",
    ),
    "compose": ("qa.engine.compose",),
}
REST = "rest"
WHOLE = "ask()"


class Clock:
    """Adds up the time spent in each stage, of the thread that made it."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._stages: list[str] = []
        self._since = 0.0
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()

    def reset(self) -> None:
        """Begin anew."""
        self.seconds.clear()
        self.calls.clear()

    def timed(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return `work` with its time counted; what it yields is gone through at once."""

        @wraps(work)
        def run(*args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() != self._thread:
                return work(*args, **kwargs)
            self.calls[stage] += 1
            with self._within(stage):
                found = work(*args, **kwargs)
                return iter(list(found)) if isinstance(found, Iterator) else found

        return run

    @contextmanager
    def _within(self, stage: str) -> Iterator[None]:
        self._turn()
        self._stages.append(stage)
        try:
            yield
        finally:
            self._turn()
            self._stages.pop()

    def _turn(self) -> None:
        """Give the time since the last turn to the stage that it was spent in."""
        now = time.perf_counter()
        if self._stages:
            self.seconds[self._stages[-1]] += now - self._since
        self._since = now


@contextmanager
def watching(engine: Engine, clock: Clock) -> Iterator[None]:
    """Count the time of every stage while this lasts.

    Raises LookupError that names a stage of which this version of the program has no method.
    """
    with ExitStack() as wrapped:
        for stage, names in STAGES.items():
            found = [place for name in names if (place := find(name, engine))]
            if not found:
                raise LookupError(f"nothing makes up {stage!r}: there is no {' or '.join(names)}")
            for owner, name in found:
                timed = clock.timed(stage, getattr(owner, name))
                wrapped.enter_context(patch.object(owner, name, timed))
        yield


def find(name: str, engine: Engine) -> tuple[Any, str] | None:
    """Return the class or module that holds a method or function of `STAGES`, and its name there.

    >>> find("statistics.median", None)[1], find("statistics.mystery", None)
    ('median', None)
    """
    path, _, method = name.rpartition(".")
    try:
        if path.split(".")[0] == "engine":
            owner: Any = engine
            for attribute in path.split(".")[1:]:
                owner = getattr(owner, attribute)
            owner = type(owner)
        else:
            owner = pkgutil.resolve_name(path)
    except (AttributeError, ImportError):
        return None
    return (owner, method) if hasattr(owner, method) else None


def measure(corpora: Sequence[str], rounds: int) -> Part:
    """Ask the questions of each corpus some times over."""
    measurements: list[Measurement] = []
    notes: list[str] = []
    for corpus in corpora:
        found, told = _one(corpus, rounds)
        measurements += found
        notes += told
    return Part(
        "stages",
        "where the time of one ask() goes",
        {
            "corpora": ", ".join(map(label, corpora)),
            "rounds": rounds,
            "questions": len(questions()),
        },
        tuple(measurements),
        tuple(notes),
        stacked=(*STAGES, REST),
    )


def _one(corpus: str, rounds: int) -> tuple[list[Measurement], list[str]]:
    engine, name = open_corpus(corpus), label(corpus)
    clock = Clock()
    plain: list[float] = []
    whole: list[float] = []
    spent: dict[str, list[float]] = {stage: [] for stage in (*STAGES, REST)}
    calls: Counter[str] = Counter()
    for _ in range(rounds):
        for question in questions():
            plain.append(_seconds(engine, question))
            with watching(engine, clock):
                clock.reset()
                whole.append(_seconds(engine, question))
            for stage in STAGES:
                spent[stage].append(clock.seconds[stage])
            spent[REST].append(whole[-1] - sum(clock.seconds.values()))
            calls += clock.calls
    samples = {**spent, WHOLE: whole}
    found = [_milliseconds(stage, seconds, name) for stage, seconds in samples.items()]
    shares = ", ".join(f"{stage} {sum(spent[stage]) / sum(whole):.1%}" for stage in spent)
    often = ", ".join(f"{stage} {calls[stage] / len(whole):.2f}" for stage in STAGES)
    slower = statistics.median(whole) / statistics.median(plain)
    size = len(engine.index.sentences)
    return found, [
        f"{name}: shares of the time of all questions together: {shares}",
        f"{name}: calls a question: {often}",
        f"{name}: {size} sentences; ask() with the clock takes {slower:.2f} of the time without",
    ]


def _seconds(engine: Engine, question: str) -> float:
    begin = time.perf_counter()
    engine.ask(question)
    return time.perf_counter() - begin


def _milliseconds(stage: str, seconds: Sequence[float], corpus: str) -> Measurement:
    return Measurement.of(stage, "ms", [1000 * one for one in seconds], corpus)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = part_parser("stages", __doc__)
    add_options(parser)
    options = parser.parse_args(arguments)
    finish(measure(options.corpus or [BUILTIN_NAME], options.rounds), options.json)


if __name__ == "__main__":
    main()
