"""The operator's desk, the figures it shows, and the page itself behind its password."""

import dataclasses
import json
import stat
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from corpus.read import read_corpus
from embeddings.encoder import Encoder
from qa.engine import Engine
from qa.errors import CorpusError, DataNotKept
from qa.feedback import FeedbackStore
from qa.indexing import build_index
from qa.question_log import Logged, QuestionLog
from qa.settings import Settings
from qa.web import operator_figures as figures
from qa.web.operator import build_operator
from qa.web.operator_desk import Desk
from qa.web.operator_figures import Point
from qa.web.server import serving
from qa.web.service import Service
from qa.web.uploads import LONGEST_NAME, Uploads, safe_name
from tests.qa.answers import answered, hit, refused

CLOVER = "---\nname: 青禾市第三人民医院\n---\n青禾市第三人民医院现有床位620张。\n"
HARBOUR = "白港县中心医院有床位310张。\n"
SESAME: Any = "correct horse"

# Gradio counts its events with an option that pandas 3 no longer wants.
pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data=tmp_path / "data",
        max_upload=3000,
        log_questions=True,
        operator_password=SESAME,
        rate_limit="",
        port=0,
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "clover.md").write_text(CLOVER, encoding="utf-8")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    return folder


@pytest.fixture
def service(settings: Settings, corpus: Path, tiny_encoder: Encoder) -> Iterator[Service]:
    """Return a service over real documents that reads what was uploaded too."""

    def open_engine(progress: Any = None) -> Engine:
        paths = [corpus, *([served.uploads] if served.uploads.is_dir() else [])]
        reading = read_corpus(paths, settings.limits)
        index = build_index(reading.documents, tiny_encoder, progress=progress)
        return Engine(index, tiny_encoder, settings, reading.skipped)

    served = Service(None, settings, open_engine=open_engine)
    served.reindex()
    yield served
    served.close()


@pytest.fixture
def desk(service: Service, settings: Settings) -> Desk:
    return Desk(service, settings, "9.9")


@pytest.fixture
def temporary(tmp_path: Path) -> Callable[..., str]:
    """Return a function that makes a file as Gradio hands an upload over."""

    def make(name: str, content: str | bytes = HARBOUR) -> str:
        path = tmp_path / "gradio" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return make


def logged(
    question: str, status: str = "refused", hours: float = 0, ms: float = 10, **more: Any
) -> Logged:
    time = datetime(2026, 3, 4, 8, tzinfo=UTC) + timedelta(hours=hours)
    reason = "attribute_not_found" if status == "refused" else ""
    fields = {"hospitals": (), "reason": reason, "confidence": 0.1, **more}
    return Logged(
        time=time.isoformat(),
        question=question,
        language="zh-Hans",
        kind="fact",
        status=status,
        milliseconds=ms,
        **fields,
    )


# What there is to see


def test_the_state_of_the_index_and_of_the_service(desk: Desk, service: Service) -> None:
    state = dict(desk.look().state)
    assert state["版本 Version"] == "9.9"
    assert state["状态 State"] == "可以回答 ready"
    assert state["资料 Documents"] == "1"
    assert state["句子 Sentences"] == "1"
    assert state["语义模型 Encoder"] == "tiny-crc32"
    assert state["反馈 Feedback"] == "暂无反馈 none yet"
    assert service.since is not None
    assert state["启用时间 In use since"] == figures.local(service.since)
    (skipped,) = desk.look().skipped
    assert skipped[0].endswith("photo.png")
    assert skipped[1].startswith("not one of")


def test_before_the_documents_are_open_the_page_says_so(settings: Settings) -> None:
    sight = Desk(Service(None, settings), settings, "9.9").look()
    assert dict(sight.state)["状态 State"].startswith("正在打开资料 not ready")
    assert sight.documents == []


