"""What of a question asks: 我妈从太原回来，想问问有多少台机器 asks only in its last clause.

What stands around it are circumstances: a word in them (床位, 停车) is not what is asked for, and
the sentence that speaks of them need not be the one that answers.
"""

from functools import lru_cache

from corpus.lazy_pattern import lazy_pattern

# What separates clauses; a comma within a figure does not.
_CLAUSE = lazy_pattern(r"(?:[^;:。?!\n,]|(?<=\d),(?=\d{3}))+")
_ASKS = lazy_pattern(
    "多少|(?<!好)几(?!乎|[年天次个月十百]{1,2}[前来了])|谁(?!知道|都|也)|哪(?!怕)|[啥咩乜咋]|"
    "(?<!管)(?<!论)怎[么样]?|什么|如何|为何|何[时处人]|多[大长久高远深重宽]"
    "|[吗嘛呢咧](?:$|[^\\w])|是否|有没有|能否|可否|有无|(.)[不唔]\\1|边[个度间年]|点[样解]"
    "|\\b(?:what|which|who|whom|whose|when|where|why|how)\\b"
)
_SHORT = 7  # characters; a clause that is as short asks about the one before: 床位，大概有多少
_DENIES = "不别没也只我谢请"  # what no further thing that is asked for begins with
_WHEN = ("之前", "以前", "之后", "以后")  # of which the next clause asks
_QUESTIONS = 512  # that are remembered


def asking(folded: str) -> str:
    """Return the clauses of a folded question that ask; all of it where none does by a word.

    >>> asking("我妈睡不着床,想问大同六院有多少医生?"), asking("想知道院长的名字")
    ('想问大同六院有多少医生', '想知道院长的名字')
    >>> asking("书记是谁?不是问院长"), asking("说到床位,大概有多少")
    ('书记是谁', '说到床位,大概有多少')
    """
    return " ".join(folded[start:end] for start, end in asking_spans(folded))


@lru_cache(_QUESTIONS)
def asking_spans(folded: str) -> tuple[tuple[int, int], ...]:
    """Return where the clauses stand that `asking` returns, half-open."""
    clauses = [match.span() for match in _CLAUSE.finditer(folded) if match[0].strip()]
    found = []
    for before, (start, end) in zip([(0, 0), *clauses], clauses, strict=False):
        if _ASKS.search(folded[start:end]):
            is_short = len(folded[start:end].strip()) <= _SHORT
            joined = is_short or folded[slice(*before)].endswith(_WHEN)
            found.append((before[0] if joined and before[1] else start, end))
        elif found and found[-1][1] == before[1] and _goes_on(folded[start:end].strip()):
            found.append((start, end))
    return tuple(found) or ((0, len(folded)),)


def _goes_on(clause: str) -> bool:
    """Tell whether a clause may be one more thing that is asked for: 几点开门，还有票价."""
    return len(clause) <= _SHORT and clause[0] not in _DENIES
