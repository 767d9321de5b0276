"""Measuring answers against questions with known ones: the `eval` command.

    questions.py     what is asked, and what is known of it
    outcomes.py      asking, and what came of each question
    measures.py      one number a question and measure
    reliability.py   is the confidence worth its name
    report.py        means over all questions and groups of them
    comparison.py    two reports over the same questions; significance.py tells chance from change
    failures.py      why a question failed
    scorecard.py     a report for people, in markdown.py; tables.py for a terminal

Retrieval is measured by `ir_measures` (MacAvaney et al., ECIR 2022) under its names.
"""

from qa.evaluation.outcomes import Outcome, conversation, evaluate, holds, relevant_passages
from qa.evaluation.questions import Evidence, Question, read_questions
from qa.evaluation.report import Report

__all__ = [
    "Evidence",
    "Outcome",
    "Question",
    "Report",
    "conversation",
    "evaluate",
    "holds",
    "read_questions",
    "relevant_passages",
]
