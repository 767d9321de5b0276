"""Texts that hold a string, found through signatures, against reading every text."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import substrings
from qa.blobs import Blobs
from qa.engine import Engine
from qa.substrings import BITS, BLOCK, holding, signatures
from qa.texts import said_by

characters = st.sampled_from("医院三人民a1，\0\ud800😀")
texts = st.lists(st.text(characters, max_size=6), max_size=3 * BLOCK)
SIZES = [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 100 * BLOCK + 3]


def found(texts: Sequence[str], string: str) -> list[int]:
    return list(holding((Blobs.of_texts(texts),), signatures(texts), string))


def scanned(texts: Sequence[str], string: str) -> list[int]:
    return [number for number, text in enumerate(texts) if string in text]


@given(texts, st.text(characters, max_size=4))
def test_what_is_found_is_what_a_scan_finds(texts: list[str], string: str) -> None:
    assert found(texts, string) == scanned(texts, string)


@pytest.mark.parametrize("at_once", [8, substrings.BLOCKS_AT_ONCE])
@pytest.mark.parametrize("size", SIZES)
def test_texts_in_any_number(size: int, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(substrings, "BLOCKS_AT_ONCE", at_once)
    random = np.random.default_rng(size)
    texts = ["".join(random.choice(list("甲乙丙丁戊己庚辛"), 9)) for _ in range(size)]
    strings = ["甲乙丙", "丁戊", "庚", "", "壬", *(text[2:7] for text in texts[:: BLOCK - 1])]
    for string in strings:
        assert found(texts, string) == scanned(texts, string)


def test_every_name_that_real_passages_say_is_found(builtin: Engine) -> None:
    index = builtin.index
    plain = [said_by(one, *index.plain(number)) for number, one in enumerate(index.passages)]
    texts = index.segments[0].texts
    lines = index.segments[0].said.split("\n")
    for name in dict.fromkeys(line[-length:] for line in lines for length in (2, 4, 8, 28)):
        assert list(texts.saying(name)) == scanned(plain, name)


def test_a_string_of_two_texts_is_in_neither() -> None:
    assert found(["青禾三", "院很远"], "三院") == []


def test_a_block_without_the_pairs_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["很远的地方有一家小医院"] * (9 * BLOCK)
    texts[3 * BLOCK + 1] = "青禾三院"
    blobs, bits = Blobs.of_texts(texts), signatures(texts)
    read = []

    def joined(begin: int, end: int) -> bytes:
        read.append((begin, end))
        return Blobs.joined(blobs, begin, end)

    monkeypatch.setattr(blobs, "joined", joined)
    assert list(holding((blobs,), bits, "禾三院")) == [3 * BLOCK + 1]
    assert {begin // BLOCK for begin, _ in read} == {3}
    assert bits.shape == (1 << BITS, 2)
