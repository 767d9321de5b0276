"""Names of hospitals and similar institutions in a raw page, which may break lines within a name.

A name is found from its end (医院, 卫生院 …) backwards over jieba's words: what tells the kind
(第三, 人民, 妇幼保健), then a place, a university or a proper noun, which it must hold. Leaves out:
any list of institutions, and names in Latin letters.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from corpus.institutions import proper_nouns
from corpus.lazy_pattern import lazy_pattern

_HAN = "\u4e00-\u9fff"
ENDINGS = (
    "疾病预防控制中心|疾控中心|精神卫生中心|社区卫生服务中心|妇幼保健计划生育服务中心"
    "|精神病院|卫生院|保健院|疗养院|防治院|医院"
)
_ENDING = lazy_pattern(ENDINGS)
_HEAD = lazy_pattern(f"[{_HAN}0-9]{{1,30}}$")
# A word that ends in 医院 only as a part of something else, or as any hospital.
_AFTER = lazy_pattern("[式型级]")
# What tells the kind of an institution, never which one it is.
_KIND_WORDS = """
    人民 中心 中医 中西医 中西医结合 结合 妇幼 保健 妇幼保健 妇女 儿童 妇女儿童 妇产 妇产科 产科
    肿瘤 胸科 口腔 眼科 骨科 骨伤 正骨 精神 精神病 精神病专科 精神卫生 心理 传染病 职业病 结核病
    皮肤病 皮肤 性病 脑科 心脑血管 心血管 心血管病 心血管病医院 胸痛 肛肠 肝病 肝胆 外科 内科
    康复 老年 老年病 老年医学 护理 急救 荣军 社会福利 附属 直属 总 医学院 医科 临床 蒙医 藏医
    维医 民族 民族医 蒙 藏 军区 武警 部队 职工 工人 铁路 矿务局 第一临床 耳鼻喉 耳鼻喉科 整形
    美容 生殖 专科 综合 传染 防治 肺科 血液病 风湿 肾病 糖尿病 疼痛 卫生 中医药 红十字 红十字会
    军人 省立 市立 县立 公共 公共卫生 科 病 医 第
"""
_KIND = frozenset(_KIND_WORDS.split())
_ORDINAL = lazy_pattern("第?[零〇一二三四五六七八九十百0-9]+")
_LEVEL_WORDS = """
    省 市 县 区 州 旗 盟 镇 乡 自治区 自治州 自治县 街道 新区 开发区 专区
