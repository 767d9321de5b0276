"""The operator's page: how it goes, what was asked in vain, documents, charts, feedback.

A Gradio page, mounted behind a password. What people and documents say is shown as plain text only:
tables of strings and text boxes, never HTML or Markdown. What the buttons do is in
`qa.web.operator_desk`.
"""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from corpus.read import SUFFIXES
from qa.settings import Settings
from qa.version import program_version
from qa.web import operator_figures as figures
from qa.web.operator_desk import Desk, Sight
from qa.web.operator_figures import Point
from qa.web.service import Service

TITLE = "医院资料问答 · 管理 Operator"
_TABS = {
    "state": "概况 Overview",
    "unanswered": "未回答 Unanswered",
    "documents": "资料 Documents",
    "charts": "图表 Charts",
    "feedback": "反馈 Feedback",
}
_COLORS = {  # apart for those who do not tell red from green, on light and on dark
    figures.words("answered"): "#0d9488",
    figures.words("refused"): "#d97706",
    figures.words("clarify"): "#7c86d9",
    "p50": "#0d9488",
    "p95": "#d97706",
}
_CSS = """
.gradio-container { width: 100% !important; max-width: 1240px !important; margin: 0 auto; }
.gradio-container { --color-accent: var(--primary-700); }
.dark .gradio-container, .dark.gradio-container { --color-accent: var(--primary-300); }
.gradio-container .or, .gradio-container input[role=combobox] { color: var(--body-text-color); }
#operator-header h1 { font-size: 1.4rem; margin: 0; }
#refresh { flex: 0 0 auto; align-self: center; }
"""
_PRIVATE: dict[str, Any] = {"api_visibility": "private"}
_ONE_AT_A_TIME: dict[str, Any] = {**_PRIVATE, "concurrency_limit": 1, "concurrency_id": "documents"}


def build_operator(service: Service, settings: Settings) -> gr.Blocks:
    """Return the page over `service`, to be mounted with `operator_look()` behind a password."""
    desk = Desk(service, settings, program_version())
    with gr.Blocks(title=TITLE, analytics_enabled=False) as page:
        with gr.Row(equal_height=True):
            gr.HTML("<h1>管理 Operator</h1>", elem_id="operator-header")
            refresh = gr.Button("刷新 Refresh", elem_id="refresh", min_width=120)
        notes = _text("提示 Notes", "notes", visible=False)
        with gr.Tabs():
            with gr.Tab(_TABS["state"]):
                state = [*_state()]
            with gr.Tab(_TABS["unanswered"]):
                unanswered = _unanswered()
            with gr.Tab(_TABS["documents"]):
                documents, buttons = _documents(settings)
            with gr.Tab(_TABS["charts"]):
                charts = [*_charts()]
            with gr.Tab(_TABS["feedback"]):
                feedback = [*_feedback()]
        shown = [notes, *state, unanswered, *documents, *charts, *feedback]

        def look() -> list[Any]:
            return _values(desk.look())

        gr.on([page.load, refresh.click], look, None, shown, show_progress="hidden", **_PRIVATE)
        for done in _wired(desk, buttons):
            done.then(look, None, shown, show_progress="hidden", **_PRIVATE)
    return page


def operator_look() -> dict[str, Any]:
    """Return the arguments of `gr.mount_gradio_app` that give the page its looks."""
    fonts = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
    theme = gr.themes.Soft(
        primary_hue="teal", secondary_hue="teal", neutral_hue="slate", font=fonts, font_mono=fonts
    ).set(
        block_label_text_color="*body_text_color",
        block_label_text_color_dark="*body_text_color",
        block_title_text_color="*body_text_color",
        block_title_text_color_dark="*body_text_color",
        block_label_background_fill_dark="*primary_800",
        block_title_background_fill_dark="*primary_800",
        input_border_width="1px",
        input_border_color="*neutral_400",
        input_border_color_dark="*neutral_500",
        checkbox_border_color="*neutral_400",
        checkbox_border_color_dark="*neutral_400",
        # White on it: a contrast of 5.5 to 1.
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
    )
    return {
        "theme": theme,
        "css": _CSS,
        "auth_message": "用户名 operator · The user name is operator",
    }


def _state() -> tuple[gr.Dataframe, gr.Dataframe]:
    return (
        _table("服务 Service", ["项目 Item", "内容 Value"], ["40%", "60%"]),
        _table(
            "未能读取的文件 Files that could not be read",
            ["文件 File", "原因 Reason"],
            _pixels(470, 700),
        ),
    )


def _unanswered() -> gr.Dataframe:
    return _table(
        "问了但没有得到回答的问题，新的在前 Asked and not answered, newest first",
        [
            "最近 Last",
            "问题 Question",
            "次数 Times",
            "结果 Outcome",
            "原因 Reason",
            "医院 Hospital",
            "置信 Sure",
        ],
        _pixels(150, 340, 80, 140, 210, 170, 80),
    )


