"""What a value of the asked kind looks like in a text, and where it stands."""

import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.lazy_pattern import lazy_pattern
from qa.model import Kind
from qa.person_names import PERSON

QUESTIONS = 64  # of which the details are remembered: several steps ask for them
_HAN_DIGITS = "零〇一二两三四五六七八九十百千万亿"
_ALIKE = (  # units that people use for each other
    "个人名位",
    "台部套架辆艘",
    "家所间处",
    "次例回",
    "层楼",
    "元块钱",
    "亩顷",
    "年岁",
    "天日",
    _SHARE := "%成",
)
_ALL_UNITS = "".join(_ALIKE) + "张项种条支批期步分米里吨斤克升度本篇门科级等届站点车户"
_NUMBER = rf"(?:\d[\d,.]*\d|\d|[{_HAN_DIGITS}]+)"
# An ordinal in an institution's name, and a numeral that counts nothing: 第五人民医院, 五院, 统一.
_IN_A_NAME = rf"第?[{_HAN_DIGITS}]+(?:人民|附属|临床|军医|中[医心学]|医院|医科|院|师范)"
_FIGURE = lazy_pattern(
    rf"(?!{_IN_A_NAME})(?:第|近|约|超过?|逾|达到?)?{_NUMBER}(?:余|多|来)?[万亿千百]?(?:余|多)?(?:平方|立方|公|人|毫|厘|美|港|欧)?"
    rf"[{_ALL_UNITS}%‰]?"
)
_PATTERNS: dict[Kind, re.Pattern[str]] = {
    "number": lazy_pattern(rf"\d|[{_HAN_DIGITS}]+(?:余|多)?[{_ALL_UNITS}]|百分之"),
    "money": lazy_pattern(
        r"[\d一二两三四五六七八九十百千万亿]\s*(?:多|余)?(?:元|块|[角毛分]钱?|美元|港元|欧元|人民币|[千万亿]元)|免费"
        "|不收费|免[门票收缴交]|全免|减[半免]"
    ),
    "phone": lazy_pattern(r"\d{3,4}[- ]?\d{3,4}[- ]?\d{4}|\d{4}[- ]\d{4}|1\d{10}|\d{5,8}"),
    "hours": lazy_pattern(
        r"\d{1,2}\s*[:：点时]|[一二两三四五六七八九十]点|小时|全天|全年|周[一二三四五六日天末]|星期|每[天日周]"
    ),
    "weekday": lazy_pattern(
        "(?:周|星期|礼拜)[一二三四五六日天末]|双休|每[天日](?=[都均上下开出坐有,，、。]|全)|工作日|无休"
    ),
    "address": lazy_pattern(
        rf"(?:[路街巷弄]|大道|胡同)\s*[\d{_HAN_DIGITS}]+\s*号|位于|坐落|地处|地址|[路街](?:与|和|交|[东西南北][侧段])"
    ),
    "date": lazy_pattern(r"\d{2,4}年|\d+月|\d+日|[一二三四五六七八九〇零]{4}年|世纪"),
}
QUESTION_BIT = 1 << len(_PATTERNS)  # above those of the kinds
_QUESTION = lazy_pattern("[?？][”’」』）)]*$")
_WHOLE: dict[Kind, re.Pattern[str]] = {  # the same values, from end to end
    "number": _FIGURE,
    "person": PERSON,
    "money": lazy_pattern(
        rf"(?:约|近|超过?|逾)?{_NUMBER}(?:余|多)?[万亿千百]?(?:余|多)?(?:元|块钱|美元|港元|欧元|人民币)(?:/\w)?|免费"
    ),
    "phone": lazy_pattern(r"(?:\d{3,4}[- ]?)?\d{7,8}|1\d{10}|\d{5,6}"),
    "hours": lazy_pattern(
        r"(?:周[一二三四五六日末天]至?(?:周[一二三四五六日天])?)?(?:上午|下午|早上?|晚上?)?"
        r"(?:\d{1,2}[:：]\d{2}|\d{1,2}点半?|[一二三四五六七八九十]+点半?)"
        r"(?:\s*[-—–~至到]+\s*(?:上午|下午|晚上?)?(?:\d{1,2}[:：]\d{2}|\d{1,2}点半?|[一二三四五六七八九十]+点半?))?"
        r"|24小时|全天"
    ),
    "weekday": lazy_pattern(
        "每?(?:周|星期|礼拜)[一二三四五六日天末](?:[至到、和—–~～-]+(?:周|星期|礼拜)?[一二三四五六日天末])*|每[天日]|工作日"
    ),
    "address": lazy_pattern(
        rf"(?:[\u4e00-\u9fff]{{2,4}}[市县区镇])*[\u4e00-\u9fff]{{1,6}}(?:[路街巷弄]|大道|胡同)[东西南北]?[段侧]?[\d{_HAN_DIGITS}]*号?"
    ),
    "date": lazy_pattern(
        r"\d{2,4} ?年(?:底|初| ?\d{1,2} ?月(?:底|初| ?\d{1,2} ?日)?)?"
        r"|\d{1,2} ?月(?: ?\d{1,2} ?日|底|初)?|\d{1,2} ?日"
        r"|[一二三四五六七八九〇零]{4}年(?:[一二三四五六七八九十]+月)?|\d+世纪(?:\d+年代)?"
    ),
}