"""
_LEVEL = frozenset(_LEVEL_WORDS.split())
_PLACE = lazy_pattern(f"[{_HAN}]{{2,}}(?:省|市|县|区|州|旗|盟|镇|乡)")
_UNIVERSITY = lazy_pattern("大学|学院$")
# Words that no name of one institution holds.
_GENERIC_WORDS = """
    三甲 二甲 三级 二级 一级 甲等 乙等 公立 民营 私立 互联网 智慧 大型 基层 县级 市级 省级
    国家级 乡镇 社区 定点 方舱 示范 教学 现代 清廉 知名 著名 优质 龙头 成员 协作 合作 分 上级
    下级 对口 帮扶 国内 国际 顶尖 传统 爱婴 满意 放心 百姓 群众 标杆 托管 网络 数字 数字化 智能
    绿色 平安 文明 区域 县域 研究型 学习型 等级 评审 重点 全国 全省 全市 全县 全区 我省 我市
    我县 我区 本省 本市 本县 该省 该市 该县 各省 各市 各县 各级 各地 外地 当地 农村 城市 城乡
    单位 样板 特色 品牌 高水平 一流 先进 优秀 品质 人文 温馨 健康 移动 云 附近 牵头 试点 紧密型
    医共体 医联体 名牌 同级 同类 兄弟 核心 多家 几家 一家 两家 家 所 各 等 该 本 我 贵 大 小 好
    新 老 此 某 名 县区 市县 县乡 区县 省市 地市 省内 市内 县内 区内 地区 本地 全院 总院 院 级
    型 式 化 地 座 间 类 个 旧 强 美 真 正规 普通 一般 县城 城里 城区 市区 省城 首都 首家 首个
    唯一 最大 最佳 百强
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_FUNCTION = lazy_pattern(
    "[的了在是有和与跟及或去到给从被把让请问对向比哪那这两几多少每你他她它您咱们什么怎样知想看查叫吗"
    "呢吧据由为赴来于以将已又并则其之者因如若说称至经即而且使按获派往入进出做当任就还也均都能会可要"
    "不无非更最很]"
)
_RARE = 50  # times that jieba's sources have a word; 捐给 39, 挂号 69
# What joins too, and begins a name here and there: 距茶汀县, but 访仙镇.
_SELDOM = frozenset("距离抵返跨再住送记访同请增停归移改设办")
_NO_NAME_TAGS_WORDS = """
    v vd vq d p c r m q t y u ud ug uj ul uv uz f zg i l
"""
_NO_NAME_TAGS = frozenset(_NO_NAME_TAGS_WORDS.split())
_LONGEST_BRAND = 6  # characters of ordinary words between a place and 医院: 荣复军人医院
_SHORTEST = 2  # characters of a place's or brand's name
_ONE = lazy_pattern(f"[{_HAN}]")
# With a level any place, or a market: 全市, 夜市, 收市.
_ANY = frozenset(
    "全各本该我某每上入收开休闭罢退夜早晚股楼车房花菜药茶书债汇期彩邮灯集牛熊超街行黑鬼闹"
)
_BEGINS_A_PLACE = frozenset("大小新老美云")  # that mean any hospital before 医院: 大埠市
_LONGEST_UNKNOWN = 4  # characters of a name that jieba does not know
# Universities that lack their own name.
_UNIVERSITIES_WORDS = """
    大学 学院 医学院 医科大学 中医药大学 中医学院 医药大学 中医大学
"""
_UNIVERSITIES = frozenset(_UNIVERSITIES_WORDS.split())
_TELLING_WORDS = """
    人民 中心 中医 妇幼 妇幼保健 附属 儿童
"""
_TELLING = frozenset(_TELLING_WORDS.split())
_ANY_OF_A_PROVINCE = lazy_pattern(f"[{_HAN}]+(?:省|自治区)医院")  # 河南省医院行风建设
_NO_HEAD = lazy_pattern("(?:医科)?大学|(?:医)?学院|[省市县区镇乡州]")


@dataclass(frozen=True, slots=True)
class InstitutionName:
    """A name without its white space, and where it stands: half-open offsets in the raw text.

    A partial name begins with what it leaves the reader to complete: 市第二人民医院.
    """

    name: str
    start: int
    end: int

    @property
    def is_partial(self) -> bool:
        """Tell whether the place is only called the city, the county and so on."""
        return is_partial(self.name)


def is_partial(name: str) -> bool:
    """Tell whether a name begins with what it leaves the reader to complete.

    >>> is_partial("市第二人民医院"), is_partial("县立医院"), is_partial("镇江市人民医院")
    (True, False, False)
    """
    if name[0] not in "省市县区镇乡" or name[1:2] in "立直":
        return False
    first = cut(name[1:])[0]
    return _kind(first) == "kind" or first.endswith(("院", "中心", "疾控"))


