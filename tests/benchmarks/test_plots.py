"""The pictures: which there are, and what stands in them."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.results import Measurement, Part

pytest.importorskip("matplotlib")

from benchmarks import plots

PNG = b"\x89PNG\r\n"


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The figures that were drawn."""
    drawn: list[Any] = []
    figure = plots._figure

    def kept(part: Part, *size: float) -> Any:
        drawn.append(figure(part, *size))
        return drawn[-1]

    monkeypatch.setattr(plots, "_figure", kept)
    return drawn


def part_of(*measurements: Measurement, stacked: tuple[str, ...] = ()) -> Part:
    return Part("nap", "how long a nap takes", {}, measurements, (), stacked)


def test_a_figure_alone_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "nap.png"
    assert plots.draw(part_of(Measurement.of("nap", "s", [1.0])), path) is False
    assert not path.exists()


def test_figures_of_one_unit_share_a_panel(tmp_path: Path, figures: list[Any]) -> None:
    naps = [Measurement.of(name, "s", [value]) for name, value in (("short", 1.0), ("long", 2.0))]
    assert plots.draw(part_of(*naps, Measurement.of("naps", "number", [2.0])), tmp_path / "a.png")
    (axis,) = figures[0].axes
    assert [label.get_text() for label in axis.get_yticklabels()] == ["short", "long"]
    assert [bar.get_width() for bar in axis.patches] == [1.0, 2.0]
    assert (axis.get_xlabel(), axis.get_xscale()) == ("s", "linear")
    assert (tmp_path / "a.png").read_bytes().startswith(PNG)


def test_what_is_the_same_in_all_cases_is_no_panel(tmp_path: Path) -> None:
    same = [Measurement.of("texts", "", [7.0], case) for case in ("flat", "graph")]
    assert plots.draw(part_of(*same), tmp_path / "a.png") is False


def test_many_panels_stand_beside_each_other(tmp_path: Path, figures: list[Any]) -> None:
    many = [
        Measurement.of(f"figure {number}", "ms", [value], f"case {value}")
        for number in range(7)
        for value in (1.0, 2.0)
    ]
    plots.draw(part_of(*many), tmp_path / "a.png")
    shown = [axis.get_xlabel() for axis in figures[0].axes]
    assert shown == [f"figure {number} (ms)" for number in range(7)]
    lefts = {round(axis.get_position().x0, 2) for axis in figures[0].axes}
    assert len(lefts) == 3


def test_cases_are_a_panel_a_figure_and_far_apart_ones_logarithmic(
    tmp_path: Path, figures: list[Any]
) -> None:
    cases = [
        Measurement.of(name, unit, [value], case)
        for case, search, recall in (("flat", 100.0, 1.0), ("graph", 0.5, 0.95))
        for name, unit, value in (("search", "ms", search), ("recall", "share", recall))
    ]
    plots.draw(part_of(*cases), tmp_path / "a.png")
    shown = [(axis.get_xlabel(), axis.get_xscale()) for axis in figures[0].axes]
    assert shown == [("search (ms)", "log"), ("recall (share)", "linear")]


def test_what_adds_up_is_stacked_with_its_shares(tmp_path: Path, figures: list[Any]) -> None:
    spent = [
        Measurement.of(name, "ms", [value], "builtin")
        for name, value in (("encode", 6.0), ("rerank", 3.9), ("rest", 0.1), ("ask()", 10.0))
    ]
    stacked = part_of(*spent, stacked=("encode", "rerank", "rest"))
    assert plots.draw(stacked, tmp_path / "a.png") is True
    (axis,) = figures[0].axes
    bars = [(round(bar.get_x(), 6), round(bar.get_width(), 6)) for bar in axis.patches]
    assert bars == [(0.0, 6.0), (6.0, 3.9), (9.9, 0.1)]
    assert [text.get_text() for text in axis.texts] == ["60%", "39%"]
