"""What benchmarks find, in one shape, and the file that keeps it.

A *part* is a benchmark that runs alone: `python -m benchmarks.NAME`. It returns a `Part`, whose
figures are `Measurement`s; a `Run` holds the parts that were measured together, and tells with
which command, commit, packages and machine. A run is kept as JSON and shown as Markdown
(`benchmarks.report`), two of them are set side by side by `benchmarks.compare`.

    parser = part_parser("sleep", "How long a nap takes.")
    options = parser.parse_args()
    seconds = Measurement.of("nap", "s", samples)
    finish(Part("sleep", "How long a nap takes", {}, (seconds,)), options.json)
"""

import argparse
import json
import shlex
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.surroundings import commit, machine, now, packages

FEW = 4  # samples; fewer have no quartiles worth the name
_DIGITS = 9  # significant ones, in the file

Value = str | int | float | bool


class UnreadableResults(ValueError):
    """A file that holds no results of a run."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure: its median, and between what it lay.

    `low` and `high` are the quartiles, or the extremes of fewer than `FEW` samples. `samples` are
    all values in the order in which they were measured. `case` tells apart what was measured in
    several ways, such as "HNSW, 100k": it is the row of a table, and `name` with `unit` the column.
    """

    name: str
    unit: str
    median: float
    low: float
    high: float
    samples: tuple[float, ...]
    case: str = ""

    @classmethod
    def of(cls, name: str, unit: str, samples: Sequence[float], case: str = "") -> "Measurement":
        """Sum up samples. Raises ValueError when there are none.

        >>> Measurement.of("nap", "s", [3.0, 1.0, 2.0]).median
        2.0
        """
        if not samples:
            raise ValueError(f"{name!r} was not measured: it has no samples")
        values = tuple(float(f"{value:.{_DIGITS}g}") for value in samples)
        if len(values) < FEW:
            low, high = min(values), max(values)
        else:
            low, _, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(name, unit, statistics.median(values), low, high, values, case)

    @property
    def label(self) -> str:
        """Its name with its unit."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Measurement":
        """Undo `asdict`, and what JSON did. Raises KeyError, TypeError or ValueError."""
        numbers = {name: float(content[name]) for name in ("median", "low", "high")}
        samples = tuple(float(value) for value in content["samples"])
        return cls(**{**content, **numbers, "samples": samples})


@dataclass(frozen=True, slots=True)
class Part:
    """What one benchmark found.

    `title`: one line on what it measures. `params`: what it was run with. `notes`: sentences that
    belong to the figures. `stacked`: the names of measurements that add up to a whole, which a
    picture shows on top of each other.
    """

    name: str
    title: str
    params: Mapping[str, Value]
    measurements: tuple[Measurement, ...]
    notes: tuple[str, ...] = ()
    stacked: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Part":
        """Undo `asdict`, and what JSON did. Raises KeyError, TypeError or ValueError."""
        found = tuple(Measurement.from_dict(one) for one in content["measurements"])
        lists = {name: tuple(content[name]) for name in ("notes", "stacked")}
        return cls(**{**content, **lists, "measurements": found})


@dataclass(slots=True)
class Run:
    """Parts that were measured together. `failures` tells of each part that failed why."""

    command: str
    date: str
    commit: str
    packages: dict[str, str]
    machine: dict[str, str]
    parts: list[Part] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)

    @classmethod
    def begin(cls, command: Sequence[str]) -> "Run":
        """Return a run of this command, here and now, without parts."""
        return cls(shlex.join(command), now(), commit(), packages(), machine())

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Run":
        """Undo `asdict`, and what JSON did. Raises KeyError, TypeError or ValueError."""
        return cls(**{**content, "parts": [Part.from_dict(part) for part in content["parts"]]})


def write_run(run: Run, path: Path) -> None:
    """Write a run as JSON."""
    text = json.dumps(asdict(run), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def read_run(path: Path) -> Run:
    """Read a run. Raises UnreadableResults with the file's name and what is wrong with it."""
    try:
        return Run.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableResults(
            f"{path} holds no results ({type(error).__name__}: {error}); "
            "make them with: python -m benchmarks --json FILE"
        ) from error


def part_parser(name: str, description: str | None) -> argparse.ArgumentParser:
    """Return the parser of a part's command line, which has `--json`."""
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{name}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    return parser


def positive(text: str) -> int:
    """Read a number of times from the command line. Raises ArgumentTypeError below 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {text!r}")
    return int(text)


def finish(part: Part, json_file: Path | None) -> None:
    """Print a part's figures, and write them as a run of this part alone."""
    from benchmarks.report import part_text

    print(part_text(part), flush=True)
    if json_file:
        run = Run.begin(["python", "-m", f"benchmarks.{part.name}", *sys.argv[1:]])
        run.parts.append(part)
        write_run(run, json_file)
