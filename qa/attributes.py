"""What a question asks for by its usual name, and the words with which a text tells it.

A passage about the same matter that never says 床 does not hold the number of beds, however near
it comes. `qa.attribute_words` has what people ask of hospitals and of what newspapers tell; what it
does not list is not judged.
"""

import re
from dataclasses import dataclass
from functools import cache

from corpus.lazy_pattern import lazy_pattern
from qa import attribute_words as words
from qa.model import Kind
from qa.values import has_kind


def untold(question: str, text: str, value: Kind) -> str:
    """Return what a folded question names and a folded text does not tell; empty when nothing.

    `value` is what the question asks for. Where that is no value, what is named may be but a
    circumstance (做完CT怎么取片), and less is judged.

    >>> untold("有多少张床位", "现有职工300人", "number"), untold("床位几张", "设床9张", "number")
    ('床位', '')
    """
    for language in _asked(value):
        if language.letters and not language.letters.search(question):
            continue
        for match in language.any.finditer(question):
            if not re.search(language.told_for(question, match), text):
                return str(match[0]).rstrip("吗么呢")
    return ""


@dataclass(frozen=True, slots=True)
class _Language:
    """What is asked in a language: patterns, one that finds any of them, and what tells each.

    `letters`: without one of these there is no question in it.
    """

    asked: tuple[str, ...]
    any: re.Pattern[str]
    told: tuple[str, ...]
    letters: re.Pattern[str] | None = None

    def told_for(self, question: str, match: re.Match[str]) -> str:
        """Return the pattern of what tells what was found in a question.

        A pattern with a group for each would tell, and take ten times as long to find any.
        """
        first = match[0][0]  # no pattern begins with a range, so it is there as it stands
        for asked, told in zip(self.asked, self.told, strict=True):
            if first in asked and _compiled(asked).match(question, match.start()):
                return told
        raise AssertionError(match)  # something was found


_compiled = cache(re.compile)


@cache
def _asked(value: Kind) -> tuple[_Language, ...]:
    rows = (
        *words.MATTERS,
        *(words.ATTRIBUTES if has_kind(value) or value == "person" else ()),
        *(words.BEGINNINGS if value == "date" else ()),
    )
    chinese, english, told = zip(*rows, strict=True)
    english = tuple(rf"(?a:\b(?:{one})\b)" for one in english)
    return (
        _Language(chinese, lazy_pattern("|".join(chinese)), told),
        _Language(english, lazy_pattern("|".join(english)), told, lazy_pattern("[a-z]")),
    )
