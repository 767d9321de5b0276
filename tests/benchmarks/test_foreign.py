"""Figures in shapes that are not ours."""

from typing import Any

import pytest

from benchmarks.foreign import part_from
from benchmarks.results import UnreadableResults


def figures(content: Any) -> list[tuple[str, str, str, tuple[float, ...]]]:
    part = part_from("nap", "how long a nap takes", content)
    return [(one.case, one.name, one.unit, one.samples) for one in part.measurements]


def test_without_a_list_the_keys_but_the_last_are_the_case() -> None:
    assert figures({"flat": {"10k": {"p50 ms": 2}}, "runs": 3}) == [
        ("flat, 10k", "p50", "ms", (2.0,)),
        ("", "runs", "", (3.0,)),
    ]


def test_a_list_of_numbers_is_one_figure() -> None:
    assert figures({"search_ms": [1.5, 2.5, 3.5]}) == [("", "search", "ms", (1.5, 2.5, 3.5))]


def test_an_object_in_a_list_is_a_case_that_goes_by_its_texts_or_its_first_number() -> None:
    assert figures([{"texts": 10000, "open s": 0.5}]) == [
        ("texts 10,000", "texts", "", (10000.0,)),
        ("texts 10,000", "open", "s", (0.5,)),
    ]
    assert figures([{"kind": "flat", "name": "10k", "size (MB)": 15}, {"same": True, "n": 1}]) == [
        ("flat, 10k", "size", "MB", (15.0,)),
        ("n 1", "n", "", (1.0,)),
    ]


def test_keys_within_a_case_are_the_name_and_one_of_them_has_the_unit() -> None:
    assert figures({"results": [{"n": 1, "flat_ms": {"p50": 2}, "ms": {"p95": 3}}]})[1:] == [
        ("n 1", "flat p50", "ms", (2.0,)),
        ("n 1", "p95", "ms", (3.0,)),
    ]


def test_lists_in_lists_make_a_case_of_both_without_long_texts() -> None:
    systems = {"title": "pages", "sizes": "long " * 9, "systems": [{"name": "a", "x": 1}]}
    assert figures({"comparisons": [systems]}) == [("pages, a", "x", "", (1.0,))]


def test_texts_at_the_top_are_what_it_was_run_with() -> None:
    part = part_from("nap", "title", {"corpus": "builtin", "bytes": 7, "ranks": {"q1": 1}})
    assert (part.params, len(part.measurements)) == ({"corpus": "builtin"}, 1)


def test_what_a_case_tells_of_itself_is_a_note() -> None:
    content = {"command": ["nap"], "results": [{"n": 1, "explain": ["kind: flat", "why: few"]}]}
    assert part_from("nap", "title", content).notes == ("n 1: kind: flat", "n 1: why: few")


@pytest.mark.parametrize("content", [None, [], {}, "text", {"done": True}])
def test_without_a_number_there_are_no_figures(content: Any) -> None:
    with pytest.raises(UnreadableResults, match="no figures"):
        part_from("nap", "title", content)
