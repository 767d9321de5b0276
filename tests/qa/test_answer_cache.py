"""Answers that are kept, and which of them make room."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from qa.answer_cache import AnswerCache, key_of
from qa.model import Answer


def answer(text: str) -> Answer:
    return Answer(text, text, text, (), (), 0.5, "answered")


def test_what_was_put_is_found_under_its_key_only() -> None:
    cache = AnswerCache(2)
    cache.put(key_of("a"), answer("a"))
    assert cache.get(key_of("a")) == answer("a")
    assert cache.get(key_of("b")) is None


def test_the_answer_that_was_asked_for_longest_ago_makes_room() -> None:
    cache = AnswerCache(2)
    for name in "ab":
        cache.put(key_of(name), answer(name))
    cache.get(key_of("a"))
    cache.put(key_of("c"), answer("c"))
    assert [cache.get(key_of(name)) is not None for name in "abc"] == [True, False, True]
    cache.put(key_of("a"), answer("newer"))
    assert cache.get(key_of("a")) == answer("newer")
    assert len(cache) == 2


def test_a_cache_of_no_size_keeps_nothing() -> None:
    cache = AnswerCache(0)
    cache.put(key_of("a"), answer("a"))
    assert (len(cache), cache.get(key_of("a"))) == (0, None)


def test_many_threads_at_once_leave_it_whole() -> None:
    cache = AnswerCache(8)

    def use(number: int) -> bool:
        key = key_of(number % 20)
        cache.put(key, answer(str(number % 20)))
        found = cache.get(key)
        return found is None or found.text == str(number % 20)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(use, range(2000)))
    assert len(cache) == 8


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("a", "b"), ("ab",)),
        (("a", None), ("a", "None")),
        (("a", 5), ("a", "5")),
        (("a", [{"role": "user", "content": "b"}]), ("a", [{"role": "assistant", "content": "b"}])),
        (("v1", "a"), ("v2", "a")),
    ],
)
def test_other_parts_have_another_key(left: tuple[object, ...], right: tuple[object, ...]) -> None:
    assert key_of(*left) == key_of(*left)
    assert key_of(*left) != key_of(*right)


def test_a_key_is_short_and_takes_any_text() -> None:
    assert len(key_of("\ud800", "x" * 100_000)) == 16
