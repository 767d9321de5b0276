"""Example questions that the documents at hand do answer."""

import re
from collections.abc import Callable, Sequence

from corpus.model import Document
from qa.model import Answer

# What a document says, and the question that this answers.
_SIGNS = tuple(
    (re.compile(sign), question)
    for sign, question in (
        (r"床位[^。；，]{0,6}\d+\s*张|\d+\s*张(?:病床|床位)", "{}有多少张床位？"),
        (r"\d+[多余]?台透析机|透析机\d+[多余]?台", "{}有多少台透析机？"),
        (r"职工[^。，；]{0,6}\d+[多余]?[人名]|\d+[多余]?[名位](?:在岗)?职工", "{}有多少名职工？"),
        (r"荣誉称号|荣获|“[^”]+”称号", "{}获得过哪些荣誉？"),
        (r"\d+个[^。，]{0,12}重点专科", "{}有多少个重点专科？"),
    )
)
_LONGEST_NAME = 40  # characters; a longer "name" is none


def example_questions(
    documents: Sequence[Document], ask: Callable[[str], Answer], count: int = 4
) -> tuple[str, ...]:
    """Return up to `count` questions of different kinds, each about another hospital.

    Only such are chosen as a document has words for and `ask` does answer.
    """
    found: dict[str, str] = {}
    for sign, pattern in _SIGNS:
        for document in documents:
            name = _name(document)
            if len(found) == count or not name or name in found or not sign.search(document.text):
                continue
            question = pattern.format(name)
            if ask(question).status == "answered":
                found[name] = question
                break
    return tuple(found.values())


def _name(document: Document) -> str:
    """Return the hospital of a document that is about just one, else an empty string."""
    if len(document.hospitals) != 1 or document.meta.get("kind", "hospital") != "hospital":
        return ""
    name = document.hospitals[0]
    return name if name.isprintable() and len(name) <= _LONGEST_NAME else ""
