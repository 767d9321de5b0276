"""Whom every paragraph of a page is about, by rule.

An article about one hospital gives it to all its paragraphs, also to those that only say 该院; one
that goes from hospital to hospital gives each paragraph the nearest that is named; one about none
is about what its title says. Leaves out: any knowledge of particular hospitals.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial

from corpus.coined_names import coined_name
from corpus.full_names import completed
from corpus.institution_names import InstitutionName, Joined, institution_names
from corpus.institutions import proper_nouns
from corpus.model import Article
from corpus.places import home
from corpus.short_forms import customary_forms, partial_forms, read_aliases

__all__ = ["InstitutionName", "institution_names", "read_aliases", "subjects"]

_HAN = "\u4e00-\u9fff"
# An article that speaks so is about a hospital; 医院 only where nothing stands before it.
_SELF = re.compile(
    "该院|我院|本院|全院|院党委|该医院|我们医院|(?:^|[，。；、,;“])医院(?!管理|感染|等级)"
)
_POST = (
    "(?:原|现任|常务|党委|党总支|党组|党支部|理事会|执行|行政|副?书记|副?院长|副?主任|总院长|院士"
    "|理事长|兼|、|及)+"
)
_SAYS = "介绍|表示|认为|坦言|指出|告诉|强调|透露|谈到|谈及|说|称|道|教授"
_SPEAKER = re.compile(f"{_POST}(?P<person>[{_HAN}]{{2,4}}?)(?={_SAYS}|[，。：:（(])")
_HOSPITAL = re.compile("(?:医院|卫生院|保健院|[一二三四五六七八九十]院)$")
_OTHER_WORD = re.compile("[社城院地小校景郊][市县区]|城市|[各全外][省市县区]")
_ITEM = re.compile("[【▲●■◆★▶]")
_ROUNDUP = re.compile(
    "[一二三四五六七八九十几多\\d]则|短波|[简快短]讯|速[递览]|一[束组]|集锦|要闻|动态"
)
_MUCH_MORE = 2  # times that the main hospital is named as often as any other
_NAMED_OFTEN = 4


@dataclass(frozen=True, slots=True)
class _Mention:
    name: str  # canonical within its article
    start: int
    end: int


def subjects(text: str, articles: Sequence[Article]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return for every block of every article the canonical names of whom it is about.

    An article about no hospital is about its title. Empty is what has neither: no hospital in the
    whole page, and no title.
    """
    page = _Page(text, tuple(articles))
    found = [_Reader(page, article) for article in articles]
    whole = [reader.main() for reader in found]
    return tuple(
        reader.of_blocks(main)
        if main or reader.is_survey or reader.has_items
        else _fallback(whole, number, reader)
        for number, (reader, main) in enumerate(zip(found, whole, strict=True))
    )


def _fallback(
    whole: Sequence[tuple[str, ...]], number: int, reader: "_Reader"
) -> tuple[tuple[str, ...], ...]:
    """Give loose captions to the article before, or after; all else its title."""
    article = reader.article
    loose = not article.title or not any(block.kind == "paragraph" for block in article.blocks)
    near = [*reversed(whole[:number]), *whole[number + 1 :]] if loose else []
    own = (article.title,) if article.title else ()
    return (next(filter(None, near), own),) * len(article.blocks)


@dataclass(frozen=True)
class _Page:
    """The raw text, its institutions, and their full names."""

    text: str
    articles: tuple[Article, ...]

    @cached_property
    def names(self) -> tuple[InstitutionName, ...]:
        return institution_names(self.text)

    @cached_property
    def joined(self) -> Joined:
        return Joined.of(self.text)

    @cached_property
    def full(self) -> tuple[str, ...]:
        """The names that no longer name of the page stands for, in order of their appearance."""
        names = tuple(dict.fromkeys(name.name for name in self.names if not name.is_partial))
        return tuple(
            name
            for name in names
            if not any(_stands_for(name, other) and len(other) > len(name) for other in names)
        )

    def completed(self, name: str) -> str:
        """Return a name such as 市二医院, whose full form the page never says, with its place."""
        place = self._homes(name[0])
        return completed(name, place) if place else name

    @cached_property
    def _homes(self) -> Callable[[str], str]:
        return cache(partial(home, self.text))


