"""What the operator's page shows, as rows of plain text and as points of charts.

Nothing here knows Gradio. Labels are Chinese, then English; what people and documents say is text
and stays as it is.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from corpus.model import Document
from corpus.read import Skipped
from qa.feedback import Feedback
from qa.feedback_report import NO_REASON, Report, Tally, plain
from qa.question_log import Logged
from qa.web.uploads import Uploaded

Row = list[str]
MOST_ROWS = 500  # of a table
_KILO = 1000
MOST_STEPS = 14  # of a chart's time, whose labels then fit
_DAY = 24
_HOURS = (1, 2, 4, 8, 24, 48, 96, 7 * 24, 14 * 24, 28 * 24, 91 * 24, 182 * 24, 364 * 24)
_STATUS = {"answered": "已回答 answered", "refused": "未回答 refused", "clarify": "反问 asked back"}
_WORDS = {
    **_STATUS,
    "unknown_hospital": "没有这家医院 unknown hospital",
    "attribute_not_found": "资料没有说到 not in the documents",
    "false_premise": "前提不成立 false premise",
    "medical_advice": "求医问药 medical advice",
    "off_topic": "与资料无关 off topic",
    "not_a_question": "不是问题 not a question",
    "wrong": "答错了 wrong",
    "incomplete": "不完整 incomplete",
    "not_answered": "没有回答所问 not answered",
    "bad_source": "出处不对 bad source",
    "other": "其他 other",
    "up": "有用 up",
    "down": "不好 down",
    NO_REASON: "未填 none given",
}


@dataclass(frozen=True, slots=True)
class Point:
    """A bar or a point of a line: where it stands, how high, and to which series it belongs."""

    x: str
    y: float
    series: str = ""


def words(key: str) -> str:
    """Return a status, a reason or a verdict in both languages; what is not known, as it is."""
    return _WORDS.get(key, key)


def local(time: str | datetime) -> str:
    """Return a time as the server's clock shows it, to the minute; empty for none."""
    if not time:
        return ""
    parsed = datetime.fromisoformat(time) if isinstance(time, str) else time
    return parsed.astimezone().strftime("%Y-%m-%d %H:%M")


