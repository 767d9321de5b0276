"""From a conversation to HTML: the chat messages and the cards of the sources.

Nothing that comes from a document, a file name or a person is trusted: `escape()` turns every ASCII
punctuation character into a numeric reference, so that such text can be neither HTML nor Markdown
(an entity never forms Markdown structure; CommonMark 0.31, section 2.5) nor a template.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from corpus.model import Passage
from corpus.reflow import searchable
from qa.model import Answer, Citation, Message

LONGEST_ECHO = 2000  # characters of a question that are shown again

_HEADINGS = {"refused": "资料中没有答案", "clarify": "需要您补充", "error": "无法回答这个问题"}
_REASONS = {  # headings of refusals that say more
    "unknown_hospital": "资料中没有这家医院",
    "not_a_question": "请换一种问法",
    "medical_advice": "这里不提供医疗建议",
}
_NO_SOURCES = "没有可引用的资料。"
_EMPTY = "回答中的每一句都摘自资料原文。点击 [1] 这样的编号，可在这里查看出处。"

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
# Controls, bidirectional marks and overrides, lone surrogates: they are named instead of obeyed.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer, or the error that the question met.

    `number` is from 1 and unique in a conversation. `passages` are those that the answer cites, by
    their id; one that is missing is shown by its quote alone.
    """

    number: int
    question: str
    answer: Answer | None = None
    error: str = ""
    passages: Mapping[str, Passage] = field(default_factory=dict)


def escape(text: str) -> str:
    """Return `text` as one line of HTML that shows it as it is, in HTML as in Markdown.

    `<b> *x*` -> `&#60;b&#62; &#42;x&#42;`; a line break becomes `<br>`, and a character that would
    change the text around it unseen (U+202E, say) is shown by its number.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", text)
    text = _INVISIBLE.sub(lambda found: f'<span class="control">U+{ord(found[0]):04X}</span>', text)
    return text.replace("\n", "<br>")


def chat_messages(turns: Sequence[Turn]) -> list[Message]:
    """Return the conversation as the messages of a chat, every content safe HTML."""
    messages: list[Message] = []
    for turn in turns:
        if turn.question.strip():
            shown = turn.question[:LONGEST_ECHO]
            shown += "…" if len(turn.question) > LONGEST_ECHO else ""
            messages.append({"role": "user", "content": f"<div>{escape(shown)}</div>"})
        if turn.answer is not None:
            messages.append({"role": "assistant", "content": answer_html(turn.answer, turn.number)})
        elif turn.error:
            content = _notice("error", escape(turn.error))
            messages.append({"role": "assistant", "content": content})
    return messages


def answer_html(answer: Answer, turn: int) -> str:
    """Return an answer for the chat; the marker [2] links to the card `#src-<turn>-2`."""
    if answer.status != "answered":
        return _notice(answer.status, escape(answer.text), answer.reason)
    return (
        f'<div class="answer answered">{_text_with_links(answer, turn)}'
        f'<p class="all-sources"><a class="cite" href="#src-{turn}">'
        f"查看 {len(answer.citations)} 条出处</a></p></div>"
    )


def sources_html(turns: Sequence[Turn]) -> str:
    """Return the panel of sources: the cards of every answer under its question, newest first."""
    sections = [_section(turn, turn.answer) for turn in reversed(turns) if turn.answer is not None]
    if not sections:
        return f'<p class="empty">{escape(_EMPTY)}</p>'
    return "".join(sections)


def card_html(citation: Citation, passage: Passage | None, turn: int) -> str:
    """Return the card of a citation: where it is from, and its passage with the quote marked."""
    known = [
        f"<span>{escape(part)}</span>" for part in (citation.title, citation.publisher) if part
    ]
    if citation.published:
        known.append(f"<time>{escape(citation.published)}</time>")
    parts = [
        f'<header><span class="number">{escape(f"[{citation.marker}]")}</span>',
        f'<strong class="hospital">{escape(citation.hospital)}</strong></header>',
        '<p class="about">' + " · ".join(known) + "</p>",
        f"<blockquote>{_passage_html(citation, passage)}</blockquote>",
    ]
    if citation.also_in:
        parts.append(f'<p class="about">另见 {escape("、".join(citation.also_in))}</p>')
    card = f'<article class="card" id="src-{turn}-{citation.marker}" tabindex="-1">'
    return f"{card}{''.join(parts)}</article>"


def _section(turn: Turn, answer: Answer) -> str:
    cards = "".join(
        card_html(citation, turn.passages.get(citation.passage_id), turn.number)
        for citation in answer.citations
    )
    none = f'<p class="empty">{_NO_SOURCES}</p>'
    return (
        f'<section class="turn" id="src-{turn.number}" tabindex="-1">'
        f"<h3>{escape(turn.question[:LONGEST_ECHO])}</h3>{cards or none}</section>"
    )


def _text_with_links(answer: Answer, turn: int) -> str:
    """Return the text with its markers as links, but not a "[1]" that a quote itself contains."""
    quotes = {searchable(citation.quote): citation for citation in reversed(answer.citations)}
    longest_first = sorted(filter(None, quotes), key=len, reverse=True)
    token = re.compile("|".join([*map(re.escape, longest_first), r"\[(?P<marker>[0-9]{1,3})\]"]))
    markers = {citation.marker for citation in answer.citations}
    pieces, at = [], 0
    for found in token.finditer(answer.text):
        pieces.append(escape(answer.text[at : found.start()]))
        marker = int(found["marker"] or 0)
        if found[0] in quotes:
            pieces.append(_quote_html(quotes[found[0]]))
        else:
            pieces.append(_link(marker, turn) if marker in markers else escape(found[0]))
        at = found.end()
    pieces.append(escape(answer.text[at:]))
    return "".join(pieces)


def _quote_html(citation: Citation) -> str:
    """Return the quote in running lines, with the value that was asked for set off."""
    pieces, at = [], 0
    quote = searchable(citation.quote)
    for start, end in citation.marks:
        value = searchable(citation.quote[start - citation.start : end - citation.start])
        before = len(searchable(citation.quote[: start - citation.start]))
        place = quote.find(value, max(at, before - 1)) if value else -1
        if place >= 0:
            pieces += [escape(quote[at:place]), f'<strong class="value">{escape(value)}</strong>']
            at = place + len(value)
    return "".join([*pieces, escape(quote[at:])])


def _link(marker: int, turn: int) -> str:
    return f'<a class="cite" href="#src-{turn}-{marker}">{escape(f"[{marker}]")}</a>'


def _passage_html(citation: Citation, passage: Passage | None) -> str:
    """Return the passage in running lines: hard line breaks of a printed column are for readers."""
    quote = f"<mark>{_quote_html(citation)}</mark>"
    if passage is None:
        return quote
    start, end = citation.start - passage.start, citation.end - passage.start
    if not 0 <= start < end or passage.text[start:end] != citation.quote:
        return quote
    before, after = searchable(passage.text[:start]), searchable(passage.text[end:])
    return f"{escape(before)}{quote}{escape(after)}"


def _notice(kind: str, content: str, reason: str = "") -> str:
    heading = _REASONS.get(reason, _HEADINGS[kind])
    return f'<div class="answer {kind}"><p class="heading">{heading}</p>{content}</div>'
