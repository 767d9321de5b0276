"""Understanding a question: `understand()` is the only bridge from what was typed to a `Query`."""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.fold import fold, is_traditional
from corpus.institutions import Institutions, KnownWords, institutions
from corpus.lazy_pattern import lazy_pattern
from corpus.names import Gazetteer, Mention, blank
from qa.asking import asking
from qa.comparison import superlative
from qa.follow_up import Asked, in_the_light_of, of_the_place_before
from qa.model import Kind, Language, Message, Query
from qa.naming import COMPARING, as_named, canonical, hospitals_in, names_of, with_short_names
from qa.sides import sides
from qa.spelling import Spelling
from qa.values import asked_detail

MAX_QUESTION = 2000  # characters

_CONTROL = lazy_pattern(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

_SET = lazy_pattern(
    "(?:哪些|哪[几两二三四五六七八九十\\d][家间個个所]?|哪[个個]|有没有|几[家间所])(?:公立|民营)?大?医院|哪些(?:地方|单位)"
    "|哪[一几两二三四五六七八九十]?[家间所](?!公司|企业|.{0,6}学[院校]|.{0,4}[大中小]学|学|高校|院校|医专|卫校|银行|工厂|饭店|酒店)"
    "|谁家有|的有(?:哪些|哪几[家间个])[?？]*$|边几?[间家]|医院[是有]?(?:哪[些几]|都有谁)"
    "|which (?:of the )?hospitals?|what hospitals"
)
_NO_REASON = "^(?!.*(?:为[啥什何]|图[个的]?[啥什])).*"  # 为啥给几种病定步骤
_WHAT = "[^,。?;]*[了个](?:什么|啥)"  # 几个科一起搭了个什么: a figure is told, not asked for
# What is asked for; tried in this order, and the first that matches decides.
_VALUES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "yesno",
        lazy_pattern(
            r"^(?:(?:at|in|for|on) [^,]{1,60}, )?(?:is|are|was|were|does|did|has|have|had) "
            r"(?!you\b|any(?:one|body)\b)(?!.*\b(?:or|than|how|what|when|where|why)\b)"
        ),
    ),
    # 还看挣多少钱吗 wants no figure, but 知道多少钱吗 does.
    ("yesno", lazy_pattern("^(?!.*(?:知道|晓得|清楚|告诉|请问)).*多少\\w{0,6}[吗嘛][?？。\\s]*$")),
    ("number", lazy_pattern("what (?:percentage|proportion|share) of")),
    (
        "money",
        lazy_pattern(
            "多少钱(?!吗)|收费(?:几何|多少|几多)|多少银[子两]|[几好]多钱|多少[万亿]?元|几块钱|[几多少][个多]?亿|收费标准|怎么收费|价钱|"
            "工资多少|多少工资|how much (?:does|do|did|is|are|was|were)(?! the (?:area|floor))|"
            r"\bsalary\b|\bprice\b|\bfees?\b|\bcosts?\b"
        ),
    ),
    (
        "phone",
        lazy_pattern(
            "(?:电话|手机|热线)(?:号码?|是|多少|几|有吗|有冇|有没有|呢|[?？。\\s]*$)|(?:什么|哪个|哪一个|边个)(?:电话|热线)"
            "|[打拨](?:多少|什么|哪个|几)号"
            "|联系方式|总机|phone number|telephone(?: number)?|hotline number|what .{0,20}hotline"
        ),
    ),
    (
        "weekday",
        lazy_pattern(
            "(?<!每)(?:周|星期|礼拜)几|每(?:周|星期|礼拜)几(?=[坐出开上有能来看休放营晚早下在会到,?？]|$)"
            "|[每一]周哪几?[天日]"
            "|what days? of the week|which weekdays?"
        ),
    ),
    (
        "address",
        lazy_pattern(
            "地址|门牌|哪[条个一][街路巷]|在什么[街路]|\\baddress\\b|which (?:street|road)"
        ),
    ),
    (
        "hours",
        lazy_pattern(
            "几点|开放时间|上班时间|营业时间|门诊时间|探视时间|"
            "opening (?:time|hour)|visiting hours|what time"
        ),
    ),
    (
        "date",
        lazy_pattern(
            "什么时候|啥时候|啥时|何时|几时|哪一?[年月天日]|几[月号]|多会儿|年份|年头|日期|边年|更[久早老]|"
            r"[哪谁].{0,6}(?:[久早]|老(?=[?？。,\s]|$|些|一[点些]|[呢啊呀])|岁数)"
            r"|^(?:.{0,40}[,:] *)?when\b"
            r"|(?:know|tell me|wonder|say|ask|remember|exactly|sure|since|and|or) when\b"
            r"|\bwhen (?:did|was|were|is|are|will|does|do|has|had)\b|\bolder\b"
            "|(?:what|which) (?:year|date|month)|how (?:old|long ago)"
        ),
    ),
    (
        "list",
        lazy_pattern(
            "哪些|哪几|有什么|都有啥|分别|列出|列举|边几|包括|which .*s\\b|\\blist\\b|what are"
        ),
    ),
    (
        "number",
        lazy_pattern(
            f"多少|百分之几|{_NO_REASON}(?:几[个名位张台家间项种次条人分类天年所层架批期支床岁步]|[占有]几)(?!{_WHAT})|第几|几成|比例|数量|"
            "人数|规模|(?:床位|总)数[?？\\s]*$|[诊术]量[?？\\s]*$|多大|多长|多久|多高|号人|"
            "how (?:many|much|large|big|long)|number of|what percentage"
        ),
    ),
    (
        "person",
        lazy_pattern(
            r"谁|哪一?位|[叫姓](?:什么|啥|甚|[咩乜])|姓名|贵姓|边个|\bwho\b|\bwhose\b|name of"
            r"|\bwhich (?:surgeon|doctor|physician|nurse|expert|professor|teacher|official|driver"
            r"|player|athlete|coach|judge|wom[ae]n|m[ae]n)\b"
        ),
    ),
    ("place", lazy_pattern(r"哪里|哪儿|在哪|什么地方|何处|地址|边度|喺边|\bwhere\b|address")),
    (
        "yesno",
        lazy_pattern(
            r"(?:[吗吧]|(?<!干)嘛|(?<![什甚怎那这多])么)[呀啊?？。\s]*$|(?:..没有?|咗.{0,8}未)[呀啊?？。\s]*$|真的假的|真定假|对不对[呀啊?？。\s]*$|是不是|有没有|能不能|可不可以|会不会|是否|有无|可否|有冇|系咪|系唔系|"
            r"(\w)[不唔]\1|^(?:is|are|does|do|did|has|have|can|was|were|will|had)\b"
        ),
    ),
)


