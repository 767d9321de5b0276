"""Yes or no: whether a quote affirms what a yes-no question supposes.

Leaves out logic: plain signs are read in the clause of the quote that speaks of what was asked, and
where two of them disagree, or none of the question's words is there, the outcome is `not_clear`.
The signs are a negation, an undertaking that is not finished ("正在创建" is not "已经是"), another
grade or figure than the one supposed, a word of opposite meaning, and an exception (除…外).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from corpus.fold import fold
from qa.comparison import Amount, amounts_in

Polarity = Literal["yes", "no", "not_yet", "not_clear"]

# --- One way of writing ---------------------------------------------------------------------------

_SAME = {
    **{f"{number}{rank}": f"{number}级{rank}等" for number in "一二三" for rank in "甲乙"},
    "有冇": "有没有",
    "使唔使": "用不用",
    "得唔得": "能不能",
    "系唔系": "是不是",
    "系咪": "是不是",
    "唔系": "不是",
    "唔使": "不用",
    "冇得": "不能",
    "未有": "没有",
    "冇": "没有",
    "唔": "不",
    "毋": "无",
    "嘅": "的",
    "咗": "了",
}
# What English questions say, in the words of Chinese quotes; `_FUTURE` and others then find them.
_ENGLISH = (
    (r"(?:grade|class|level|tier)[- ]?(?:iii|3|three)[- ]?a\b|\b(?:3a|top[- ]tier)\b", "三级甲等"),
    (r"(?:grade|class|level|tier)[- ]?(?:ii|2|two)[- ]?a\b", "二级甲等"),
    (r"\btertiary\b|(?:grade|class|level|tier)[- ]?(?:iii|3|three)\b", "三级"),
    (r"\bfree\b(?! of\b)(?![- ]\w)", "免费"),
    (r"\b(?:charges?|pay|paid|fees?)\b", "收费"),
    (r"\bprivate\b", "民营"),
    (r"\bpublic\b(?! transport)", "公立"),
    (r"\b(?:allow(?:s|ed)?|permit(?:s|ted)?|may)\b", "允许"),
    (r"\b(?:plan(?:s|ning|ned)?|will|going to|being built|under construction)\b", "计划"),
    (r"\b(?:more than|over|at least|exceeds?)\b", "超过"),
    (r"\b(?:less than|fewer than|under)\b", "不到"),
    (r"\b(?:in|since) (\d{4})\b", r"\1年"),
    (r"(\d) (?:beds?)\b", r"\1张"),
    (r"(\d) (?:floors?|stor(?:ey|ie)s)\b", r"\1层"),
    (r"(\d) (?:people|staff|employees|doctors|nurses|experts)\b", r"\1名"),
    (r"(\d) (?:machines|scanners|ambulances|helicopters)\b", r"\1台"),
    (r"(\d) years\b", r"\1年"),
    (r"(\d) yuan\b", r"\1元"),
)

_ROUGHLY = 0.1  # of a figure: 近300 is not 300, but nobody would say no

# --- Signs ----------------------------------------------------------------------------------------

# Words that hold a 不, 没, 未 or 无 and deny nothing.
_NO_NEGATION = re.compile(
    ""
    "不[仅但只光单断少同久过错论管料由愧止乏懈惜菲凡辞畏忘计懂幸妨禁觉良适孕育全停限乱散倦弃辍遗变]"
    "|不得不|不能不|不[会可]不|没有不|无不|莫不"
    "|不可或缺|不可缺少|必不可少|不可多得|不可替代|不间断|不打烊|不休(?:息|假)?|不定期|不亚于"
    "|不[低少小]于|不等|不一|不分|不足|差不多|不折不扣"
    "|不明原因|不锈钢|不动产|不在话下|了不起|来不及|对不起|舍不得|是不是|能不能|会不会|有没有"
    "|可不可以|要不要"
    "|没[收落]|来得及没|未[来必雨婚知央]|未成年|从未间断|从不间断"
    "|无[偿创痛菌线数论缝私疑纸影穷比愧限量常效害毒悔声形]|无障碍|无烟|无人机|无人驾驶|无党派"
    "|无微不至|无所|无一例外|无时|无针|无抽搐|无接触|无陪护|无假日"
    "|非[常遗公洲凡物但典]|非营利|非盈利|非医|莫非|无非|并非易事|绝非易事|除非|是非|特别|分别"
    "|区别|级别|个别|类别|性别|告别|别墅|别具|别样|勿忘"
)
_NEGATION = re.compile(
    "没有?|尚未|从未|并未|未能?|并非|非(?=[\u4e00-\u9fff]{2})"
    "|不[再能可得予设收开需用必会含在是准许]?|无(?:需|须|法|权)?|暂不|暂停|停止"
    "|停用|停诊|停办|取消|撤销|关闭|禁止|谢绝|拒绝|严禁|杜绝|切勿|请勿|勿|免(?:去|除)?(?=预约|交"
    "|收|挂)"
)
# Negations after which nothing needs to follow: 发热门诊尚未开通.
_ENDS_NEGATED = re.compile(
    "(?:没有|没|(?:尚|并|还)?未(?:设|开|建|配|有)?[设开建配放通立置成用]{0,2}|不设|暂无|无|不行"
    "|不可以?|不能|不允许|不准|不需要|不用|不必|不属于"
    "|停用|停诊|停办|停运|取消|撤销|关闭|禁止|谢绝|严禁)了?$"
)
_FUTURE = (
    "正在(?:积极|加快|全力|努力|紧张|抓紧)?(?:创建|建设?|筹|申报|争|推进|规划|施工|装修|改造|扩建"
    "|安装|调试|招标?|准备|洽谈|审批|迎接|冲刺|打造|组建)"
    "|启动.{0,8}创建|在建|筹建|筹备|筹划|拟(?:建|设|于|定|申报|用|投|引|购|新|在|开)|计划"
    "|规划(?:建|设|新|用|总|床|于|中)|打算|力争|争取|争创|有望|迎评"
    "|申报|申请|(?<!成功)创建(?!于|成功|成|了|为|以来)|即将|将(?:于|在|新|建|达|成|实现|增|投|会"
    "|要|搬|迁|扩|设|开|启|引|购|配|全面|继续)|预计|目标|冲刺|等待|尚待|有待"
    "|建成后|完工后|开工|动工|奠基|施工|封顶|选址|招标|立项|接近完工|基本建成|完工在即|准备(?:建"
    "|搬|开|引|新)"
)
_UNFINISHED = re.compile(_FUTURE)
_ASKED_FUTURE = re.compile(
    f"{_FUTURE}|会(?!议|诊|计|员|所|场|长)|(?<![需重主])要(?!求)|准备|想|将来|以后|未来|明年|将"
)
_NOT_DONE = (
    "正式|全面|全力|着手|开始|启动|申报|申请|计划|开工|进入|列入|纳入|签约|立项|动工|提交|递交"
    "|奠基|封顶|选址|获批"
)
_DONE = re.compile(
    f"已经?(?!经?(?:{_NOT_DONE}))|成功|荣获|获得|荣膺|通过了|晋升为|升格为|挂牌|建成(?!后)|完成了"
    f"|竣工|落成|投入使用|投用|启用"
    "|被(?:评|授|确定|命名|列|认定)"
)
_HEDGED = re.compile(
    "可能|或许|也许|大概|疑似|据传|不一定|未必|视情况|尚不|不确定|不详|原则上|试运行|试点|部分"
    "|有些|个别|大多|多数"
)
_PAST = re.compile("曾(?:经)?(?:是|为|有|属|叫|设|名)|原(?:为|是|名|属|有)|前身|一度")
_ASKED_PAST = re.compile("曾|原来?|以前|过去|前身|过(?![去程])|当年|那时")
_LIMITED = re.compile("(?:仅限|只限|仅对|只对|只供|仅供|只收|只接|仅收|仅接|专供)(.*)")
_FORBIDDEN = re.compile("不得|禁止|谢绝|拒绝|严禁|不允许|不可|不能|不准|不许|勿")
_ENGLISH_DENIED = re.compile(f"没有|不设|未设|尚未|不需|不用|无需|无须|{_FORBIDDEN.pattern}")
_ALLOWED = re.compile("可以|能|允许|准|让|可|得(?=带|进|入|拍)")
_GRADE = re.compile("[一二三]级(?:[甲乙丙特]等)?|国家级|省级|市级|县级")
# Another's grade: 与三级甲等医院合作.
_OTHERS_GRADE = re.compile(
    "(?:与|同|和|跟|由|来自|聘请|邀请|依托|联合|对标|按照?|参照|相当于|达到?).{0,14}$"
)
_RISEN = re.compile("升|晋|跃|变为|转为")
_SCOPES = re.compile(
    "世界|全球|国际|亚洲|全国|国内|全省|省内|全市|市内|全县|县内|全区|西南|西北|华[东南北中]|东北"
    "|[一-龥]{2}地区"
)
_SUPERLATIVE = re.compile("最|首[个家例批次所台]|第一[个家例批次所台]|唯一|独家|仅有")
_ONE_OF = re.compile("之一")
_ALL = re.compile("所有|全部|每[天个位家]|天天|全年|一律|统统|(?<![首成])都(?!市)")
_EXCEPT = re.compile("除了?([^,。;]{1,20}?)(?:之外|以外|外),?(.*)")
_ALSO = re.compile("还|也|另|又|更|均")
_OPPOSITES = (
    ("收费|要钱|花钱|付费|交钱|付钱", "免费|无偿|不收费|不要钱|不花钱|零收费"),
    ("公立|公办", "民营|私立|民办"),
    ("综合医院|综合性", "专科医院"),
    ("中医医?院", "西医医院"),
    ("(?<!非)[营盈]利", "非[营盈]利"),
    ("自愿", "强制|必须"),
    ("免费|无偿", r"\d元|收费\d|收取|自费|自理"),
    ("室内", "室外|露天"),
    ("先看病后|先诊疗后", "先付|先交|预交"),
)

# What a question is asked with, and says nothing of its matter.
_ASKING = re.compile(
    "有没有|是不是|能不能|会不会|可不可以|要不要|用不用|在不在|让不让|给不给|需不需要|难道|请问"
    "|是否|有无|可否|能否|(.)不\\1|没有?(?=[吗嘛?]|$)"
)
_RHETORICAL = re.compile("不是.*[吗嘛么?]|难道|不就|岂不|莫非")
_BOUNDS = re.compile("超过|不到|不足|多于|少于|大于|不止|至少|以上|以下|可以|上[百千万]|左右")
_CUTS = re.compile(
    r"\d[\d,.]*[万亿]?(?:[余多])?[年月日张名台个位层家所座栋元]?"
    "|[吗嘛么吧呢啊呀?!,.。、;:\"'()的了着过是有在可能会要想让给被把将为和与跟及到也都还就又很请问这那它们您你我个家所得需拟]|医院|已经|以前|现在|目前|允许"
    "|如果|时候|没|不|里|属于|成为|拥有|配备|提供|支持"
)
_HAN_ONLY = re.compile("[\u4e00-\u9fff]")
_TERM = re.compile(r"[a-z][a-z0-9.+-]*|\d+(?:\.\d+)?[a-z]+")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A yes-no question: its text, its pieces that tell of what it is, and its negation."""

    text: str
    pieces: tuple[str, ...]
    negated: bool
    english: bool

    @classmethod
    def from_text(cls, question: str) -> "_Asked":
        folded = fold(question)
        english = not _HAN_ONLY.search(folded)
        text = _plain(_translated(folded) if english else folded)
        bare = _ASKING.sub(" ", text)
        rhetorical = bool(_RHETORICAL.search(bare)) or english
        pieces = [
            piece
            for piece in _CUTS.sub(" ", _BOUNDS.sub(" ", bare)).split()
            if _HAN_ONLY.search(piece)
        ]
        negated = not rhetorical and _negations(_BOUNDS.sub("", bare)) % 2 == 1
        return cls(text, tuple(pieces), negated, english)

    def told_in(self, clause: str) -> float:
        """Return how much of what was asked a clause speaks of, its last piece counting most."""
        if not self.pieces:
            return 0.0
        *rest, last = self.pieces
        about = _shared(last, clause)
        return about and 2 * about + 0.5 * sum(_shared(piece, clause) > 0 for piece in rest)


