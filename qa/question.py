"""Understanding a question: `understand()` is the only bridge from what was typed to a `Query`."""

import re
import unicodedata
from collections.abc import Sequence

from corpus.fold import fold, is_traditional
from corpus.institutions import Institutions, KnownWords, institutions
from corpus.names import Gazetteer, Mention
from qa.model import Kind, Language, Message, Query

MAX_QUESTION = 2000  # characters
_NO_OTHERS = Institutions((), ())
SHORT = 14  # characters of a question that may lean on the one before

_LETTER = re.compile(r"[^\W\d_]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LEANS_ON = re.compile(r"^(?:那|它|其|这|该|他们?|她们?|咁|嗰)|(?:呢|咧)[?？。!！\s]*$")
_LEANS_ON_LATIN = re.compile(r"^(?:and|what about|how about)\b|\b(?:it|its|they|their|there)\b")

# Tried in this order: the first that matches decides.
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "set",
        re.compile(
            "(?:哪些|哪几[家间个所]|有哪[些几]|什么)(?:[公民]?[立营]?)(?:大?医院|地方|单位)"
            r"|医院[是有]?(?:哪[些几]|都有谁)|which (?:of the )?hospitals|what hospitals"
        ),
    ),
    (
        "date",
        re.compile(
            "什么时候|啥时候|啥时|何时|几时|哪[一]?[年月天日]|几[月号]|多会儿|什么年头|年份|年头|日期|边年|"
            r"\bwhen\b|what (?:year|date|month)|which (?:year|date|month)|how (?:old|long ago)"
        ),
    ),
    (
        "list",
        re.compile(
            r"哪些|哪几|有什么|都有啥|分别|列出|列举|边几|包括|\bwhich\b.*s\b|\blist\b|what are"
        ),
    ),
    (
        "number",
        re.compile(
            "多少|几[个名位张台家间项种次条人分类天年所层架批期支床岁步]|[占有]几|第几|几成|比例|数量|人数|规模|多大|多长|多久|"
            r"多高|号人|how (?:many|much|large|big|long)|number of|what percentage"
        ),
    ),
    ("person", re.compile(r"谁|哪[一]?位|叫什么|姓名|姓什么|边个|\bwho\b|\bwhose\b|name of")),
    ("place", re.compile(r"哪里|哪儿|在哪|什么地方|何处|地址|边度|喺边|\bwhere\b|address")),
    (
        "yesno",
        re.compile(
            r"[吗嘛吧么][?？。\s]*$|是不是|有没有|能不能|可不可以|会不会|是否|有无|可否|有冇|系咪|系唔系|"
            r"(\w)不\1|^(?:is|are|does|do|did|has|have|can|was|were)\b"
        ),
    ),
)


def understand(
    question: str,
    history: Sequence[Message],
    gazetteer: Gazetteer,
    known: KnownWords,
    hospital: str | None = None,
) -> Query:
    """Return what `question` asks, in the light of `history`.

    `hospital` limits the answer to one hospital, by name or alias, whatever the question says.
    Raises ValueError when the question is empty or too long, or `hospital` is not known.
    """
    text = clean(question)
    folded = fold(text)
    mentions = gazetteer.find(folded)
    hospitals = _names(mentions)
    kind = _kind(folded, hospitals)
    others = _NO_OTHERS if hospitals else institutions(text, folded, known)
    names_one = hospitals or others.unknown or others.mentioned
    earlier = "" if names_one else _earlier(folded, kind, history, gazetteer)
    if earlier:
        hospitals = _names(gazetteer.find(fold(earlier)))
    if hospital is not None:
        hospitals = _only(hospital, gazetteer)
    return Query(
        question=text,
        text=_retrieval_text(folded, mentions, hospitals, earlier),
        language=_language(text, folded),
        kind=kind,
        hospitals=hospitals,
        unknown=others.unknown,
        mentioned=others.mentioned,
        follow_up=bool(earlier),
    )


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


def is_a_question(text: str) -> bool:
    """Tell whether the text holds at least two letters: not only digits, signs or emoji."""
    return len(_LETTER.findall(unicodedata.normalize("NFKC", text))) > 1


def _kind(folded: str, hospitals: tuple[str, ...]) -> Kind:
    if len(hospitals) > 1:
        return "comparison"
    for kind, pattern in _KINDS:
        if pattern.search(folded) and not (kind == "set" and hospitals):
            return kind
    return "fact"


def _earlier(folded: str, kind: Kind, history: Sequence[Message], gazetteer: Gazetteer) -> str:
    """Return the last question that named a hospital, if this one leans on it."""
    leans = _LEANS_ON.search(folded) or _LEANS_ON_LATIN.search(folded) or len(folded) <= SHORT
    if kind == "set" or not leans:
        return ""
    for message in reversed(history):
        if message.get("role") == "user":
            asked = _content(message)
            if gazetteer.find(fold(asked)):
                return asked
    return ""


def _content(message: Message) -> str:
    """Return a message's text; Gradio and chat APIs also write it as a list of parts."""
    content = message.get("content", "")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    return " ".join(
        str(part.get("text", "")) if isinstance(part, dict) else str(part) for part in parts
    )


def _names(mentions: Sequence[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for mention in mentions for name in mention.names))


def _only(hospital: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    names = _names(gazetteer.find(fold(hospital)))
    if not names:
        raise ValueError(f"no document is about {hospital!r}; see `hospital-qa corpus list`")
    return names


def _retrieval_text(
    folded: str, mentions: Sequence[Mention], hospitals: tuple[str, ...], earlier: str
) -> str:
    """Return the question with each name in its canonical form, as the documents write it."""
    parts, at = [], 0
    for mention in mentions:
        name = mention.names[0] if len(mention.names) == 1 else folded[mention.start : mention.end]
        parts += [folded[at : mention.start], name]
        at = mention.end
    text = "".join([*parts, folded[at:]])
    if earlier and not mentions:
        return f"{'、'.join(hospitals)}{text}"
    if text.strip(" ?？!！。.，,") in hospitals:  # only a name: what is it?
        return f"{text}是一家什么样的医院"
    return text


def _language(text: str, folded: str) -> Language:
    han = len(re.findall("[\u4e00-\u9fff]", folded))
    latin = len(re.findall("[a-z]+", folded))
    if latin > han:
        return "en"
    return "zh-Hant" if is_traditional(text) else "zh-Hans"
