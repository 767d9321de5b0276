"""A picture of each part: what adds up as stacked bars, everything else as bars with its spread.

Needs matplotlib: pip install 'hospital-qa[bench]'.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.results import Measurement, Part

COLOURS = ("#1f6f5c", "#e0a458", "#5b7db1", "#b5534c", "#8a6fa8", "#6b9a8d", "#c9c9c9", "#444444")
_WIDTH = 9.0  # inches
_ROW = 0.32  # inches a bar
_PANEL = 0.9  # inches around the bars of a panel
_ONE_ABOVE_ANOTHER = 5  # panels; of more there are some beside each other
_ACROSS = 3
_LOGARITHMIC = 50  # times the least; more cannot be read off one linear axis
_LABELLED = 0.05  # of the longest bar; narrower pieces have no room for a number


def draw(part: Part, path: Path) -> bool:
    """Draw a part's figures; return whether there was something to draw.

    Raises ModuleNotFoundError without matplotlib.
    """
    if part.stacked:
        _stacked(part, path)
        return True
    panels = _panels(part.measurements)
    if panels:
        _bars(part, panels, path)
    return bool(panels)


def _panels(measurements: Sequence[Measurement]) -> dict[str, list[tuple[str, Measurement]]]:
    """Return what is drawn together, by title: one figure of all cases, or all of one unit.

    A figure alone, or the same in all cases, says nothing in a picture and is left out.
    """
    panels: dict[str, list[tuple[str, Measurement]]] = {}
    for one in measurements:
        title = one.label if one.case else one.unit
        panels.setdefault(title, []).append((one.case or one.name, one))
    return {
        title: rows for title, rows in panels.items() if len({one.median for _, one in rows}) > 1
    }


def _bars(part: Part, panels: dict[str, list[tuple[str, Measurement]]], path: Path) -> None:
    across = 1 if len(panels) <= _ONE_ABOVE_ANOTHER else _ACROSS
    titles = list(panels)
    lines = [titles[begin : begin + across] for begin in range(0, len(titles), across)]
    heights = [_PANEL + _ROW * max(len(panels[title]) for title in line) for line in lines]
    figure = _figure(part, sum(heights), _WIDTH * (1 + (across > 1) / 2))
    axes = figure.subplots(len(lines), across, squeeze=False, height_ratios=heights).ravel()
    for axis in axes[len(titles) :]:
        axis.remove()
    for axis, (title, rows) in zip(axes, panels.items(), strict=False):
        _panel(axis, title, rows)
    figure.savefig(path, dpi=150)


def _panel(axis: Any, title: str, rows: Sequence[tuple[str, Measurement]]) -> None:
    medians = [one.median for _, one in rows]
    below = [one.median - one.low for _, one in rows]
    above = [one.high - one.median for _, one in rows]
    places = range(len(rows))
    axis.barh(places, medians, xerr=(below, above), color=COLOURS[0], ecolor="0.4", capsize=2)
    axis.set_yticks(places, [label for label, _ in rows], fontsize=8)
    axis.invert_yaxis()  # the first on top, as in the table
    if min(medians) > 0 and max(medians) > _LOGARITHMIC * min(medians):
        axis.set_xscale("log")
    axis.set_xlabel(title, fontsize=9)
    axis.tick_params(axis="x", labelsize=8)


def _stacked(part: Part, path: Path) -> None:
    """Draw a bar for each case, made of the medians of the measurements that add up."""
    found = {(one.case, one.name): one for one in part.measurements if one.name in part.stacked}
    cases = list(dict.fromkeys(case for case, _ in found))
    totals = [sum(one.median for (of, _), one in found.items() if of == case) for case in cases]
    figure = _figure(part, 2 * _PANEL + 2 * _ROW * len(cases))
    axis = figure.subplots()
    for place, case in enumerate(cases):
        left = 0.0
        for name, colour in zip(part.stacked, COLOURS, strict=False):
            width = found[case, name].median
            label = name if place == 0 else None
            axis.barh(place, width, left=left, color=colour, label=label)
            if width > _LABELLED * max(totals):
                axis.text(left + width / 2, place, f"{width / totals[place]:.0%}", **_CENTRED)
            left += width
    axis.set_yticks(range(len(cases)), cases, fontsize=8)
    axis.invert_yaxis()
    axis.set_xlabel(next(iter(found.values())).unit, fontsize=9)
    figure.legend(loc="outside lower center", ncols=len(part.stacked), fontsize=8, frameon=False)
    figure.savefig(path, dpi=150)


_CENTRED: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8, "color": "white"}


def _figure(part: Part, height: float, width: float = _WIDTH) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    figure.suptitle(part.title, fontsize=10)
    return figure