def unanswered(logged: Iterable[Logged]) -> list[Row]:
    """Return the questions without an answer, newest first; like ones are one row.

    A row: last time, question, how often, outcome, reason, hospitals, the highest confidence.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[Logged]] = {}
    for one in logged:
        if one.status != "answered":
            groups.setdefault((plain(one.question), one.hospitals), []).append(one)
    newest = sorted(groups.values(), key=lambda group: group[-1].time, reverse=True)
    return [
        [
            local(group[-1].time),
            group[-1].question,
            str(len(group)),
            words(group[-1].status),
            words(group[-1].reason),
            "、".join(group[-1].hospitals),
            f"{max(one.confidence for one in group):.2f}",
        ]
        for group in newest[:MOST_ROWS]
    ]


def document_rows(documents: Iterable[Document]) -> list[Row]:
    """Return the documents in use: id, title, hospitals, publisher, date, file."""
    return [
        [
            document.doc_id,
            document.title,
            "、".join(document.hospitals),
            document.publisher,
            document.published,
            document.source,
        ]
        for document in documents
    ]


def upload_rows(files: Iterable[Uploaded], documents: Iterable[Document]) -> list[Row]:
    """Return the uploaded files: name, size, when, and whether the index in use has them."""
    sources = {document.source for document in documents}
    return [
        [
            file.name,
            size(file.bytes),
            local(file.when),
            "已入索引 indexed" if file.name in sources else "待重建 after re-indexing",
        ]
        for file in files
    ]


def skipped_rows(skipped: Iterable[Skipped]) -> list[Row]:
    """Return the files that were not read, and why."""
    return [[one.path, one.reason] for one in skipped]


def feedback_rows(records: Sequence[Feedback]) -> list[Row]:
    """Return the feedback, newest first: time, verdict, reason, question, outcome, comment."""
    return [
        [
            local(one.time),
            words(one.verdict),
            words(one.reason),
            str(one.answer["question"]),
            words(str(one.answer["status"])),
            one.comment,
        ]
        for one in sorted(records, key=lambda one: one.time, reverse=True)[:MOST_ROWS]
    ]


def report_rows(found: Report) -> list[Row]:
    """Return what fails most: of what kind, what, thumbs down, thumbs up."""
    lists: tuple[tuple[str, Sequence[Tally]], ...] = (
        ("原因 reason", found.reasons),
        ("未回答 refusal", found.refusals),
        ("医院 hospital", found.hospitals),
        ("引用资料 document", found.documents),
    )
    rows = [
        [kind, words(tally.name), str(tally.down), str(tally.up)]
        for kind, tallies in lists
        for tally in tallies
    ]
    rows += [["问题 question", one.question, str(one.down), str(one.up)] for one in found.questions]
    return rows[:MOST_ROWS]


def feedback_summary(found: Report) -> str:
    """Return how many thumbs there are, in a line."""
    if found.share_up is None:
        return "暂无反馈 none yet"
    share = f"{100 * found.share_up:.0f}%"
    return f"{found.total} 条，{share} 有用 ({found.total} thumbs, {share} up)"


def questions_over_time(logged: Sequence[Logged]) -> list[Point]:
    """Return how many questions there were, by time and by outcome."""
    counts = Counter((when, words(one.status)) for when, one in _by_time(logged))
    return [Point(when, count, status) for (when, status), count in counts.items()]


def refusals_by_reason(logged: Iterable[Logged]) -> list[Point]:
    """Return how many questions were refused for each reason, most first."""
    counts = Counter(words(one.reason) for one in logged if one.status == "refused")
    return [Point(reason, count) for reason, count in counts.most_common()]


def latency_over_time(logged: Sequence[Logged]) -> list[Point]:
    """Return the milliseconds that half, and 95 of 100, of the answers took, by time."""
    groups: dict[str, list[float]] = {}
    for when, one in _by_time(logged):
        groups.setdefault(when, []).append(one.milliseconds)
    return [
        Point(when, round(_quantile(times, share), 1), name)
        for when, times in groups.items()
        for share, name in ((0.5, "p50"), (0.95, "p95"))
    ]


def size(count: int) -> str:
    """Return a number of bytes as people read it.

    >>> size(812), size(20_480), size(2_930_000), size(50_000_000)
    ('812 B', '20 kB', '2.9 MB', '50 MB')
    """
    if count < _KILO:
        return f"{count} B"
    if count < _KILO**2:
        return f"{count / _KILO:.0f} kB"
    return f"{count / _KILO**2:.1f}".removesuffix(".0") + " MB"


def as_columns(points: Iterable[Point]) -> dict[str, list[Any]]:
    """Return points as the columns of a data frame."""
    points = list(points)
    return {
        "x": [one.x for one in points],
        "y": [one.y for one in points],
        "series": [one.series for one in points],
    }


def _by_time(logged: Sequence[Logged]) -> list[tuple[str, Logged]]:
    """Return what was logged with the beginning of its step of time, by the server's clock.

    Steps are an hour, or as many hours or days as make few of them.
    """
    times = [datetime.fromisoformat(one.time).astimezone() for one in logged]
    span = (max(times) - min(times)) / timedelta(hours=1) if times else 0
    step = next((hours for hours in _HOURS if span < hours * (MOST_STEPS - 1)), _HOURS[-1])
    return [(_begin(time, step), one) for time, one in zip(times, logged, strict=True)]


def _begin(time: datetime, step: int) -> str:
    if step < _DAY:
        return f"{time:%m-%d} {time.hour - time.hour % step:02}:00"
    day = time.date().toordinal()
    return date.fromordinal(day - day % (step // _DAY)).isoformat()


def _quantile(values: Iterable[float], share: float) -> float:
    """Return the smallest value that this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)]