def test_what_was_asked_in_vain_is_counted_newest_first(desk: Desk, settings: Settings) -> None:
    log = QuestionLog(settings.data / "questions.jsonl")
    for answer in (
        answered(),
        refused(hits := "停车多少钱？", hit()),
        refused("停车，多少钱", hit()),
    ):
        log.add(answer, 5)
    log.add(refused("<b>食堂</b>？"), 5)
    assert hits
    rows = desk.look().unanswered
    assert {row[1]: row[2] for row in rows} == {"停车，多少钱": "2", "<b>食堂</b>？": "1"}
    assert rows[0][3:5] == ["未回答 refused", "资料没有说到 not in the documents"]


def test_rows_of_questions_are_newest_first_with_the_hospitals_apart() -> None:
    rows = figures.unanswered(
        [
            logged("停车？", hospitals=("甲院",), confidence=0.4),
            logged("停车", hours=2, hospitals=("甲院",)),
            logged("停车？", hours=1, hospitals=("乙院",)),
            logged("床位？", "answered", 3),
            logged("哪家？", "clarify", 4),
        ]
    )
    assert [row[1:3] + row[5:] for row in rows] == [
        ["哪家？", "1", "", "0.10"],
        ["停车", "2", "甲院", "0.40"],
        ["停车？", "1", "乙院", "0.10"],
    ]


def test_without_a_log_the_page_says_how_to_switch_it_on(
    service: Service, settings: Settings
) -> None:
    off = dataclasses.replace(settings, log_questions=False)
    sight = Desk(service, off, "9.9").look()
    assert "HOSPITALQA_LOG_QUESTIONS=true" in sight.notes
    assert dict(sight.state)["记录的提问 Questions kept"] == "未记录 not kept"
    assert "HOSPITALQA_LOG_QUESTIONS" not in Desk(service, settings, "9.9").look().notes


def test_feedback_is_shown_and_reported(desk: Desk, settings: Settings, hostile: str) -> None:
    store = FeedbackStore(settings.data / "feedback.jsonl")
    store.add(answered(), "up")
    store.add(refused(hostile), "down", "not_answered", hostile)
    with store.path.open("ab") as file:
        file.write(b'{"time"')
    sight = desk.look()
    assert dict(sight.state)["反馈 Feedback"] == "2 条，50% 有用 (2 thumbs, 50% up)"
    assert ["原因 reason", "没有回答所问 not answered", "1", "0"] in sight.report
    assert ["问题 question", hostile, "1", "0"] in sight.report
    assert len(sight.feedback) == 2
    assert "feedback.jsonl, line 3" in sight.notes


def test_files_that_cannot_be_read_leave_the_rest_of_the_page(
    desk: Desk, settings: Settings
) -> None:
    settings.data.mkdir()
    for name in ("feedback.jsonl", "documents"):
        (settings.data / name).write_text("{}")
    (settings.data / "questions.jsonl.lock").mkdir()
    sight = desk.look()
    assert "questions.jsonl cannot be read" in sight.notes
    assert sight.unanswered == []
    assert sight.documents[0][0] == "clover"


# Charts


def test_charts_go_by_few_steps_of_time_whatever_the_span() -> None:
    for hours in (1, 30, 24 * 20, 24 * 400, 24 * 4000):
        asked = [logged("床位？", "answered", hours * part / 100) for part in range(101)]
        steps = {point.x for point in figures.questions_over_time(asked)}
        assert len(steps) <= figures.MOST_STEPS
        assert sum(point.y for point in figures.questions_over_time(asked)) == 101


def test_questions_are_charted_by_outcome_and_refusals_by_reason() -> None:
    asked = [logged("a", "answered"), logged("b"), logged("c", reason="off_topic"), logged("d")]
    when = figures.questions_over_time(asked)[0].x
    assert figures.questions_over_time(asked) == [
        Point(when, 1, "已回答 answered"),
        Point(when, 3, "未回答 refused"),
    ]
    assert figures.refusals_by_reason(asked) == [
        Point("资料没有说到 not in the documents", 2),
        Point("与资料无关 off topic", 1),
    ]
    assert figures.questions_over_time([]) == []


def test_latency_is_what_half_and_nearly_all_answers_took() -> None:
    asked = [logged("a", "answered", ms=ms) for ms in range(1, 101)]
    assert [(p.y, p.series) for p in figures.latency_over_time(asked)] == [(50, "p50"), (95, "p95")]
    one = figures.latency_over_time([logged("a", ms=7)])
    assert [point.y for point in one] == [7, 7]


