"""Repeated passages: stored once, no fact lost, every place remembered."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import Passage
from corpus.repeats import unique_passages

LONG = (
    "青河市中心医院始建于1952年，是一所集医疗、教学、科研、预防和康复为一体的综合医院，"
    "现有床位860张，开设心内科、儿科等三十个临床科室，拥有一支技术过硬、结构合理的人才队伍，"
    "多年来始终把病人的需要放在首位，深受周边群众的信赖和好评。"
)
PIECES = ("青河医院", "\n", " ", "，", ",", "设床位", "8", "80", "三", "不", "儿科", "CT", "门诊楼")
TEXTS = st.one_of(
    st.text(), st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.just(LONG)
)
ENTRIES = st.lists(st.tuples(TEXTS, st.sampled_from([(), ("甲院",), ("乙院",)])), max_size=20)


def passages(*texts: str, hospitals: tuple[str, ...] = ("甲院",)) -> list[Passage]:
    return [passage(i, text, hospitals) for i, text in enumerate(texts)]


def passage(number: int, text: str, hospitals: tuple[str, ...] = ("甲院",)) -> Passage:
    doc_id = f"d{number}"
    return Passage(f"{doc_id}#p1", doc_id, text, 0, len(text), hospitals=hospitals)


def groups(entries: Sequence[Passage]) -> set[frozenset[str]]:
    _, repeats = unique_passages(entries)
    return {frozenset((first, *others)) for first, others in repeats.items()}


def count(*texts: str) -> int:
    """How many of the texts, all about one hospital, are kept."""
    return len(unique_passages(passages(*texts))[0])


def test_nothing_of_nothing() -> None:
    assert unique_passages([]) == ((), {})


def test_the_first_stays_and_remembers_all_places_in_order() -> None:
    entries = passages(LONG, "另一段话。", LONG, LONG)
    kept, repeats = unique_passages(entries)
    assert kept == (entries[0], entries[1])
    assert repeats == {"d0#p1": ("d2#p1", "d3#p1"), "d1#p1": ()}


@pytest.mark.parametrize(
    "reprint",
    [
        LONG.replace("，", ","),
        LONG.replace("860", "８６０"),
        LONG.replace("综合医院", "综合\n\n医院"),
        LONG.replace("和", " and "),
        LONG.replace("深受", "深 受"),
    ],
)
def test_white_space_and_width_do_not_matter(reprint: str) -> None:
    assert reprint != LONG
    assert count(LONG, reprint) == 1


@pytest.mark.parametrize(
    "reprint",
    [
        LONG.replace("始终", "始终地"),
        LONG.replace("信赖", "信任"),
        LONG.replace("的需要", "需要"),
        "本报讯" + LONG,
        LONG.replace("，", ",\n").replace("医疗、教学", "医疗，教学"),
    ],
)
def test_a_reprint_with_small_edits_is_one(reprint: str) -> None:
    assert reprint != LONG
    assert count(LONG, reprint) == 1


@pytest.mark.parametrize(
    "other",
    [
        LONG.replace("860", "680"),
        LONG.replace("860", "8.60"),
        LONG.replace("860", "86 0"),
        LONG.replace("1952", "1953"),
        LONG.replace("三十", "四十"),
        LONG.replace("三十", "三百"),
        LONG.replace("儿科", "骨科"),
        LONG.replace("深受", "不受"),
        LONG.replace("860张", "860张，设有产房和体检中心"),
        LONG[: len(LONG) // 2],
    ],
)
def test_what_tells_another_thing_is_kept(other: str) -> None:
    assert other != LONG
    assert count(LONG, other) == 2


def test_figures_in_another_order_are_kept() -> None:
    filler = "这家医院的医护人员多年来为周边群众提供着细致周到的医疗服务并获得好评"
    one, other = (f"{filler}，门诊{a}人，住院{b}人，{filler}。" for a, b in ((12, 15), (15, 12)))
    assert count(one, other) == 2


@pytest.mark.parametrize("text", [LONG, "预约请拨打电话。"])
def test_the_same_words_about_another_hospital_are_kept(text: str) -> None:
    entries = [passage(0, text, ("甲院",)), passage(1, text, ("乙院",)), passage(2, text, ())]
    assert unique_passages(entries)[0] == tuple(entries)


def test_a_short_passage_repeats_only_when_exact() -> None:
    assert count("周末照常门诊。", "周末 照常门诊。") == 1
    assert count("周末照常门诊。", "周末照常出诊。") == 2


def test_words_and_figures_that_white_space_parts_stay_apart() -> None:
    assert count("电话 12 345", "电话 123 45") == 2


def test_more_texts_than_are_compared_pairwise_find_their_reprints() -> None:
    syllables = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨"
    draw = random.Random(5)  # noqa: S311
    texts = ["".join(draw.choices(syllables, k=90)) for _ in range(150)]
    texts += [text[:40] + "的" + text[40:] for text in texts]
    expected = {frozenset((f"d{i}#p1", f"d{i + 150}#p1")) for i in range(150)}
    assert groups(passages(*texts)) == expected


@given(ENTRIES)
def test_kept_and_repeats_are_all(texts: list[tuple[str, tuple[str, ...]]]) -> None:
    entries = [passage(i, *text) for i, text in enumerate(texts)]
    kept, repeats = unique_passages(entries)
    assert list(repeats) == [entry.passage_id for entry in kept]
    assert sorted([*repeats, *(i for ids in repeats.values() for i in ids)]) == sorted(
        entry.passage_id for entry in entries
    )
    assert [entry for entry in entries if entry in kept] == list(kept)
    by_id = {entry.passage_id: entry for entry in entries}
    for first, others in repeats.items():
        for other in others:
            assert entries.index(by_id[first]) < entries.index(by_id[other])
            assert by_id[first].hospitals == by_id[other].hospitals


@given(ENTRIES)
def test_what_is_kept_holds_no_repeats(texts: list[tuple[str, tuple[str, ...]]]) -> None:
    kept, _ = unique_passages([passage(i, *text) for i, text in enumerate(texts)])
    assert unique_passages(kept)[0] == kept


@given(ENTRIES, st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order(
    texts: list[tuple[str, tuple[str, ...]]], draw: random.Random
) -> None:
    entries = [passage(i, *text) for i, text in enumerate(texts)]
    shuffled = draw.sample(entries, len(entries))
    assert groups(entries) == groups(shuffled)