# A follow-up that says what it asks for: 这家医院帮扶哪个县 is not about whom the last one was.
_ASKS_ITSELF = lazy_pattern("[哪啥谁怎咩乜]|什么|为何|\\b(?:what|which|who|how|why)\\b")

_WHICH_YEAR = lazy_pattern("哪一?[年届次].{0,6}[多少高低快慢大](?!时候)")
# 谁历史更久, 哪家医院岁数最大: told as when they were founded.
_AGE = lazy_pattern(
    "(?<=[谁院家个所])的?(?:(?:历史|岁数|年头|资格)[更最]?(?:比较)?(?:悠久|[久长大老])|[更最]老)"
)


def understand(
    question: str,
    history: Sequence[Message],
    gazetteer: Gazetteer,
    known: KnownWords,
    spelling: Spelling,
    hospital: str | None = None,
) -> Query:
    """Return what `question` asks, in the light of `history`.

    `hospital` limits the answer to one hospital, by name or alias, whatever the question says.
    Raises ValueError when the question is empty or too long, or `hospital` is not known.
    """
    text = clean(question)
    folded, mentions = _spelled(fold(text), gazetteer, spelling)
    if not wants_a_set(folded):
        mentions = of_the_place_before(history, folded, mentions, gazetteer)
    others = _others(institutions(text, blank(folded, mentions), known), folded, mentions)
    if not others.unknown and not others.mentioned:
        mentions = with_short_names(folded, mentions, gazetteer)
    if mentions and _is_another(folded, mentions, others):
        mentions = ()
    if mentions and not (others.unknown and COMPARING.search(folded)):
        others = Institutions()
    meant = names_of(mentions)
    if not meant and not others.unknown:
        # The documents' own name for one in Latin letters may be that of a hospital of ours.
        meant = names_of(gazetteer.find("、".join(others.mentioned)))
        others = Institutions() if meant else others
    limited = _only(hospital, gazetteer) if hospital is not None else meant
    asked = Asked(canonical(folded, mentions), limited, wants_a_set(folded))
    if not others.unknown and not others.mentioned:
        asked = in_the_light_of(history, asked, folded, mentions, gazetteer)
    asked = _by_age(asked)
    value = _value_of(asked)
    compared = () if len(asked.hospitals) > 1 else sides(asked.text[asked.own_from :])
    two = len(asked.hospitals) > 1 or compared
    return Query(
        question=text,
        text=asked.text,
        language=_language(text, folded),
        kind=_kind(asked, value),
        value="number" if two and _compares_figures(folded, value) else value,
        hospitals=asked.hospitals,
        unknown=others.unknown,
        mentioned=others.mentioned or tuple(filter(None, [asked.place])),
        follow_up=asked.follow_up,
        own_from=asked.own_from,
        sides=compared,
    )