TIMES: frozenset[Kind] = frozenset({"date", "hours", "weekday"})
# Without a value of these kinds a sentence cannot be the answer, however near it is.
INDISPENSABLE: frozenset[Kind] = frozenset({"money", "phone", "hours", "weekday", "address"})

_ASKED_UNIT = lazy_pattern(
    rf"(?<![哪好边这那近前后])(?:多少|几)(?:[十百千]|平方|立方|公(?=里))?([{_ALL_UNITS}])"
)
_ASKED_SHARE = lazy_pattern(
    "百分之[几多]|比例|占比|[占有]几成|(?<![几效功速汇利税费])率(?=(?:是|有|为|达到?|能)?(?:多少|几|多高|$|[?？。,]))"
    "|\\b(?:percent(?:age)?|proportion|share of)\\b"
)
_ROLE = lazy_pattern(
    "(?:党委|党组|党总支|党支部|支部|县委|市委)?(?:常务)?副?(?:主任医师|主治医师|书记|院长|校长|主任|主席|局长|县长|市长|镇长|村长|部长|厅长|处长|科长"
    "|所长|站长|馆长|园长|会长|理事长|董事长|总经理|经理|队长|教练|护士长|秘书长|负责人|创始人|记者|作者)"
)
_ENGLISH_ROLES = (
    (lazy_pattern(r"\b(?:vice|deputy)[- ]president\b"), "副院长"),
    (lazy_pattern(r"\bpresident\b"), "院长"),
    (lazy_pattern(r"\b(?:party secretary|secretary of the party)\b"), "书记"),
)
_VICE = "副"
# How a time is told, and a number, in any way.
_TIME = lazy_pattern(
    r"\d+[年月日时点:]|[一二两三四五六七八九十几〇零]{1,4}[年月日时点]|世纪|年[代前后间]|[去今前明后当本同次]年"
    "|[昨今明前后][天日晚]|近日|日前|周[一二三四五六日末]|星期|[春夏秋冬][天季]|岁|[凌清]晨|[上下中]午|晚|早|夜"
    "|月[底初末]|小时|分钟|节|[腊正]月|初[一二三]|学期|期间|[之以]?[前后]|时|起|每|历史"
)
_NUMERAL = lazy_pattern(
    r"\d|[两二三四五六七八九十百千万半]+[余多来]?(?=[\u4e00-\u9fff])(?![级是要则等甲乙面])|一半|首[家个次例]|唯一"
    "|百分之|一[家个次例名位台张间种项分天周年]"
)
_COUNTS_NOTHING = lazy_pattern(rf"{_IN_A_NAME}|(?<!\d)120(?!\d)|(?:19|20)\d\d年|\d+[月日]")
_YEAR = lazy_pattern(r"((?:19|20)\d{2})(?=年|\b)")


