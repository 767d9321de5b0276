"""What the operator can see and do: the functions behind the buttons of `qa.web.operator`."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from corpus.model import Document
from qa.errors import CorpusError, DataNotKept, HospitalQAError
from qa.feedback import FEEDBACK_FILE, FeedbackStore, Received
from qa.feedback_report import report
from qa.question_log import QUESTIONS_FILE, Logged, QuestionLog
from qa.settings import Settings
from qa.web import operator_figures as figures
from qa.web.operator_figures import Point, Row
from qa.web.service import Service
from qa.web.uploads import Uploads

PROGRESS_SECONDS = 0.2  # between two signs of progress; there may be thousands of sentences
LOG_OFF = (
    "没有记录提问：这项功能默认关闭。要打开，请设置 HOSPITALQA_LOG_QUESTIONS=true"
    "（或在 hospital-qa.toml 写 log_questions = true）后重启服务。\n"
    "Questions are not kept: that is off by default. To switch it on set "
    "HOSPITALQA_LOG_QUESTIONS=true (or log_questions = true in hospital-qa.toml) and restart."
)
REINDEX_HINT = "重建索引后生效 (takes effect after re-indexing)"
Advance = Callable[[int, int], None]
"""Is told how many sentences are embedded, and of how many."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything that the page shows at one time."""

    state: list[Row]
    skipped: list[Row]
    notes: str
    unanswered: list[Row]
    documents: list[Row]
    uploads: list[Row]
    questions: list[Point]
    refusals: list[Point]
    latency: list[Point]
    report: list[Row]
    feedback: list[Row]


class Desk:
    """The operator's desk over a service. Every method returns text and rows, and never raises."""

    def __init__(self, service: Service, settings: Settings, version: str) -> None:
        data = settings.data.expanduser()
        self._service = service
        self._version = version
        self._logging = settings.log_questions
        self._feedback_on = settings.feedback
        self._uploads = Uploads(service.uploads, settings.limits, settings.max_upload)
        self._feedback = FeedbackStore(data / FEEDBACK_FILE)
        self._log = QuestionLog(data / QUESTIONS_FILE)

    def look(self) -> Sight:
        """Return what there is to see now."""
        notes: list[str] = []
        received, logged = self._received(notes), self._logged(notes)
        found, documents = report(received.records), self._documents()
        try:
            files = self._uploads.files()
        except DataNotKept as error:
            files = []
            notes.append(str(error))
        skipped = self._service.engine.skipped if self._service.ready else ()
        return Sight(
            state=self._state(len(logged), figures.feedback_summary(found)),
            skipped=figures.skipped_rows(skipped),
            notes="\n".join(notes),
            unanswered=figures.unanswered(logged),
            documents=figures.document_rows(documents),
            uploads=figures.upload_rows(files, documents),
            questions=figures.questions_over_time(logged),
            refusals=figures.refusals_by_reason(logged),
            latency=figures.latency_over_time(logged),
            report=figures.report_rows(found),
            feedback=figures.feedback_rows(received.records),
        )

    def upload(self, files: Sequence[str], *, replace: bool) -> str:
        """Keep what can be read of these temporary files; return a line for each, with the reason.

        The temporary files are gone afterwards.
        """
        if not files:
            return "请先选择文件 (choose files first)"
        taken = {document.doc_id for document in self._documents()}
        lines = []
        for file in map(Path, files):
            try:
                kept = self._uploads.keep(file, file.name, taken, replace=replace)
            except (CorpusError, DataNotKept) as error:
                lines.append(f"✗ {_shown(file.name)}：{error}")
            else:
                lines.append(f"✓ {kept}")
            with suppress(OSError):  # what is left is in a folder that the system clears
                file.unlink()
        if any(line.startswith("✓") for line in lines):
            lines.append(REINDEX_HINT)
        return "\n".join(lines)

    def remove(self, name: str | None) -> str:
        """Remove an uploaded file; return what came of it."""
        if not name:
            return "请先选择要删除的文件 (choose a file first)"
        try:
            self._uploads.remove(name)
        except (CorpusError, DataNotKept) as error:
            return f"✗ {error}"
        return f"✓ 已删除 removed: {name}\n{REINDEX_HINT}"

    def reindex(self, advance: Advance) -> str:
        """Read the documents anew and use them; return what came of it.

        Until then, and when it fails, answers come from the index in use.
        """
        begin = time.monotonic()
        try:
            engine = self._service.reindex(_seldom(advance))
        except (HospitalQAError, OSError) as error:
            return f"✗ 重建失败，仍在使用原来的索引 (failed; the old index stays in use)\n{error}"
        count, seconds = len(engine.documents), time.monotonic() - begin
        words = f"{count} 篇资料，用时 {seconds:.1f} 秒 ({count} documents in {seconds:.1f} s)"
        lines = [f"✓ 已换上新索引 the new index is in use: {words}"]
        lines += [f"未读 skipped {one.path}：{one.reason}" for one in engine.skipped]
        return "\n".join(lines)

    def _documents(self) -> Sequence[Document]:
        return self._service.engine.documents if self._service.ready else ()

    def _received(self, notes: list[str]) -> Received:
        try:
            received = self._feedback.read()
        except DataNotKept as error:
            notes.append(str(error))
            return Received(())
        if received.damaged:
            places = "；".join(received.damaged)
            notes.append(f"有反馈记录无法读取 (feedback that cannot be read): {places}")
        return received

    def _logged(self, notes: list[str]) -> list[Logged]:
        if not self._logging:
            notes.append(LOG_OFF)
        try:
            return self._log.read()
        except DataNotKept as error:
            notes.append(str(error))
            return []

    def _state(self, logged: int, feedback: str) -> list[Row]:
        rows = [["版本 Version", self._version]]
        if self._service.ready:
            engine = self._service.engine
            index = engine.index
            since = self._service.since
            rows += [
                ["状态 State", "可以回答 ready"],
                ["资料 Documents", f"{len(engine.documents):,}"],
                ["段落 Passages", f"{len(index.passages):,}"],
                ["句子 Sentences", f"{len(index.sentences):,}"],
                ["语义模型 Encoder", index.manifest.encoder],
                ["启用时间 In use since", figures.local(since) if since else ""],
                ["未读文件 Skipped files", f"{len(engine.skipped):,}"],
            ]
        else:
            rows.append(["状态 State", "正在打开资料 not ready: the documents are being opened"])
        asked = f"{logged:,}" if self._logging else "未记录 not kept"
        rows.append(["记录的提问 Questions kept", asked])
        rows.append(["反馈 Feedback", feedback if self._feedback_on else "已关闭 switched off"])
        return rows


def _seldom(advance: Advance) -> Advance:
    """Return `advance` called a few times a second only, and at the end."""
    last = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done == total or now - last >= PROGRESS_SECONDS:
            last = now
            advance(done, total)

    return tell


def _shown(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name)