def institution_names(text: str) -> tuple[InstitutionName, ...]:
    r"""Return the names in order; a province before a city's name is not part of it.

    >>> [n.name for n in institution_names("记者从青禾市妇幼保健\n院获悉，三甲医院不多")]
    ['青禾市妇幼保健院']
    """
    joined = Joined.of(text)
    found: list[InstitutionName] = []
    for match in _ENDING.finditer(joined.text):
        if _AFTER.match(joined.text, match.end()):
            continue
        head = _HEAD.search(joined.text[max(0, match.start() - 30) : match.start()])
        if head is None:
            continue
        begin = _begin(joined, match.start() - len(head[0]), match.start())
        if begin is None or (found and joined.offsets[begin] < found[-1].end):
            continue
        if _ANY_OF_A_PROVINCE.fullmatch(joined.text, begin, match.end()):
            continue
        start, end = joined.span(begin, match.end())
        found.append(InstitutionName(joined.text[begin : match.end()], start, end))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Joined:
    """A text without its white space; character i stood at `offsets[i]`."""

    text: str
    offsets: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Joined":
        """Take the white space out."""
        offsets = tuple(at for at, char in enumerate(text) if not char.isspace())
        return cls("".join(text[at] for at in offsets), offsets)

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Return the range in the raw text."""
        return self.offsets[begin], self.offsets[end - 1] + 1

    def breaks(self, at: int) -> bool:
        """Tell whether white space stood before character `at`."""
        return at > 0 and self.offsets[at] - self.offsets[at - 1] > 1


def _begin(joined: Joined, first: int, end: int) -> int | None:
    """Return where the name begins whose ending starts at `end`; None when it is no name."""
    first = _after_another_word(joined, first, end)
    words = cut(joined.text[first:end])
    core = _core(words)
    if core is None or _NO_HEAD.fullmatch("".join(words[core:])):
        return None
    start = first + sum(map(len, words[:core]))
    while (core and not joined.breaks(start)) or _is_joined(words, core):
        taken = _larger(words, core)
        if not taken:
            break
        core -= taken
        start = first + sum(map(len, words[:core]))
    return start


def _after_another_word(joined: Joined, first: int, end: int) -> int:
    """Return where the last 市, 县 and so on stands that no name of a place was broken before.

    In 下午回家 市二医院 the space stands between two things; `first` where there is none such.
    """
    for at in range(end - 1, first, -1):
        if joined.text[at] in _LEVEL and joined.breaks(at):
            words = cut(joined.text[first:at])
            words = words[len(words) - _place_before(words) :]
            is_a_place = "".join((*words, joined.text[at])) in proper_nouns()
            if not is_a_place and any(len(one) > 1 and _kind(one) == "brand" for one in words):
                return at
    return first


def _core(words: Sequence[str]) -> int | None:
    """Return the number of the word that the nearest place or proper noun begins with."""
    brand, run, telling, unknown = 0, 0, False, None
    for number in range(len(words) - 1, -1, -1):
        word, kind = words[number], _kind(words[number])
        if kind == "level":
            of_university = word == "州" and not _UNIVERSITIES.isdisjoint(words[number + 1 :][:1])
            end = number + 1 if of_university else number  # 骞州医学院
            return end - _place_before(words[:end])
        if kind == "proper" and len(word) > 1:
            return number
        if kind == "stop":
            break
        if kind == "kind":
            run, telling = 0, telling or word in _TELLING or bool(_ORDINAL.fullmatch(word))
            continue
        brand += len(word)
        run = run + 1 if len(word) == 1 else 0
        if telling and unknown is None and _SHORTEST <= max(run, len(word)) <= _LONGEST_UNKNOWN:
            unknown = number
        if brand > _LONGEST_BRAND:
            break
    return unknown


def _larger(words: Sequence[str], core: int) -> int:
    """Return how many words before the name belong to it: a university, or the larger place."""
    if core == 0 or words[core] in _LEVEL:
        return 0
    before = words[core - 1]
    kind = _kind(before)
    if _UNIVERSITY.search(before):
        return 1
    if words[core] in _UNIVERSITIES:
        return _university_before(words[:core])
    if kind == "kind":
        return 1 if core > 1 and _is_joined(words, core - 1) else 0
    if kind == "level" and before in "市州县":
        own = _place_before(words[: core - 1])
        return own + 1 if own else 0
    city = _PLACE.match("".join(words[core:])[:6])
    if _is_place(before):
        return 0 if city and before.endswith(("省", "自治区")) else 1
    return int(kind == "proper" and not city)


def _university_before(words: Sequence[str]) -> int:
    """Return how many words before 大学 or 医学院 are its own name."""
    if _ORDINAL.fullmatch(words[-1]):
        return 2 if len(words) > 1 and _kind(words[-2]) == "proper" else 0
    if _kind(words[-1]) == "proper":
        return 1
    return 1 if len(words[-1]) > 1 and words[-1] not in _GENERIC else _place_before(words)


def _is_joined(words: Sequence[str], core: int) -> bool:
    """Tell whether a university stands before the name, perhaps with 附属 between."""
    left = list(words[:core])
    while left and left[-1] in {"附属", "直属", "医学院"}:
        left.pop()
    return bool(core and (len(left) < core or (left and _UNIVERSITY.search(left[-1]))))


def _place_before(words: Sequence[str]) -> int:
    """Return how many words before 市, 县 and so on are the place's own name."""
    length = taken = 0
    for number in range(len(words) - 1, -1, -1):
        word = words[number]
        own = _ends_a_place(words[: number + 1]) if not taken else word in _BEGINS_A_PLACE
        may_be = own or (_kind(word) in {"brand", "proper"} and (taken or word not in _SELDOM))
        if length >= _SHORTEST or not may_be:
            break
        length += len(word)
        taken += 1
    if length == _SHORTEST and _begins_after_all(words[: len(words) - taken]):
        taken += 1  # 翠屏江区
    return taken if length >= _SHORTEST else 0


