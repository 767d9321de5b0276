"""50 people at once over real HTTP: each asks the next question as soon as the last is answered.

    python -m benchmarks load                       # 60 s of each way of asking
    python -m benchmarks load --questions 10000     # whether memory stays flat

The server runs in a process of its own, without a rate limit; the callers are threads of this one,
so both share the machine.
"""

import argparse
import http.client
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from qa.evaluation import read_questions

QUESTIONS = Path(__file__).parents[1] / "tests" / "data" / "dev.jsonl"
WARM_UP = 200  # questions before anything is measured
SAMPLES = 4  # of the memory, after the first
PATIENCE = 120  # seconds
FORMS = {"api": "application/json", "stream": "text/event-stream"}


@dataclass
class Tally:
    """What the callers saw: seconds until all, and until the first bytes, of each answer."""

    seconds: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    took: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks load")
    parser.add_argument("--seconds", type=float, default=60, help="how long each form is asked")
    parser.add_argument("--callers", type=int, default=50, help="people at once")
    parser.add_argument("--questions", type=int, help="ask so many, by the API, instead")
    at = sys.argv.index("load") + 1 if "load" in sys.argv else len(sys.argv)
    options = parser.parse_args(sys.argv[at:])
    print(f"{options.callers} callers, {os.cpu_count()} cores", flush=True)
    with _server() as (host, port):
        _ask(host, port, FORMS["api"], options.callers, Goal(questions=WARM_UP))
        if options.questions:
            _tell("api", _ask(host, port, FORMS["api"], options.callers, Goal(options.questions)))
            return
        for name, accept in FORMS.items():
            goal = Goal(seconds=options.seconds)
            _tell(name, _ask(host, port, accept, options.callers, goal))


class Goal:
    """When the callers stop: after so many questions, or so many seconds."""

    def __init__(self, questions: int = 0, seconds: float = 0.0) -> None:
        self._questions = questions
        self._seconds = seconds
        self._numbers = itertools.count()
        self._begin = time.monotonic()

    def next(self) -> int | None:
        """Return the number of the next question, or None when there is none."""
        number = next(self._numbers)
        if self._questions:
            return number if number < self._questions else None
        return number if time.monotonic() - self._begin < self._seconds else None

    def share(self, answered: int) -> float:
        """Return how much of the way is gone, in [0, 1]."""
        if self._questions:
            return answered / self._questions
        return min(1.0, (time.monotonic() - self._begin) / self._seconds)


def _ask(host: str, port: int, accept: str, callers: int, goal: Goal) -> Tally:
    bodies = [
        json.dumps({"question": question.turns[0]}).encode()
        for question in read_questions(QUESTIONS)
    ]
    tally = Tally(memory=[_memory(host, port)])
    begin = time.monotonic()
    threads = [
        threading.Thread(target=_caller, args=(host, port, accept, bodies, goal, tally))
        for _ in range(callers)
    ]
    for thread in threads:
        thread.start()
    for sample in range(1, SAMPLES):
        while goal.share(len(tally.seconds)) < sample / SAMPLES and any(
            thread.is_alive() for thread in threads
        ):
            time.sleep(0.05)
        tally.memory.append(_memory(host, port))
    for thread in threads:
        thread.join()
    tally.took = time.monotonic() - begin
    tally.memory.append(_memory(host, port))
    return tally


def _caller(
    host: str, port: int, accept: str, bodies: list[bytes], goal: Goal, tally: Tally
) -> None:
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    headers = {"Content-Type": "application/json", "Accept": accept}
    while (number := goal.next()) is not None:
        begin = time.perf_counter()
        try:
            connection.request("POST", "/api/ask", bodies[number % len(bodies)], headers)
            reply = connection.getresponse()
            start = reply.read(1)
            first = time.perf_counter() - begin
            text = start + reply.read()
        except (OSError, http.client.HTTPException) as error:
            tally.errors.append(repr(error))
            connection.close()
            continue
        if reply.status != http.client.OK or b"event: error" in text:
            tally.errors.append(f"{reply.status} {text[:200]!r}")
        tally.first.append(first)
        tally.seconds.append(time.perf_counter() - begin)
    connection.close()


def _tell(name: str, tally: Tally) -> None:
    print(f"{name}: {len(tally.seconds)} answers in {tally.took:.1f} s, {len(tally.errors)} errors")
    for error in tally.errors[:3]:
        print(f"  {error}")
    print(f"  throughput {len(tally.seconds) / tally.took:.1f} answers a second")
    for what, seconds in (("whole answer", tally.seconds), ("first bytes", tally.first)):
        p95 = statistics.quantiles(seconds, n=20)[-1]
        print(f"  {what}: p50 {1000 * statistics.median(seconds):.0f} ms, p95 {1000 * p95:.0f} ms")
    memory = ", ".join(f"{one:.0f}" for one in tally.memory)
    print(f"  resident memory from start to end: {memory} MB", flush=True)


def _memory(host: str, port: int) -> float:
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    found = re.search(r"^process_resident_memory_bytes (\S+)$", text, re.MULTILINE)
    return float(found[1]) / 1e6 if found else float("nan")


@contextmanager
def _server() -> Iterator[tuple[str, int]]:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        environment = {**os.environ, "HOSPITALQA_RATE_LIMIT": "", "HOSPITALQA_DATA": folder}
        command = [sys.executable, "-m", "qa.cli", "serve", "--port", "0"]
        with (
            log.open("w") as output,
            subprocess.Popen(command, env=environment, stderr=output) as process,
        ):
            try:
                _wait(lambda: "\nready" in log.read_text("utf-8"), process)
                told = re.search(r"http://([\d.]+):(\d+)/", log.read_text("utf-8"))
                if told is None:
                    sys.exit(f"the server told no address:\n{log.read_text('utf-8')}")
                yield told[1], int(told[2])
            finally:
                process.terminate()


def _wait(ready: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            sys.exit("the server did not start; try: hospital-qa serve")
        time.sleep(0.1)


if __name__ == "__main__":
    main()
