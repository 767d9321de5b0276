"""Figures that a part wrote as JSON in a shape of its own, read as a `Part`.

Numbers become measurements: a list of numbers is one figure with so many samples, a number is one
that was measured once. An object in a list is a case, which goes by its short texts, or by its
first number where it has none; the keys within it are the figure's name. Without a list, the keys
but the last are the case. A unit is taken from the end of a key: "p50 ms", "open_s", "size (MB)".

    [{"texts": 1000, "open s": 0.5}]  ->  "texts 1,000": texts, open (s)
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from benchmarks.results import Measurement, Part, UnreadableResults, Value

LEFT_OUT = frozenset({"ranks"})  # of `benchmarks.peers`: a number for each question
SHORT = 40  # characters; longer texts explain more than they tell apart
_UNIT = re.compile(
    r"^(.+?)[ _]\(?(ms|s|seconds|kB|MB|GB|MiB|GiB|bytes|ratio|share)\)?$|^(ms|seconds|bytes)$"
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: the labels of the objects in lists, and the keys since the last one."""

    labels: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    @property
    def case(self) -> str:
        return ", ".join(self.labels or self.keys[:-1])

    def figure(self, samples: Sequence[float]) -> Measurement:
        names: list[str] = []
        units: list[str] = []
        for key in self.keys if self.labels else self.keys[-1:]:
            match = _UNIT.match(key)
            if match:
                units.append(match[2] or match[3])
            name = match[1] if match else key
            if name:
                names.append(name)
        return Measurement.of(" ".join(names), "".join(units[:1]), samples, self.case)


def part_from(name: str, title: str, content: Any) -> Part:
    """Return what JSON holds as a part. Raises UnreadableResults when there is no number in it."""
    params: dict[str, Value] = {}
    if isinstance(content, Mapping):
        params = {key: value for key, value in content.items() if isinstance(value, str)}
    measurements = tuple(_figures(content, _Place()))
    if not measurements:
        raise UnreadableResults("it left no figures")
    return Part(name, title, params, measurements, tuple(_notes(content, _Place())))


def _figures(content: Any, place: _Place) -> Iterator[Measurement]:
    if _is_number(content):
        yield place.figure([content])
    elif isinstance(content, list) and content and all(map(_is_number, content)):
        yield place.figure(content)
    else:
        for value, at in _within(content, place):
            yield from _figures(value, at)


def _notes(content: Any, place: _Place) -> Iterator[str]:
    """Yield the lines that a case tells of itself: lists of texts."""
    if isinstance(content, list) and place.labels and all(isinstance(one, str) for one in content):
        yield from (f"{place.case}: {line}" for line in content)
    else:
        for value, at in _within(content, place):
            yield from _notes(value, at)


def _within(content: Any, place: _Place) -> Iterator[tuple[Any, _Place]]:
    if isinstance(content, Mapping):
        for key, value in content.items():
            if key not in LEFT_OUT:
                yield value, replace(place, keys=(*place.keys, str(key)))
    elif isinstance(content, list):
        for number, value in enumerate(content, start=1):
            yield value, _Place((*place.labels, _label(value, number)))


def _label(value: Any, number: int) -> str:
    """Return what tells an element of a list from the others."""
    if not isinstance(value, Mapping):
        return str(number)
    texts = [text for text in value.values() if isinstance(text, str) and len(text) <= SHORT]
    firsts = (f"{key} {found:,}" for key, found in value.items() if _is_number(found))
    return ", ".join(texts) or next(chain(firsts, (str(number),)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
