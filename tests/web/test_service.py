"""The gate, the swap of engines, and who is told of answers."""

import gc
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from corpus.read import BUILTIN
from qa.engine import Engine
from qa.errors import Busy, NotReady
from qa.settings import Settings
from qa.web.service import WARM_UP, Service

PATIENCE = 20  # seconds until a test that hangs fails


class Counting:
    """Answers when it is let; knows how many questions it had in hand at most."""

    version = "first"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.let = threading.Event()
        self.begun = threading.Semaphore(0)
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def ask(self, question: str, *_args: object) -> str:
        self.asked.append(question)
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self.begun.release()
        assert self.let.wait(PATIENCE)
        with self._lock:
            self._now -= 1
        if question == "bad":
            raise ValueError("a bad question")
        return f"answer to {question}"

    def search(self, question: str, *_args: object) -> list[str]:
        return [question]


def service_of(engine: Any, tmp_path: Path, **settings: Any) -> Service:
    return Service(engine, Settings(data=tmp_path, **settings))


def test_it_answers_and_searches_as_the_engine_does(engine: Any, tmp_path: Path) -> None:
    service = service_of(engine, tmp_path)
    history = [{"role": "user", "content": "床位"}]
    assert service.ask("透析", history) == engine.ask("透析")
    assert engine.histories[0] == history
    assert service_of(Counting(), tmp_path).search("q") == ["q"]
    assert service.uploads == tmp_path / "documents"


def test_without_an_engine_it_says_to_wait(engine: Any, tmp_path: Path) -> None:
    service = service_of(None, tmp_path)
    assert not service.ready
    for call in (service.ask, service.search):
        with pytest.raises(NotReady, match="again in a moment"):
            call("q")
    service.use(engine)
    assert service.ready
    assert service.engine is engine


def test_only_so_many_are_answered_at_a_time_and_all_are_answered(tmp_path: Path) -> None:
    engine = Counting()
    engine.let.set()
    service = service_of(engine, tmp_path, callers=2, queue=200)
    questions = [f"q{number}" for number in range(50)]
    with ThreadPoolExecutor(50) as people:
        answers = list(people.map(service.ask, questions))
    assert answers == [f"answer to {question}" for question in questions]
    assert engine.most <= 2
    assert service.pending == 0


def test_when_the_queue_is_full_one_is_told_at_once(tmp_path: Path) -> None:
    engine = Counting()
    service = service_of(engine, tmp_path, callers=1, queue=1)
    futures = [service.asking(question, (), None, 5) for question in "ab"]
    with pytest.raises(Busy, match="2 questions wait"):
        service.ask("c")
    engine.let.set()
    assert [future.result(PATIENCE) for future in futures] == ["answer to a", "answer to b"]
    assert service.ask("c") == "answer to c"


def test_a_bad_question_takes_no_place_for_good(tmp_path: Path) -> None:
    engine = Counting()
    engine.let.set()
    service = service_of(engine, tmp_path, callers=1, queue=0)
    told: list[object] = []
    service.watch(lambda answer, _seconds: told.append(answer))
    for _ in range(3):
        with pytest.raises(ValueError, match="a bad question"):
            service.ask("bad")
    assert service.ask("good") == "answer to good"
    assert told == ["answer to good"]


def test_who_waits_no_longer_gives_the_place_back(tmp_path: Path) -> None:
    engine = Counting()
    service = service_of(engine, tmp_path, callers=1, queue=1)
    first = service.asking("a", (), None, 5)
    assert engine.begun.acquire(timeout=PATIENCE)
    waiting = service.asking("b", (), None, 5)
    assert waiting.cancel()
    third = service.asking("c", (), None, 5)
    engine.let.set()
    assert first.result(PATIENCE) == "answer to a"
    assert third.result(PATIENCE) == "answer to c"


def test_the_seconds_that_are_told_count_the_wait(tmp_path: Path) -> None:
    engine = Counting()
    service = service_of(engine, tmp_path, callers=1)
    told: list[float] = []
    service.watch(lambda _answer, seconds: told.append(seconds))
    futures = [service.asking(question, (), None, 5) for question in "ab"]
    asked = time.perf_counter()
    assert engine.begun.acquire(timeout=PATIENCE)
    let = time.perf_counter()
    engine.let.set()
    for future in futures:
        future.result(PATIENCE)
    assert min(told) >= let - asked


def test_closing_finishes_what_was_begun_and_drops_the_rest(tmp_path: Path) -> None:
    engine = Counting()
    service = service_of(engine, tmp_path, callers=1)
    begun = service.asking("a", (), None, 5)
    assert engine.begun.acquire(timeout=PATIENCE)
    waiting = service.asking("b", (), None, 5)
    service.close()
    engine.let.set()
    assert begun.result(PATIENCE) == "answer to a"
    with pytest.raises(CancelledError):
        waiting.result(PATIENCE)
    with pytest.raises(NotReady, match="stopped"):
        service.ask("c")


