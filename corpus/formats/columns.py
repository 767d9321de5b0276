"""Runs of characters on a page -> lines in reading order, columns one after the other.

The idea is the recursive XY-cut (Nagy and Seth 1984), with bands instead of horizontal cuts,
because the lines of columns side by side often stand at the same heights: rows are gathered from
the top as long as one gutter runs through all of them; then each side of the gutters is a page of
its own. A headline across the columns ends the band. Tables are kept row by row: cells are narrow.

Not handled: vertical writing, rotated text, columns of which one begins inside a sentence's line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

GUTTER = 0.7  # in heights of a character; the least width of white between columns
COLUMN = 6.0  # in heights; narrower ones are cells of a table
INDENT = (1.2, 4.5)  # in heights; the first line of a paragraph is moved in by 2
LOOSE = 1.6  # in usual distances of lines; more is a gap between paragraphs
APART = 3.0  # in heights; white space across all columns that ends them
_MAX_DEPTH = 20
_ENDS = ("。", "！", "？", "!", "?", ".", "”", "」", "：", ":")


@dataclass(frozen=True, slots=True)
class Run:
    """Characters beside each other. In points, from the lower left corner of the page."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom


def read_page(runs: Sequence[Run]) -> str:
    """Return the text of a page: a line a row, blank lines between paragraphs.

    A column that ends inside a sentence is followed by the next one without a blank line.
    """
    text = ""
    for part in _regions(list(runs), 0):
        lines = _region_text(part)
        if text and lines:
            text += "\n\n" if text.rstrip().endswith(_ENDS) or _is_larger(part, runs) else "\n"
        text += lines
    return text


def _regions(runs: list[Run], depth: int) -> Iterator[list[list[Run]]]:
    """Yield the parts of a page that have one column, as rows."""
    single: list[list[Run]] = []
    for band in _bands(_rows(runs)):
        gutters = _columns(band) if depth < _MAX_DEPTH else []
        if not gutters:
            single += band
            continue
        if single:
            yield single
            single = []
        edges = [*gutters, float("inf")]
        columns: list[list[Run]] = [[] for _ in edges]
        for run in (run for row in band for run in row):
            columns[next(i for i, edge in enumerate(edges) if run.right <= edge)].append(run)
        for column in columns:
            yield from _regions(column, depth + 1)
    if single:
        yield single


def _rows(runs: list[Run]) -> list[list[Run]]:
    """Gather runs whose middles are at one height, from the top; each row from the left."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (-(run.top + run.bottom), run.left)):
        middle = (run.top + run.bottom) / 2
        if rows and middle > rows[-1][0].bottom + rows[-1][0].height * 0.25:
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda run: run.left) for row in rows]


def _bands(rows: list[list[Run]]) -> Iterator[list[list[Run]]]:
    """Yield runs of rows through which at least one gutter goes, and the rows between, singly."""
    band: list[list[Run]] = []
    solid: list[tuple[float, float]] = []
    for row in rows:
        widened = _union(solid, row)
        if band and (len(widened) == 1 or _is_apart(band, row)):
            yield band
            band, widened = [], _union([], row)
        band.append(row)
        solid = widened
    if band:
        yield band


def _is_apart(band: list[list[Run]], row: list[Run]) -> bool:
    """Tell whether white space as high as APART separates a row from all columns above it."""
    lowest = min(run.bottom for above in band for run in above)
    return lowest - max(run.top for run in row) > APART * median(run.height for run in row)


def _union(solid: list[tuple[float, float]], row: list[Run]) -> list[tuple[float, float]]:
    """Return the intervals of x that are covered; what is nearer than a gutter is one."""
    gap = GUTTER * median(run.height for run in row)
    merged: list[tuple[float, float]] = []
    for left, right in sorted([*solid, *((run.left, run.right) for run in row)]):
        if merged and left - merged[-1][1] < gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], right))
        else:
            merged.append((left, right))
    return merged


def _columns(band: list[list[Run]]) -> list[float]:
    """Return the x of the gutters between columns of a band; none when it is a table or one row."""
    if len(band) == 1:
        return []
    runs = [run for row in band for run in row]
    height = median(run.height for run in runs)
    solid: list[tuple[float, float]] = []
    for row in band:
        solid = _union(solid, row)
    if len(solid) == 1:
        return []
    for left, right in solid:
        widths = [run.right - run.left for run in runs if left <= run.left and run.right <= right]
        if right - left < COLUMN * height or max(widths) < COLUMN * height:
            return []
    return [(left[1] + right[0]) / 2 for left, right in pairwise(solid)]


def _region_text(rows: list[list[Run]]) -> str:
    edge = min(row[0].left for row in rows)
    steps = [above[0].bottom - row[0].bottom for above, row in pairwise(rows)]
    usual = median(steps) if steps else 0.0
    text = _line(rows[0])
    for step, row in zip(steps, rows[1:], strict=True):
        moved = (row[0].left - edge) / max(row[0].height, 1e-6)
        apart = step > LOOSE * usual or INDENT[0] < moved < INDENT[1]
        text += ("\n\n" if apart else "\n") + _line(row)
    return text


def _line(row: list[Run]) -> str:
    return " ".join(run.text for run in row)


def _is_larger(rows: list[list[Run]], runs: Sequence[Run]) -> bool:
    return rows[0][0].height > 1.2 * median(run.height for run in runs)
