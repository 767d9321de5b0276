"""Files into documents, and a reason for each that is left out."""

import os
from pathlib import Path

import pytest

from corpus.formats import Limits, supported_suffixes
from corpus.read import BUILTIN, read_corpus, read_documents
from corpus.split import split
from qa.errors import CorpusError

FRONT = """---
id: fifth
name: 大同市第五人民医院
aliases: [大同五院, 市五院]
kind: hospital
city: 大同市
level: 三级
source:
  title: 勇担健康使命
  publisher: 健康报
  date: 2023-05-06
  byline: 记者
---

# 医院

有80台。
"""


def write(folder: Path, **texts: str | bytes) -> Path:
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def reason(path: Path) -> str:
    """Why a file beside a good one is skipped."""
    (path.parent / "good.txt").write_text("好。", encoding="utf-8")
    reading = read_corpus([path.parent])
    assert [document.doc_id for document in reading.documents] == ["good"]
    (skipped,) = reading.skipped
    assert skipped.path == str(path)
    return skipped.reason


def test_front_matter_tells_all_about_a_document(tmp_path: Path) -> None:
    write(tmp_path, a_md=FRONT)
    (document,) = read_corpus([tmp_path]).documents
    assert document.doc_id == "fifth"
    assert document.title == "勇担健康使命"
    assert document.publisher == "健康报"
    assert document.published == "2023-05-06"
    assert document.hospitals == ("大同市第五人民医院",)
    assert document.source == "a.md"
    assert document.meta == {
        "aliases": ("大同五院", "市五院"),
        "kind": "hospital",
        "city": "大同市",
        "level": "三级",
        "byline": "记者",
    }
    assert document.text == "\n# 医院\n\n有80台。\n"


def test_without_front_matter_name_and_first_heading_are_used(tmp_path: Path) -> None:
    write(tmp_path, a__b_md="# **设备**\n\n有80台。", c_txt="第一行\n第二行")
    first, second = read_corpus([tmp_path]).documents
    assert (first.doc_id, first.title, first.source) == ("a/b", "设备", "a/b.md")
    assert (first.hospitals, first.publisher, first.meta) == (("设备",), "", {"aliases": ()})
    assert first.text == "# **设备**\n\n有80台。"
    assert (second.doc_id, second.title) == ("c", "第一行")


def test_a_document_has_the_places_that_its_title_and_text_say(tmp_path: Path) -> None:
    write(tmp_path, a_md="---\nname: 青禾医院\nsource:\n  title: 汀源县的路\n---\n去青柏市。")
    write(tmp_path, b_md="# 汀源县的路\n\n去青柏市。")
    assert [one.places for one in read_corpus([tmp_path]).documents] == [("汀源县", "青柏市")] * 2


def test_a_long_first_line_makes_a_short_title(tmp_path: Path) -> None:
    write(tmp_path, a_txt="病" * 500)
    assert read_corpus([tmp_path]).documents[0].title == "病" * 80


def test_front_matter_of_a_plain_text_is_text(tmp_path: Path) -> None:
    write(tmp_path, a_txt=FRONT)
    assert read_corpus([tmp_path]).documents[0].text == FRONT


@pytest.mark.parametrize(
    "text", ["---\n第一段没有结束线。", "有80台。\n---\nname: x\n---\n", "----\na\n"]
)
def test_a_rule_alone_is_no_front_matter(tmp_path: Path, text: str) -> None:
    write(tmp_path, a_md=text)
    assert read_corpus([tmp_path]).documents[0].text == text


@pytest.mark.parametrize("head", ["---\n---\n", "--- \n\n---\t\n", "---\n# 只有注释\n---\n"])
def test_front_matter_may_be_empty(tmp_path: Path, head: str) -> None:
    write(tmp_path, a_md=f"{head}有80台。")
    (document,) = read_corpus([tmp_path]).documents
    assert (document.text, document.hospitals) == ("有80台。", ())


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("name: [未闭合", "the front matter is not YAML: "),
        ("name: a: b", "the front matter is not YAML: "),
        ("date: 2023-13-45", "the front matter is not YAML: month must be in 1..12"),
        ("id: " + "9" * 5000, "the front matter is not YAML: Exceeds the limit"),
        ("!!python/object:os.system {}", "the front matter is not YAML: "),
        ("- 一\n- 二", "the front matter is not a list of `key: value` lines"),
        ("只有一句话", "the front matter is not a list of `key: value` lines"),
    ],
)
def test_wrong_front_matter_is_named(tmp_path: Path, front: str, said: str) -> None:
    write(tmp_path, a_md=f"---\n{front}\n---\n有80台。")
    found = reason(tmp_path / "a.md")
    assert found.startswith(said)
    assert "\n" not in found


