"""Many callers of a server at once, and the server that they call.

All callers are one thread of this process: a plain socket each, which sends its next question as
soon as its last answer is there (a closed loop). So they take little of the machine that they
share with the server. They read no more of a response than they must: its status, where it ends,
and whether a stream ended with an error.
"""

import http.client
import itertools
import json
import os
import re
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from benchmarks.question_sets import DATA
from qa.evaluation import read_questions

QUESTIONS = DATA / "dev.jsonl"
PATIENCE = 120.0  # seconds
FORMS: Mapping[str, str] = {
    "api": "Accept: application/json\r\n",
    # As the page asks in a browser.
    "chat": "Accept: text/event-stream\r\nAccept-Encoding: gzip\r\n",
}
_RECEIVED = 262_144  # bytes at a time
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_OK = b"HTTP/1.1 200 "
_ERROR = b"event: error"
_LAST_CHUNK = b"\r\n0\r\n\r\n"

Address = tuple[str, int]


@dataclass(slots=True)
class Tally:
    """What callers saw: the seconds of each answer, and what went wrong.

    `took` is how long all of it took; `callers_cpu` and `server_cpu` are processor seconds.
    """

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    took: float = 0.0
    callers_cpu: float = 0.0
    server_cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.took


class Goal:
    """When callers stop asking: after so many questions, or so many seconds."""

    def __init__(self, questions: int = 0, seconds: float = 0.0) -> None:
        self._questions = questions
        self._end = time.perf_counter() + seconds
        self._numbers = itertools.count()

    def next(self) -> int | None:
        """Return the number of the next question, or None when there is none."""
        number = next(self._numbers)
        if self._questions:
            return number if number < self._questions else None
        return number if time.perf_counter() < self._end else None


def ask(address: Address, form: str, callers: int, goal: Goal) -> Tally:
    """Ask the questions for tuning, over and over, from `callers` at once until the goal.

    `form` is a key of FORMS. Ends the program where nothing at all was answered.
    """
    tally = Tally()
    server = server_figures(address)["process_cpu_seconds_total"]
    own, begin = time.process_time(), time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(callers):
            _Caller(address, _requests(form), goal, tally).begin(selector)
        while selector.get_map():
            ready = selector.select(PATIENCE)
            if not ready:
                tally.errors.append(f"no answer in {PATIENCE:.0f} s")
                break
            for key, _ in ready:
                key.data.receive(selector)
        for key in list(selector.get_map().values()):
            key.data.close(selector)
    tally.took = time.perf_counter() - begin
    if not tally.seconds:
        sys.exit(f"the server answered nothing: {tally.errors[:3]}")
    tally.callers_cpu = time.process_time() - own
    tally.server_cpu = server_figures(address)["process_cpu_seconds_total"] - server
    return tally


class _Caller:
    """One caller: a connection that is kept, with one question on its way."""

    def __init__(
        self, address: Address, requests: Sequence[bytes], goal: Goal, tally: Tally
    ) -> None:
        self._address = address
        self._requests = requests
        self._goal = goal
        self._tally = tally
        self._received = bytearray()
        self._asked = 0.0

    def begin(self, selector: selectors.BaseSelector) -> None:
        self._socket = socket.create_connection(self._address, PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(self._socket, selectors.EVENT_READ, self)
        self._ask(selector)

    def receive(self, selector: selectors.BaseSelector) -> None:
        """Take what has come; when the answer is whole, ask the next question."""
        try:
            part = self._socket.recv(_RECEIVED)
        except OSError as error:
            self._fail(selector, repr(error))
            return
        self._received += part
        if not part:
            self._fail(selector, "the connection was closed")
        elif is_whole(self._received):
            self._tally.seconds.append(time.perf_counter() - self._asked)
            if problem := problem_of(self._received):
                self._tally.errors.append(problem)
            self._ask(selector)

    def close(self, selector: selectors.BaseSelector) -> None:
        selector.unregister(self._socket)
        self._socket.close()

    def _ask(self, selector: selectors.BaseSelector) -> None:
        number = self._goal.next()
        if number is None:
            self.close(selector)
            return
        self._received.clear()
        self._asked = time.perf_counter()
        try:
            self._socket.sendall(self._requests[number % len(self._requests)])
        except OSError as error:
            self._fail(selector, repr(error))

    def _fail(self, selector: selectors.BaseSelector, problem: str) -> None:
        self._tally.errors.append(problem)
        self.close(selector)
        self.begin(selector)


def is_whole(received: bytes | bytearray) -> bool:
    r"""Tell whether a response is there to its end.

    >>> is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    True
    """
    head = received.find(b"\r\n\r\n")
    if head < 0:
        return False
    if length := _LENGTH.search(received, 0, head):
        return len(received) >= head + 4 + int(length[1])
    return received.endswith(_LAST_CHUNK)


def problem_of(received: bytes | bytearray) -> str:
    r"""Return what is wrong with a whole response, or nothing.

    >>> problem_of(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")
    'HTTP/1.1 503 Service Unavailable: '
    """
    if received.startswith(_OK) and _ERROR not in received:
        return ""
    status, _, rest = received.partition(b"\r\n")
    body = rest.partition(b"\r\n\r\n")[2]
    return f"{status.decode('latin-1')}: {body[:200].decode('utf-8', 'replace')}"


@cache
def _requests(form: str) -> tuple[bytes, ...]:
    bodies = (
        json.dumps({"question": question.turns[0]}).encode()
        for question in read_questions(QUESTIONS)
    )
    head = f"POST /api/ask HTTP/1.1\r\nHost: localhost\r\n{FORMS[form]}"
    return tuple(
        f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
        for body in bodies
    )


def server_figures(address: Address) -> dict[str, float]:
    """Return what the server's /metrics tells that has no labels, by name."""
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    return {name: float(value) for name, value in re.findall(r"^(\w+) (\S+)$", text, re.MULTILINE)}


@contextmanager
def serving(**settings: str) -> Iterator[Address]:
    """Serve the built-in corpus in a process of its own, without a rate limit and a cache.

    `settings` are those of `qa.settings`, as the environment has them.
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        given = {"rate_limit": "", "data": folder, "answer_cache": "0", **settings}
        environment = {f"HOSPITALQA_{name.upper()}": value for name, value in given.items()}
        command = [sys.executable, "-m", "qa.cli", "serve", "--port", "0"]
        with (
            log.open("w") as output,
            subprocess.Popen(command, env={**os.environ, **environment}, stderr=output) as process,
        ):
            try:
                _wait(lambda: "\nready" in log.read_text("utf-8"), process)
                told = re.search(r"http://([\d.]+):(\d+)/", log.read_text("utf-8"))
                if told is None:
                    sys.exit(f"the server told no address:\n{log.read_text('utf-8')}")
                yield told[1], int(told[2])
            finally:
                with suppress(ProcessLookupError):
                    process.terminate()


def _wait(ready: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            sys.exit("the server did not start; try: hospital-qa serve")
        time.sleep(0.1)
