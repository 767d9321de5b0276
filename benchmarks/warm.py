"""A warm engine and the questions that it is asked, for the parts that measure single answers."""

import argparse
import sys
from functools import cache
from pathlib import Path

from benchmarks.question_sets import DATA
from benchmarks.results import positive
from corpus.read import BUILTIN
from qa.engine import Engine
from qa.errors import HospitalQAError
from qa.evaluation import read_questions

QUESTIONS = DATA / "dev.jsonl"
BUILTIN_NAME = "builtin"
ROUNDS = 3


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add `--corpus` and `--rounds`."""
    parser.add_argument(
        "--corpus",
        action="append",
        metavar="DIR",
        help=f"folder of documents, or {BUILTIN_NAME!r}, which is the default; may be given again",
    )
    parser.add_argument(
        "--rounds",
        type=positive,
        default=ROUNDS,
        help=f"times that each question is asked: {ROUNDS}",
    )


@cache
def questions() -> tuple[str, ...]:
    """Return the questions for tuning, as first questions of a conversation."""
    return tuple(question.turns[0] for question in read_questions(QUESTIONS))


def label(corpus: str) -> str:
    """Return how a corpus is called in tables: by the name of its folder.

    >>> label("builtin"), label("../documents/")
    ('builtin', 'documents')
    """
    return Path(corpus).name


def open_corpus(corpus: str) -> Engine:
    """Open a folder of documents, or the built-in corpus, and ask it everything once.

    Ends the program when it cannot be opened.
    """
    try:
        # The built-in corpus by its path, so that no setting puts another in its place.
        engine = Engine.open(BUILTIN if corpus == BUILTIN_NAME else Path(corpus))
    except HospitalQAError as error:
        sys.exit(str(error))
    for question in questions():
        engine.ask(question)
    return engine
