"""Cantonese questions in the words that documents are written in: 而家有幾多人, 现在有多少人.

Only words that Mandarin does not write, and only in questions that have one of them that is sure.
"""

import re

from corpus.lazy_pattern import lazy_pattern

# fmt: off
# Any of these makes a question Cantonese. A pattern of them takes 0.6 ms to compile.
_SURE = (
    *"嘅咗喺嗰佢冇唔咩乜啲嘢睇咁嚟搵畀攞㗎", "边个", "边度", "边间", "边位", "边一", "几多", "几时",
    "点解", "点样", "而家", "系咪",
)
FUNCTION_WORDS = {
    "有冇": "有没有", "系唔系": "是不是", "系咪": "是不是", "唔使": "不用", "冇": "没有",
    "唔": "不", "嘅": "的", "咗": "了",
}
_WORDS = FUNCTION_WORDS | {
    "唔好": "不要", "边个": "哪个", "边度": "哪里", "边位": "哪位", "边间": "哪家",
    "边几": "哪几", "边一": "哪一", "边啲": "哪些", "几多": "多少", "几耐": "多久",
    "几时": "什么时候", "点解": "为什么",
    "点样": "怎样", "乜嘢": "什么", "咩": "什么", "乜": "什么", "而家": "现在", "嗰阵": "那时",
    "嗰晚": "那晚", "嗰日": "那天", "嗰": "那", "佢哋": "他们", "我哋": "我们", "你哋": "你们",
    "佢": "他", "喺": "在", "啲": "些", "搵": "找", "睇": "看", "畀": "给", "攞": "拿", "嚟": "来",
    "嘢": "东西", "咁": "这么",
    "巴士": "公交车", "冷气": "空调", "人工": "工资", "细路": "孩子", "返工": "上班",
    "系几多": "是多少", "系边": "是哪", "系咩": "是什么", "系乜嘢": "是什么", "喺度": "在",
    "洗肾": "透析", "使唔使": "要不要", "俾": "给", "㗎": "的", "下年": "明年",
}
# fmt: on
# 边个 is "which" before a noun, else "who".
_WHO = lazy_pattern(r"(系?)边个(?:(系)|(?=\W|$|做|当|话|负责))")
_ANY = lazy_pattern("|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True)))


def in_mandarin(folded: str) -> str:
    """Return a folded question in the words of Mandarin, unchanged where it is no Cantonese.

    >>> in_mandarin("而家有几多人喺边度返工?"), in_mandarin("人工智能有几个系?")
    ('现在有多少人在哪里上班?', '人工智能有几个系?')
    >>> in_mandarin("院长系边个?"), in_mandarin("边个系院长"), in_mandarin("边个科最多人?")
    ('院长是谁?', '谁是院长', '哪个科最多人?')
    """
    if not any(sure in folded for sure in _SURE):
        return folded
    if "边个" in folded:
        folded = _WHO.sub(lambda who: f"{'是' * bool(who[1])}谁{'是' * bool(who[2])}", folded)
    return _ANY.sub(lambda match: _WORDS[match[0]], folded)
