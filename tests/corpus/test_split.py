"""Passages and sentences: cut, never changed."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.model import Block, Document, Passage
from corpus.read import BUILTIN, read_corpus
from corpus.split import MAX_PASSAGE, MAX_SENTENCE, plain, sentences, split

HEADING = re.compile(r" {0,3}#{1,6}[ \t]")


def document(text: str, hospitals: tuple[str, ...] = ()) -> Document:
    return Document("d", "题目", text, "d.md", hospitals=hospitals)


def cut(text: str) -> list[str]:
    """The sentences of a text that is one passage."""
    return [sentence.text for sentence in sentences(Passage("d#p1", "d", text, 0, len(text)))]


def headings(text: str) -> set[int]:
    """The places of all characters that stand in a heading."""
    places: set[int] = set()
    at = 0
    for line in text.splitlines(keepends=True):
        if HEADING.match(line):
            places.update(range(at, at + len(line)))
        at += len(line)
    return places


def check(text: str) -> None:
    """Assert what holds of any text."""
    passages = split(document(text))
    assert [p.passage_id for p in passages] == [f"d#p{i + 1}" for i in range(len(passages))]
    covered: set[int] = set()
    at = 0
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert passage.start >= at
        at = passage.end
        inner = passage.start
        for sentence in sentences(passage):
            assert text[sentence.start : sentence.end] == sentence.text
            assert sentence.text == sentence.text.strip() != ""
            assert len(sentence.text) <= 4 * MAX_SENTENCE
            assert sentence.passage_id == passage.passage_id
            assert inner <= sentence.start
            assert sentence.end <= passage.end
            inner = sentence.end
            covered.update(range(sentence.start, sentence.end))
    lost = set(range(len(text))) - covered - headings(text)
    assert all(text[place].isspace() for place in lost)
    assert not covered & headings(text)


FRAGMENTS = st.sampled_from(
    [
        *"。！？；;.…“”‘’（）「」《》#-*•aA医\n\r\t\x0b\x0c\x85\u2028\u3000\ufeff\0😀\ud800 ",
        *(
            "……",
            "##",
            "1、",
            "1.",
            "2) ",
            "\n\n",
            "\r\n",
            "No.5",
            "48.5",
            "有80台",
            "病人，",
            "    ",
        ),
        *("\n# ", "\n    # ", "\n- ", "\n3. ", " ##"),
    ]
)
TEXTS = st.lists(
    st.tuples(FRAGMENTS, st.sampled_from([1, 1, 1, 2, 50, 170, 700])), max_size=30
).map(lambda parts: "".join(fragment * times for fragment, times in parts))


@settings(max_examples=200, deadline=None)
@given(TEXTS | st.text(max_size=200))
@example("    # foo\u2028医院")
@example("a" + " " * 1500 + "b")
@example("# a\x0b# b\x85c")
@example("#\n# \n#\t#")
def test_any_text_is_cut_without_loss(text: str) -> None:
    check(text)


def test_offsets_recover_the_text_of_the_built_in_corpus() -> None:
    for found in read_corpus([BUILTIN]).documents:
        check(found.text)
        assert split(found)


def test_blank_lines_separate_passages_that_are_long() -> None:
    first, second = "一" * 200 + "。\n仍是一。", "二" * 200 + "。"
    passages = split(document(f"{first}\n\n  \n\n  {second} \n\n\n"))
    assert [(p.text, p.start, p.end) for p in passages] == [(first, 0, 206), (second, 214, 415)]


def test_short_paragraphs_that_belong_together_are_one_passage() -> None:
    text = "一。\n\n二。\n\n没有句号\n\n三。\n\n## 设备\n\n四。"
    assert [p.text for p in split(document(text))] == ["一。\n\n二。\n\n没有句号", "三。", "四。"]
    one, other = ("病" * (MAX_PASSAGE // 2 - 2) + "。", "人" * (MAX_PASSAGE // 2 - 2) + "。")
    assert len(split(document(f"{one}\n\n{other}"))) == 1
    assert len(split(document(f"{one}\n\n{other}好。"))) == 2


def test_passages_have_the_places_of_their_document() -> None:
    found = split(Document("d", "", "一。\n\n## 二\n\n三。", "d.md", places=("汀源",)))
    assert [passage.places for passage in found] == [("汀源",), ("汀源",)]


def test_paragraphs_of_other_hospitals_captions_and_repeats_stay_by_themselves() -> None:
    parts = ["甲院一。", "甲院二。", "乙院一。", "乙院图。", "乙院三。", "甲院一。"]
    text = "\n".join(parts)
    starts = [5 * number for number in range(len(parts))]
    blocks = tuple(
        Block("caption" if "图" in part else "paragraph", start, start + 4, (part[:2],))
        for part, start in zip(parts, starts, strict=True)
    )
    found = split(Document("d", "", text, "d.txt", blocks=blocks))
    assert [p.text for p in found] == [
        "甲院一。",
        "甲院二。",
        "乙院一。",
        "乙院图。",
        "乙院三。",
        "甲院一。",
    ]


def test_text_without_anything_has_no_passages() -> None:
    assert split(document(" \n\t\n")) == ()
    assert split(document("# 只有标题\n")) == ()


def test_headings_become_the_context_of_what_follows() -> None:
    text = (
        "序。\n# 医院\n概况。\n## 设备\n有80台。\n### 透析\n细节。\n## 交通\n公交。\n# 附录\n完。"
    )
    assert [(p.text, p.context) for p in split(document(text))] == [
        ("序。", ""),
        ("概况。", "医院"),
        ("有80台。", "医院 设备"),
        ("细节。", "医院 设备 透析"),
        ("公交。", "医院 交通"),
        ("完。", "附录"),
    ]


def test_the_hospital_begins_the_context_and_stands_there_once() -> None:
    found = split(document("# 大同五院\n## 设备\n有80台。", ("大同五院",)))
    assert found[0].context == "大同五院 设备"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("## 设备 ##", "设备"),
        ("#\t设备", "设备"),
        ("   # 设备", "设备"),
        ("# **设备**和`PET`", "设备和PET"),
        ("# [设备](https://example.org)", "设备"),
        ("# C#", "C#"),
        ("# #", ""),
        ("# " + " " * 3000 + "设备" + " " * 3000 + "一览", "设备" + " " * 3000 + "一览"),
    ],
)
def test_a_heading_is_read_as_markdown(line: str, title: str) -> None:
    assert [p.context for p in split(document(f"{line}\n有80台。"))] == [title]


@pytest.mark.parametrize("line", ["#设备", "####### 设备", "    # 设备", "第#1 条"])
def test_what_is_no_heading_in_markdown_stays_text(line: str) -> None:
    assert [p.text for p in split(document(f"{line}\n\n有80台。"))] == [line.strip(), "有80台。"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("有80台。很多！真的？是", ["有80台。", "很多！", "真的？", "是"]),
        ("“好！”他说。", ["“好！”", "他说。"]),
        ("（见图一。）然后。", ["（见图一。）", "然后。"]),
        ("他说：“来吧。”》）」』完", ["他说：“来吧。”》）」』", "完"]),
        ("什么？！真的吗?!好", ["什么？！", "真的吗?!", "好"]),
        ("等等……然后。", ["等等……", "然后。"]),
        ("等…然后。", ["等…然后。"]),
        ("占48.5%。涨0.7个点。", ["占48.5%。", "涨0.7个点。"]),
        ("在No.5医院。", ["在No.5医院。"]),
        ("It has 48.5 beds. Really? Yes.", ["It has 48.5 beds.", "Really?", "Yes."]),
        ("See example.org/a.b for more.", ["See example.org/a.b for more."]),
        ("一行\n还是同一句。", ["一行\n还是同一句。"]),
        ("科室：\n- 内科\n- 外科", ["科室：", "- 内科", "- 外科"]),
        ("* 内科\n  + 心内\n• 外科", ["* 内科", "+ 心内", "• 外科"]),
        ("1. 内科\n2) 外科\n10、 儿科", ["1. 内科", "2) 外科", "10、 儿科"]),
        ("1. 好。\n2. 很好。\n完。", ["1. 好。", "2. 很好。", "完。"]),
        ("科室共\n3. 内科", ["科室共", "3. 内科"]),
        ("涨到\n1.5倍。", ["涨到\n1.5倍。"]),
        ("。。。", ["。。。"]),
        ("只有文字", ["只有文字"]),
    ],
)
def test_sentences_end_at_their_marks(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_a_long_sentence_is_cut_at_semicolons_and_a_short_one_is_not() -> None:
    clause = "病" * 49 + "；"
    assert cut(clause * 3) == [clause * 3]
    assert cut(clause * 4) == [clause] * 4
    assert cut((clause * 4).replace("；", ";")) == [clause.replace("；", ";")] * 4


def test_semicolons_do_not_cut_off_crumbs() -> None:
    text = "一；二；三；" + "病" * MAX_SENTENCE
    assert cut(text) == [text]


def test_a_sentence_without_end_is_cut_at_the_limit() -> None:
    assert [len(part) for part in cut("病" * 1500)] == [640, 640, 220]


def test_a_long_paragraph_is_cut_after_sentences() -> None:
    text = "".join(f"第{number:02}句有十个字左右。" for number in range(60))
    passages = split(document(text))
    assert len(passages) > 1
    assert "".join(p.text for p in passages) == text
    assert all(p.text.endswith("。") and len(p.text) <= MAX_PASSAGE for p in passages)
    assert all(len(p.text) > MAX_PASSAGE - 13 for p in passages[:-1])


def test_a_paragraph_at_the_limit_stays_whole() -> None:
    text = "病" * 159 + "。" + "人" * 159 + "。"
    assert len(split(document(text))) == 1
    assert len(split(document(text + "好。"))) == 2


def test_carriage_returns_do_no_harm() -> None:
    passages = split(document("# 设备\r\n\r\n有80台。\r\n仍是。\r\n\r\n完。\r\n"))
    assert [(p.text, p.context) for p in passages] == [
        ("有80台。\r\n仍是。\r\n\r\n完。", "设备"),
    ]


def test_sentences_of_a_later_passage_have_offsets_in_the_document() -> None:
    text = "一\n\n二。三。"
    second = split(document(text))[1]
    assert [(s.text, s.start, s.end) for s in sentences(second)] == [("二。", 3, 5), ("三。", 5, 7)]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**好**_的_", "好的"),
        ("[名](https://example.org)", "名"),
        ("[名] (注)", "[名] (注)"),
        (" `x` ", "x"),
        ("", ""),
    ],
)
def test_plain_text_has_no_marks(markdown: str, expected: str) -> None:
    assert plain(markdown) == expected
