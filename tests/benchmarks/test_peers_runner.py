"""The runner's arithmetic, with two tiny systems that need no packages."""

from collections.abc import Sequence

import pytest

from benchmarks.peers.runner import (
    DEPTH,
    WARM_UP,
    Case,
    Peer,
    Result,
    first_rank,
    markdown,
    measure,
)

CASES = [
    Case("q1", ("青禾有多少床位？",), frozenset({0})),
    Case("q2", ("院长是谁？",), frozenset({4, 9})),
    Case("q3", ("青禾有多少床位？", "护士呢？"), frozenset({7})),
]


class Last:
    """Has a history: is asked the last turn, and always finds passages 0 to 4."""

    name = "last"

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def prepare(self, turns: tuple[str, ...]) -> str:
        return turns[-1]

    def search(self, prepared: str, k: int) -> Sequence[int]:
        self.asked.append((prepared, k))
        return range(k)


def finds_by_words(question: str, k: int) -> list[int]:
    return [7, 4, 0][:k] if "护士" in question else [3, 0][:k]


def test_success_counts_the_first_relevant_passage() -> None:
    last, words = measure([Last(), Peer("words", finds_by_words)], CASES)
    assert last.name == "last"
    assert last.ranks == {"q1": 1, "q2": 5, "q3": None}
    assert (last.success(1), last.success(5)) == (1 / 3, 2 / 3)
    assert words.name == "words"
    assert words.ranks == {"q1": 2, "q2": None, "q3": 1}
    assert (words.success(1), words.success(5)) == (1 / 3, 2 / 3)


def test_every_question_is_timed_once_after_the_warm_up() -> None:
    last = Last()
    (result,) = measure([last], CASES)
    assert len(result.seconds) == len(CASES)
    questions = [*WARM_UP, "青禾有多少床位？", "院长是谁？", "护士呢？"]
    assert last.asked == [(question, DEPTH) for question in questions]


def test_a_peer_is_asked_all_turns_in_one_text() -> None:
    asked: list[str] = []

    def find(question: str, k: int) -> list[int]:
        asked.append(question)
        return list(range(k))

    measure([Peer("peer", find)], CASES)
    assert asked[-1] == "青禾有多少床位？ 护士呢？"


def test_the_median_is_in_milliseconds() -> None:
    assert Result("a", {}, (0.001, 0.5, 0.0025)).median_ms == pytest.approx(2.5)
    assert Result("a", {}, (0.001, 0.002)).median_ms == pytest.approx(1.5)


def test_rank_of_the_first_relevant_passage() -> None:
    assert first_rank([5, 6], frozenset({6, 5})) == 1
    assert first_rank([5, 6], frozenset({6})) == 2
    assert first_rank([], frozenset({6})) is None


def test_the_table_keeps_the_order_and_the_json_the_ranks() -> None:
    one = Result("one", {"q1": 1, "q2": None, "q3": 2}, (0.0123,) * 3)
    two = Result("two", {"q1": 1, "q2": 5, "q3": 1}, (0.1,) * 3)
    assert markdown([two, one]).splitlines() == [
        "| system | Success@1 | Success@5 | median ms a question |",
        "|---|---:|---:|---:|",
        "| two | 66.7% | 100.0% | 100.0 |",
        "| one | 33.3% | 66.7% | 12.3 |",
    ]
    assert one.to_dict() == {
        "name": "one",
        "success@1": 0.3333,
        "success@5": 0.6667,
        "median_ms": 12.3,
        "question_ms": [12.3, 12.3, 12.3],
        "ranks": {"q1": 1, "q2": None, "q3": 2},
    }


@pytest.mark.parametrize(
    "found", [[1, 1], [0, 1, 2, 3, 4, 5]], ids=["a passage twice", "more than asked for"]
)
def test_a_system_that_would_be_counted_wrongly_is_refused(found: list[int]) -> None:
    peer = Peer("odd", lambda _question, _k: found)
    with pytest.raises(ValueError, match=r"odd returned \["):
        measure([peer], CASES)


def test_no_questions_and_repeated_names_are_refused() -> None:
    with pytest.raises(ValueError, match="no question has a relevant passage"):
        measure([Last()], [])
    with pytest.raises(ValueError, match="the system 'last' is there twice"):
        measure([Last(), Last()], CASES)
    with pytest.raises(ValueError, match="the question 'q1' is there twice"):
        measure([Last()], [CASES[0], CASES[0]])
