import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import cast

import pytest

import corpus
import qa
from corpus.lazy_pattern import _Lazy, lazy_pattern


def test_it_does_what_a_compiled_pattern_does() -> None:
    compiled = re.compile("(?P<count>[0-9]+)(名|台)", re.IGNORECASE)
    lazy = lazy_pattern(compiled.pattern, re.IGNORECASE)
    text = "党员334名, 透析机80台"
    for _ in range(2):  # when it is compiled, and afterwards
        assert lazy.findall(text) == compiled.findall(text)
        assert lazy.sub("", text, count=1) == compiled.sub("", text, count=1)
        found, expected = lazy.search(text, 3), compiled.search(text, 3)
        assert found
        assert expected
        assert found.groupdict() == expected.groupdict()
    assert (lazy.pattern, lazy.flags) == (compiled.pattern, compiled.flags)
    assert lazy.groupindex == compiled.groupindex


def test_it_is_not_compiled_before_it_is_used() -> None:
    wrong = lazy_pattern("(")
    assert wrong.pattern == "("
    with pytest.raises(re.error):
        wrong.search("")


def test_every_pattern_of_the_program_compiles() -> None:
    patterns: list[_Lazy] = []
    for package in (corpus, qa):
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.startswith("qa.web"):
                patterns += patterns_in(vars(import_module(found.name)))
    assert len(patterns) > 100
    for pattern in patterns:
        assert pattern.groups >= 0, pattern.pattern


def patterns_in(value: object) -> Iterator[_Lazy]:
    """Yield the patterns that stand in a module, also in its tables."""
    if type(value) is _Lazy:
        yield value
    elif type(value) in (dict, tuple, list):
        parts = value.values() if isinstance(value, dict) else value
        for part in cast("Iterable[object]", parts):
            yield from patterns_in(part)
