"""The engine in use, and what a server needs around it: a gate, a swap, and who wants to know.

A question is work for a processor, so only some are answered at a time, in threads of their own;
the others wait in a queue, and when that is full one is told so at once. What was answered lately
is answered again without the engine, but in its turn, and told and counted as any other answer.
"""

import gc
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from corpus.read import BUILTIN
from qa.answer_cache import AnswerCache, key_of
from qa.engine import Engine
from qa.errors import Busy, NotReady
from qa.indexing import Progress
from qa.model import Answer, Hit, Message
from qa.settings import Settings

T = TypeVar("T")
OpenEngine = Callable[[Progress | None], Engine]
Watcher = Callable[[Answer, float], None]
"""Is told each answer and the seconds from question to answer, the wait included."""

# What the engine makes when it is first needed, it makes for these: the names of institutions in
# the documents and their sounds, the spellings of words, numbers in digits, traditional characters,
# the phrases around answers. They need not be about anything in the documents.
WARM_UP = (
    "请问那边洗肾的大概有三百多名吗，一共是几家小医院？",
    "請問貴院幾時成立㗎？有冇透細機？",
    "How many beds does Springfield General Hospital have?",
)


class Service:
    """The engine in use and what a server needs around it. Thread-safe.

    `uploads` is the folder of the documents that the operator uploaded, `since` the time from which
    the engine has been in use. `kept_answers` are kept to be given again.
    """

    @classmethod
    def opening(cls, settings: Settings, index_dir: Path | None = None) -> "Service":
        """Return a service without an engine, whose `reindex` opens that of the settings.

        What the operator uploaded is read beside the corpus.
        """

        def open_engine(progress: Progress | None) -> Engine:
            if settings.store:  # which has the documents
                return Engine.open(settings=settings)
            paths = [settings.corpus or BUILTIN]
            if settings.operator_password:
                # Empty or not: the index of the same paths is found again, and its vectors.
                service.uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
            if service.uploads.is_dir():
                paths.append(service.uploads)
            return Engine.open(paths, index_dir, settings=settings, progress=progress)

        service = cls(None, settings, open_engine=open_engine, kept_answers=settings.answer_cache)
        return service

    def __init__(
        self,
        engine: Engine | None,
        settings: Settings,
        *,
        open_engine: OpenEngine | None = None,
        kept_answers: int = 0,
    ) -> None:
        self.since: datetime | None = None
        self._engine: Engine | None = None
        if engine is not None:
            self.use(engine)
        self._open_engine = open_engine
        self._opening = threading.Lock()
        self._gate = _Gate(settings.answered_at_a_time, settings.queue)
        self._answers = AnswerCache(kept_answers)
        self._watchers: list[Watcher] = []
        self.uploads: Path = settings.data.expanduser() / "documents"

    @property
    def engine(self) -> Engine:
        """The engine in use. Raises NotReady while there is none."""
        engine = self._engine
        if engine is None:
            raise NotReady("the documents are still being opened; ask again in a moment")
        return engine

    @property
    def ready(self) -> bool:
        """Whether there is an engine."""
        return self._engine is not None

    def can_answer(self) -> bool:
        """Tell whether there is an engine whose index can be read; that may take seconds."""
        return self._engine is not None and self._engine.is_reachable()

    @property
    def pending(self) -> int:
        """How many questions are being answered or wait."""
        return self._gate.pending

    def use(self, engine: Engine) -> None:
        """Answer from this engine from now on; what is being answered is finished by the old."""
        self._engine = engine
        self.since = datetime.now(UTC)

    def reindex(self, progress: Progress | None = None) -> Engine:
        """Read the documents anew and use them; the engine until then goes on answering.

        The new one is asked something first, so that nobody waits for what it makes only then.
        Raises Busy when that is being done already, NotReady when this service cannot open an
        engine, and what `Engine.open` raises.
        """
        if self._open_engine is None:
            raise NotReady("this service was given an engine and cannot open another")
        if not self._opening.acquire(blocking=False):
            raise Busy("the documents are being read already; wait until that is done")
        try:
            engine = self._open_engine(progress)
            for question in WARM_UP:
                engine.ask(question)
            self.use(engine)
            _set_aside()
            return engine
        finally:
            self._opening.release()

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` each answer from now on, in the thread that made it."""
        self._watchers.append(watcher)

    def ask(
        self,
        question: str,
        history: Sequence[Message] = (),
        hospital: str | None = None,
        k: int = 5,
    ) -> Answer:
        """Answer as `Engine.ask`, when it is this question's turn.

        Raises also Busy when too many wait, and NotReady.
        """
        return self.asking(question, history, hospital, k).result()

    def search(
        self,
        question: str,
        history: Sequence[Message] = (),
        hospital: str | None = None,
        k: int = 10,
    ) -> list[Hit]:
        """Search as `Engine.search`, when it is this question's turn.

        Raises also Busy when too many wait, and NotReady.
        """
        return self.searching(question, history, hospital, k).result()

    def asking(
        self, question: str, history: Sequence[Message], hospital: str | None, k: int
    ) -> "Future[Answer]":
        """Return the future of `ask`, for callers that do not wait in a thread.

        Raises Busy and NotReady; the future raises what `Engine.ask` does.
        """
        engine = self.engine
        begin = time.perf_counter()

        def ask() -> Answer:
            answer = self._answer(engine, question, history, hospital, k)
            seconds = time.perf_counter() - begin
            for watcher in self._watchers:
                watcher(answer, seconds)
            return answer

        return self._gate.submit(ask)

    def _answer(
        self,
        engine: Engine,
        question: str,
        history: Sequence[Message],
        hospital: str | None,
        k: int,
    ) -> Answer:
        if not self._answers.size:
            return engine.ask(question, history, hospital, k)
        key = key_of(engine.version, question, list(history), hospital, k)
        answer = self._answers.get(key)
        if answer is None:
            answer = engine.ask(question, history, hospital, k)
            self._answers.put(key, answer)
        return answer

    def searching(
        self, question: str, history: Sequence[Message], hospital: str | None, k: int
    ) -> "Future[list[Hit]]":
        """Return the future of `search`, as `asking` does for `ask`."""
        engine = self.engine
        return self._gate.submit(lambda: engine.search(question, history, hospital, k))

    def close(self) -> None:
        """Take no more questions and drop those that wait; those begun are finished."""
        self._gate.close()


def _set_aside() -> None:
    """Have the garbage collector leave alone what there is now.

    A full collection goes through all that the engine is made of, and everybody waits for it: 0.1 s
    over the built-in corpus.
    """
    gc.unfreeze()  # an engine before this one may be garbage now
    gc.collect()
    gc.freeze()


class _Gate:
    """Does a few things at a time and lets a limited number wait."""

    def __init__(self, at_a_time: int, waiting: int) -> None:
        self._workers = ThreadPoolExecutor(at_a_time, thread_name_prefix="answer")
        self._most = at_a_time + waiting
        self._lock = threading.Lock()
        self.pending = 0

    def submit(self, work: Callable[[], T]) -> "Future[T]":
        with self._lock:
            if self.pending >= self._most:
                raise Busy(f"{self.pending} questions wait already; ask again in a moment")
            self.pending += 1
        try:
            future = self._workers.submit(work)
        except RuntimeError as error:  # closed
            self._leave()
            raise NotReady("the server is being stopped") from error
        future.add_done_callback(self._leave)
        return future

    def close(self) -> None:
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _leave(self, _future: object = None) -> None:
        with self._lock:
            self.pending -= 1