@pytest.mark.parametrize("end", ["---", "---\n", "---\n \n"])
def test_front_matter_alone_is_no_document(tmp_path: Path, end: str) -> None:
    write(tmp_path, a_md=f"---\nname: 医院\n{end}")
    assert reason(tmp_path / "a.md") == "there is nothing after the front matter"


def test_values_of_any_kind_become_strings(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_md=(
            "---\nid: 007\nname: 301\naliases: 解放军总医院\ncity: null\nsource: {date: 2023}\n"
            "---\n文。"
        ),
    )
    (document,) = read_corpus([tmp_path]).documents
    assert document.doc_id == "7"
    assert document.hospitals == ("301",)
    assert document.meta["aliases"] == ("解放军总医院",)
    assert document.meta["city"] == ""
    assert document.published == "2023"


def test_a_byte_order_mark_and_carriage_returns_are_taken_off(tmp_path: Path) -> None:
    write(
        tmp_path, a_md=b"\xef\xbb\xbf" + FRONT.replace("\n", "\r\n").encode(), b_txt="一\r二\r\n三"
    )
    second, first = read_corpus([tmp_path]).documents  # in the order of ids: b, fifth
    assert first.hospitals == ("大同市第五人民医院",)
    assert first.text == "\n# 医院\n\n有80台。\n"
    assert second.text == "一\n二\n三"


def test_text_in_no_encoding_is_named_with_the_place(tmp_path: Path) -> None:
    write(tmp_path, a_txt="大同市第五人民医院有80台。".encode() + b"\xff\xff")
    found = reason(tmp_path / "a.txt")
    assert found.startswith("not text in utf-8 (byte 0xff at position 38), gb18030 (")
    assert found.endswith("; save it as UTF-8")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b" \n\t\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"a\0\0\0b\0", "not a text file: it holds NUL bytes (the first at position 1)"),
    ],
)
def test_files_without_text_are_named(tmp_path: Path, content: bytes, said: str) -> None:
    write(tmp_path, a_txt=content)
    assert reason(tmp_path / "a.txt") == said


def test_a_file_above_the_limit_is_named(tmp_path: Path) -> None:
    write(tmp_path, a_txt="a" * 1201, b_txt="b" * 1200)
    reading = read_corpus([tmp_path], Limits(bytes=1200))
    assert [document.doc_id for document in reading.documents] == ["b"]
    assert reading.skipped[0].reason == "1,201 bytes is more than the limit of 1,200"


def test_unknown_kinds_of_files_are_listed(tmp_path: Path) -> None:
    write(tmp_path, a_doc="x", sub__b_xls="x", README="x")
    write(tmp_path, good_TXT="好。")
    reading = read_corpus([tmp_path])
    assert [document.doc_id for document in reading.documents] == ["good"]
    said = f"not one of {', '.join(supported_suffixes())}"
    assert [(Path(s.path).name, s.reason) for s in reading.skipped] == [
        ("README", said),
        ("a.doc", said),
        ("b.xls", said),
    ]


