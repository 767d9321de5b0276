import subprocess
import sys
from pathlib import Path

import pytest

import qa
from qa.engine import Engine
from qa.errors import CorpusError, HospitalQAError, ModelUnavailable
from qa.settings import Settings

NEW = "# 北岭镇卫生院\n\n北岭镇卫生院有救护车七辆。\n"


def test_the_one_liner_answers_from_the_builtin_corpus() -> None:
    text = str(qa.ask("大同五院有多少台透析机?"))
    assert "80台" in text
    assert "[1] 大同市第五人民医院 — 勇担健康使命 惠泽一方百姓" in text


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, qa; "
        "heavy = {'numpy', 'jieba', 'onnxruntime', 'faiss', 'gradio', 'torch'} & set(sys.modules); "
        "sys.exit(', '.join(heavy) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_answering_imports_neither_torch_nor_the_page(builtin: Engine) -> None:  # noqa: ARG001
    code = (
        "import sys, qa; qa.ask('大同五院有多少台透析机?'); "
        "heavy = {'gradio', 'torch', 'sentence_transformers', 'pandas'} & set(sys.modules); "
        "sys.exit(', '.join(heavy) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_public_names_are_importable() -> None:
    for name in qa.__all__:
        assert getattr(qa, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = qa.nothing


def test_a_second_opening_uses_the_index(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Engine.open(folder, index_dir=tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr("qa.keeper.update_index", refuse)
    second = Engine.open(folder, index_dir=tmp_path)
    assert second.ask("青禾三院的院长是谁") == first.ask("青禾三院的院长是谁")


def test_a_changed_document_is_indexed_again(tmp_path: Path) -> None:
    file = tmp_path / "documents" / "clinic.txt"
    file.parent.mkdir()
    file.write_text("北岭镇卫生院有救护车七辆。", encoding="utf-8")
    Engine.open(file.parent, index_dir=tmp_path / "index")
    file.write_text("北岭镇卫生院有救护车九辆。", encoding="utf-8")
    engine = Engine.open(file.parent, index_dir=tmp_path / "index")
    assert engine.search("救护车")[0].passage.text == "北岭镇卫生院有救护车九辆。"


def test_an_index_that_cannot_be_kept_is_a_warning_and_not_a_failure(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "index").write_text("a file in the way")
    engine = Engine.open(folder, index_dir=tmp_path / "index")
    assert engine.search("床位")
    assert "HOSPITALQA_CACHE" in caplog.text


def test_progress_counts_the_sentences(folder: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    engine = Engine.open(
        folder, index_dir=tmp_path, progress=lambda done, total: seen.append((done, total))
    )
    total = len(engine.index.sentences)
    assert seen == [(number, total) for number in range(1, total + 1)]


def test_what_was_not_read_is_named(engine: Engine) -> None:
    assert [Path(skipped.path).name for skipped in engine.skipped] == ["photo.png"]


def test_documents_can_be_added_and_removed(folder: Path, tmp_path: Path) -> None:
    engine = Engine.open(folder, index_dir=tmp_path / "index")
    (tmp_path / "clinic.md").write_text(NEW, encoding="utf-8")
    (added,) = engine.add(tmp_path / "clinic.md")
    assert engine.document("clinic") == added
    assert engine.search("北岭镇卫生院有几辆救护车")[0].passage.doc_id == "clinic"
    engine.remove("clinic")
    with pytest.raises(KeyError):
        engine.document("clinic")
    assert all(hit.passage.doc_id != "clinic" for hit in engine.search("救护车", k=100))


def test_the_last_document_cannot_be_removed(tmp_path: Path) -> None:
    (tmp_path / "clinic.md").write_text(NEW, encoding="utf-8")
    engine = Engine.open(tmp_path / "clinic.md", index_dir=tmp_path / "index")
    with pytest.raises(CorpusError, match="only document"):
        engine.remove("clinic")


def test_a_folder_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(HospitalQAError, match="nowhere"):
        Engine.open(tmp_path / "nowhere")


def test_a_model_that_is_not_there_is_an_error_of_ours(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(ModelUnavailable, match="model"):
        Engine.open(folder, model=str(tmp_path / "model"))


def test_settings_choose_the_corpus(folder: Path, cache: Path) -> None:
    engine = Engine.open(settings=Settings(corpus=folder, cache=cache))
    assert {document.doc_id for document in engine.documents} == {"clover", "harbour"}


def test_a_document_can_be_read_paragraph_by_paragraph(engine: Engine) -> None:
    text = engine.document("clover").text
    passages = engine.passages("clover")
    assert [text[passage.start : passage.end] for passage in passages] == [
        "青禾市第三人民医院现有床位620张。病房楼共有18层。",
        "青禾市第三人民医院的院长是林晓舟。",
    ]
    assert engine.passage("clover#p2") == passages[1]
    with pytest.raises(KeyError):
        engine.passages("no-such-document")


def test_a_reprint_is_found_once_and_its_places_are_told(tmp_path: Path) -> None:
    said = "北岭镇卫生院有救护车七辆，全年出车一千二百次，覆盖周边十六个村。"
    (tmp_path / "a.txt").write_text(f"北岭镇卫生院的一年\n\n{said}\n", encoding="utf-8")
    (tmp_path / "b.md").write_text(
        f"# 镇里的卫生院\n\n{said[:12]}\n{said[12:]}\n\n## 医生\n\n北岭镇卫生院有医生九名。\n",
        encoding="utf-8",
    )
    engine = Engine.open(tmp_path, index_dir=tmp_path / "index")
    hits = engine.search("北岭镇卫生院有几辆救护车")
    assert [hit.passage.text for hit in hits].count(said) == 1
    citation = engine.ask("北岭镇卫生院有几辆救护车").citations[0]
    assert (citation.quote, citation.passage_id, citation.also_in) == (said, "a#p1", ("b#p1",))
    assert [passage.passage_id for passage in engine.passages("b")] == ["b#p1", "b#p2"]
