import pytest

from qa.lexical import Tokenizer, in_digits


def test_words_are_the_same_in_both_scripts_and_widths() -> None:
    tokenizer = Tokenizer()
    assert tokenizer.words("擁有８０臺透析機。") == tokenizer.words("拥有80台透析机")


def test_a_name_is_one_word_also_in_its_parts() -> None:
    words = Tokenizer(["青禾市第三人民医院"]).words("青禾市第三人民医院的床位")
    assert "青禾市第三人民医院" in words
    assert "医院" in words


@pytest.mark.parametrize("text", ["三" * 2000, "一" * 400 + "届多少人", "百万千"])
def test_characters_that_make_no_number_stay(text: str) -> None:
    assert in_digits(text) == text
