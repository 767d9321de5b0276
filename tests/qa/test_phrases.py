"""Phrases in three forms."""

from qa.phrases import _PHRASES, joined, phrase


def test_a_phrase_is_in_the_language_of_the_question() -> None:
    assert phrase("unknown_hospital", "zh-Hans", names="甲院") == "资料里没有提到甲院。"
    assert phrase("unknown_hospital", "zh-Hant", names="甲院") == "資料裏沒有提到甲院。"
    assert phrase("unknown_hospital", "en", names="甲院") == "The documents do not mention 甲院."


def test_names_are_put_in_as_they_are() -> None:
    name = "{x} <b>发展</b>"
    assert name in phrase("unknown_hospital", "zh-Hant", names=name)


def test_every_phrase_has_the_same_gaps_in_both_languages() -> None:
    for key, (chinese, english) in _PHRASES.items():
        gaps = [{part.split("}")[0] for part in text.split("{")[1:]} for text in (chinese, english)]
        assert key == "quoted" or gaps[0] == gaps[1]


def test_an_enumeration_has_the_marks_of_its_language() -> None:
    assert joined(["甲", "乙"], "zh-Hant") == "甲、乙"
    assert joined(["a", "b"], "en") == "a, b"