def polarity(question: str, quote: str) -> Polarity:
    """Return whether `quote` affirms the yes-no question; in doubt it is not clear.

    >>> polarity("是三甲医院吗？", "医院正在创建三级甲等医院。")
    'not_yet'
    >>> polarity("是三甲吗", "是一所二级甲等医院"), polarity("有直升机吗", "配有救援直升机")
    ('no', 'yes')
    >>> polarity("有超过500张床吗", "现有床位620张"), polarity("有食堂吗", "设有停车场")
    ('yes', 'not_clear')
    """
    asked, said = _Asked.from_text(question), _plain(fold(quote))
    if excepted := _by_exception(asked, said):
        return excepted
    # 除了…外，还… says both; any other exception is of no matter here.
    said = _EXCEPT.sub(lambda one: f"{one[1] if _ALSO.search(one[2]) else ''},{one[2]}", said)
    clauses = [clause for clause in re.split(r"[;。!?:]|,(?!\d{3})|(?<!\d),", said) if clause]
    if not clauses:
        return "not_clear"
    told = [asked.told_in(clause) for clause in clauses]
    best = max(told)
    if best == 0 and not asked.english and asked.pieces:
        sure = _by_grade(asked, said) or _by_amount(asked, said) or _by_opposite(asked, said)
        return sure or "not_clear"
    outcomes = {
        _outcome(asked, clause) for clause, much in zip(clauses, told, strict=True) if much == best
    }
    return outcomes.pop() if len(outcomes) == 1 else _settled(outcomes)


