"""Which kind of FAISS index holds some vectors: by their number, the memory, and measured recall.

How well an approximate kind finds depends on how the vectors lie to each other, which nobody knows
beforehand: the same setting found 99 % of the neighbours in one collection and 48 % in another. So
each kind is judged by what it finds. The kinds that fit the memory are made in the order of their
speed; of each, a search is made to work harder until it finds `TARGET` of the ten nearest rows of
sampled queries. A kind that finds less than `FLOOR` at its hardest is given up for the next one,
and the last is exact.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from embeddings.faiss_kinds import (
    FLAT,
    HNSW,
    HNSW_SQ8,
    IVF_SQ8,
    LINKS,
    SQ8,
    Floats,
    Kind,
    Progress,
    list_count,
    make,
    nearest,
)
from embeddings.store_queries import DEPTH, Queries, Sample, moved_rows, sampled

MEMORY = 1_000_000_000  # a quarter of a small machine's 4 GB; the model takes another
FLAT_BELOW = 20_000  # up to here reading every vector takes 2 ms or less
TARGET = 0.97
FLOOR = 0.95
GAIN = 0.002  # of recall, which a step has to bring for the next one to be tried
ROUNDING = 1e-6  # cosines that differ by no more are ties


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting that was measured.

    `effort`: the value of the kind's parameter. `recall`: recall@10 in [0, 1]. `build_seconds`: for
    the kind, whatever the number of its trials. `search_ms`: median of a query on one thread.
    """

    kind: str
    effort: int
    recall: float
    build_seconds: float
    search_ms: float

    def explain(self) -> str:
        """Return a line of text."""
        setting = f" at {self.effort}" if self.effort else ""
        return (
            f"{self.kind}{setting}: recall {self.recall:.3f}, {self.search_ms:.2f} ms a search, "
            f"built in {self.build_seconds:.1f} s"
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """The kind of index that was taken, and why.

    `bytes`: its size, on disk as in memory; `memory`: the budget that was given. `parameters`: by
    FAISS' names. `recall`: recall@10 in [0, 1], measured with `queries` queries, which were
    `asked`; with none of them it is 1 because the kind is exact. `reason`: sentences for people.
    """

    kind: str
    count: int
    dim: int
    bytes: int
    memory: int
    parameters: dict[str, int]
    recall: float
    queries: int
    asked: str
    trials: tuple[Trial, ...]
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> "Choice":
        """Undo `to_dict`. Raises TypeError when the fields are others."""
        trials = tuple(Trial(**trial) for trial in fields["trials"])
        return cls(**{**fields, "trials": trials})

    def explain(self) -> list[str]:
        """Return lines of text that tell what was chosen, and why."""
        setting = ", ".join(f"{name} {value}" for name, value in self.parameters.items())
        measured = f"measured with {self.queries} {self.asked}"
        found = measured if self.queries else "every row is read"
        return [
            f"kind: {self.kind}{f' ({setting})' if setting else ''}",
            f"holds: {self.count:,} vectors of {self.dim} numbers",
            f"size: {_megabytes(self.bytes)}, of {_megabytes(self.memory)} given",
            f"recall@{DEPTH}: {self.recall:.3f}, {found}",
            f"why: {self.reason}",
            *(f"tried: {trial.explain()}" for trial in self.trials),
        ]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A FAISS index that was chosen, its kind, and its parameter at search."""

    index: Any
    kind: Kind
    effort: int
    choice: Choice


def choose(
    vectors: Floats,
    memory: int = MEMORY,
    progress: Progress | None = None,
    queries: Queries | None = None,
    *,
    kinds: Sequence[Kind] = (),
    target: float = TARGET,
    floor: float = FLOOR,
) -> Chosen:
    """Make the index that suits float32 (n, dim), L2-normalised, within `memory` bytes.

    It is judged by `queries`, or else by rows that are moved. `kinds` are tried in their order
    instead of those that suit the number and the memory; Flat comes after the last.
    """
    count, dim = vectors.shape
    kinds = kinds or candidates(count, dim, memory)
    first = kinds[0]
    if first is FLAT:
        why = f"exact search in fewer than {FLAT_BELOW:,} vectors is fast enough"
        return _exact(vectors, memory, progress, [], why)
    sample = sampled(queries or moved_rows(vectors), vectors)
    trials: list[Trial] = []
    for kind in kinds:
        begin = time.perf_counter()
        index = make(kind, vectors, progress)
        seconds = time.perf_counter() - begin
        before = 0.0
        for effort in _steps(kind, count):
            recall, milliseconds = _measure(index, kind, effort, vectors, sample)
            trials.append(Trial(kind.name, effort, recall, seconds, milliseconds))
            if recall >= target or recall < before + GAIN:
                break
            before = recall
        if trials[-1].recall >= floor:
            why = _reason(trials, count, dim, memory, target=target, floor=floor)
            choice = _choice(kind, vectors.shape, memory, trials, why, sample)
            return Chosen(index, kind, effort, choice)
        del index  # before the next one is made
    why = f"no other kind that was tried finds {floor:.0%} of the nearest vectors"
    return _exact(vectors, memory, progress, trials, why)


def candidates(count: int, dim: int, memory: int) -> tuple[Kind, ...]:
    """Return the kinds to try for so many vectors, in their order.

    Where one graph does not find its way, as among many copies of one vector, no other does.
    """
    if count < FLAT_BELOW:
        return (FLAT,)
    graphs = [kind for kind in (HNSW, HNSW_SQ8) if kind.bytes(count, dim) <= memory]
    return (*graphs[:1], IVF_SQ8, SQ8)


def flat_choice(count: int, dim: int, memory: int = MEMORY) -> Choice:
    """Return the choice of a store that was filled row by row."""
    return _choice(FLAT, (count, dim), memory, [], "rows can be added to an exact index")


def _exact(
    vectors: Floats, memory: int, progress: Progress | None, trials: list[Trial], why: str
) -> Chosen:
    size = FLAT.bytes(*vectors.shape)
    if size > memory:
        why += f"; it takes {_megabytes(size)}, more than the {_megabytes(memory)} given"
    index = make(FLAT, vectors, progress)
    return Chosen(index, FLAT, 0, _choice(FLAT, vectors.shape, memory, trials, why))


def _choice(
    kind: Kind,
    shape: tuple[int, ...],
    memory: int,
    trials: list[Trial],
    why: str,
    sample: Sample | None = None,
) -> Choice:
    count, dim = shape
    parameters = {}
    if kind.effort:
        made_with = {"nlist": list_count(count)} if kind is IVF_SQ8 else {"M": LINKS}
        parameters = {**made_with, kind.effort: trials[-1].effort}
    return Choice(
        kind=kind.name,
        count=count,
        dim=dim,
        bytes=kind.bytes(count, dim),
        memory=memory,
        parameters=parameters,
        recall=trials[-1].recall if sample else 1.0,
        queries=len(sample.queries) if sample else 0,
        asked=sample.name if sample else "",
        trials=tuple(trials),
        reason=why,
    )


def _reason(
    trials: list[Trial], count: int, dim: int, memory: int, *, target: float, floor: float
) -> str:
    """Tell what was too large, what found too little, and what the last trial found."""
    last = trials[-1]
    large = [kind for kind in (HNSW, HNSW_SQ8, IVF_SQ8, SQ8) if kind.bytes(count, dim) > memory]
    poor = dict.fromkeys(trial.kind for trial in trials if trial.kind != last.kind)
    parts = []
    if large:
        sizes = (f"{kind.name} ({_megabytes(kind.bytes(count, dim))})" for kind in large)
        parts.append(f"larger than the {_megabytes(memory)} given: {', '.join(sizes)}")
    if poor:
        parts.append(f"under {floor:.0%} at its hardest: {', '.join(poor)}")
    found = f"{last.kind} finds {last.recall:.1%} of the nearest vectors"
    if last.recall < target:
        found += f", which is under the {target:.0%} wanted and enough"
    if last.kind in {kind.name for kind in large}:
        found += "; it is read from disk as searches need it"
    return "; ".join([*parts, found])


def _steps(kind: Kind, count: int) -> Iterable[int]:
    """Return the efforts to try, the first one at least; half of all lists is no search in some."""
    if kind.effort != "nprobe":
        return kind.steps
    return [step for step in kind.steps if step <= list_count(count) // 2] or kind.steps[:1]


def _measure(
    index: Any, kind: Kind, effort: int, vectors: Floats, sample: Sample
) -> tuple[float, float]:
    """Return recall and the median milliseconds of a query.

    A row counts that is as near as the last of the true neighbours: of equal ones any is right.
    """
    right, seconds = 0, []
    for query, last in zip(sample.queries, sample.last, strict=True):
        begin = time.perf_counter()
        rows, _ = nearest(index, kind, query, effort, None, sample.depth)
        seconds.append(time.perf_counter() - begin)
        right += int((vectors[rows] @ query >= last - ROUNDING).sum())
    return right / (sample.depth * len(sample.queries)), float(np.median(seconds)) * 1e3


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
