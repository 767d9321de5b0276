"""Segments on disk: what they hold, and what a crash or damage does to them."""

import errno
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import postings
from qa.postings import FILES, Postings, SortedWords

TEXTS = [["床位", "多", "床位"], ["院长"], [], ["床位", "少"]]


def held(segment: Postings, word: str) -> list[tuple[int, int, int]]:
    """Return the text, its count of the word and its length for each posting."""
    rows, kinds = segment.of(word)
    pairs = segment.pairs[kinds].tolist()
    return [(row, *pair) for row, pair in zip(rows.tolist(), pairs, strict=True)]


def everything(segment: Postings) -> tuple[object, ...]:
    return segment.size, *(
        (word, *held(segment, word), segment.of(word)[1].tolist()) for word in segment.words
    )


def test_a_posting_is_a_text_its_count_and_its_length() -> None:
    segment = Postings.from_words(TEXTS)
    assert segment.size == 4
    assert segment.totals.tolist() == [4, 6]
    assert held(segment, "床位") == [(0, 2, 3), (3, 1, 2)]
    assert held(segment, "院长") == [(1, 1, 1)]
    assert held(segment, "无") == []


words = st.text(alphabet=st.characters(codec=None), max_size=3)


@given(st.lists(st.lists(words, max_size=6), max_size=12), st.integers(1, 20))
def test_texts_sorted_in_several_goes_are_all_there(texts: list[list[str]], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "_SORTED_AT_ONCE", at_once)
        segment = Postings.from_words(texts)
    assert list(segment.words) == sorted({word for text in texts for word in text})
    for word in segment.words:
        assert held(segment, word) == [
            (row, Counter(text)[word], len(text)) for row, text in enumerate(texts) if word in text
        ]


def test_a_word_is_found_by_its_spelling() -> None:
    ordered = sorted(["", "a", "ab", "b", "医", "医院", "\ud800", "\uffff", "𠮷"])
    found = SortedWords.from_sorted(ordered)
    assert list(found) == ordered
    assert len(found) == len(ordered)
    assert [found.number(word) for word in ordered] == list(range(len(ordered)))
    for absent in ("aa", "院", "𠮸", 3):
        assert absent not in found


@pytest.mark.parametrize("texts", [TEXTS, [], [[]]], ids=["some", "none", "an empty one"])
def test_what_is_saved_is_opened(tmp_path: Path, texts: list[list[str]]) -> None:
    segment = Postings.from_words(texts)
    segment.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    assert everything(Postings.open(tmp_path)) == everything(segment)


def test_an_opened_segment_is_mapped_and_not_read(tmp_path: Path) -> None:
    Postings.from_words(TEXTS).save(tmp_path)
    opened = Postings.open(tmp_path)
    for array in (opened.rows, opened.kinds, opened.words.spellings, opened.words.bounds):
        assert isinstance(array.base, np.memmap)
        assert not array.flags.writeable


def test_one_text_of_many_equal_words_is_counted_whole() -> None:
    segment = Postings.from_words([["a"] * 70_000])
    assert held(segment, "a") == [(0, 70_000, 70_000)]


def test_a_segment_written_over_stays_readable_where_it_is_open(tmp_path: Path) -> None:
    Postings.from_words(TEXTS).save(tmp_path)
    opened = Postings.open(tmp_path)
    before = everything(opened)
    Postings.from_words([["其他"]]).save(tmp_path)
    assert everything(opened) == before


def test_a_full_disk_leaves_the_old_file_and_nothing_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = Postings.from_words(TEXTS)
    segment.save(tmp_path)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        Postings.from_words([["其他"]]).save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    assert everything(Postings.open(tmp_path)) == everything(segment)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    Postings.from_words(TEXTS).save(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(FileNotFoundError, match=name):
        Postings.open(tmp_path)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("left", [0, 20, -1], ids=["empty", "its head cut", "its end cut"])
def test_a_file_cut_short_is_not_opened(tmp_path: Path, name: str, left: int) -> None:
    Postings.from_words(TEXTS).save(tmp_path)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:left])
    with pytest.raises(ValueError, match=r"."):
        Postings.open(tmp_path)


def test_files_of_two_segments_are_not_taken_for_one(tmp_path: Path) -> None:
    Postings.from_words(TEXTS).save(tmp_path)
    before = (tmp_path / "words.rows.npy").read_bytes()
    Postings.from_words([["其他"]]).save(tmp_path)
    (tmp_path / "words.rows.npy").write_bytes(before)
    with pytest.raises(ValueError, match="do not fit each other; index it anew"):
        Postings.open(tmp_path)