def test_reading_anew_swaps_the_engine_while_the_old_one_answers(tmp_path: Path) -> None:
    old, new = Counting(), Counting()
    old.let.set()
    new.let.set()
    reading, go_on = threading.Event(), threading.Event()

    def open_engine(progress: Callable[[int, int], None] | None) -> Any:
        assert progress is not None
        progress(1, 2)
        reading.set()
        assert go_on.wait(PATIENCE)
        return new

    opened: Any = open_engine
    service = Service(old, Settings(data=tmp_path), open_engine=opened)  # type: ignore[arg-type]
    steps: list[tuple[int, int]] = []
    with ThreadPoolExecutor(1) as operator:
        done = operator.submit(service.reindex, lambda *step: steps.append(step))
        assert reading.wait(PATIENCE)
        assert service.ask("q") == "answer to q"
        with pytest.raises(Busy, match="already"):
            service.reindex()
        go_on.set()
        assert done.result(PATIENCE) is new
    assert service.engine is new
    assert steps == [(1, 2)]


def test_a_new_engine_is_asked_something_before_anybody_gets_to_it(tmp_path: Path) -> None:
    engine = Counting()
    told: list[object] = []
    open_engine: Any = lambda _progress: engine  # noqa: E731
    service = Service(None, Settings(data=tmp_path), open_engine=open_engine)
    service.watch(lambda answer, _seconds: told.append(answer))
    with ThreadPoolExecutor(1) as operator:
        done = operator.submit(service.reindex)
        assert engine.begun.acquire(timeout=PATIENCE)
        assert not service.ready
        engine.let.set()
        assert done.result(PATIENCE) is engine
    assert service.ready
    assert engine.asked == list(WARM_UP)
    assert told == []


def test_the_collector_leaves_a_new_engine_alone(tmp_path: Path) -> None:
    engine = Counting()
    engine.let.set()
    open_engine: Any = lambda _progress: engine  # noqa: E731
    gc.unfreeze()
    Service(None, Settings(data=tmp_path), open_engine=open_engine).reindex()
    assert gc.get_freeze_count() > 0
    gc.unfreeze()


def test_what_is_asked_again_is_answered_from_memory_and_told(tmp_path: Path) -> None:
    engine = Counting()
    engine.let.set()
    told: list[object] = []
    service = Service(engine, Settings(data=tmp_path), kept_answers=2)  # type: ignore[arg-type]
    service.watch(lambda answer, _seconds: told.append(answer))
    assert [service.ask("a") for _ in range(3)] == ["answer to a"] * 3
    assert engine.asked == ["a"]
    assert told == ["answer to a"] * 3


def test_what_an_answer_depends_on_is_asked_anew(tmp_path: Path) -> None:
    engine = Counting()
    engine.let.set()
    service = Service(engine, Settings(data=tmp_path), kept_answers=9)  # type: ignore[arg-type]
    said = [{"role": "user", "content": "b"}]
    for asked in (("a",), ("a", said), ("a", said, "x"), ("a", said, "x", 7)):
        service.ask(*asked)  # type: ignore[arg-type]
    engine.version = "second"
    service.ask("a")
    service.use(other := Counting())  # type: ignore[arg-type]
    other.let.set()
    other.version = "third"
    service.ask("a")
    assert (len(engine.asked), len(other.asked)) == (5, 1)


def test_an_error_is_not_kept_nor_any_answer_where_none_shall_be(tmp_path: Path) -> None:
    engine = Counting()
    engine.let.set()
    keeping = Service(engine, Settings(data=tmp_path), kept_answers=2)  # type: ignore[arg-type]
    for _ in range(2):
        with pytest.raises(ValueError, match="a bad question"):
            keeping.ask("bad")
    forgetting = Service(engine, Settings(data=tmp_path), kept_answers=0)  # type: ignore[arg-type]
    for _ in range(2):
        forgetting.ask("good")
    assert engine.asked == ["bad", "bad", "good", "good"]


def test_an_engine_that_was_given_cannot_be_opened_anew(engine: Any, tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="cannot open another"):
        service_of(engine, tmp_path).reindex()


def test_a_failure_to_read_anew_leaves_the_engine_and_can_be_tried_again(
    engine: Any, tmp_path: Path
) -> None:
    def fail(_progress: object) -> Any:
        raise ValueError("no")

    service = Service(engine, Settings(data=tmp_path), open_engine=fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            service.reindex()
    assert service.engine is engine


@pytest.mark.parametrize("password", ["", "secret"])
def test_uploads_are_read_beside_the_corpus(
    engine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    opened: list[Any] = []

    def open_engine(paths: object, *_args: object, **_more: object) -> Any:
        opened.append(paths)
        return engine

    monkeypatch.setattr(Engine, "open", open_engine)
    settings = Settings(data=tmp_path, operator_password=password)  # type: ignore[arg-type]
    service = Service.opening(settings)
    assert not service.ready
    service.reindex()
    service.uploads.mkdir(exist_ok=True)
    service.reindex()
    uploads = tmp_path / "documents"
    assert opened == [[BUILTIN, uploads] if password else [BUILTIN], [BUILTIN, uploads]]
