"""What a line of a page is, told by its form alone: headline, byline, date, caption, furniture."""

import re
from datetime import date

LONGEST_HEADING = 32
_LONGEST_LINE = 100  # a longer one is text, whatever it looks like
_LONGEST_NUMBERED = 30
_DEEPEST_TITLE = 2  # level of Markdown
_LONGEST_CAPTION = 90
_END = "。！？!?…．"
_CLOSING = "”’」』）)】》〉\"' "
_PROSE = re.compile("[，。；、！？]|[,;] ?|\\. ")
_ROLE = "(?:本报|本刊|本网|特约|见习|实习|首席|融媒体?|全媒体)*(?:记者|通讯员|作者|撰稿|采写)"
_NAME = "[\u4e00-\u9fff·]{2,4}|[\u4e00-\u9fff] [\u4e00-\u9fff]"
_DATELINE = (
    "(?:本[报刊网台院]讯|[\u4e00-\u9fff]{2,6}[报网]讯(?=[ \u3000（(])"
    "|(?:新华社|中新社|中新网|人民网|新华网)[^，。\n]{0,12}[日]?[电讯])"
    f"[ \u3000]*(?:[（(][^（）()]{{0,12}}?{_ROLE}[^（）()]{{0,60}}[）)])?[:：]?"
)
_AT_DATELINE = re.compile(_DATELINE)
_IN_DATELINE = re.compile(f"(?:(?<=[ \u3000]){_DATELINE})")
# What an item of several in one text begins with: 【岚屏：新桥通车】, ▲新桥通车 and a space.
_LEAD = re.compile("【[^【】\n]{2,40}】|[▲●■◆★▶] ?[^，。；：:\\s]{4,30}(?=[ \u3000])")
_SHORTEST_ITEM = 20  # characters after it
_SIGNED = re.compile(
    f"[（(](?:[^（）()。]{{0,8}}{_ROLE}[^（）()。]{{1,40}}|(?:文[/／]图|图[/／]文|供稿)[^（）()。]{{0,30}})[）)]$"
    f"|(?<=[。！？”])[ \u3000]*[（(](?:{_NAME})(?:[ \u3000、](?:{_NAME})){{0,5}}[）)]$"
)
_NAMES = re.compile(f"[（(](?:{_NAME})(?:[ \u3000、]+(?:{_NAME})){{0,5}}[）)]")
_BYLINE = re.compile(
    f"[（(][^（）()]{{0,8}}{_ROLE}[^（）()]{{1,50}}[）)]"
    f"|[■□●◎○▪]?[ \u3000]*[^，。：:]{{0,16}}{_ROLE}[ \u3000:：/／]+[^，。；：]{{2,40}}"
    "|(?:作者|撰文|文|图|文[/／]图|图[/／]文|来稿)[:：/／][^，。；]{2,40}"
)
_DATE = re.compile(r"((?:19|20)\d\d)[-年./](\d{1,2})[-月./](\d{1,2})日?")
_DATE_ALONE = re.compile(_DATE.pattern + r"(?:\s*星期.)?(?:\s*\d{1,2}:\d\d)?")
_DATE_LINE = re.compile(
    r"(?:(?:发布|发表|更新|刊发|日期|时间|发布时间|发布日期|更新时间|来源)[^，。]{0,20})?[:：]?\s*"
    r"(?:19|20)\d\d[-年./]\d{1,2}[-月./]\d{1,2}日?(?:\s*星期.)?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?"
    r"(?:\s+[^，。；]{0,50})?"
)
_FURNITURE = re.compile(
    r"文章内容|正文|[-—–·\s]*\d{1,4}[-—–·\s]*|[（(]\d+[)）]"
    r"|(?:浏览|阅读|点击|访问|评论|点赞|收藏)(?:次数|量|数|人数)?\s*[:：（(]?\s*\d+.{0,40}"
    r"|(?:字号|字体|分享|分享到|打印|关闭|返回|上一篇|下一篇|上一条|下一条|当前位置|您?的?位置"
    r"|您(?:现在|当前)的位置|相关(?:阅读|新闻|链接)|扫一扫|版权所有|责任编辑|责编|编辑|审核|校对|监制"
    r"|来源|稿源|摄影)(?:[\s:：\]】>（(／/|].{0,60})?"
    r"|首页\s*[>»›/].{0,60}|(?i:copyright|https?://).{0,80}|.{0,40}ICP备.{0,40}"
    r"|第?\s*[A-D]?\d{1,2}\s*版(?:[\s:：·|].{0,30})?|第[一二三四五六七八九十]+版(?:[\s:：·|].{0,30})?"
    r"|[^，。；：]{2,20}\s+[-–—|_]\s*[^，。；：]{2,20}(?:报|网|网站|官网|公众号|新闻)"
    r"|[（(]下转.{0,12}版.{0,8}[）)]"
)
_CONTINUED = re.compile(r"[（(【]?(?:紧|上)接.{0,12}版.{0,10}?[）)】]?")
_CAPTION = re.compile(
    "[▲△▼▽◀▶◄►←→↑↓]|图为|[上下左右本题]图[为：:，]|图[①-⑩一二三四五六七八九十\\d]+[:：为]|(?:图片|照片|资料图)"
)
_CREDIT = re.compile(r"(?:\S{2,4}\s*摄|[供配制]图|图片|提供)[）)]?$")
_MARKDOWN = re.compile("(#{1,6})[ \u3000]+")
_CHAPTER = re.compile(
    "(?:第[一二三四五六七八九十百]+[章节部]|[一二三四五六七八九十]{1,3}[、．.]|[（(][一二三四五六七八九十]{1,3}[）)])"
)
_NUMBERED = re.compile(
    rf"(?:{_CHAPTER.pattern}|\d{{1,2}}[、．]|\d{{1,2}}\.(?!\d)|[（(]\d{{1,2}}[）)])"
)
_SUB_HEADING = re.compile(f"{_NUMBERED.pattern}|[【▲●■◆★▶]")
_LABEL = re.compile("(?:电话|热线|地址|邮编|邮箱|网址|时间|地点|联系.{0,3}|乘车.{0,3})[:：]|\\d{5}")
_LIST = re.compile(r"[-*•●◆■□◇○]\s*\S")