def _settled(outcomes: set[Polarity]) -> Polarity:
    """Return the outcome of clauses that speak of the question alike and do not agree."""
    return "not_yet" if outcomes == {"yes", "not_yet"} else "not_clear"


def _outcome(asked: _Asked, clause: str) -> Polarity:
    """Return the outcome of the first sign that a clause gives, else that it affirms."""
    signs: tuple[Callable[[_Asked, str], Polarity | None], ...] = (
        _by_grade,
        _by_amount,
        _by_term,
        _by_opposite,
        _by_time,
        _by_reach,
        _by_negation,
    )
    return next((found for sign in signs if (found := sign(asked, clause))), "yes")


def _by_exception(asked: _Asked, said: str) -> Polarity | None:
    """Tell whether what was asked is what the quote excepts (除周一外每天开放)."""
    found = _EXCEPT.search(said)
    if found is None or _ALSO.search(found[2]):
        return None
    if any(_shared(piece, found[1]) >= 1 for piece in asked.pieces):
        denied = _negations(found[2]) % 2 == 1
        return "yes" if denied != asked.negated else "no"
    return "not_clear" if _ALL.search(asked.text) else None


def _by_grade(asked: _Asked, clause: str) -> Polarity | None:
    supposed = _GRADE.search(asked.text)
    found = list(_GRADE.finditer(clause))
    if supposed is None or not found:
        return None
    # Who has risen from one grade to another has the second.
    risen = len(found) > 1 and _RISEN.search(clause)
    if not risen and _OTHERS_GRADE.search(clause[: found[-1].start()]):
        return "not_clear"
    grades = [found[-1][0]] if risen else [one[0] for one in found]
    if any(grade.startswith(supposed[0]) for grade in grades):
        return None
    if any(supposed[0].startswith(grade) for grade in grades):
        return "not_clear"
    return "yes" if asked.negated else "no"