@dataclass(frozen=True, slots=True)
class Detail:
    """What a question names of the value that it asks for: a figure's unit, a role, a year."""

    units: str = ""
    role: str = ""
    year: str = ""


def has_kind(kind: Kind) -> bool:
    """Tell whether values of this kind can be recognised at all."""
    return kind in _PATTERNS


def holds_value(kind: Kind, text: str) -> bool:
    """Tell whether `text` holds a value of this kind.

    >>> holds_value("date", "建于1931年"), holds_value("number", "没有写明")
    (True, False)
    """
    pattern = _PATTERNS.get(kind)
    return pattern is not None and pattern.search(text) is not None


def is_recognised(kind: Kind) -> bool:
    """Tell whether `find_values` knows values of this kind."""
    return kind in _WHOLE


def tells(kind: Kind, text: str) -> bool:
    """Tell whether a folded text may hold a time or a number in any form; True for other kinds.

    >>> tells("date", "睡前服用"), tells("date", "是三级医院"), tells("number", "共有职工")
    (True, False, False)
    """
    if kind == "number":
        return _NUMERAL.search(_COUNTS_NOTHING.sub(" ", text)) is not None
    return kind != "date" or _TIME.search(text) is not None


def names_a_person(text: str) -> bool:
    """Tell whether `text` names a person where names of people stand.

    >>> names_a_person("院长李明说"), names_a_person("实行院长负责制")
    (True, False)
    """
    return PERSON.search(text) is not None


def bit_of(kind: Kind) -> int:
    """Return the bit that stands for a kind of value; 0 for a kind without a pattern."""
    return 1 << list(_PATTERNS).index(kind) if kind in _PATTERNS else 0


def bits_held(text: str) -> int:
    """Return the bits of all kinds of values that `text` holds, and QUESTION_BIT if it asks."""
    held = sum(bit_of(kind) for kind in _PATTERNS if holds_value(kind, text))
    return held | (QUESTION_BIT if _QUESTION.search(text) else 0)


def find_values(kind: Kind, text: str) -> list[tuple[int, int]]:
    """Return where values of this kind stand in `text`, as half-open ranges.

    >>> find_values("number", "有80台，近300名")
    [(1, 4), (5, 10)]
    """
    pattern = _WHOLE.get(kind)
    if pattern is None:
        return []
    # Of a person, the named groups are the name without the title before it.
    return [match.span(match.lastgroup or 0) for match in pattern.finditer(text)]


@lru_cache(QUESTIONS)
def asked_detail(folded: str) -> Detail:
    """Return what a folded question names of its value.

    >>> asked_detail("有几台透析机"), asked_detail("副院长是谁")
    (Detail(units='台部套架辆艘', role='', year=''), Detail(units='', role='副院长', year=''))
    """
    unit = _ASKED_UNIT.search(folded)
    role = _ROLE.search(folded)
    units = ""
    if unit and unit[1] != "个":  # which counts anything
        units = next((same for same in _ALIKE if unit[1] in same), unit[1])
    elif _ASKED_SHARE.search(folded):
        units = _SHARE
    year = _YEAR.search(folded)
    named = role[0] if role else _english_role(folded)
    return Detail(units, named, year[1] if year else "")


def _english_role(folded: str) -> str:
    return next((role for pattern, role in _ENGLISH_ROLES if pattern.search(folded)), "")


def holds_detail(detail: Detail, text: str) -> tuple[bool | None, bool | None, bool | None]:
    """Tell whether `text` has the asked unit, role and year; None for what is not asked for.

    >>> holds_detail(Detail(role="院长"), "副院长李明"), holds_detail(Detail(units="台部"), "80台")
    ((None, False, None), (True, None, None))
    """
    unit = role = year = None
    if detail.units:
        pattern = (
            rf"[\d{_HAN_DIGITS}](?:余|多|来)?[万亿千百]?(?:余|多)?(?:平方|立方|\w)?[{detail.units}]"
        )
        unit = re.search(pattern, text) is not None
    if detail.role:
        before = "" if _VICE in detail.role else f"(?<!{_VICE})"
        role = re.search(before + re.escape(detail.role), text) is not None
    if detail.year:
        year = detail.year in text
    return unit, role, year
