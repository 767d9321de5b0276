"""What changed between two runs beyond the spread of their figures.

    python -m benchmarks.compare OLD.json NEW.json [--all]

A figure changed when the two intervals (the quartiles, see `benchmarks.results`) have no value in
common. One that was measured once has no spread: it is shown when it differs at all, for the reader
to judge. The exit status is 1 only when a file cannot be read.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import NONE, cell, markdown
from benchmarks.results import Measurement, Part, Run, UnreadableResults, read_run

BEYOND = "beyond the spread"
WITHIN = "within the spread"
ONCE = "measured once"
SAME = "the same"


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of a part in both runs."""

    part: str
    old: Measurement
    new: Measurement

    @property
    def verdict(self) -> str:
        """Whether the figure changed."""
        if self.old.median == self.new.median:
            return SAME
        if min(len(self.old.samples), len(self.new.samples)) < 2:  # noqa: PLR2004
            return ONCE
        overlap = self.old.low <= self.new.high and self.new.low <= self.old.high
        return WITHIN if overlap else BEYOND

    @property
    def row(self) -> tuple[str, ...]:
        """What a table shows of it."""
        what = f"{self.old.case}: {self.old.label}" if self.old.case else self.old.label
        ratio = f"{self.new.median / self.old.median:.2f}" if self.old.median else NONE
        return (self.part, what, cell(self.old), cell(self.new), ratio, self.verdict)


def compare(old: Run, new: Run, *, everything: bool = False) -> str:
    """Return Markdown: what is not the same around the figures, then those that changed."""
    changes = list(_changes(old, new))
    shown = [one for one in changes if everything or one.verdict in {BEYOND, ONCE}]
    heads = ("part", "figure", "old", "new", "new / old", "change")
    sections = [f"- {line}" for line in _differences(old, new)]
    sections.append("")
    if shown:
        sections += [markdown(heads, [one.row for one in shown]), ""]
    counted = ", ".join(
        f"{sum(one.verdict == verdict for one in changes)} {verdict}"
        for verdict in (BEYOND, WITHIN, ONCE, SAME)
    )
    return "\n".join([*sections, f"{len(changes)} figures in both: {counted}"]).lstrip()


def _changes(old: Run, new: Run) -> Iterator[Change]:
    for before, after in _in_both(old, new):
        found = {_key(one): one for one in before.measurements}
        for one in after.measurements:
            if _key(one) in found:
                yield Change(after.name, found[_key(one)], one)


def _key(one: Measurement) -> tuple[str, str]:
    """Return what says that figures of two runs are of the same thing."""
    return (one.case, one.label)


def _in_both(old: Run, new: Run) -> Iterator[tuple[Part, Part]]:
    before = {part.name: part for part in old.parts}
    for part in new.parts:
        if part.name in before:
            yield before[part.name], part


def _differences(old: Run, new: Run) -> Iterator[str]:
    """Tell what may be why figures changed, and what cannot be compared."""
    yield f"commit: {old.commit} of {old.date}, then {new.commit} of {new.date}"
    for kind, before, after in (
        ("another machine", old.machine, new.machine),
        ("another version", old.packages, new.packages),
    ):
        for name in dict.fromkeys([*before, *after]):
            if before.get(name) != after.get(name):
                yield f"{kind}: {name} {before.get(name, NONE)}, then {after.get(name, NONE)}"
    for which, run in (("old", old), ("new", new)):
        for name, why in run.failures.items():
            yield f"{name} failed in the {which} run: {why}"
    yield from _only_in_one(old, new)
    for one, other in _in_both(old, new):
        if one.params != other.params:
            yield f"{one.name} was run otherwise: {dict(one.params)}, then {dict(other.params)}"


def _only_in_one(old: Run, new: Run) -> Iterator[str]:
    figures = [
        {(part.name, *_key(one)) for part in run.parts for one in part.measurements}
        for run in (old, new)
    ]
    for which, missing in (("old", figures[0] - figures[1]), ("new", figures[1] - figures[0])):
        for name in sorted({name for name, *_ in missing}):
            count = sum(other == name for other, *_ in missing)
            yield f"{count} figures of {name} are only in the {which} run"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.compare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("old", type=Path, metavar="OLD.json")
    parser.add_argument("new", type=Path, metavar="NEW.json")
    parser.add_argument("--all", action="store_true", help="show also what did not change")
    options = parser.parse_args(arguments)
    try:
        print(compare(read_run(options.old), read_run(options.new), everything=options.all))
    except UnreadableResults as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
