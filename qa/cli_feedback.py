"""The command `hospital-qa feedback`: what readers said of answers."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.errors import HospitalQAError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qa.feedback_report import Asked, Report, Tally

MOST = 10  # lines of each list; --json has all

_PATH = click.Path(path_type=Path)


@click.group()
def feedback() -> None:
    """See what readers said of answers: thumbs, reasons, comments."""


@feedback.command(name="report")
@click.option(
    "--data",
    type=_PATH,
    help="Folder with feedback.jsonl; that of the settings by default.",
)
@click.option("--candidates", type=_PATH, help="Write questions for `eval`, one JSON a line.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def print_report(*, data: Path | None, candidates: Path | None, as_json: bool) -> None:
    """Say what fails most: by reason, refusal, hospital, quoted document and question.

    A thumb up makes a candidate that `hospital-qa eval` can use as it is. One of a thumb down is
    tagged "to_label" and says in "label" what to fill in; until then `eval` names its line and
    stops. The file must be a new one, so that no labels are lost.

    Examples: hospital-qa feedback report

    hospital-qa feedback report --data backup --candidates new.jsonl
    """
    try:
        _print(data, candidates, as_json=as_json)
    except HospitalQAError as error:
        click.echo(f"hospital-qa: {error}", err=True)
        raise click.exceptions.Exit(1) from error


def _print(data: Path | None, candidates: Path | None, *, as_json: bool) -> None:
    from qa.feedback import FEEDBACK_FILE, FeedbackStore
    from qa.feedback_report import report
    from qa.settings import read_settings

    path = read_settings(data=data).data.expanduser() / FEEDBACK_FILE
    received = FeedbackStore(path).read()
    for place in received.damaged:
        click.echo(f"hospital-qa: left out, cannot be read: {place}", err=True)
    found = report(received.records)
    if as_json:
        click.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    elif found.total:
        click.echo("\n".join(_lines(found)))
    else:
        click.echo(
            f"There is no feedback yet in {path}; it comes when readers use the thumbs under an "
            "answer."
        )
    if candidates and found.total:
        _write_candidates(candidates, received.records)


def _write_candidates(path: Path, records: "Iterable[Any]") -> None:
    from qa.errors import DataNotKept
    from qa.feedback_report import candidates, is_to_label

    made = candidates(records)
    try:
        with path.expanduser().open("x", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in made)
    except OSError as error:
        raise DataNotKept(
            f"--candidates {path} cannot be written ({error.strerror or error}); give the name of "
            "a new file"
        ) from error
    by_hand = sum(map(is_to_label, made))
    click.echo(
        f"{path}: {len(made)} questions, {len(made) - by_hand} ready and {by_hand} to be labelled",
        err=True,
    )


def _lines(found: "Report") -> list[str]:
    share = f"{found.up} up ({100 * found.up / found.total:.0f} %), {found.down} down"
    lines = [f"{found.total} thumbs from {found.first[:10]} to {found.last[:10]}: {share}"]
    lists = (
        ("Why thumbs were down", found.reasons),
        ("Refusals, by their reason", found.refusals),
        ("Hospitals", found.hospitals),
        ("Documents quoted", found.documents),
    )
    for title, tallies in lists:
        if tallies:
            lines += ["", title, *map(_tally, tallies[:MOST]), *_more(len(tallies))]
    if found.questions:
        lines += ["", "Questions"]
        lines += [line for asked in found.questions[:MOST] for line in _question(asked)]
        lines += _more(len(found.questions))
    return lines


def _tally(one: "Tally") -> str:
    return f"  {_thumbs(one.down, one.up)}  {_shown(one.name)}"


def _question(one: "Asked") -> list[str]:
    reasons = f" ({', '.join(one.reasons)})" if one.reasons else ""
    lines = [f"  {_thumbs(one.down, one.up)}  {_shown(one.question)}{reasons}"]
    return lines + [f"      “{_shown(comment)}”" for comment in one.comments]


def _thumbs(down: int, up: int) -> str:
    return f"{down} down" + (f", {up} up" if up else "")


def _more(found: int) -> list[str]:
    return [f"  and {found - MOST} more"] if found > MOST else []


def _shown(text: str) -> str:
    """Return a text that a terminal shows and does not obey."""
    return "".join(char if char.isprintable() else "?" for char in text)
