"""How much is lost among many articles: python -m benchmarks.many_articles

The questions about the newspapers for tuning are asked of each newspaper alone, and of all of them
together with the invented documents and the articles of `training/`, some eighteen hundred on the
same sorts of matters. A question that was clear in one newspaper may fit another's article just as
well then; the figures are for comparing versions.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.question_sets import DATA, newspapers
from qa.engine import Engine
from qa.evaluation import Report, read_questions
from training.examples import DATA as TRAINING
from training.examples import article_and_lines

FIGURES = (
    "Success@1",
    "Success@5",
    "answer_accuracy",
    "refusal_recall",
    "false_refusals",
    "median_length",
)


def main() -> None:
    asked = newspapers("dev")
    print("| | questions | " + " | ".join(FIGURES) + " |")
    print("|---|" + "---|" * (len(FIGURES) + 1))
    for folder, path in asked:
        _ask(folder.name, Engine.open(folder), path)
    with tempfile.TemporaryDirectory() as made:
        documents, questions = Path(made, "documents"), Path(made, "questions.jsonl")
        documents.mkdir()
        for folder in (*(folder for folder, _ in asked), DATA / "invented" / "dev"):
            for path in folder.iterdir():
                shutil.copyfile(path, documents / f"{folder.name}_{path.name}")
        for path in TRAINING.glob("*.txt"):
            article, _ = article_and_lines(path)
            (documents / f"{path.stem}.md").write_text(article, encoding="utf-8")
        lines = [line for _, path in asked for line in _questions(path)]
        questions.write_text("\n".join(lines), encoding="utf-8")
        engine = Engine.open(documents)
        _ask(f"{len(engine.documents)} articles", engine, questions)


def _questions(path: Path) -> Iterator[str]:
    """Yield a newspaper's questions as lines, for files that have its name before their own."""
    for line in path.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        question["id"] = f"{path.stem}-{question['id']}"
        for evidence in question["evidence"]:
            evidence["file"] = f"{path.stem}_{evidence['file']}"
        yield json.dumps(question, ensure_ascii=False)


def _ask(name: str, engine: Engine, questions: Path) -> None:
    asked = read_questions(questions)
    found = Report.of(engine, asked).to_dict()["all"]
    shares = (found[figure] for figure in FIGURES)
    cells = (f"{100 * one:.1f}" if one <= 1 else f"{one:.0f}" for one in shares)
    print(f"| {name} | {len(asked)} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
