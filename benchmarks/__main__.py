"""Run the benchmarks: python -m benchmarks [--json FILE] [--report FILE.md] [NAME [OPTION ...]] ...

    python -m benchmarks                                    # every part
    python -m benchmarks stages --corpus ~/documents load --questions 10000
    python -m benchmarks --json new.json --report benchmarks/RESULTS.md

An option after a part's name is that part's own; `python -m benchmarks.NAME --help` tells them.
Each part runs in a process of its own, so that none finds the caches or threads of another. A part
that fails is named in the results, and the others run all the same; the exit status is then 1.
"""

import argparse
import ast
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks.foreign import part_from
from benchmarks.report import write_report
from benchmarks.results import Part, Run, UnreadableResults, read_run, write_run

# The parts in their order, with the modules that a part needs beside the program's own; without
# them it is left out, unless it is named.
PARTS: Mapping[str, tuple[str, ...]] = {
    "cold_start": (),
    "answer_time": (),
    "stages": (),
    "indexing": (),
    "stores": (),
    "lexical": (),
    "concurrency": (),
    "load": (),
    "million": (),
    "peers": ("txtai", "llama_index", "haystack"),
}
NAMED_ONLY = frozenset({"million"})  # takes half an hour and 20 GB


def main(arguments: Sequence[str] | None = None) -> None:
    given = sys.argv[1:] if arguments is None else list(arguments)
    options, chosen = _read(given)
    if options.report:
        _check_report(options.report)
    run = Run.begin(["python", "-m", "benchmarks", *given])
    print(f"{run.date}, commit {run.commit}; {', '.join(run.machine.values())}")
    print(", ".join(f"{name} {version}" for name, version in run.packages.items()), flush=True)
    for name, own in chosen:
        print(f"\n== {name}", flush=True)
        try:
            run.parts.append(measure(name, own))
        except UnreadableResults as error:
            run.failures[name] = str(error)
            print(f"{name} failed: {error}", file=sys.stderr, flush=True)
        if options.json:  # after each, so that an end before the last leaves what was measured
            write_run(run, options.json)
    if options.report:
        write_report([run], options.report)
    sys.exit(1 if run.failures else 0)


def measure(name: str, options: Sequence[str]) -> Part:
    """Run a part in a process of its own; its output is shown as it comes.

    Raises UnreadableResults when it fails or leaves no figures.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "part.json"
        command = [sys.executable, "-m", f"benchmarks.{name}", *options, "--json", str(file)]
        status = subprocess.run(command, check=False).returncode
        if status:
            raise UnreadableResults(
                f"exit status {status}; see what it says: python -m benchmarks.{name}"
            )
        return read_part(name, file)


def read_part(name: str, file: Path) -> Part:
    """Read what a part left, in the shape of `benchmarks.results` or in one of its own.

    Raises UnreadableResults when that is no JSON or there are no figures in it.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableResults("it left no figures") from error
    if isinstance(content, dict) and "parts" in content:
        (part,) = read_run(file).parts
        return part
    return part_from(name, _title(name), content)


def _title(name: str) -> str:
    """Return the first line of a part's docstring, without importing it."""
    spec = find_spec(f"benchmarks.{name}")
    if spec is None or spec.origin is None:
        return name
    module = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    return (ast.get_docstring(module) or name).splitlines()[0].partition(": python -m")[0]


def split(arguments: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return the parts that are named, each with the options after it.

    Raises ValueError when the first argument is no part's name.

    >>> split(["load", "--questions", "9", "stages"])
    [('load', ['--questions', '9']), ('stages', [])]
    """
    chosen: list[tuple[str, list[str]]] = []
    for argument in arguments:
        if argument in PARTS:
            chosen.append((argument, []))
        elif chosen:
            chosen[-1][1].append(argument)
        else:
            raise ValueError(f"no benchmark {argument!r}; there are {', '.join(PARTS)}")
    return chosen


def _read(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[tuple[str, list[str]]]]:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--report", type=Path, metavar="FILE.md", help="and tables with pictures")
    options, rest = parser.parse_known_args(arguments)
    try:
        chosen = split(rest)
    except ValueError as error:
        parser.error(str(error))
    return options, chosen or [
        (name, []) for name in PARTS if name not in NAMED_ONLY and _possible(name)
    ]


def _possible(name: str) -> bool:
    missing = [module for module in PARTS[name] if find_spec(module) is None]
    if missing:
        print(f"{name} is left out: there is no {', '.join(missing)}")
    return not missing


def _check_report(path: Path) -> None:
    """End at once where the report could not be written after all the measuring."""
    if find_spec("matplotlib") is None:
        sys.exit("--report draws with matplotlib; pip install 'hospital-qa[bench]'")
    if not path.parent.is_dir():
        sys.exit(f"--report {path}: there is no folder {path.parent}; make it first")


if __name__ == "__main__":
    main()
