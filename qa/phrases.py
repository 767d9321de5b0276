"""The words around quotes, in the language of the question.

Everything else in an answer is quoted or a name. Traditional characters are made from simplified
ones, so each phrase is written once a language.
"""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from qa.model import Language

if TYPE_CHECKING:
    from opencc import OpenCC

_PHRASES = {
    "unknown_hospital": (
        "资料里没有提到{names}。",
        "The documents do not mention {names}.",
    ),
    "not_a_question": (
        "请就资料内容提一个问题，例如某家医院有多少张床位、院长是谁、什么时候建院。",
        (
            "Please ask something about the documents: how many beds a hospital has, for example, "
            "who heads it, or when it was founded."
        ),
    ),
    "medical_advice": (
        "这里只摘录资料原文，不能给出个人的诊断或用药建议，请咨询医生或药师；情况紧急，请立即拨打120。",
        (
            "This only quotes documents and cannot advise on anyone's illness or medicine. Please "
            "ask a doctor or a pharmacist; in an emergency call 120 (mainland China) at once."
        ),
    ),
    "off_topic": (
        "资料里没有这方面的内容。",
        "The documents are not about this.",
    ),
    "attribute_not_found": (
        "资料里没有说到这一点。",
        "The documents do not say.",
    ),
    "attribute_not_found_about": (
        "{names}的资料里没有说到这一点。",
        "The documents about {names} do not say.",
    ),
    "untold": (
        "资料里没有说到“{what}”。",
        'The documents do not tell of "{what}".',
    ),
    "untold_about": (
        "{names}的资料里没有说到“{what}”。",
        'The documents about {names} do not tell of "{what}".',
    ),
    "false_premise": (
        "资料里没有提到这件事。",
        "The documents do not mention that this happened.",
    ),
    "false_premise_about": (
        "{names}的资料里没有提到这件事。",
        "The documents about {names} do not mention that this happened.",
    ),
    "nearest": ("有的是：{subjects}。", "What they do have: {subjects}."),
    "which_hospital": (
        "资料里有好几家都说到这一点，请问您问的是哪一家？{names}",
        "The documents tell this of several. Which one do you mean? {names}",
    ),
    "yes": ("是。", "Yes."),
    "no": ("否。", "No."),
    "not_yet": ("还没有。", "Not yet."),
    "not_clear": ("资料未明确。", "The documents do not say it clearly."),
    "more": ("{name}更{how}。", "{name} has {how}."),
    "most": (
        "说到的几家中，{name}最{how}。",
        "Of those that the documents tell of, {name} has {how}.",
    ),
    "quoted": ("", "From the documents:"),
}


def phrase(key: str, language: Language, **values: str) -> str:
    """Return a phrase in a language, with values (names, quotes) put in as they are."""
    chinese, english = _PHRASES[key]
    if language == "en":
        return english.format(**values)
    return in_script(chinese, language).format(**values)


def in_script(simplified: str, language: Language) -> str:
    """Return words of ours, or of a folded question, in the script of the question."""
    return _traditional().convert(simplified) if language == "zh-Hant" else simplified


def joined(parts: Iterable[str], language: Language) -> str:
    """Return an enumeration.

    >>> joined(["甲", "乙"], "zh-Hans"), joined(["甲", "乙"], "en")
    ('甲、乙', '甲, 乙')
    """
    return (", " if language == "en" else "、").join(parts)


@cache
def _traditional() -> "OpenCC":
    from opencc import OpenCC

    return OpenCC("s2t")
