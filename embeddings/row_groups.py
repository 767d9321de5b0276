"""Which rows belong to which group: compressed sparse rows, from groups to rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RowGroups:
    """The rows of the group `names[i]` are `rows[starts[i]:starts[i + 1]]`, ascending.

    `names`: sorted. `starts`: int64 (n_names + 1,). `rows`: int64 (n_pairs,). Arrays that are
    mapped from a file stay so.
    """

    names: tuple[str, ...]
    starts: Rows
    rows: Rows
    _numbers: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        numbers = {name: number for number, name in enumerate(self.names)}
        object.__setattr__(self, "_numbers", numbers)

    @classmethod
    def of(cls, groups: Iterable[Iterable[str]]) -> "RowGroups":
        """Take the groups of the rows 0, 1, 2, ...

        >>> RowGroups.of([["a"], [], ["b", "a"]]).select(["a"]).tolist()
        [0, 2]
        """
        nothing = cls((), np.zeros(1, np.int64), np.empty(0, np.int64))
        return nothing.extended(groups, first=0)

    def extended(self, groups: Iterable[Iterable[str]], first: int) -> "RowGroups":
        """Return these rows and those of `groups`, which are `first`, `first` + 1, ..."""
        pairs = [
            (name, row) for row, names in enumerate(groups, start=first) for name in set(names)
        ]
        names = tuple(sorted({*self.names, *(name for name, _ in pairs)}))
        numbers = {name: number for number, name in enumerate(names)}
        held = np.array([numbers[name] for name in self.names], np.int64)
        added = np.fromiter((numbers[name] for name, _ in pairs), np.int64, len(pairs))
        of_group = np.concatenate([np.repeat(held, np.diff(self.starts)), added])
        rows = np.concatenate([self.rows, np.fromiter((row for _, row in pairs), np.int64)])
        counts = np.bincount(of_group, minlength=len(names))
        return RowGroups(
            names,
            np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)]),
            rows[np.argsort(of_group, kind="stable")],
        )

    def select(self, names: Sequence[str]) -> Rows:
        """Return the rows of at least one of the groups, ascending; a group may be unknown."""
        numbers = {self._numbers[name] for name in names if name in self._numbers}
        parts = [self.rows[self.starts[i] : self.starts[i + 1]] for i in numbers]
        if len(parts) == 1:
            return parts[0]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64)