def _others(found: Institutions, folded: str, mentions: Sequence[Mention]) -> Institutions:
    """Leave out the names in Latin letters of which the only one that is known is a part."""
    known = [folded[mention.start : mention.end] for mention in mentions]
    latin = [name for name in known if name.isascii() and folded.count(name) == 1]
    unknown = (name for name in found.unknown if not any(one in fold(name) for one in latin))
    return Institutions(tuple(unknown), found.mentioned)


def _compares_figures(folded: str, value: Kind) -> bool:
    """Tell whether what is compared is told by a figure; which year was better is, too."""
    return COMPARING.search(folded) is not None and (
        value != "date" or _WHICH_YEAR.search(folded) is not None
    )


def _is_another(folded: str, mentions: Sequence[Mention], others: Institutions) -> bool:
    """Tell whether the question has another hospital's name in Chinese beside English words.

    Those are then its translation, however near they come to a hospital that is known.
    """
    english = all(folded[mention.start : mention.end].isascii() for mention in mentions)
    written = (name for name in (*others.unknown, *others.mentioned) if name in folded)
    return english and not all(map(str.isascii, written))


def clean(question: str) -> str:
    """Return the question without control characters, lone surrogates and outer white space.

    Raises ValueError when nothing is left or it is longer than MAX_QUESTION.
    """
    text = question.encode("utf-8", "replace").decode("utf-8")
    text = " ".join(_CONTROL.sub(" ", text).split())
    if not text:
        raise ValueError("the question is empty; ask something, such as 大同五院有多少台透析机？")
    if len(text) > MAX_QUESTION:
        raise ValueError(
            f"the question has {len(text):,} characters; {MAX_QUESTION:,} are the limit, so ask "
            "about one thing at a time"
        )
    return text


def _spelled(
    folded: str, gazetteer: Gazetteer, spelling: Spelling
) -> tuple[str, tuple[Mention, ...]]:
    """Return the question as the documents spell it, and the names in it."""
    folded = as_named(folded)
    mentions = gazetteer.find(folded)
    parts, at = [], 0
    for mention in mentions:
        parts += [spelling.respell(folded[at : mention.start]), folded[mention.start : mention.end]]
        at = mention.end
    spelled = "".join([*parts, spelling.respell(folded[at:])])
    if spelled == folded:
        return spelled, mentions
    return spelled, gazetteer.find(spelled)


def wants_a_set(folded: str) -> bool:
    """Tell whether the question asks which hospitals (do something)."""
    return _SET.search(folded) is not None


def _by_age(asked: Asked) -> Asked:
    """Return a comparison of how old hospitals are with the words in which documents tell it."""
    if len(asked.hospitals) < 2 and not asked.wants_set:  # noqa: PLR2004  (two are compared)
        return asked
    if not _AGE.search(asked.text[asked.own_from :]):
        return asked
    most = "最" if asked.wants_set else "更"
    return replace(asked, text=f"{asked.text.rstrip(' ?')},建院{most}早")


def _kind(asked: Asked, value: Kind) -> Kind:
    if len(asked.hospitals) > 1:
        return "comparison"
    return "set" if asked.wants_set and not asked.hospitals else value


def _value_of(asked: Asked) -> Kind:
    """Return the kind of value asked for; a follow-up's own words tell it before the earlier ones.

    What only names a role (那党委书记呢, 青禾三院 院长) asks for the person.
    """
    own = asked.text[asked.own_from :]
    value = _value(asking(own))
    value = _value(own) if value == "fact" else value
    if asked.wants_set and value in ("fact", "list", "person", "number"):
        value = superlative(own) or value  # of each hospital its figure is wanted, or its date
    if value != "fact":
        return value
    role = asked_detail(own).role
    if role and (asked.own_from or own.rstrip("?？。 ").endswith(role)):
        return "person"
    return value if _ASKS_ITSELF.search(own) else _value(asked.text)


def _value(folded: str) -> Kind:
    return next((kind for kind, pattern in _VALUES if pattern.search(folded)), "fact")


def _only(hospital: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    folded = fold(hospital)
    names = names_of(hospitals_in(folded, gazetteer))
    if not names:
        raise ValueError(f"no document is about {hospital!r}; see `hospital-qa corpus list`")
    return names


def _language(text: str, folded: str) -> Language:
    han = sum("\u4e00" <= char <= "\u9fff" for char in folded)
    latin = len(re.findall("[a-z]+", folded))
    if latin > han:
        return "en"
    return "zh-Hant" if is_traditional(text) else "zh-Hans"
