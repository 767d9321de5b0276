"""Invented articles with questions, read as the product reads documents and questions.

A file of `training/data` holds one article in Markdown, then its questions, one a line:

    ? question | answer | evidence
    ! question | temptation

`?` can be answered: `answer` is the shortest verbatim span that does, `evidence` a verbatim piece
of its sentence. `!` cannot: `temptation` is a piece of the sentence that a careless reader takes.
"""

import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path

from corpus.fold import fold
from corpus.names import Gazetteer
from corpus.read import read_corpus
from corpus.reflow import searchable
from corpus.split import sentences, split
from embeddings.encoder import Embedding, Encoder, with_lead
from qa.index import embedded_text, lead_of
from qa.naming import canonical, names_of

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is searched with; `gold` is the number of the sentence that answers.

    It is None where the article does not. `hospitals` are those whose names limit the search.
    `answers` are the ranges of that sentence, as it is embedded, where the answer stands.
    """

    text: str
    hospitals: tuple[str, ...]
    gold: int | None
    answers: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """The texts of an article's sentences as they are embedded, and its questions.

    `leads` are what is read before each of the sentences.
    """

    name: str
    sentences: tuple[str, ...]
    leads: tuple[str, ...]
    questions: tuple[Question, ...]


def read_articles(folder: Path = DATA) -> list[Article]:
    """Return the articles of a folder, in order of their file names.

    Questions whose evidence is not within one sentence, as the product cuts them, are left out.
    """
    bodies: dict[str, str] = {}
    lines: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.txt")):
        bodies[path.stem], lines[path.stem] = article_and_lines(path)
    with tempfile.TemporaryDirectory() as folder_of_bodies:
        for name, body in bodies.items():
            (Path(folder_of_bodies) / f"{name}.md").write_text(body + "\n", encoding="utf-8")
        documents = read_corpus([Path(folder_of_bodies)]).documents
    gazetteer = Gazetteer.from_documents(documents)
    articles = []
    for document in documents:
        cut = [(p, tuple(sentences(p))) for p in split(document)]
        found = [(p, s) for p, within in cut for s in within]
        leads = tuple(lead_of(within, n) for _, within in cut for n in range(len(within)))
        originals = [searchable(sentence.text) for _, sentence in found]
        embedded = tuple(embedded_text(passage, sentence) for passage, sentence in found)
        read = list(zip(originals, embedded, strict=True))
        questions = (_question(line, read, gazetteer) for line in lines[document.doc_id])
        articles.append(Article(document.doc_id, embedded, leads, tuple(filter(None, questions))))
    return articles


def embedded_sentences(articles: Iterable[Article], encoder: Encoder) -> list[Embedding]:
    """Return the embeddings of all sentences, in order, as the index gets them."""
    pairs = [p for a in articles for p in zip(a.leads, a.sentences, strict=True)]
    read = encoder.encode(starmap(with_lead, pairs), "passage")
    return [one.after(lead) for one, (lead, _) in zip(read, pairs, strict=True)]


def token_weights(text: str, names: Iterable[str], spans: Iterable[tuple[int, int]]) -> list[float]:
    """Return how much each token of a question counts, by its range of characters.

    A name by which the search is limited weighs nothing, as in `qa.retrieval`.
    """
    said = [match.span() for name in names for match in re.finditer(re.escape(name), text)]
    weights = [float(not any(start < e and end > b for b, e in said)) for start, end in spans]
    return weights if any(weights) else [1.0] * len(weights)


def article_and_lines(path: Path) -> tuple[str, list[str]]:
    """Return the article of a file in Markdown, and the lines of its questions."""
    texts = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in texts if line[:1] in set("?!？！") and "|" in line]
    asked = set(lines)
    return "\n\n".join(line for line in texts if line and line not in asked), lines


def _question(line: str, read: Sequence[tuple[str, str]], gazetteer: Gazetteer) -> Question | None:
    """Return the question of a line; `read` are the sentences, by themselves and as embedded."""
    text, *rest = [part.strip() for part in line[1:].split("|")]
    folded = fold(text)
    mentions = gazetteer.find(folded)
    asked = canonical(folded, mentions)
    if line[0] in "!！":
        return Question(asked, names_of(mentions), None)
    answer, evidence = rest
    originals = [original for original, _ in read]
    near = [i for i, sentence in enumerate(originals) if evidence in sentence]
    holding = [i for i in near if answer in originals[i]] or _around(near, originals, answer)
    gold = next(iter([*holding, *near]), None)
    if gold is None:
        return None
    original, embedded = read[gold]
    before = len(embedded) - len(original)  # see `qa.index.embedded_text`
    places = (found.span() for found in re.finditer(re.escape(answer), original))
    answers = tuple((before + start, before + end) for start, end in places)
    return Question(asked, names_of(mentions), gold, answers)


def _around(near: Iterable[int], originals: Sequence[str], answer: str) -> list[int]:
    """Return the neighbours of the evidence that hold the answer."""
    around = {j for i in near for j in (i - 1, i + 1) if 0 <= j < len(originals)}
    return [j for j in sorted(around) if answer in originals[j]]