def _documents(settings: Settings) -> tuple[list[gr.components.Component], dict[str, Any]]:
    most = figures.size(min(settings.max_upload, settings.max_bytes))
    with gr.Row(equal_height=False):
        with gr.Column(min_width=320):
            files = gr.File(
                label=f"上传 Upload ≤ {most}",
                file_count="multiple",
                file_types=list(SUFFIXES),
                height=180,
            )
            gr.Markdown(f"可读的类型 Kinds: {' '.join(SUFFIXES)}")
            replace = gr.Checkbox(label="替换同名文件 Replace files of the same name")
            upload = gr.Button("保存上传的文件 Keep uploads", variant="primary")
        with gr.Column(min_width=320):
            name = gr.Dropdown(label="已上传的文件 Uploaded file", choices=[], interactive=True)
            remove = gr.Button("删除 Remove", variant="stop")
            reindex = gr.Button("重建索引 Re-index", variant="primary")
            outcome = _text("结果 Result", "outcome")
    uploads = _table(
        "已上传 Uploaded",
        ["文件 File", "大小 Size", "时间 When", "状态 State"],
        _pixels(590, 110, 190, 280),
    )
    documents = _table(
        "正在使用的资料 Documents in use",
        ["编号 Id", "标题 Title", "医院 Hospital", "来源 Publisher", "日期 Date", "文件 File"],
        _pixels(170, 330, 210, 150, 110, 200),
    )
    buttons = {
        "files": files,
        "replace": replace,
        "upload": upload,
        "name": name,
        "remove": remove,
        "reindex": reindex,
        "outcome": outcome,
    }
    return [name, uploads, documents], buttons


def _wired(desk: Desk, parts: dict[str, Any]) -> list[Any]:
    """Connect the buttons of the documents; return the events after which all is looked at anew."""

    def upload(files: list[str] | None, replace: bool) -> tuple[str, None]:  # noqa: FBT001
        return desk.upload(files or [], replace=replace), None

    def reindex(progress: gr.Progress = gr.Progress()) -> str:  # noqa: B008 - Gradio looks for it
        progress(0, desc="读取资料 reading")
        return desk.reindex(
            lambda done, total: progress((done, total), desc="编码 embedding", unit="句 sentences")
        )

    outcome = parts["outcome"]
    files = [parts["files"], parts["replace"]]
    return [
        parts["upload"].click(upload, files, [outcome, parts["files"]], **_ONE_AT_A_TIME),
        parts["remove"].click(desk.remove, [parts["name"]], [outcome], **_ONE_AT_A_TIME),
        parts["reindex"].click(reindex, None, [outcome], **_ONE_AT_A_TIME),
    ]


def _charts() -> tuple[gr.BarPlot, gr.BarPlot, gr.LinePlot]:
    common: dict[str, Any] = {
        "x": "x",
        "y": "y",
        "height": 300,
        "y_lim": [0, None],
        "x_label_angle": -35,
        "buttons": [],
    }
    series: dict[str, Any] = {"color": "series", "color_map": _COLORS, "color_title": " "}
    questions = gr.BarPlot(
        title="提问 Questions", x_title="时间 time", y_title="次 count", **common, **series
    )
    refusals = gr.BarPlot(
        title="未回答的原因 Refusals by reason",
        x_title="原因 reason",
        y_title="次 count",
        sort="-y",
        **common,
    )
    latency = gr.LinePlot(
        title="回答用时 Latency", x_title="时间 time", y_title="毫秒 ms", **common, **series
    )
    return questions, refusals, latency


def _feedback() -> tuple[gr.Dataframe, gr.Dataframe]:
    return (
        _table(
            "问题最多的地方 What fails most",
            ["类别 Kind", "名称 Name", "不好 Down", "有用 Up"],
            _pixels(180, 730, 130, 130),
        ),
        _table(
            "反馈，新的在前 Feedback, newest first",
            [
                "时间 Time",
                "评价 Verdict",
                "原因 Reason",
                "问题 Question",
                "结果 Outcome",
                "意见 Comment",
            ],
            _pixels(150, 110, 180, 320, 140, 270),
        ),
    )


def _values(sight: Sight) -> list[Any]:
    """Return what each component shows, in the order of `shown`."""
    names = [row[0] for row in sight.uploads]
    return [
        gr.update(value=sight.notes, visible=bool(sight.notes)),
        sight.state,
        gr.update(value=sight.skipped, visible=bool(sight.skipped)),
        sight.unanswered,
        gr.update(choices=names, value=None),
        gr.update(value=sight.uploads, visible=bool(sight.uploads)),
        sight.documents,
        _frame(sight.questions),
        _frame(sight.refusals),
        _frame(sight.latency),
        sight.report,
        sight.feedback,
    ]


def _table(label: str, headers: list[str], widths: Sequence[str]) -> gr.Dataframe:
    return gr.Dataframe(
        label=label,
        headers=headers,
        datatype="str",
        type="array",
        column_widths=list(widths),
        column_count=len(headers),
        interactive=False,
        wrap=True,
        max_height=520,
        buttons=["copy"],
    )


def _pixels(*widths: int) -> list[str]:
    """Return the widths of columns that are scrolled on a narrow screen instead of squeezed."""
    return [f"{width}px" for width in widths]


def _text(label: str, elem_id: str, *, visible: bool = True) -> gr.Textbox:
    return gr.Textbox(
        label=label, elem_id=elem_id, interactive=False, lines=2, max_lines=12, visible=visible
    )


def _frame(points: Sequence[Point]) -> Any:
    import pandas as pd

    return pd.DataFrame(figures.as_columns(points))