# Uploads


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\windows\\win.md", "win.md"),
        ("/abs/青禾三院 简介.PDF", "青禾三院 简介.pdf"),
        ("a\x00b\n\x1b[31m\u202ec.txt", "ab[31mc.txt"),
        ('<img src=x>:"|?*#%.html', "_img src=x________.html"),
        (".hidden.md", "hidden.md"),
        ("...~x. .txt", "x.txt"),
        ("CON.txt", "_CON.txt"),
        ("com1.b.txt", "_com1.b.txt"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_a_name_becomes_one_safe_part_of_a_path(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    "name", ["", ".md", "..", "/", "a/.txt", "\u202e.md", "a", "a.exe", "a.md/"]
)
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(CorpusError):
        safe_name(name)


def test_a_long_name_is_cut_and_keeps_its_kind() -> None:
    name = safe_name("医" * 300 + ".txt")
    assert len(name.encode()) <= LONGEST_NAME
    assert name.endswith("医.txt")


def test_what_can_be_read_is_kept_and_the_rest_is_named_with_its_reason(
    desk: Desk, service: Service, temporary: Callable[..., str]
) -> None:
    files = [
        temporary("harbour.txt"),
        temporary("empty.txt", " "),
        temporary("broken.pdf", b"%PDF-1.4 no"),
        temporary("large.txt", "床" * 1001),
        temporary("photo.png", b"\x89PNG"),
        temporary("x\u202e.md"),
    ]
    lines = desk.upload(files, replace=False).splitlines()
    assert lines[0] == "✓ harbour.txt"
    assert lines[1].startswith("✗ empty.txt：")
    assert lines[2].startswith("✗ broken.pdf：not a PDF")
    assert "3,003 bytes are more than the limit of 3,000" in lines[3]
    assert "not one of the kinds" in lines[4]
    assert lines[5] == "✓ x.md"
    assert lines[6].startswith("重建索引后生效")
    assert {path.name for path in service.uploads.iterdir()} == {"harbour.txt", "x.md"}
    assert not any(Path(file).exists() for file in files)
    kept = service.uploads / "harbour.txt"
    assert kept.read_text(encoding="utf-8") == HARBOUR
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [row[0] for row in desk.look().uploads] == ["harbour.txt", "x.md"]
    assert "choose files first" in desk.upload([], replace=False)


def test_a_file_of_the_same_name_gives_way_only_when_the_operator_says_so(
    desk: Desk, service: Service, temporary: Callable[..., str]
) -> None:
    desk.upload([temporary("harbour.txt")], replace=False)
    service.reindex()
    newer = "白港县中心医院有床位311张。\n"
    kept = desk.upload([temporary("harbour.txt", newer)], replace=False)
    assert "tick “replace”" in kept
    assert (service.uploads / "harbour.txt").read_text(encoding="utf-8") == HARBOUR
    unreadable = desk.upload([temporary("harbour.txt", "")], replace=True)
    assert unreadable.startswith("✗")
    assert (service.uploads / "harbour.txt").read_text(encoding="utf-8") == HARBOUR
    assert desk.upload([temporary("harbour.txt", newer)], replace=True).startswith("✓")
    assert (service.uploads / "harbour.txt").read_text(encoding="utf-8") == newer


def test_an_id_that_another_document_has_would_break_the_index_and_is_refused(
    desk: Desk, temporary: Callable[..., str]
) -> None:
    desk.upload([temporary("harbour.txt")], replace=False)
    for name in ("clover.txt", "harbour.md"):
        for replace in (False, True):
            said = desk.upload([temporary(name)], replace=replace)
            assert "rename the file" in said
            assert said.startswith("✗")
    assert desk.reindex(lambda _done, _total: None).startswith("✓")


def test_a_full_disk_is_told_and_leaves_nothing_half_written(
    desk: Desk, service: Service, temporary: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_source: Path, target: Path) -> None:
        target.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qa.web.uploads.shutil.copyfile", full)
    said = desk.upload([temporary("harbour.txt")], replace=False)
    assert said.startswith("✗ harbour.txt：")
    assert "No space left on device" in said
    assert list(service.uploads.iterdir()) == []


def test_only_what_was_uploaded_can_be_removed(
    desk: Desk, service: Service, corpus: Path, temporary: Callable[..., str]
) -> None:
    desk.upload([temporary("harbour.txt")], replace=False)
    for name in ("../corpus/clover.md", str(corpus / "clover.md"), "clover.md", ".", ""):
        assert not desk.remove(name).startswith("✓")
    assert (corpus / "clover.md").exists()
    assert desk.remove("harbour.txt").startswith("✓ 已删除 removed: harbour.txt")
    assert list(service.uploads.iterdir()) == []
    assert "choose a file first" in desk.remove(None)


def test_uploads_are_listed_without_what_is_none(tmp_path: Path, settings: Settings) -> None:
    uploads = Uploads(tmp_path / "none", settings.limits, 100)
    assert uploads.files() == []
    folder = tmp_path / "up"
    (folder / "folder.md").mkdir(parents=True)
    for name in (".hidden.md", "aliases.yaml", "b.md", "a.txt"):
        (folder / name).write_text("x")
    assert [one.name for one in Uploads(folder, settings.limits, 100).files()] == ["a.txt", "b.md"]
    with pytest.raises(DataNotKept):
        Uploads(folder / "b.md" / "x", settings.limits, 100).keep(
            folder / "a.txt", "c.txt", (), replace=False
        )


# Re-indexing


def test_a_new_index_has_the_uploads_and_tells_how_far_it_is(
    desk: Desk, service: Service, temporary: Callable[..., str]
) -> None:
    desk.upload([temporary("harbour.txt")], replace=False)
    assert desk.look().uploads[0][3] == "待重建 after re-indexing"
    before, steps = service.engine, list[tuple[int, int]]()
    said = desk.reindex(lambda done, total: steps.append((done, total)))
    assert said.startswith("✓ 已换上新索引 the new index is in use: 2 篇资料")
    assert "photo.png" in said
    assert service.engine is not before
    assert steps[-1] == (2, 2)
    sight = desk.look()
    assert [row[0] for row in sight.documents] == ["clover", "harbour"]
    assert sight.uploads[0][3] == "已入索引 indexed"


def test_the_old_index_answers_meanwhile_and_a_second_start_waits(
    desk: Desk, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go = threading.Event(), threading.Event()
    old, real = service.engine, service._open_engine
    assert real is not None

    def slow(progress: Any) -> Engine:
        begun.set()
        go.wait(20)
        return real(progress)

    monkeypatch.setattr(service, "_open_engine", slow)
    said: list[str] = []
    work = threading.Thread(target=lambda: said.append(desk.reindex(lambda *_: None)))
    work.start()
    begun.wait(20)
    assert service.engine is old
    assert service.ask("青禾市第三人民医院有多少床位？").hits
    assert desk.reindex(lambda *_: None).startswith("✗")
    go.set()
    work.join()
    assert said[0].startswith("✓")
    assert service.engine is not old


@pytest.mark.parametrize("error", [CorpusError("two files are the document x"), OSError("no room")])
def test_a_failure_leaves_the_old_index_and_says_why(
    desk: Desk, service: Service, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    old = service.engine

    def fail(_progress: object) -> Engine:
        raise error

    monkeypatch.setattr(service, "_open_engine", fail)
    said = desk.reindex(lambda *_: None)
    assert said.startswith("✗ 重建失败，仍在使用原来的索引")
    assert said.endswith(str(error))
    assert service.engine is old
    assert service.ready


# The page


def test_no_component_takes_text_for_more_than_text(service: Service, settings: Settings) -> None:
    page = build_operator(service, settings)
    types = {block.get_block_name() for block in page.blocks.values()}
    assert types <= {
        *("column", "row", "tabs", "tabitem", "form", "html", "markdown", "button", "textbox"),
        *("dataframe", "file", "checkbox", "dropdown", "nativeplot"),
    }
    fixed = [
        block for block in page.blocks.values() if block.get_block_name() in ("html", "markdown")
    ]
    filled = {id(one) for event in page.fns.values() for one in event.outputs}
    assert len(fixed) == 2
    assert not filled & {id(one) for one in fixed}
    for table in page.blocks.values():
        if table.get_block_name() == "dataframe":
            assert set(table.datatype) == {"str"} or table.datatype == "str"
    assert not page.analytics_enabled


def test_no_function_of_the_page_is_an_endpoint(service: Service, settings: Settings) -> None:
    page = build_operator(service, settings)
    assert page.fns
    assert {event.api_visibility for event in page.fns.values()} == {"private"}


@pytest.fixture
def address(service: Service, settings: Settings) -> Iterator[str]:
    with serving(service, settings) as served:
        yield f"{served}operator/"


def log_in(client: httpx.Client, password: str) -> int:
    data = {"username": "operator", "password": password}
    return client.post("login", data=data).status_code


def test_without_the_password_nothing_is_told_or_taken(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        assert log_in(client, "wrong") == 400
        assert client.get("config").status_code == 401
        files = {"files": ("harbour.txt", HARBOUR.encode())}
        assert client.post("gradio_api/upload", files=files).status_code == 401
        data = {"data": [], "fn_index": 0, "session_hash": "x"}
        assert client.post("gradio_api/queue/join", json=data).status_code == 401
        assert "青禾" not in client.get("").text


def test_without_a_password_there_is_no_page(service: Service, settings: Settings) -> None:
    closed = dataclasses.replace(settings, operator_password="")
    with serving(service, closed) as served:
        assert httpx.get(f"{served}operator/").status_code == 404
        assert httpx.get(f"{served}operator/config").status_code == 404


def press(client: httpx.Client, label: str, data: Sequence[Any]) -> list[Any]:
    """Press a button of the page as a browser does, and return what its outputs become."""
    config = client.get("config").json()
    (button,) = [
        one["id"] for one in config["components"] if label in str(one["props"].get("value"))
    ]
    (number,) = [one["id"] for one in config["dependencies"] if [button, "click"] in one["targets"]]
    session = {"session_hash": f"session{number}"}
    call = {"data": list(data), "fn_index": number, "trigger_id": button, **session}
    assert client.post("gradio_api/queue/join", json=call).status_code == 200
    with client.stream("GET", "gradio_api/queue/data", params=session) as events:
        for line in events.iter_lines():
            event = json.loads(line.removeprefix("data: ") or "{}")
            if event.get("msg") == "process_completed":
                assert event["success"], event
                return list(event["output"]["data"])
    raise AssertionError("the button did nothing")


def test_the_operator_logs_in_uploads_and_reindexes(address: str, service: Service) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        assert log_in(client, SESAME) == 200
        assert "青禾" not in client.get("").text  # it comes when the page asks for it
        files = [
            ("files", ("../../har<b>bour.txt", HARBOUR.encode())),
            ("files", ("bad.pdf", b"%PDF-1.4 no")),
        ]
        paths = client.post("gradio_api/upload", files=files).json()
        uploads = [
            {"path": path, "orig_name": Path(path).name, "meta": {"_type": "gradio.FileData"}}
            for path in paths
        ]
        said, left = press(client, "保存上传的文件", [uploads, False])
        assert "✓ harbbour.txt" in said
        assert "✗ bad.pdf" in said
        assert left is None
        (said,) = press(client, "重建索引", [])
        assert said.startswith("✓ 已换上新索引")
        assert {document.doc_id for document in service.engine.documents} == {"clover", "harbbour"}
        assert [path.name for path in service.uploads.iterdir()] == ["harbbour.txt"]
        shown = json.dumps(press(client, "刷新 Refresh", []), ensure_ascii=False)
        assert "白港县中心医院" in shown


def test_an_upload_above_the_limit_is_turned_away(address: str, service: Service) -> None:
    with httpx.Client(base_url=address) as client:
        log_in(client, SESAME)
        files = {"files": ("large.txt", b"x" * 3_001)}
        assert client.post("gradio_api/upload", files=files).status_code == 413
        assert client.get("").headers["content-security-policy"].endswith("frame-ancestors 'none'")
    assert not service.uploads.exists()
