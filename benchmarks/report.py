"""A run's results as Markdown with pictures.

    python -m benchmarks.report RESULTS.json [MORE.json ...] --report RESULTS.md

does again, from the file, what `python -m benchmarks --report RESULTS.md` does after measuring.
"""

import argparse
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.plots import draw
from benchmarks.results import FEW, Measurement, Part, Run, UnreadableResults, read_run

NONE = "–"
WIDEST = 9  # columns; of a wider table the right half is out of sight
_SIGNIFICANT = 3


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.report",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("results", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--report", type=Path, required=True, metavar="FILE.md")
    options = parser.parse_args(arguments)
    try:
        write_report([read_run(path) for path in options.results], options.report)
    except UnreadableResults as error:
        sys.exit(str(error))


def write_report(runs: Sequence[Run], path: Path) -> None:
    """Write runs as Markdown, and their pictures into `plots/` beside it.

    Raises UnreadableResults when two runs hold the same part: their pictures would be one file.
    """
    names = [part.name for run in runs for part in run.parts]
    for name in names:
        if names.count(name) > 1:
            raise UnreadableResults(f"{name} is in several of the files; give one that holds it")
    folder = path.parent / "plots"
    folder.mkdir(parents=True, exist_ok=True)
    sections = ["# Results"]
    for run in runs:
        sections.append(_heading(run))
        for part in run.parts:
            picture = folder / f"{part.name}.png"
            drawn = draw(part, picture)
            sections.append(part_text(part, f"{folder.name}/{picture.name}" if drawn else None))
        sections += [f"## {name}: failed\n\n{why}" for name, why in run.failures.items()]
    path.write_text("\n\n".join(sections) + "\n", encoding="utf-8")


def part_text(part: Part, picture: str | None = None) -> str:
    """Return a part's figures as Markdown; `picture` is the file to show with them."""
    sections = [f"## {part.name}: {part.title}"]
    if part.params:
        sections.append(", ".join(f"{name}: {value}" for name, value in part.params.items()))
    if picture:
        sections.append(f"![{part.title}]({picture})")
    sections.append(tables(part.measurements))
    if part.notes:
        sections.append("\n".join(f"- {note}" for note in part.notes))
    return "\n\n".join(sections)


def tables(measurements: Sequence[Measurement]) -> str:
    """Return measurements as tables: those without a case one a row, the others one case a row.

    Of many figures for a few cases each is a row, and the cases are the columns.
    """
    alone = [one for one in measurements if not one.case]
    found = []
    if alone:
        rows = [(one.label, cell(one), str(len(one.samples))) for one in alone]
        found.append(markdown(("", "median (spread)", "samples"), rows))
    columns = dict.fromkeys(one.label for one in measurements if one.case)
    if columns:
        cells = {(one.case, one.label): cell(one) for one in measurements}
        cases = dict.fromkeys(one.case for one in measurements if one.case)
        if max(len(cases), WIDEST) < len(columns):
            lines = [(name, *(cells.get((case, name), NONE) for case in cases)) for name in columns]
            found.append(markdown(("", *cases), lines))
        else:
            lines = [(case, *(cells.get((case, name), NONE) for name in columns)) for case in cases]
            found.append(markdown(("", *columns), lines))
    return "\n\n".join(found)


def cell(one: Measurement) -> str:
    """Return a median with its spread, if there is any.

    >>> cell(Measurement.of("nap", "s", [1.0, 2.0, 4.0])), cell(Measurement.of("nap", "s", [0.5]))
    ('2 (1–4)', '0.500')
    """
    if one.low == one.high:
        return number(one.median)
    return f"{number(one.median)} ({number(one.low)}–{number(one.high)})"


def number(value: float) -> str:
    """Return a number with three significant digits, or all digits before the point.

    >>> number(1234567.0), number(12.345), number(0.98765), number(0.0), number(3.0)
    ('1,234,567', '12.3', '0.988', '0', '3')
    """
    if value.is_integer() or not math.isfinite(value):
        return f"{value:,.0f}"
    digits = _SIGNIFICANT - 1 - math.floor(math.log10(abs(value)))
    return f"{value:,.{max(digits, 0)}f}"


def _heading(run: Run) -> str:
    lines = [
        f"`{run.command}`",
        f"{run.date}, commit {run.commit}",
        "; ".join(f"{name}: {value}" for name, value in run.machine.items()),
        ", ".join(f"{name} {version}" for name, version in run.packages.items()),
        f"Medians; in brackets the quartiles, or the extremes of fewer than {FEW} samples.",
    ]
    return "\n\n".join(lines)


def markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, of which all columns but the first are numbers."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