def ends_sentence(text: str, *, soft: bool = False) -> bool:
    """Tell whether a sentence ends where `text` does; `soft`: or a part of one (： ；)."""
    bare = text.rstrip(_CLOSING)
    return bare.endswith((*_END, *("：；:;" if soft else ""))) or (
        bare[-1:] == "." and (bare[-2:-1].isalpha() or text != bare)
    )


def is_prose(text: str) -> bool:
    """Tell whether `text` has the marks of a running sentence."""
    return _PROSE.search(text) is not None


def dateline(text: str, *, within: bool = False) -> re.Match[str] | None:
    """Find 本报讯（记者 …） at the beginning of `text`; `within`: after a space in it."""
    if within:
        return _IN_DATELINE.search(text[:200])
    return _AT_DATELINE.match(text[:200])


def lead(text: str) -> re.Match[str] | None:
    """Find the headline in the line of an item: 【…】 or ▲… before a sentence of its own."""
    found = _LEAD.match(text)
    rest = text[found.end() :].strip() if found else ""
    return found if len(rest) >= _SHORTEST_ITEM and ends_sentence(rest) else None


def signature(text: str) -> str:
    """Return the bracketed names of the writers with which `text` ends, or an empty string."""
    found = _SIGNED.search(text)
    return found[0] if found and found.start() else ""


def is_own_line(text: str) -> bool:
    """Tell whether `text` stands by itself: no line before or after belongs to it."""
    return kind(text) in {"furniture", "continued", "byline", "date"} or (
        _MARKDOWN.match(text) is not None
    )


def begins_anew(text: str) -> bool:
    """Tell whether no sentence can go on with `text`: a number, a caption, a sub-title, a list."""
    return any(
        pattern.match(text) is not None for pattern in (_NUMBERED, _CAPTION, _LIST)
    ) or text.startswith(("——", "--", "#"))


def kind(text: str) -> str:
    """Return what `text`, a whole line or paragraph, is.

    One of furniture, continued, date, byline, caption, heading, paragraph.
    """
    if len(text) > _LONGEST_LINE:
        return "paragraph"
    for name, pattern in (
        ("continued", _CONTINUED),
        ("date", _DATE_LINE),
        ("furniture", _FURNITURE),
        ("byline", _BYLINE),
        ("byline", _NAMES),
    ):
        if pattern.fullmatch(text):
            return name
    if not any(char.isalnum() for char in text):
        return "furniture"
    if _MARKDOWN.match(text):
        return "heading"
    return _kind_of_text(text)


def _kind_of_text(text: str) -> str:
    ended = ends_sentence(text)
    if _CAPTION.match(text) and len(text) <= _LONGEST_CAPTION:
        return "caption"
    if not ended and _CREDIT.search(text):
        return "caption"
    if ended or text.endswith(("：", ":", "；", ";", "，", ",")) or _LABEL.search(text):
        numbered = _CHAPTER.match(text) and len(text) <= _LONGEST_NUMBERED
        sentences = sum(text.count(mark) for mark in _END)
        return "heading" if numbered and ended and sentences == 1 else "paragraph"
    if len(text) <= LONGEST_HEADING and "。" not in text:
        return "heading"
    return "paragraph" if is_prose(text) else "heading"


def level(text: str) -> int:
    """Return the level of a Markdown heading, 0 for a line that is none."""
    found = _MARKDOWN.match(text)
    return len(found[1]) if found else 0


def is_sub_heading(text: str) -> bool:
    """Tell whether a heading cannot be a headline: it is numbered, deep or of one item."""
    return level(text) > _DEEPEST_TITLE or _SUB_HEADING.match(text) is not None


def is_sub_title(text: str) -> bool:
    """Tell whether the line goes on with the headline before it: ——…"""
    return re.match(r"(?:#+\s*)?(?:——|—|--)", text) is not None


def plain_title(text: str) -> str:
    """Return a headline in one line, without its Markdown."""
    return " ".join(re.sub(r"(?m)^\s*#{1,6}\s+", "", text).split())


def is_only_a_date(text: str) -> bool:
    """Tell whether a text is a date, with its time at most."""
    return _DATE_ALONE.fullmatch(text.strip()) is not None


def iso_date(text: str) -> str:
    """Return the first date in `text` as YYYY-MM-DD, or an empty string."""
    for found in _DATE.finditer(text):
        try:
            return date(*map(int, found.groups())).isoformat()
        except ValueError:  # such as 2021.13.45, which is no date
            continue
    return ""
