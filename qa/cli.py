"""The command line: `hospital-qa`. Data goes to stdout, progress and errors to stderr.

Exit status: 0 done, 1 an error with one line that says what to do, 2 wrong usage. A question that
the documents do not answer is no error.
"""

import gc
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from qa.cli_feedback import feedback
from qa.errors import HospitalQAError

if TYPE_CHECKING:
    from qa.engine import Engine
    from qa.indexing import Progress

P = ParamSpec("P")
R = TypeVar("R")

SELDOM = 100_000  # new objects between two collections of garbage
_PATH = click.Path(path_type=Path)

corpus_option = click.option(
    "--corpus",
    "-c",
    type=_PATH,
    help="Folder or file of documents; without it the built-in ones.",
)
index_option = click.option(
    "--index-dir", type=_PATH, help="Where the index is kept; the cache by default."
)
model_option = click.option("--model", "-m", help="A sentence-transformers folder or hub name.")
hospital_option = click.option("--hospital", help="Answer about this hospital only.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
question_argument = click.argument("question", help="The question, Chinese or English.")


@click.group(name="hospital-qa")
def app() -> None:
    """Ask about hospitals (or your own documents); get short quotes with their sources."""


@app.group(name="corpus")
def corpus_app() -> None:
    """Look at the documents that answers come from."""


app.add_command(feedback)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, with the process's own arguments unless others are given."""
    logging.basicConfig(level=logging.WARNING, format="hospital-qa: %(message)s")
    for ours in ("corpus", "embeddings", "qa"):
        logging.getLogger(ours).setLevel(logging.INFO)
    app(args=arguments, prog_name="hospital-qa")


def reports_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the errors that we raise on purpose into one line and exit status 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (HospitalQAError, ValueError) as error:
            click.echo(f"hospital-qa: {error}", err=True)
            raise click.exceptions.Exit(1) from error
        except KeyboardInterrupt:
            click.echo("hospital-qa: stopped", err=True)
            raise click.exceptions.Exit(130) from None

    return run


@app.command()
@question_argument
@hospital_option
@corpus_option
@index_option
@model_option
@json_option
@reports_errors
def ask(
    *,
    question: str,
    hospital: str | None,
    corpus: Path | None,
    index_dir: Path | None,
    model: str | None,
    as_json: bool,
) -> None:
    """Answer a question with quotes and their sources.

    Example: hospital-qa ask "汝州一院有多少党员?"
    """
    gc.set_threshold(SELDOM)  # a process this short has hardly anything to collect
    with opened(corpus, index_dir, model) as engine:
        answer = engine.ask(question, hospital=hospital)
    click.echo(_json(answer.to_dict()) if as_json else str(answer))


@app.command()
@question_argument
@click.option(
    "-k", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many passages."
)
@hospital_option
@corpus_option
@index_option
@model_option
@json_option
@reports_errors
def search(
    *,
    question: str,
    k: int,
    hospital: str | None,
    corpus: Path | None,
    index_dir: Path | None,
    model: str | None,
    as_json: bool,
) -> None:
    """List the passages that fit a question best, with their scores.

    Example: hospital-qa search "透析机" -k 3
    """
    from qa.model import hit_to_dict

    gc.set_threshold(SELDOM)
    with opened(corpus, index_dir, model) as engine:
        hits = engine.search(question, hospital=hospital, k=k)
    if as_json:
        click.echo(_json([hit_to_dict(hit) for hit in hits]))
        return
    for hit in hits:
        click.echo(f"{hit.rank}. {hit.score:.3f}  {hit.passage.passage_id}  {hit.passage.context}")
        click.echo(f"   {' '.join(hit.passage.text.split())}")


@app.command()
@click.argument(
    "folder",
    type=_PATH,
    required=False,
    help="Folder or file of documents; without it the built-in ones.",
)
@index_option
@model_option
@click.option("--dry-run", is_flag=True, help="Only say what would be done; write nothing.")
@click.option("--explain", is_flag=True, help="Also say how the vectors are searched, and why.")
@click.option(
    "--shard",
    default="",
    help="Index only one part of several, as 2/8, into HOSPITALQA_STORE.",
)
@reports_errors
def index(
    *,
    folder: Path | None,
    index_dir: Path | None,
    model: str | None,
    dry_run: bool,
    explain: bool,
    shard: str,
) -> None:
    """Read documents and make their index ready, so that the first question need not wait.

    Only what changed since the last time is embedded, and a run that was stopped goes on where it
    was. Example: hospital-qa index ~/documents, then: hospital-qa ask --corpus ~/documents "..."

    With HOSPITALQA_STORE=milvus+http://host:19530/collection the index is put into Milvus, for any
    number of servers with the same setting; several processes share the work with --shard 1/8 to
    8/8, and readers see the new index when the last of them is done.
    """
    if dry_run:
        _print_plan(folder, index_dir, model)
        return
    if _in_store(folder, index_dir, model, shard):
        return
    with opened(folder, index_dir, model, must_keep=True) as engine:
        made = engine.index
    click.echo(
        f"{len(made.documents)} documents, {len(made.passages)} passages, "
        f"{len(made.sentences)} sentences"
    )
    for skipped in engine.skipped:
        click.echo(f"skipped {skipped.path}: {skipped.reason}", err=True)
    read = len({document.source for document in made.documents})
    click.echo(f"{read} read, {len(engine.skipped)} skipped")
    if explain:
        click.echo("\n".join(made.explain()))


@app.command()
@corpus_option
@index_option
@model_option
@click.option("--host", help="Address to serve on.")
@click.option("--port", type=int, help="Port to serve on; 0 is any free one.")
@reports_errors
def serve(
    *,
    corpus: Path | None,
    index_dir: Path | None,
    model: str | None,
    host: str | None,
    port: int | None,
) -> None:
    """Serve the chat page, the HTTP API and the tools for agents, until Ctrl-C.

    The page:  http://127.0.0.1:7860 (the address is printed). The API: POST /api/ask and
    /api/search, GET /api/documents; /openapi.json describes it. Gradio's clients: /ask and /search.
    Agents: MCP at /gradio_api/mcp/. For operators: /healthz, /readyz, /metrics.

    The server listens at once and says 503 until the documents are open. What else can be set is
    in the README; the most wanted, as environment variables:

    HOSPITALQA_OPERATOR_PASSWORD=…  the operator's page at /operator, for uploads and figures

    HOSPITALQA_EMBED_ORIGINS="https://www.example.org"  sites that may show the page in a frame

    HOSPITALQA_RATE_LIMIT=120/minute  what one client may ask

    HOSPITALQA_LOG_QUESTIONS=1  keep what is asked; off by default

    Examples: hospital-qa serve --corpus ~/documents --port 8080

    curl 127.0.0.1:7860/api/ask --json '{"question": "汝州一院有多少党员?"}'
    """
    from qa.settings import read_settings
    from qa.web.server import launch
    from qa.web.service import Service

    settings = read_settings(corpus=corpus, model=model, host=host, port=port)
    service = Service.opening(settings, index_dir)
    with progress_bar("indexing", "sentences") as advance:
        launch(service, settings, lambda: service.reindex(advance))


@app.command(name="eval")
@click.argument(
    "questions", type=_PATH, nargs=-1, help="Files of questions with answers, one JSON a line."
)
@corpus_option
@index_option
@model_option
@json_option
@click.option("--scorecard", type=_PATH, help="Write the figures in words, as Markdown.")
@click.option(
    "--compare", type=_PATH, nargs=2, help="Two reports of `eval --json`, before and after."
)
@reports_errors
def evaluate(
    *,
    questions: tuple[Path, ...],
    corpus: Path | None,
    index_dir: Path | None,
    model: str | None,
    as_json: bool,
    scorecard: Path | None,
    compare: tuple[Path, Path] | None,
) -> None:
    """Measure answers against files of questions with known ones, or compare two such reports.

    A line: {"id": "q1", "lang": "zh-Hans", "type": "number", "question": "大同五院有多少台透析机",
    "answers": ["80台"], "evidence": [{"file": "datong-fifth.md", "snippet": "透析机80台"}],
    "answerable": true}

    Examples: hospital-qa eval mine.jsonl --corpus ~/documents --scorecard card.md

    hospital-qa eval --compare before.json after.json
    """
    if bool(questions) == bool(compare):
        raise click.BadParameter("give files of questions, or --compare with two reports")
    if compare:
        _print_comparison(*compare, as_json=as_json)
        return
    from qa.evaluation import Report, read_questions
    from qa.evaluation.scorecard import check_scorecard, write_scorecard
    from qa.evaluation.tables import report_table

    asked = read_questions(*questions)
    if scorecard:
        check_scorecard(scorecard)  # now, not after all questions
    with opened(corpus, index_dir, model) as engine, progress_bar("asking", "questions") as advance:
        report = Report.of(engine, asked, advance).to_dict()
    if scorecard:
        write_scorecard(scorecard, report, [file.name for file in questions], engine.documents)
    click.echo(_json(report) if as_json else report_table(report))


@corpus_app.command(name="list")
@corpus_option
@json_option
@reports_errors
def list_documents(*, corpus: Path | None, as_json: bool) -> None:
    """List the documents: id, whom they are about, title."""
    reading = _read(corpus)
    rows = [
        {"id": document.doc_id, "hospitals": list(document.hospitals), "title": document.title}
        for document in reading.documents
    ]
    if as_json:
        click.echo(_json(rows))
        return
    for document in reading.documents:
        click.echo(f"{document.doc_id}\t{'、'.join(document.hospitals)}\t{document.title}")
    for skipped in reading.skipped:
        click.echo(f"skipped {skipped.path}: {skipped.reason}", err=True)


@corpus_app.command()
@click.argument("what", help="A file, or a document's id from `corpus list`.")
@corpus_option
@reports_errors
def show(*, what: str, corpus: Path | None) -> None:
    """Print how a file was understood: its articles, and their passages with whom they are about.

    Example: hospital-qa corpus show ~/documents/page.txt
    """
    from corpus.split import split

    path = Path(what).expanduser()
    reading = _read(path if path.is_file() else corpus)
    found = [d for d in reading.documents if path.is_file() or d.doc_id == what]
    if not found:
        raise ValueError(f"there is no document {what!r}; see `hospital-qa corpus list`")
    for document in found:
        about = "、".join(document.hospitals) or "-"
        click.echo(f"{document.doc_id}: {document.title}")
        known = [document.publisher, document.published, str(document.meta.get("byline", ""))]
        click.echo(f"  about {about}; {', '.join(filter(None, known)) or 'no date or author'}\n")
        for passage in split(document):
            click.echo(f"{passage.passage_id}  [{passage.context}]\n{passage.text}\n")


@contextmanager
def opened(
    corpus: Path | None, index_dir: Path | None, model: str | None, *, must_keep: bool = False
) -> Iterator["Engine"]:
    """Open the engine, with a progress bar if there is something to index."""
    from qa.engine import Engine

    with progress_bar("indexing", "sentences") as advance:
        engine = Engine.open(corpus, index_dir, model, progress=advance, must_keep=must_keep)
    yield engine


@contextmanager
def progress_bar(label: str, unit: str) -> Iterator["Progress"]:
    """Give a function that shows how many of how many are done; it draws nothing until called.

    The bar shows also how many of the `unit` are done in a second and how long the rest will take.
    """
    bar: Any = None

    def advance(done: int, total: int) -> None:
        nonlocal bar
        if bar is None:
            bar = _bar(unit)
            bar.start()
            bar.add_task(label, total=total)
        bar.update(bar.task_ids[0], completed=done)

    try:
        yield advance
    finally:
        if bar is not None:
            bar.stop()


def _bar(unit: str) -> Any:
    from rich.console import Console
    from rich.progress import (
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        SpinnerColumn,
        Task,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class RateColumn(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else f"{speed:.0f} {unit}/s")

    console = Console(stderr=True)
    return Progress(
        SpinnerColumn(),
        *Progress.get_default_columns()[:-1],
        MofNCompleteColumn(),
        RateColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _in_store(folder: Path | None, index_dir: Path | None, model: str | None, shard: str) -> bool:
    """Put documents into the store of the settings; tell whether there is one."""
    from qa.settings import read_settings
    from qa.shared_writing import index_into_store, parse_shard

    settings = read_settings(corpus=folder, model=model)
    part = parse_shard(shard or "1/1")
    if not settings.store:
        if shard:
            raise ValueError("--shard needs HOSPITALQA_STORE, where the parts meet")
        return False
    with progress_bar("indexing", "sentences") as advance:
        done = index_into_store(settings, part, index_dir, advance)
    for skipped in done.skipped:
        click.echo(f"skipped {skipped.path}: {skipped.reason}", err=True)
    click.echo(f"{done.documents} documents, {len(done.skipped)} files skipped: {done.outcome}")
    return True


def _print_plan(folder: Path | None, index_dir: Path | None, model: str | None) -> None:
    from corpus.read import BUILTIN, read_corpus
    from embeddings.encoder import encoder_name
    from qa.engine import index_folder
    from qa.plan import plan_index
    from qa.settings import read_settings

    settings = read_settings(corpus=folder, model=model)
    paths = [(settings.corpus or BUILTIN).expanduser()]
    plan = plan_index(
        read_corpus(paths, settings.limits),
        index_folder(settings.cache, paths, settings.model, index_dir),
        encoder_name(settings.model, settings.cache, settings.threads),
    )
    for file in plan.files:
        embed = f"\t{file.to_embed} sentences to embed" if file.to_embed else ""
        click.echo(f"{file.state}\t{file.source}{embed}")
    for skipped in plan.skipped:
        click.echo(f"skipped\t{skipped.path}\t{skipped.reason}")
    click.echo(
        f"{plan.count('new')} new, {plan.count('changed')} changed, "
        f"{plan.count('unchanged')} unchanged, {plan.count('removed')} removed, "
        f"{len(plan.skipped)} skipped; "
        f"{plan.to_embed} of {plan.sentences} sentences to embed"
    )


def _print_comparison(a: Path, b: Path, *, as_json: bool) -> None:
    from qa.evaluation.comparison import compare, read_report
    from qa.evaluation.tables import comparison_table

    comparison = compare(read_report(a), read_report(b))
    click.echo(
        _json(comparison.to_dict()) if as_json else comparison_table(comparison, str(a), str(b))
    )


def _read(corpus: Path | None) -> Any:
    from corpus.read import BUILTIN, read_corpus
    from qa.settings import read_settings

    settings = read_settings(corpus=corpus)
    return read_corpus([settings.corpus or BUILTIN], settings.limits)


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)


if __name__ == "__main__":
    main()
