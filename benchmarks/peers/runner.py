"""Ask several systems the same questions in turn; count what they find and how long it takes."""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

DEPTH = 5
WARM_UP = ("院长是谁？", "How many beds does the hospital have?")

Search = Callable[[str, int], list[int]]
"""Returns the numbers of the best passages for a question, best first, at most so many."""


class System(Protocol):
    """Something that finds passages.

    `prepare` turns the user's questions of a conversation into what `search` takes; it is not
    timed. `search` returns passage numbers, best first, at most `k`.
    """

    @property
    def name(self) -> str: ...

    def prepare(self, turns: tuple[str, ...]) -> Any: ...

    def search(self, prepared: Any, k: int) -> Sequence[int]: ...


@dataclass(frozen=True, slots=True)
class Peer:
    """A system without a history: the user's turns are joined into one question."""

    name: str
    find: Search

    def prepare(self, turns: tuple[str, ...]) -> str:
        return " ".join(turns)

    def search(self, prepared: str, k: int) -> Sequence[int]:
        return self.find(prepared, k)


@dataclass(frozen=True, slots=True)
class Case:
    """A question that has an answer: the user's turns, and the numbers of the passages with it."""

    id: str
    turns: tuple[str, ...]
    relevant: frozenset[int]


@dataclass(frozen=True, slots=True)
class Result:
    """What a system found: the first relevant rank of each question, from 1, or None."""

    name: str
    ranks: Mapping[str, int | None]
    seconds: tuple[float, ...]

    def success(self, depth: int) -> float:
        """Return the share of questions with a relevant passage among the first `depth`.

        >>> Result("a", {"q1": 1, "q2": 3, "q3": None, "q4": 1}, ()).success(1)
        0.5
        """
        found = sum(rank is not None and rank <= depth for rank in self.ranks.values())
        return found / len(self.ranks)

    @property
    def median_ms(self) -> float:
        """The median time of a question, in milliseconds."""
        return 1000 * statistics.median(self.seconds)

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "success@1": round(self.success(1), 4),
            "success@5": round(self.success(DEPTH), 4),
            "median_ms": round(self.median_ms, 1),
            "question_ms": [round(1000 * seconds, 3) for seconds in self.seconds],
            "ranks": dict(self.ranks),
        }


def measure(systems: Sequence[System], cases: Sequence[Case]) -> tuple[Result, ...]:
    """Ask each system each question, one system after another, so that all see the same machine.

    Raises ValueError when there are no questions, two of one id or two systems of one name, or when
    a system returns a passage twice or more passages than it was asked for.
    """
    if not cases:
        raise ValueError("no question has a relevant passage; do the questions fit the corpus?")
    _check_distinct("question", (case.id for case in cases))
    _check_distinct("system", (system.name for system in systems))
    for system in systems:
        for question in WARM_UP:
            system.search(system.prepare((question,)), DEPTH)
    ranks: dict[str, dict[str, int | None]] = {system.name: {} for system in systems}
    seconds: dict[str, list[float]] = {system.name: [] for system in systems}
    for case in cases:
        for system in systems:
            prepared = system.prepare(case.turns)
            begin = time.perf_counter()
            found = system.search(prepared, DEPTH)
            seconds[system.name].append(time.perf_counter() - begin)
            if len(found) > DEPTH or len(set(found)) < len(found):
                raise ValueError(f"{system.name} returned {list(found)} for {DEPTH} passages")
            ranks[system.name][case.id] = first_rank(found, case.relevant)
    return tuple(
        Result(system.name, ranks[system.name], tuple(seconds[system.name])) for system in systems
    )


def first_rank(found: Iterable[int], relevant: frozenset[int]) -> int | None:
    """Return the rank, from 1, of the first relevant passage.

    >>> first_rank([7, 4, 2], frozenset({2, 4})), first_rank([7], frozenset({2}))
    (2, None)
    """
    return next((rank for rank, number in enumerate(found, start=1) if number in relevant), None)


def markdown(results: Iterable[Result]) -> str:
    """Return the figures as a Markdown table, the systems in their order."""
    lines = [
        "| system | Success@1 | Success@5 | median ms a question |",
        "|---|---:|---:|---:|",
    ]
    lines += [
        f"| {result.name} | {result.success(1):.1%} | {result.success(DEPTH):.1%} "
        f"| {result.median_ms:.1f} |"
        for result in results
    ]
    return "\n".join(lines)


def _check_distinct(kind: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"the {kind} {name!r} is there twice")
        seen.add(name)
