"""The quicker cutter against jieba's own."""

from pathlib import Path

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.fold import fold
from corpus.read import BUILTIN, read_corpus
from qa.cutter import Cutter
from qa.dictionary import open_dictionary

NAMES = ("大同市第五人民医院", "大同五院", "springfield general hospital")


@pytest.fixture(scope="module")
def both(cache: Path) -> tuple[Cutter, jieba.Tokenizer]:
    frequencies, total = open_dictionary(cache)
    found = Cutter(), jieba.Tokenizer()
    for tokenizer in found:
        tokenizer.FREQ, tokenizer.total = frequencies.loaded(), total
        tokenizer.initialized = True
        for name in NAMES:
            tokenizer.add_word(name)
    return found


def test_documents_are_cut_as_jieba_cuts_them(both: tuple[Cutter, jieba.Tokenizer]) -> None:
    ours, theirs = both
    for document in read_corpus([BUILTIN]).documents:
        text = fold(document.text)
        assert list(ours.cut(text)) == list(theirs.cut(text))
        assert list(ours.cut_for_search(text)) == list(theirs.cut_for_search(text))


@given(
    text=st.text(
        st.sampled_from("大同市第五人民医院院长是谁有多少台透析机一二三a 1，龘"), max_size=30
    )
)
def test_any_text_is_cut_as_jieba_cuts_it(both: tuple[Cutter, jieba.Tokenizer], text: str) -> None:
    ours, theirs = both
    assert list(ours.cut(text)) == list(theirs.cut(text))
    assert list(ours.cut(text, HMM=False)) == list(theirs.cut(text, HMM=False))
