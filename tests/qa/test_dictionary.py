"""The mapped dictionary against jieba's own."""

from pathlib import Path

import jieba
import pytest

from qa.dictionary import FEW, _opened, open_dictionary
from qa.lexical import Tokenizer

TEXT = "大同市第五人民医院拥有80台透析机，小明硕士毕业于中国科学院计算所，后在日本京都大学深造。"


@pytest.fixture(scope="module")
def reference() -> jieba.Tokenizer:
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def test_the_files_hold_what_jieba_has(cache: Path, reference: jieba.Tokenizer) -> None:
    frequencies, total = open_dictionary(cache)
    assert total == reference.total
    assert frequencies.loaded() == reference.FREQ
    assert frequencies["医院"] == reference.FREQ["医院"]
    assert frequencies.get("啊哈啊哈", 7) == 7


def test_texts_are_cut_alike_before_and_after_loading(
    cache: Path, reference: jieba.Tokenizer
) -> None:
    tokenizer = Tokenizer(cache=cache)
    expected = list(reference.cut(TEXT))
    assert [tokenizer.cut(TEXT) for _ in range(FEW + 2)] == [expected] * (FEW + 2)


def test_an_added_word_is_known_to_its_tokenizer_only(cache: Path) -> None:
    word = "透析机小明"
    assert word in Tokenizer([word], cache).cut(TEXT.replace("，", ""))
    assert Tokenizer(cache=cache).frequency(word) == 0


def test_without_a_place_for_files_the_dictionary_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    files, _ = _opened(tmp_path / "file")
    assert len(files.words) == len(files.counts) > 100_000