def _by_amount(asked: _Asked, clause: str) -> Polarity | None:
    """Compare the figures that the question supposes with those of the same unit."""
    for supposed in amounts_in(_without_articles(asked.text), as_bound=True):
        found = [one for one in amounts_in(clause) if one.unit == supposed.unit]
        if not found:
            continue
        fits = [_fits(supposed, one) for one in found]
        if True in fits:
            return None if len(set(fits)) == 1 or supposed.low == supposed.high else "not_clear"
        if None in fits or _UNFINISHED.search(clause):
            return "not_clear"
        return "yes" if asked.negated else "no"
    return None


def _fits(supposed: Amount, found: Amount) -> bool | None:
    """Tell whether a figure is as supposed; None where it may be or not."""
    if found.low >= supposed.low and found.high <= supposed.high:
        return True
    if found.high < supposed.low or found.low > supposed.high:
        near = supposed.high * (1 - _ROUGHLY) <= found.high and found.low <= supposed.low * (
            1 + _ROUGHLY
        )
        return None if near and found.low < found.high else False
    return None


def _by_term(asked: _Asked, clause: str) -> Polarity | None:
    """Doubt a clause without the Latin term that a Chinese question names (PET-CT, 3.0T)."""
    if asked.english or all(term in clause for term in _TERM.findall(asked.text)):
        return None
    return "not_clear"


