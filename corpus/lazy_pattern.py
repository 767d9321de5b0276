"""Regular expressions that are compiled when they are first used.

To compile all those of the program takes many times as long as to answer a question, which needs a
few of them.
"""

import re
from functools import cached_property
from typing import Any, cast

HAN = r"[^\W\x00-\x7f]"
"""Matches a letter beyond ASCII, of which a Chinese text has hardly any but Han characters.

Their range takes 0.7 ms to compile wherever it stands, and a question meets a dozen patterns.
"""


def lazy_pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern with the methods of what `re.compile` returns, without compiling it yet.

    It cannot be copied, pickled or compiled again.

    >>> lazy_pattern("[0-9]+").findall("80台, 5名")
    ['80', '5']
    """
    return cast("re.Pattern[str]", _Lazy(source, flags))


class _Lazy:
    """Stands for a compiled pattern, whose methods it takes over one by one as they are used."""

    def __init__(self, source: str, flags: int) -> None:
        self.pattern = source
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self._flags)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "_flags":  # what looks for these made no pattern
            raise AttributeError(name)
        found = getattr(self._compiled, name)
        setattr(self, name, found)  # from now on as quick as the compiled pattern's
        return found
