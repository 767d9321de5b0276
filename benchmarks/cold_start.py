"""A question in the terminal with a warm cache, against importing the libraries that it needs.

    python -m benchmarks.cold_start --runs 9

Both commands run in turn, with the compiled modules that an installation leaves. What is imported
on the way is told by `python -X importtime`: the time of a package is that of its own modules,
without those of other packages that they import. Python is slower while it tells.
"""

import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence

from benchmarks.results import Measurement, Part, finish, part_parser, positive

RUNS = 9
LIBRARIES = "import numpy, onnxruntime, faiss"
QUESTION = "汝州一院有多少党员?"
SHOWN = 15  # packages; the others are summed up
OTHERS = "all others"
_TOLD = re.compile(r"import time:\s*(\d+) \|\s*\d+ \|\s*(\S+)")  # microseconds of its own, its name


def measure(runs: int) -> Part:
    """Start both commands `runs` times, and ask once more each time what is imported."""
    ask = [sys.executable, "-m", "qa.cli", "ask", QUESTION]
    telling = [sys.executable, "-X", "importtime", *ask[1:]]
    commands = {"libraries": [sys.executable, "-c", LIBRARIES], "ask": ask}
    for command in commands.values():  # fills the caches
        _run(command)
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    imports: list[dict[str, float]] = []
    for _ in range(runs):
        for name, command in commands.items():  # in turn, so that both see the same machine
            begin = time.perf_counter()
            _run(command)
            seconds[name].append(time.perf_counter() - begin)
        imports.append(milliseconds_by_package(_run(telling)))
    ratios = [one / bare for bare, one in zip(seconds["libraries"], seconds["ask"], strict=True)]
    return Part(
        "cold_start",
        "a question in the terminal against importing the libraries that it needs",
        {"runs": runs},
        (
            Measurement.of("libraries", "s", seconds["libraries"]),
            Measurement.of("hospital-qa ask", "s", seconds["ask"]),
            Measurement.of("hospital-qa ask / libraries", "ratio", ratios),
            Measurement.of("all imports", "ms", [sum(told.values()) for told in imports]),
            *_by_package(imports),
        ),
        (
            f"libraries: `python -c '{LIBRARIES}'`",
            f"ask: `hospital-qa ask '{QUESTION}'`, its index and model being in the cache",
        ),
    )


def milliseconds_by_package(told: str) -> dict[str, float]:
    """Add up what `python -X importtime` told, by the first part of the modules' names.

    >>> milliseconds_by_package("import time:  1500 |  1700 |   numpy.linalg")
    {'numpy': 1.5}
    """
    found: defaultdict[str, float] = defaultdict(float)
    for line in told.splitlines():
        if match := _TOLD.match(line):
            found[match[2].partition(".")[0]] += int(match[1]) / 1000
    return dict(found)


def _by_package(imports: Sequence[dict[str, float]]) -> list[Measurement]:
    """Return the packages that took longest, in each of the runs, and the sum of the others."""
    total: defaultdict[str, float] = defaultdict(float)
    for told in imports:
        for package, took in told.items():
            total[package] += took
    shown = sorted(total, key=lambda package: (-total[package], package))[:SHOWN]
    found = [
        Measurement.of("import", "ms", [told.get(package, 0.0) for told in imports], package)
        for package in shown
    ]
    others = [sum(told.values()) - sum(told.get(name, 0.0) for name in shown) for told in imports]
    return [*found, Measurement.of("import", "ms", others, OTHERS)]


def _run(command: Sequence[str]) -> str:
    """Run a command; return what it wrote to stderr."""
    # Set, it would have our modules compiled anew each time, and not the libraries.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    return subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stderr


def main(arguments: Sequence[str] | None = None) -> None:
    parser = part_parser("cold_start", __doc__)
    parser.add_argument(
        "--runs", type=positive, default=RUNS, help=f"times of each command: {RUNS}"
    )
    options = parser.parse_args(arguments)
    finish(measure(options.runs), options.json)


if __name__ == "__main__":
    main()