def _begins_after_all(words: Sequence[str]) -> bool:
    """Tell whether a name begins with the last word, as nothing goes on before it."""
    before = words[-2:-1]
    ends = not before or _kind(before[0]) == "stop" or before[0] in _SELDOM
    return _is_of_a_name(words) and ends


def _ends_a_place(words: Sequence[str]) -> bool:
    """Tell whether the last word, which has a sense of its own, ends a name: 潞州区, 清和市."""
    return words[-1] in "州云" or (words[-1] in "和都" and _is_of_a_name(words[:-1]))


def _is_of_a_name(words: Sequence[str]) -> bool:
    """Tell whether the last word is one Chinese character that only a name would have here."""
    if not words or _ONE.fullmatch(words[-1]) is None or words[-1] in _SELDOM:
        return False
    return words[-1] == "云" or _kind(words[-1]) in {"brand", "proper"}


def _is_place(word: str) -> bool:
    return _PLACE.fullmatch(word) is not None


def _kind(word: str) -> str:
    """Sort a word: kind, level, proper, brand (anything a name may hold) or stop."""
    if word in _KIND or _ORDINAL.fullmatch(word):
        return "kind"
    if word in _GENERIC or (len(word) == 1 and _FUNCTION.match(word)):
        return "stop"
    if word in _LEVEL:
        return "level"
    if word in proper_nouns() or _is_place(word) or _UNIVERSITY.search(word):
        return "proper"
    return "stop" if len(word) > 1 and word in _no_names() else "brand"


def cut(head: str) -> list[str]:
    """Cut with jieba's dictionary; 市中心 is cut in two, as 中心 tells the kind here."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    words: list[str] = []
    for word in jieba.dt.cut(head, HMM=False):
        # The dictionary has 州市 and 沙县, but not 霁州 or 荷沙.
        words += word if _is_the_end_of_a_place(word, words) else _parts(word)
    return words


def seldom_written(word: str) -> bool:
    """Tell whether the sources of jieba's dictionary have a word hardly ever."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()  # which does nothing when it was done
    return int(jieba.dt.FREQ.get(word, 0)) <= _RARE


def _is_the_end_of_a_place(word: str, before: Sequence[str]) -> bool:
    """Tell whether a word such as 州市 is that only after other characters: not 全市, 专区."""
    two = len(word) == _SHORTEST and word[1] in _LEVEL and _is_of_a_name(before)
    return two and word[0] not in _ANY and word not in _LEVEL and word not in _no_names()


def _parts(word: str) -> Iterator[str]:
    level, rest = word[:1], word[1:]
    if level in _LEVEL and rest in _KIND:
        yield from (level, rest)
    else:
        yield word


def tells_the_kind(text: str) -> bool:
    """Tell whether a text holds nothing but what tells the kind of an institution: 妇幼, 中心.

    >>> tells_the_kind("第二人民"), tells_the_kind("和平")
    (True, False)
    """
    return all(_kind(word) in {"kind", "level"} for word in cut(text))


def is_kind_word(word: str) -> bool:
    """Tell whether a word tells the kind of an institution; no dictionary is read for it."""
    return word in _KIND


def is_function_word(word: str) -> bool:
    """Tell whether a word is one character that joins others and is in hardly any name: 由."""
    return len(word) == 1 and _FUNCTION.match(word) is not None


def seldom_begins_a_name(word: str) -> bool:
    """Tell whether a word is one character that joins others too, and is seldom in a name: 距."""
    return word in _SELDOM


@cache
def generic_words() -> frozenset[str]:
    """Return words of two characters and more that describe hospitals and name none."""
    return frozenset(word for word in _GENERIC if len(word) > 1)


@cache
def _no_names() -> frozenset[str]:
    """Return the words of jieba's dictionary that are verbs, pronouns, numbers and so on."""
    from jieba import get_dict_file

    with get_dict_file() as file:
        rows = (line.decode("utf-8").split(" ") for line in file)
        return frozenset(
            word for word, _, tag in rows if len(word) > 1 and tag.strip() in _NO_NAME_TAGS
        )