def _by_opposite(asked: _Asked, clause: str) -> Polarity | None:
    for pair in _OPPOSITES:
        for one, other in (pair, pair[::-1]):
            if re.search(one, asked.text) and re.search(other, clause):
                if re.search(one, re.sub(other, "", clause)):
                    return "not_clear"
                if not re.search(other, re.sub(one, "", asked.text)):
                    return "yes" if asked.negated else "no"
    return None


def _by_time(asked: _Asked, clause: str) -> Polarity | None:
    planned, done = _UNFINISHED.search(clause), _DONE.search(clause)
    if planned and not _ASKED_FUTURE.search(asked.text):
        # What is done after a plan's word (计划明年建成) is a part of the plan.
        return "not_clear" if done and done.start() < planned.start() else "not_yet"
    if _PAST.search(clause) and not _ASKED_PAST.search(asked.text):
        return "not_clear"
    return None


def _by_reach(asked: _Asked, clause: str) -> Polarity | None:
    """Doubt a clause that says less than was asked: 全省 for 全国, 之一, only for some."""
    if _HEDGED.search(clause) and not _HEDGED.search(asked.text):
        return "not_clear"
    scopes = set(_SCOPES.findall(asked.text))
    if scopes and _SCOPES.search(clause) and scopes.isdisjoint(_SCOPES.findall(clause)):
        return "not_clear"
    if _SUPERLATIVE.search(asked.text):
        one_of = _ONE_OF.search(clause) and not _ONE_OF.search(asked.text)
        if one_of or not _SUPERLATIVE.search(clause):
            return "not_clear"
    limited = _LIMITED.search(clause)
    if limited and not any(_shared(piece, limited[1]) for piece in asked.pieces[:1]):
        return "not_clear"
    return None


def _by_negation(asked: _Asked, clause: str) -> Polarity | None:
    bare = _NO_NEGATION.sub("", clause)
    found = list(_NEGATION.finditer(bare))
    if len(found) % 2 == 0:
        return "no" if asked.negated and not found else None
    scope = bare[found[-1].start() :]
    about = (
        bool(_ENDS_NEGATED.search(bare))
        or any(scope[1:] == char for char in asked.text if _HAN_ONLY.match(char))
        or any(_shared(piece, scope) >= 1 for piece in asked.pieces[-1:])
        or bool(_FORBIDDEN.search(scope) and _ALLOWED.search(asked.text))
        or (asked.english and bool(_ENGLISH_DENIED.match(scope)))
    )
    # What is denied may be something else: 食堂不对外营业 does not say that there is none.
    if not about:
        return "not_clear"
    return None if asked.negated else "no"


def _negations(text: str) -> int:
    return len(_NEGATION.findall(_NO_NEGATION.sub("", text)))


def _shared(piece: str, text: str) -> float:
    """Return how much of a piece of the question a text has: its pairs of characters, or half."""
    pairs = [piece[i : i + 2] for i in range(len(piece) - 1)]
    if hit := sum(pair in text for pair in pairs):
        return 1 + hit / len(pairs)
    if len(piece) <= 2:  # noqa: PLR2004  (one of two characters is half of the piece)
        return 0.5 * any(char in text for char in piece) * (2 if len(piece) == 1 else 1)
    return 0.0


def _without_articles(asked: str) -> str:
    """Drop a 一 that is no count: 是一家公立医院吗."""
    return re.sub("(?<![十百千万只仅第])一(?=[个家所名位种次座台])", "", asked)


def _translated(question: str) -> str:
    """Put what matters of an English question in the words of Chinese quotes."""
    for pattern, chinese in _ENGLISH:
        question = re.sub(pattern, chinese, question)
    return re.sub("(超过|不到) (?=\\d)", r"\1", question)


def _plain(folded: str) -> str:
    text = re.sub(r"\s+", "", folded)
    for written, same in _SAME.items():
        text = text.replace(written, same)
    return text
