"""The words of the page in its languages: one file a language, and the rest made from these.

Traditional characters are made from simplified ones, so each phrase is written once a language.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opencc import OpenCC

LANGUAGES: Final = ("zh", "zh-Hant", "en")
HTML_LANG: Final = {"zh": "zh-Hans", "zh-Hant": "zh-Hant", "en": "en"}
_ANSWER = "answer."  # what stands around an answer, in the language of its question

Words = Mapping[str, str]


@cache
def words(language: str) -> Words:
    """Return all phrases in a language of `LANGUAGES`, by their keys."""
    if language == "zh-Hant":
        return {key: traditional(text) for key, text in words("zh").items()}
    file = resources.files("qa.web") / "strings" / f"{language}.json"
    return dict(json.loads(file.read_text("utf-8")))


@cache
def answer_words() -> Mapping[str, Words]:
    """Return the phrases around an answer, for each language."""
    return {
        language: {key: text for key, text in words(language).items() if key.startswith(_ANSWER)}
        for language in LANGUAGES
    }


@cache
def traditional(text: str) -> str:
    """Return a text in traditional characters."""
    return str(_converter().convert(text))


def choose_language(asked: str, remembered: str, accepted: str) -> str:
    """Return the page's language: the one asked for, else the one remembered, else the browser's.

    `accepted` is an Accept-Language header (RFC 9110, section 12.5.4).

    >>> choose_language("", "", "zh-TW,zh;q=0.9,en;q=0.8")
    'zh-Hant'
    """
    for name in (asked, remembered, *_by_weight(accepted)):
        if language := _language(name):
            return language
    return "zh"


def _language(tag: str) -> str:
    parts = tag.lower().replace("_", "-").split("-")
    if parts[0] == "en":
        return "en"
    if parts[0] != "zh":
        return ""
    return "zh-Hant" if {"hant", "tw", "hk", "mo"} & set(parts) else "zh"


def _by_weight(accepted: str) -> list[str]:
    weighed = []
    for part in accepted[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), tag))
        except ValueError:
            continue
    return [tag for _, tag in sorted(weighed, key=lambda one: one[0])]


@cache
def _converter() -> "OpenCC":
    from opencc import OpenCC

    return OpenCC("s2tw")
