"""Pieces of texts: the same as `tokenizers` gives, whatever the text."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from embeddings.unigram import (
    HEAD_FILE,
    IDS_FILE,
    PIECES_FILE,
    SCORES_FILE,
    TOKENIZER_FILE,
    Unigram,
    write_unigram,
)
from embeddings.unpack import Vocabulary

ROOT = Path(__file__).parents[2]
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "ab", "▁a", "院", "医院", "▁医")
SCORES = (0.0, 0.0, 0.0, 0.0, -3.0, -2.0, -2.0, -5.0, -4.5, -6.0, -7.0, -6.0)


@pytest.fixture(scope="module")
def tokenizer(model_folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(model_folder / TOKENIZER_FILE))


@pytest.fixture(scope="module")
def unigram(model_folder: Path) -> Unigram:
    return Unigram(model_folder)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder with a handful of pieces."""
    write_unigram(tmp_path, Vocabulary(PIECES, SCORES, 0, 2, 1, 3, {"\x01": "", "\t": " "}))
    return tmp_path


def expected(tokenizer: Tokenizer, text: str) -> tuple[list[int], tuple[tuple[int, int], ...]]:
    encoded = tokenizer.encode(text, add_special_tokens=False)
    return encoded.ids, tuple(encoded.offsets)


def test_pieces_and_places_are_those_of_tokenizers(
    unigram: Unigram,
    tokenizer: Tokenizer,
    texts: tuple[str, ...],
    builtin_sentences: tuple[str, ...],
    long_text: str,
) -> None:
    for text in (*texts, *builtin_sentences, long_text):
        assert unigram.encode(text) == expected(tokenizer, text), text


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "  ", "a  b", " a", "  a", "a ", "a\u3000 b", "a\t\n b", "▁", "▁▁a ▁b"),
        *("a\x01b", "\x01", "ab\x01", "\x01ab", "½米", "㎡㎡", "①②", "ﷺ", "ＰＥＴ－ＣＴ"),
        *("～全形~", "\ue000", "<s>", "a<mask>", "a <mask> b", "<", "<s", "＜s＞", "a<unk>b"),
        *("e\u0301", "é", "가", "\u1100\u1161", "か\u3099", "ǆ", "\u0344", "😀👩‍⚕️", "𠮷野家"),
        *("ꙮꙮꙮa", "\u0378\u0379", "query: 医院", "a" * 40, "\0", "\u200b", "\ufe0f"),
    ],
)
def test_odd_texts_have_the_pieces_that_tokenizers_gives(
    unigram: Unigram, tokenizer: Tokenizer, text: str
) -> None:
    assert unigram.encode(text) == expected(tokenizer, text)


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=40)
    | st.text("医院有没的a1 ，。Ａ１\t\u3000▁～<s>\u0301", max_size=30)
)
@example("a \u3000▁ b")
def test_any_text_has_the_pieces_that_tokenizers_gives(
    unigram: Unigram, tokenizer: Tokenizer, text: str
) -> None:
    assert unigram.encode(text) == expected(tokenizer, text)


def test_the_most_probable_way_to_cut_is_taken(small: Path) -> None:
    unigram = Unigram(small)
    # ▁a and b (-6.5) rather than ▁, a, b (-7) or ▁, ab (-8).
    assert unigram.encode("ab") == ([8, 6], ((0, 1), (1, 2)))
    # ▁医 and 院 (-12), since ▁ and 医院 (-10) is more probable.
    assert unigram.encode("医院") == ([4, 10], ((0, 1), (0, 2)))
    assert (unigram.begin, unigram.end) == (0, 2)


def test_neighbours_that_no_piece_stands_for_are_one(small: Path) -> None:
    assert Unigram(small).encode("xyza") == ([4, 3, 5], ((0, 1), (0, 3), (3, 4)))


def test_ordinary_texts_need_no_tokenizers(model_folder: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from embeddings.unigram import Unigram\n"
        "print(len(Unigram(pathlib.Path(sys.argv[1])).encode('有８０台，ＯＫ！ How many?')[0]))\n"
        "print('tokenizers' in sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(model_folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert result.stdout == "10\nFalse\n"


@pytest.mark.parametrize("name", [HEAD_FILE, PIECES_FILE, IDS_FILE, SCORES_FILE])
def test_a_missing_file_is_an_error(small: Path, name: str) -> None:
    (small / name).unlink()
    with pytest.raises(OSError, match=name):
        Unigram(small)


def test_files_that_do_not_fit_are_an_error(small: Path) -> None:
    head = json.loads((small / HEAD_FILE).read_text(encoding="utf-8"))
    (small / IDS_FILE).write_bytes((small / IDS_FILE).read_bytes()[:-4])
    with pytest.raises(ValueError, match="11 ids and 12 scores"):
        Unigram(small)
    del head["groups"]
    (small / HEAD_FILE).write_text(json.dumps(head), encoding="utf-8")
    with pytest.raises(KeyError, match="groups"):
        Unigram(small)
