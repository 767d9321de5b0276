"""The corpus check: each part fires on a bad example, and the built-in corpus passes."""

from dataclasses import replace
from pathlib import Path

import pytest

from corpus.check import OVERLAP, collisions, duplicates, form, main, overlaps
from corpus.model import Document
from corpus.read import BUILTIN, read_corpus
from qa.errors import CorpusError

SOURCES = Path(__file__).parents[3] / "shared" / "seeds"
GOOD = Document(
    "fifth",
    "题目",
    "# 大同五院\n\n## 设备\n有80台透析机。\n\n他说：“很好！”\n",
    "fifth.md",
    hospitals=("大同市第五人民医院",),
    meta={"aliases": ("大同五院",), "kind": "hospital"},
)


def test_a_good_document_has_no_problem() -> None:
    assert [*form([GOOD]), *duplicates([GOOD]), *collisions([GOOD]), *overlaps([GOOD], [])] == []


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (replace(GOOD, hospitals=()), "fifth: the front matter has no `name`"),
        (
            replace(GOOD, meta={"aliases": ("大同五院",), "kind": "clinic"}),
            "fifth: `kind` must be one of hospital, news",
        ),
        (
            replace(GOOD, meta={"aliases": ("大同五院",)}),
            "fifth: `kind` must be one of hospital, news",
        ),
        (
            replace(GOOD, meta={"aliases": (), "kind": "news"}),
            "fifth: the front matter has no `aliases`",
        ),
        (
            replace(GOOD, source="sixth.md"),
            "fifth: the id is not the file's name (sixth.md)",
        ),
        (
            replace(GOOD, text=GOOD.text + "没有句号"),
            "fifth#p1: does not end with a full stop: …“很好！”\n没有句号",
        ),
        (replace(GOOD, text="有80台透析机。"), "fifth#p1: stands under no heading"),
    ],
)
def test_each_fault_of_form_is_told(bad: Document, problem: str) -> None:
    assert problem in list(form([bad]))
    assert list(form([GOOD])) == []


def test_sentences_that_stand_twice_are_told_but_for_punctuation() -> None:
    other = replace(GOOD, doc_id="sixth", text="# 六院\n有 80 台透析机！")
    assert list(duplicates([GOOD, other])) == ["stands 2 times: 有80台透析机"]


def test_a_name_of_two_subjects_is_told_whatever_its_script() -> None:
    other = replace(GOOD, doc_id="sixth", hospitals=("六院",), meta={"aliases": ("大同五院",)})
    assert list(collisions([GOOD, other])) == ["'大同五院' means fifth and sixth"]
    other = replace(GOOD, doc_id="sixth", hospitals=("大同市第五人民醫院",), meta={"aliases": ()})
    assert list(collisions([GOOD, other])) == ["'大同市第五人民医院' means fifth and sixth"]


def with_text(text: str) -> Document:
    return replace(GOOD, text=text)


RUN = "自古以来山高水长云深不知处万里江山一片红"  # 20 characters


def test_a_run_of_21_characters_is_taken_over_and_one_of_20_is_not() -> None:
    assert len(RUN) == OVERLAP == 20
    source = f"开头{RUN}日照四方"
    assert list(overlaps([with_text(f"甲{RUN}乙。")], [source])) == []
    assert list(overlaps([with_text(f"甲{RUN}日乙。")], [source])) == [
        f"fifth: taken over: {RUN}日"
    ]
    assert list(overlaps([with_text(f"甲{RUN}日乙。")], ["别的文字" * 10])) == []


def test_punctuation_and_white_space_do_not_hide_a_run() -> None:
    source = "，".join(f"开头{RUN}日照四方")
    spaced = f"{RUN[:9]} 、{RUN[9:]}——日"
    assert list(overlaps([with_text(spaced)], [source])) == [f"fifth: taken over: {RUN}日"]


def test_quoted_words_may_be_taken_over() -> None:
    source = f"开头{RUN}日照四方"
    for text in (f"他说“{RUN}日”。", f"见《{RUN}日》。", f"他说“{RUN[:10]}”{RUN[10:]}日。"):
        assert list(overlaps([with_text(text)], [source])) == []
    assert list(overlaps([with_text(f"他说“好”，{RUN}日。")], [source]))


def test_a_text_shorter_than_a_run_shares_nothing() -> None:
    assert list(overlaps([with_text("短。")], ["短。", ""])) == []


def test_the_built_in_corpus_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    output = capsys.readouterr()
    assert output.out == f"{len(list(BUILTIN.glob('*.md')))} files checked, 0 problems\n"
    assert output.err == ""


def test_problems_are_printed_and_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    document = read_corpus([BUILTIN]).documents[0]
    (tmp_path / "source.txt").write_text(document.text, encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    output = capsys.readouterr()
    lines = output.err.splitlines()
    assert len(lines) > 5
    assert all(line.startswith(f"{document.doc_id}: taken over: ") for line in lines)
    assert output.out.endswith(f" {len(lines)} problems\n")


def test_a_folder_without_sources_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="there are no source documents in"):
        main([str(tmp_path)])


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the source documents are not here")
def test_nothing_is_taken_over_from_the_sources() -> None:
    sources = [path.read_text(encoding="utf-8") for path in sorted(SOURCES.iterdir())]
    assert sources
    assert list(overlaps(read_corpus([BUILTIN]).documents, sources)) == []
