"""Yes or no: whether a quote affirms what a yes-no question supposes.

Leaves out logic: plain signs are read in the clause of the quote that speaks of what was asked, and
where two of them disagree, or none of the question's words is there, the outcome is `not_clear`.
The signs are a negation, an undertaking that is not finished ("正在创建" is not "已经是"), another
grade or figure than the one supposed, a word of opposite meaning, a first time, and an exception
(除…外). Without a sign a clause affirms, if the quote speaks of most of what was asked; the words
of a question in English are not compared with it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from corpus.fold import fold
from qa import polarity_signs as signs
from qa.comparison import Amount, amounts_in

Polarity = Literal["yes", "no", "not_yet", "not_clear"]

TEXTS = 64  # questions whose figures are remembered, for all clauses of a quote
COVERED = 0.6  # of the pieces of a question
_ROUGHLY = 0.1  # of a figure: 近300 is not 300, but nobody would say no


@dataclass(frozen=True, slots=True)
class _Asked:
    """A yes-no question: the clause that asks, the pieces of it that tell what, its negation.

    `whole` is the question with what stands before that clause.
    """

    text: str
    whole: str
    pieces: tuple[str, ...]
    negated: bool
    english: bool

    @classmethod
    def from_text(cls, question: str) -> "_Asked":
        folded = fold(question)
        english = not signs.HAN_ONLY.search(folded)
        whole = _plain(_translated(folded) if english else folded)
        text = whole if english else _asking_clause(whole)
        bare = signs.ASKING.sub(" ", text)
        rhetorical = bool(signs.RHETORICAL.search(bare)) or english
        pieces = [
            piece
            for piece in signs.CUTS.sub(" ", signs.BOUNDS.sub(" ", bare)).split()
            if signs.HAN_ONLY.search(piece)
        ]
        core = signs.ATTRIBUTE.sub("", signs.CLOSED.sub("", signs.BOUNDS.sub("", bare)))
        negated = not rhetorical and _negations(core) % 2 == 1
        return cls(text, whole, tuple(pieces), negated, english)

    @property
    def predicate(self) -> tuple[str, ...]:
        """The last piece, with that before a single character (专家号可以 [挂])."""
        return self.pieces[-2:] if self.pieces and len(self.pieces[-1]) == 1 else self.pieces[-1:]

    @property
    def terms(self) -> set[str]:
        """The Latin terms (PET-CT, 3.0T)."""
        return set(signs.TERM.findall(self.text))

    def told_in(self, clause: str) -> float:
        """Return how much of what was asked a clause speaks of, its last piece counting most.

        The last may be a verb for anything (管, 办得了): then the others tell.
        """
        terms = 0 if self.english else len(self.terms & set(signs.TERM.findall(clause)))
        if not self.pieces:
            return float(terms)
        *rest, last = self.pieces
        if len(last) > 1:
            about = 2 * _shared(last, clause) + (last[-2:] in clause)
        else:
            about = 0.5 * (last in clause)
        others = sum(_shared(piece, clause) > 0 for piece in rest)
        if about or (len(last) == 1 and any(_shared(piece, clause) >= 1 for piece in rest)):
            return about + 0.5 * others + terms
        return float(terms)

    def is_covered(self, said: str) -> bool:
        """Tell whether a quote speaks of most of what was asked, so that it may affirm it."""
        if self.english:
            return True
        pieces: Iterable[str] = self.pieces
        if signs.ALWAYS.search(said):
            pieces = (signs.DAY.sub("", piece) for piece in pieces)
        told = [_covered(piece, said) for piece in pieces if len(piece) > 1]
        return not told or sum(told) >= COVERED * len(told)


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
    if settled := _by_exception(asked, said) or _by_first(asked, said):
        return settled
    # 除了…外，还… says both; any other exception is of no matter here.
    said = signs.EXCEPT.sub(
        lambda one: f"{one[1] if signs.ALSO.search(one[2]) else ''},{one[2]}", said
    )
    told = "".join(one for one in re.split("(?<=[。!?;])", said) if not one.endswith("?"))
    clauses = [clause for clause in re.split(r"[;。!?:]|,(?!\d{3})|(?<!\d),", told) if clause]
    days = set(signs.DAY.findall(asked.whole))
    days = days.union(*(signs.ALSO_DAYS.get(day, ()) for day in days))
    clauses = [one for one in clauses if days & set(signs.DAY.findall(one))] or clauses
    if not clauses:
        return "not_clear"
    if signs.HOSPITAL_GRADE.search(asked.text):
        clauses = [one for one in clauses if signs.OWN_GRADE.search(one)] or clauses
    spoken = [asked.told_in(clause) for clause in clauses]
    best = max(spoken)
    if best == 0 and not asked.english and asked.pieces:
        sure = _by_grade(asked, said) or _by_amount(asked, said) or _by_opposite(asked, said)
        return sure or "not_clear"
    outcomes = {_in_context(asked, clauses, at) for at, much in enumerate(spoken) if much == best}
    if asked.english and len(outcomes) > 1:  # which clause is about it is not known
        return "not_clear"
    outcome = outcomes.pop() if len(outcomes) == 1 else _settled(outcomes)
    return "not_clear" if outcome == "yes" and _is_doubtful(asked, said) else outcome


def is_of_a_grade(question: str, quote: str) -> bool:
    """Tell whether a question supposes a hospital's grade and a quote plainly tells one.

    >>> is_of_a_grade("是三甲吗", "是一所三级甲等医院"), is_of_a_grade("是三甲吗", "设床900张")
    (True, False)
    """
    asked, said = _Asked.from_text(question).text, _plain(fold(quote))
    return bool(signs.HOSPITAL_GRADE.search(asked) and signs.OWN_GRADE.search(said))


def _asking_clause(text: str) -> str:
    """Return the last clause, with one before it that it only asks about (…，行不行).

    `qa.asking` tells more of a question; here a negation before the last clause must not count.
    """
    *before, last = [part for part in re.split(r"[,;。!?](?!\d{3})", text) if part] or [text]
    if before and signs.TAG.fullmatch(last):
        return f"{before[-1]}{last}"
    return last


def _in_context(asked: _Asked, clauses: Sequence[str], at: int) -> Polarity:
    """Return the outcome of a clause, which what follows may take back.

    至于停机坪，目前尚未列入 names the matter first and denies it then.
    """
    found = _outcome(asked, clauses[at])
    if found != "yes" or asked.english:
        return found
    is_done = signs.DONE.search(clauses[at]) is not None
    is_topic = signs.TOPIC.search(clauses[at]) is not None
    ending = asked.pieces[-1][-2:] if asked.pieces else ""
    for clause in clauses[at + 1 :]:
        goes_on = signs.REFERS_BACK.match(clause) or (len(ending) > 1 and ending in clause)
        if not is_topic and not goes_on:
            continue
        planned = signs.UNFINISHED.search(clause) and not is_done
        if planned and not signs.ASKED_FUTURE.search(asked.text):
            return "not_yet"
        if _negations(clause) % 2 == 1:
            return ("yes" if asked.negated else "no") if is_topic else "not_clear"
    return "not_clear" if is_topic else "yes"


def _is_doubtful(asked: _Asked, said: str) -> bool:
    """Tell whether a quote, of which a clause affirms, leaves it open all the same."""
    ended = signs.STILL.search(asked.text) and signs.NO_MORE.search(said)
    limited = signs.EVERY.search(asked.text) and signs.BUT_SOME.search(said)
    return bool(ended or limited) or not asked.is_covered(said)


def _settled(outcomes: set[Polarity]) -> Polarity:
    """Return the outcome of clauses that speak of the question alike and do not agree."""
    return "not_yet" if outcomes == {"yes", "not_yet"} else "not_clear"


def _outcome(asked: _Asked, clause: str) -> Polarity:
    """Return the outcome of the first sign that a clause gives, else that it affirms."""
    signs: tuple[Callable[[_Asked, str], Polarity | None], ...] = (
        _by_grade,
        _by_amount,
        _by_only,
        _by_term,
        _by_opposite,
        _by_time,
        _by_reach,
        _by_negation,
        _by_need,
    )
    return next((found for sign in signs if (found := sign(asked, clause))), "yes")


def _by_exception(asked: _Asked, said: str) -> Polarity | None:
    """Tell whether what was asked is what the quote excepts (除周一外每天开放)."""
    found = signs.EXCEPT.search(said)
    if found is None or signs.ALSO.search(found[2]):
        return None
    if any(_shared(piece, found[1]) >= 1 for piece in asked.pieces):
        denied = _negations(found[2]) % 2 == 1
        return "yes" if denied != asked.negated else "no"
    return "not_clear" if signs.ALL.search(asked.text) else None


def _by_grade(asked: _Asked, clause: str) -> Polarity | None:
    supposed = signs.GRADE.search(asked.text)
    found = list(signs.GRADE.finditer(clause))
    if supposed is None or not found:
        return None
    # Who has risen from one grade to another has the second.
    risen = len(found) > 1 and signs.RISEN.search(clause)
    if not risen and signs.OTHERS_GRADE.search(clause[: found[-1].start()]):
        return "not_clear"
    grades = [found[-1][0]] if risen else [one[0] for one in found]
    if any(grade.startswith(supposed[0]) for grade in grades):
        return None
    if any(supposed[0].startswith(grade) for grade in grades):
        return "not_clear"
    return "yes" if asked.negated else "no"


def _by_first(asked: _Asked, said: str) -> Polarity | None:
    """Compare the first time, or the first of its kind, with what was before or which it is."""
    first = signs.FIRST.search(said)
    if signs.FIRST.search(asked.text):
        later = signs.LATER.search(said)
        return "no" if later and not first else None
    if first and signs.ASKED_BEFORE.search(asked.whole):
        return "no"
    return None


def _by_only(asked: _Asked, clause: str) -> Polarity | None:
    if not signs.ONLY.search(asked.text) or signs.ONLY.search(clause):
        return None
    return "no" if signs.MORE.search(clause) else "not_clear"


def _by_amount(asked: _Asked, clause: str) -> Polarity | None:
    """Compare the figures that the question supposes with those of the same unit."""
    text = signs.BARE_MONEY.sub(r"\1元", asked.text) if "元" in clause else asked.text
    told = list(amounts_in(clause))
    for supposed in _supposed_in(text) if told else ():
        found = [one for one in told if _is_same(one.unit, supposed.unit)]
        if not found:
            continue
        fits = [_fits(supposed, one) for one in found]
        if True in fits:
            return None if len(set(fits)) == 1 or supposed.low == supposed.high else "not_clear"
        if None in fits or signs.UNFINISHED.search(clause):
            return "not_clear"
        return "yes" if asked.negated else "no"
    return None


@lru_cache(TEXTS)
def _supposed_in(text: str) -> tuple[Amount, ...]:
    return tuple(amounts_in(_without_articles(text), as_bound=True))


def _is_same(unit: str, other: str) -> bool:
    """Tell whether two units are one: 名 is one of 个人名位, as which people are counted."""
    return unit == other or (bool(unit and other) and (unit in other or other in unit))


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
    if asked.english or not asked.terms or asked.terms & set(signs.TERM.findall(clause)):
        return None
    return "not_clear" if signs.TERM.search(clause) else None


def _by_opposite(asked: _Asked, clause: str) -> Polarity | None:
    for pair in signs.OPPOSITES:
        for one, other in (pair, pair[::-1]):
            if re.search(one, asked.text) and re.search(other, clause):
                if re.search(one, re.sub(other, "", clause)):
                    return "not_clear"
                if not re.search(other, re.sub(one, "", asked.text)):
                    return "yes" if asked.negated else "no"
    return None


def _by_need(asked: _Asked, clause: str) -> Polarity | None:
    """Doubt a clause without what it would have to say: that it is free, a must, or the same."""
    for supposed, told in signs.NEEDED:
        if supposed.search(asked.text) and not told.search(clause):
            return "not_clear"
    return None


def _by_time(asked: _Asked, clause: str) -> Polarity | None:
    planned, done = signs.UNFINISHED.search(clause), signs.DONE.search(clause)
    if signs.CANDIDATE.search(clause) and not signs.CANDIDATE.search(asked.text):
        return "not_yet"
    if planned and not signs.ASKED_FUTURE.search(asked.text):
        # What is done after a plan's word (计划明年建成) is a part of the plan.
        return "not_clear" if done and done.start() < planned.start() else "not_yet"
    if signs.PAST.search(clause) and not signs.ASKED_PAST.search(asked.whole):
        return "not_clear"
    of_before = signs.ASKED_PAST.search(clause) or signs.PAST.search(clause)
    if signs.ASKED_BEFORE.search(asked.whole) and not of_before:
        return "not_clear"
    return None


def _by_reach(asked: _Asked, clause: str) -> Polarity | None:
    """Doubt a clause that says less than was asked: 全省 for 全国, 之一, only for some."""
    if signs.HEDGED.search(clause) and not signs.HEDGED.search(asked.text):
        return "not_clear"
    if signs.EVERY.search(asked.text) and not signs.EVERY.search(clause):
        return "not_clear"
    scopes = set(signs.SCOPES.findall(asked.text))
    if scopes and signs.SCOPES.search(clause) and scopes.isdisjoint(signs.SCOPES.findall(clause)):
        return "not_clear"
    if signs.SUPERLATIVE.search(asked.text):
        one_of = signs.ONE_OF.search(clause) and not signs.ONE_OF.search(asked.text)
        if one_of or not signs.SUPERLATIVE.search(clause):
            return "not_clear"
    limited = signs.LIMITED.search(clause)
    if limited and not any(_shared(piece, limited[1]) for piece in asked.pieces[:1]):
        return "not_clear"
    return None


def _by_negation(asked: _Asked, clause: str) -> Polarity | None:
    bare = signs.OF_WHAT_IS_NOT.sub("", signs.NO_NEGATION.sub("", clause))
    for same in signs.ATTRIBUTE.findall(asked.text):
        bare = bare.replace(same, "")
    if signs.OF_THOSE_NOT.search(bare):
        return "not_clear"
    if signs.CLOSED.search(asked.text):  # what is asked, and denies nothing then
        bare = signs.CLOSED.sub("", bare)
    found = list(signs.NEGATION.finditer(bare))
    if not found:
        return "no" if asked.negated else None
    if len(found) % 2 == 0:  # which of them denies what is not known
        return "not_clear"
    scope = bare[found[-1].start() :]
    about = (
        bool(signs.ENDS_NEGATED.search(bare))
        or any(scope[1:] == char for char in asked.text if signs.HAN_ONLY.match(char))
        or any(_shared(piece, scope) >= 1 for piece in asked.predicate)
        or bool(signs.FORBIDDEN.search(scope) and signs.ALLOWED.search(asked.text))
        or (asked.english and bool(signs.ENGLISH_DENIED.match(scope)))
    )
    # What is denied may be something else: 食堂不对外营业 does not say that there is none.
    if not about:
        return "not_clear"
    return None if asked.negated else "no"


def _negations(text: str) -> int:
    return len(signs.NEGATION.findall(signs.NO_NEGATION.sub("", text)))


def _shared(piece: str, text: str) -> float:
    """Return how much of a piece of the question a text has: its pairs of characters, or half."""
    pairs = [piece[i : i + 2] for i in range(len(piece) - 1)]
    if hit := sum(pair in text for pair in pairs):
        return 1 + hit / len(pairs)
    if len(piece) <= 2:  # noqa: PLR2004  (one of two characters is half of the piece)
        return 0.5 * any(char in text for char in piece) * (2 if len(piece) == 1 else 1)
    return 0.0


def _covered(piece: str, text: str) -> float:
    """Return how much of a piece of the question a text has, by pairs or by single characters."""
    pairs = [piece[i : i + 2] for i in range(len(piece) - 1)]
    in_pairs = 2 * sum(pair in text for pair in pairs) / max(len(pairs), 1)
    in_characters = 0.75 * sum(char in text for char in piece) / len(piece)
    return min(max(in_pairs, in_characters), 1.0)


def _without_articles(asked: str) -> str:
    """Drop a 一 that is no count: 是一家公立医院吗."""
    return re.sub("(?<![十百千万只仅第])一(?=[个家所名位种次座台])", "", asked)


def _translated(question: str) -> str:
    """Put what matters of an English question in the words of Chinese quotes."""
    for pattern, chinese in signs.ENGLISH:
        question = re.sub(pattern, chinese, question)
    return re.sub("(超过|不到) (?=\\d)", r"\1", question)


def _plain(folded: str) -> str:
    text = re.sub(r"\s+", "", folded)
    for written, same in signs.SAME.items():
        text = text.replace(written, same)
    return text