def test_names_that_cannot_be_shown_are_escaped(tmp_path: Path) -> None:
    write(tmp_path, good_txt="好。")
    (tmp_path / "a\x1b[2J\n.txt").write_text("坏。", encoding="utf-8")
    (tmp_path / "..b..txt").write_text("隐。", encoding="utf-8")
    (skipped,) = read_corpus([tmp_path]).skipped
    assert skipped.path == f"{tmp_path}/a\\x1b[2J\\n.txt"
    assert skipped.reason == "its name holds characters that cannot be shown; rename it"


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, good_txt="好。")
    for name in (".hidden.txt", ".git/a.txt", "sub/.b.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("秘密。", encoding="utf-8")
    reading = read_corpus([tmp_path])
    assert [document.doc_id for document in reading.documents] == ["good"]
    assert reading.skipped == ()


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    folder, outside = tmp_path / "docs", tmp_path / "outside"
    write(folder, good_txt="好。")
    write(outside, private_txt="秘密。")
    (folder / "file.txt").symlink_to(outside / "private.txt")
    (folder / "folder").symlink_to(outside)
    (folder / "parent").symlink_to(tmp_path)
    (folder / "self.txt").symlink_to("self.txt")
    reading = read_corpus([folder])
    assert [document.text for document in reading.documents] == ["好。"]


def test_a_link_within_the_folder_is_read(tmp_path: Path) -> None:
    write(tmp_path, good_txt="好。")
    (tmp_path / "link.txt").symlink_to("good.txt")
    assert [d.doc_id for d in read_corpus([tmp_path]).documents] == ["good", "link"]


def test_a_dangling_link_and_a_pipe_are_named(tmp_path: Path) -> None:
    write(tmp_path, good_txt="好。")
    (tmp_path / "link.txt").symlink_to("gone.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    assert [skipped.reason for skipped in read_corpus([tmp_path]).skipped] == [
        "cannot be opened: No such file or directory",
        "not a regular file",
    ]


def test_two_documents_with_one_id_are_refused(tmp_path: Path) -> None:
    write(tmp_path, a_md="一。", a_txt="二。")
    with pytest.raises(CorpusError, match=r"a\.txt and a\.md would both be the document 'a'"):
        read_corpus([tmp_path])
    write(tmp_path, a_txt="", b_md="---\nid: a\n---\n三。")
    with pytest.raises(CorpusError, match=r"rename one or change its `id`"):
        read_corpus([tmp_path])


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=f"{tmp_path}/none does not exist; give a folder"):
        read_corpus([tmp_path / "none"])


def test_nothing_to_read_is_an_error_with_the_reasons(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"nothing to read in .*: no files; documents are files"):
        read_corpus([tmp_path])
    write(tmp_path, a_txt="", b_doc="x")
    with pytest.raises(CorpusError, match=r"a\.txt: the file is empty; .*b\.doc: not one of"):
        read_corpus([tmp_path])


def test_single_files_are_read_under_their_names(tmp_path: Path) -> None:
    write(tmp_path, sub__a_txt="一。", b_md="二。")
    reading = read_corpus([tmp_path / "sub" / "a.txt", tmp_path / "b.md"])
    assert [(d.doc_id, d.source) for d in reading.documents] == [("a", "a.txt"), ("b", "b.md")]


def test_the_order_is_that_of_the_ids_however_the_files_came(tmp_path: Path) -> None:
    names = ["z.txt", "a.md", "m/b.txt", "m.txt", "医.md"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("文。", encoding="utf-8")
    ids = [document.doc_id for document in read_corpus([tmp_path]).documents]
    assert ids == sorted(ids) == ["a", "m", "m/b", "z", "医"]
    files = [tmp_path / name for name in ("z.txt", "m.txt", "a.md")]
    assert [d.doc_id for d in read_corpus(files).documents] == ["a", "m", "z"]


def test_a_single_document_that_cannot_be_read_raises(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be opened: No such file"):
        read_documents(tmp_path / "none.txt")


def test_the_built_in_corpus_is_read_whole() -> None:
    reading = read_corpus([BUILTIN])
    assert reading.skipped == ()
    assert len(reading.documents) == len(list(BUILTIN.glob("*.md")))
    assert all(document.hospitals and document.title for document in reading.documents)


def test_a_title_outside_the_text_tells_whom_the_article_is_about(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "---\ntitle: 杏林春暖——走进桐岭县中医院\n---\n这所医院创办于1958年。\n\n职工356人。\n",
        encoding="utf-8",
    )
    [document] = read_corpus([tmp_path]).documents
    assert document.title == "杏林春暖——走进桐岭县中医院"
    assert document.hospitals == ("桐岭县中医院",)
    assert {passage.hospitals for passage in split(document)} == {("桐岭县中医院",)}