class _Reader:
    """One article: its mentions, and what they say about it."""

    def __init__(self, page: _Page, article: Article) -> None:
        self.article = article
        self._page = page
        spans = [(block.start, block.end) for block in article.blocks]
        self._spans = spans + ([article.title_span] if article.title_span else [])
        self._own = [name for name in page.names if self._within(name.start)]
        self._mentions = self._resolved()

    @cached_property
    def has_items(self) -> bool:
        """Tell whether it is a row of news with headlines of their own, about this and that.

        A hospital's brochure may have such headlines too.
        """
        if self._titled and not _ROUNDUP.search(self.article.title):
            return False
        blocks = (b for b in self.article.blocks if b.kind == "heading")
        return sum(_ITEM.match(self._page.text, b.start) is not None for b in blocks) > 1

    @cached_property
    def is_survey(self) -> bool:
        """Tell whether people of several hospitals are heard, none of them the main one."""
        return not self.main() and len({name for _, name in self._people}) > 1

    def main(self) -> tuple[str, ...]:
        """Return the hospital(s) that the whole article is about; none when it is no one's."""
        if self.has_items:
            return ()
        if self._titled:
            return self._titled
        counts = Counter(m.name for m in self._mentions if _HOSPITAL.search(m.name))
        ranked = counts.most_common(2)
        if not ranked:
            return ()
        (name, count), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0
        heard = {hospital for _, hospital in self._people}
        if self._speaks_of_itself and count > second and len(heard) <= 1:
            return (name,)
        if count < _MUCH_MORE * second:
            return ()
        if self._speaks_of_itself or (second == 0 and self._begins_with(name)):
            return (name,)
        return (name,) if count >= _NAMED_OFTEN else ()

    def of_blocks(self, main: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """Return the subjects of each block; `main` is whom the whole article is about."""
        blocks = self.article.blocks
        if len(main) == 1:
            return (main,) * len(blocks)
        own = [self._named_in(block.start, block.end, main) for block in blocks]
        last = main
        for number, block in enumerate(blocks):
            if block.kind == "heading" and self.has_items:
                last = main
            if block.kind != "heading":
                own[number] = own[number] or last
                last = own[number] if main else own[number][-1:]
        following: tuple[str, ...] = ()
        for number in reversed(range(len(blocks))):
            block = blocks[number]
            # A quotation may come before the one who said it.
            if block.kind == "heading" or self._page.text[block.start] in '“"':
                own[number] = own[number] or following
            following = own[number]
        title = (self.article.title,) if self.article.title else ()
        return tuple(names or title for names in own)

    @cached_property
    def _titled(self) -> tuple[str, ...]:
        span = self.article.title_span
        if span:
            names = [m.name for m in self._mentions if span[0] <= m.start < span[1]]
        else:
            title = self.article.title
            names = [self._full(name) for name in institution_names(title)]
        found = tuple(dict.fromkeys(name for name in names if _HOSPITAL.search(name)))
        if found:
            return found
        body = "".join(
            self._joined(block.start, block.end)
            for block in self.article.blocks
            if block.kind == "paragraph"
        )
        coined = coined_name(self.article.title, body)
        return (coined,) if coined else ()

    @cached_property
    def _people(self) -> list[tuple[str, str]]:
        """Who is introduced as somebody of a hospital."""
        people = []
        for mention in self._mentions:
            match = _SPEAKER.match(self._joined(mention.end, mention.end + 60))
            if match:
                people.append((match["person"], mention.name))
        return people

    @cached_property
    def _speaks_of_itself(self) -> bool:
        return any(
            _SELF.search(self._joined(block.start, block.end)) for block in self.article.blocks
        )

    def _begins_with(self, name: str) -> bool:
        first = next((b for b in self.article.blocks if b.kind == "paragraph"), None)
        return first is not None and any(
            m.name == name and first.start <= m.start < first.end for m in self._mentions
        )

    def _named_in(self, start: int, end: int, among: tuple[str, ...]) -> tuple[str, ...]:
        names = [m.name for m in self._mentions if start <= m.start < end]
        if not names:
            text = self._joined(start, end)
            names = [name for person, name in self._people if person in text]
        return tuple(dict.fromkeys(n for n in names if n in among or not among))

    def _joined(self, start: int, end: int) -> str:
        return "".join(self._page.text[start:end].split())

    def _within(self, at: int) -> bool:
        return any(start <= at < end for start, end in self._spans)

    def _resolved(self) -> tuple[_Mention, ...]:
        """Return all mentions, also by short forms, under their full names."""
        mentions = [_Mention(self._full(name), name.start, name.end) for name in self._own]
        taken = [(m.start, m.end) for m in mentions]
        for mention in self._short(dict.fromkeys(m.name for m in mentions)):
            if not any(mention.start < end and start < mention.end for start, end in taken):
                mentions.append(mention)
                taken.append((mention.start, mention.end))
        return tuple(sorted(mentions, key=lambda mention: mention.start))

    def _full(self, name: InstitutionName) -> str:
        """Return whom a name means: a full name of this article, else the page's only one."""
        nearby = [n for n in self._own if not n.is_partial]
        here = _most(n.name for n in nearby if _stands_for(name.name, n.name))
        if not here and name.is_partial:
            full = _only(f for f in self._page.full if _stands_for(name.name, f))
            return full or self._page.completed(name.name)
        best = here or name.name
        longer = [f for f in self._page.full if f != best and _stands_for(best, f)]
        return longer[0] if len(longer) == 1 else best

    def _short(self, names: Iterable[str]) -> Iterable[_Mention]:
        """Find the customary short forms of names in the blocks and the title."""
        forms: dict[str, str] = {}
        for name in names:
            for form in (*customary_forms(name), *partial_forms(name)):
                forms.setdefault(form, name)
        if not forms:
            return
        ordered = sorted(forms, key=lambda form: (-len(form), form))
        joined = self._page.joined
        for match in re.finditer("|".join(map(re.escape, ordered)), joined.text):
            start, end = joined.span(*match.span())
            if self._within(start) and not _belongs_elsewhere(joined.text, match.start()):
                yield _Mention(forms[match[0]], start, end)


def _belongs_elsewhere(text: str, at: int) -> bool:
    """Tell whether 市二院 follows another city's name, or 区医院 is the end of 社区医院."""
    if _OTHER_WORD.match(text, max(0, at - 1)):
        return True
    return any(text[at - size : at + 1] in proper_nouns() for size in (2, 3) if at >= size)


@lru_cache(maxsize=20_000)
def _stands_for(short: str, full: str) -> bool:
    """Tell whether a name is the same as a fuller one, or a short form of it."""
    return short == full or short in customary_forms(full) or short in partial_forms(full)


def _most(names: Iterable[str]) -> str:
    """Return the longest of the names that stand for the others; among several the most said."""
    counts = Counter(names)
    return max(counts, key=lambda name: (counts[name], len(name)), default="")


def _only(names: Iterable[str]) -> str:
    found = list(names)
    return found[0] if len(found) == 1 else ""
