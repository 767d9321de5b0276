"""Other spellings of what the documents say: homophones, and Chinese names in Latin letters.

A question is respelled only where it is surely not as the documents write it: a run of characters
that is no word and sounds like one of the documents' words (院讯 for 院训), or Latin words that
spell one of their words in pinyin (Qinglan for 青岚). Where two of their words sound the same,
neither is put in, unless one is the likelier name. Leaves out: wrong words that are words
themselves, and in English questions all words but names, since much English reads as pinyin
(women, change, data).
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import cache, cached_property
from itertools import groupby

from corpus.lazy_pattern import HAN, lazy_pattern
from corpus.names import syllable
from qa.lexical import Tokenizer

_HAN = lazy_pattern(HAN)
_HAN_WORD = lazy_pattern(f"{HAN}{{2,4}}")
_LATIN = lazy_pattern("[a-z]+(?:['’-][a-z]+)*(?: +[a-z]+(?:['’-][a-z]+)*)*")
_LATIN_WORD = lazy_pattern(r"[a-z]+(?:['’-](?!s\b)[a-z]+)*")
_SUFFIX = lazy_pattern("(?<=..)[省市县区镇乡村州]$")
LONGEST = 4  # syllables of a word, and Latin words that may spell one
SHORTEST_LATIN = 4  # letters; shorter ones spell too much
# English words of that length, and a few names, that read as two syllables of pinyin and more.
_ENGLISH = frozenset(
    """
    abuse agenda alone along amazing america among anemia angola anna anyone area arena asia aware
    baize bake balance bali bamboo banana bandage bang banner banning base being bike bile binding
    bingo bite bone bore buying cache cage cake came camera canada candidate cane canine canoe
    canteen care case chain chance change changer chase cheese chemo chen chile chime china chine
    chinese cinema cite congo cuba cuisine cure cute cutie dalai damage dance dane danger dare data
    database date dating dealing dean debate decide defence defense delegate delete dementia demon
    dene denote dense dialogue diane dice dilate dilemma dime dina dine dining dinner disease dude
    duke dune during eating edema enema fade fake fame fanning fate fence gain game gang ganger
    gangrene gangue gate gene genie genome guam guidance guide guinea guyana haiti halo hang hanger
    hate hence here house housing huge human humane hunger june lake lama lance lane language langue
    late lease lebanon leisure license like lime line linen linger lingo lisa lone long lose lounge
    louse luge lumina lunge machine made magazine magenta main malaria male mali manage mandarin
    mane mange manger mania manicure manning manure mare marine maritime maxima maze mean meaning
    media medicine menace menu merge mice mile mine mingle minima minute mite mode more mouse mute
    name niche nine niue none nose note nuance nude ocean once online open orange ounce outing page
    pain pale panache panama panda pane penguin piano pile pine ping pole puke quote range ranger
    renminbi reside resume rice ride ring rise rite route rule sale same samoa sane sang sanguine
    sedan sedate senate senile sense serene shade shake shame shangri share sheng shine side siege
    since sing singe singer single site situate size suicide suite sung sure sushi tale tame tampa
    tangerine tango taxi team tense tenure tibia tide tile time tine tuna tune tuning wage waiting
    wake wane wangle wanna woman women yemen yoga young zinnia
    """.split()  # noqa: SIM905  (a list would be three times as long)
)
_NAME_TAGS = frozenset({"nr", "nrt", "nrfg", "ns", "nt", "nz"})  # of jieba's dictionary
# Characters that sound otherwise at the beginning of a name.
_FAMILY = {
    "单": "shan",
    "解": "xie",
    "曾": "zeng",
    "仇": "qiu",
    "查": "zha",
    "区": "ou",
    "任": "ren",
    "朴": "piao",
    "盖": "ge",
    "翟": "zhai",
    "长": "chang",
}
# How often jieba's sources have a character by itself: 没 52,000 times, 讯 4,000.
RARE = 5_000
LITTLE_WORD = 50_000
COMMON = 3_000


class Spelling:
    """Respells folded questions by the words of an index."""

    def __init__(self, words: Collection[str], tokenizer: Tokenizer) -> None:
        self._words = words
        self._tokenizer = tokenizer

    def respell(self, folded: str) -> str:
        """Return the question as the documents would spell it.

        `folded` is a question without the names that were recognised. It is returned unchanged
        where it can stand as it is.
        """
        replaced = list(self._latin(folded)) + list(self._homophones(folded))
        for start, end, word in sorted(replaced, reverse=True):
            folded = folded[:start] + word + folded[end:]
        return folded

    def _homophones(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Yield where characters that form no word sound like a word, and that word.

        What is left beside it must be common words: in 流感针断货 no 诊断 was meant, nor in 柏素琴
        a 柏树.
        """
        for start, run in self._loose_runs(folded):
            found, left = self._slips(run)
            if all(self._tokenizer.frequency(char) >= COMMON for char in left):
                yield from ((start + begin, start + end, word) for begin, end, word in found)

    def _slips(self, run: str) -> tuple[list[tuple[int, int, str]], str]:
        """Return where a run of characters sounds like words, these, and what is left of it."""
        found, left = [], ""
        at = 0
        while at < len(run):
            for length in range(min(LONGEST, len(run) - at), 1, -1):
                word = self._meant_by(run[at : at + length])
                if word:
                    found.append((at, at + length, word))
                    at += length
                    break
            else:
                left += run[at]
                at += 1
        return found, left

    def _meant_by(self, typed: str) -> str | None:
        """Return the one word for which `typed` is a slip; None where there are two or none."""
        alike = self._by_sound.get(_sound(typed), ())
        meant = [word for word in alike if self._is_slip(typed, word)]
        return meant[0] if len(meant) == 1 else None

    def _is_slip(self, typed: str, word: str) -> bool:
        """Tell whether `typed` is a slip for `word`, and not two little words beside each other."""
        frequency = self._tokenizer.frequency
        differing = [a for a, b in zip(typed, word, strict=True) if a != b]
        return (
            0 < len(differing) < len(word)
            and all(frequency(char) < RARE for char in differing)
            and all(frequency(char) < LITTLE_WORD for char in typed)
        )

    def _loose_runs(self, folded: str) -> Iterator[tuple[int, str]]:
        """Yield runs of Han characters that are not part of a known word, with their places."""
        at = 0
        pieces = []
        for token in self._tokenizer.cut(folded):
            known = len(token) > 1 and bool(
                token in self._words or self._tokenizer.frequency(token)
            )
            pieces.append((at, token, known or not _HAN_WORD.match(token + token)))
            at += len(token)
        for loose, group in groupby(pieces, key=lambda piece: not piece[2]):
            run = list(group)
            if loose:
                yield run[0][0], "".join(token for _, token, _ in run)

    def _latin(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Yield where Latin words spell a word in pinyin, the longest first, and that word."""
        bare = _without_tones(folded)
        if not _LATIN_WORD.search(bare):  # the tables of spellings take a second to make
            return
        spelled = self._by_letters if _HAN.search(folded) else self._names_by_letters
        for phrase in _LATIN.finditer(bare):
            words = list(_LATIN_WORD.finditer(phrase[0]))
            at = 0
            while at < len(words):
                for length in range(min(LONGEST, len(words) - at), 0, -1):
                    piece = words[at : at + length]
                    word = self._spelled_by([part[0] for part in piece], spelled)
                    if word:
                        begin, end = piece[0].start(), piece[-1].end()
                        yield phrase.start() + begin, phrase.start() + end, word
                        at += length
                        break
                else:
                    at += 1

    def _spelled_by(self, parts: list[str], spelled: dict[str, str]) -> str | None:
        """Return the word that Latin words spell together, none of them being English."""
        letters = [re.sub("[^a-z]", "", part) for part in parts]
        if len(parts) == 1 and parts[0] in self._words:
            return None
        if any(part in _ENGLISH for part in parts):
            return None
        word = spelled.get("".join(letters))
        # Each Latin word is one syllable or more of its own, so more of them cannot be fewer.
        if word and len(parts) > len(word):
            return None
        if not word and len(parts) == 2:  # noqa: PLR2004  (given name and family name)
            word = self._turned_names.get((letters[0], letters[1]))
        return word

    @cached_property
    def _by_sound(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        heard: dict[tuple[str, ...], list[str]] = {}
        for word in self._han_words:
            heard.setdefault(_sound(word), []).append(word)
        return {sound: tuple(words) for sound, words in heard.items()}

    @cached_property
    def _by_letters(self) -> dict[str, str]:
        return self._only_likeliest(self._han_words)

    @cached_property
    def _names_by_letters(self) -> dict[str, str]:
        return self._only_likeliest([word for word in self._han_words if self._is_name(word)])

    @cached_property
    def _turned_names(self) -> dict[tuple[str, str], str]:
        """Names of persons by their letters when the family name stands last (Xiaozhou Lin)."""
        turned: dict[tuple[str, str], set[str]] = {}
        for word in self._han_words:
            if len(word) <= 3 and self._is_person(word):  # noqa: PLR2004  (most have 2 or 3)
                for first, *given in _readings(word):
                    turned.setdefault(("".join(given), first), set()).add(word)
        return {letters: words.pop() for letters, words in turned.items() if len(words) == 1}

    def _only_likeliest(self, words: Iterable[str]) -> dict[str, str]:
        """Return words by their letters; of words that are spelled alike one that is surely meant.

        That is the only name among them, or the only place (大同, where there is 大同市).
        """
        alike: dict[str, dict[str, int]] = {}
        for word in words:
            short = _SUFFIX.sub("", word)
            rank = 2 if short != word else int(self._is_name(word))
            for form in {short, word}:
                for syllables in _readings(form):
                    letters = "".join(syllables)
                    if len(letters) >= SHORTEST_LATIN:
                        forms = alike.setdefault(letters, {})
                        forms[form] = max(rank, forms.get(form, 0))
        spelled = {}
        for letters, forms in alike.items():
            best = max(forms.values())
            likeliest = [form for form, rank in forms.items() if rank == best]
            if len(likeliest) == 1:
                spelled[letters] = likeliest[0]
        return spelled

    @staticmethod
    def _is_name(word: str) -> bool:
        """Tell whether a word is a name: jieba has it as one, or only the documents have it."""
        tag = _tags().get(word)
        return tag is None or tag in _NAME_TAGS or _SUFFIX.search(word) is not None

    @staticmethod
    def _is_person(word: str) -> bool:
        return _tags().get(word, "nr").startswith("nr")

    @cached_property
    def _han_words(self) -> list[str]:
        return sorted(word for word in self._words if _HAN_WORD.fullmatch(word))


def _sound(text: str) -> tuple[str, ...]:
    return tuple(map(syllable, text))


def _without_tones(text: str) -> str:
    """Write Lín Xiǎozhōu without its tones and ü as v, keeping every character's place."""
    if text.isascii():
        return text
    return "".join(map(_without_tone, text))


@cache
def _without_tone(char: str) -> str:
    if char in "üǖǘǚǜ":
        return "v"
    base = unicodedata.normalize("NFD", char)[0]
    return base if "a" <= base <= "z" else char


def _readings(word: str) -> list[list[str]]:
    """Return the ways to spell a word in Latin letters, syllable by syllable.

    >>> _readings("重庆"), _readings("单立")
    ([['chong', 'qing']], [['dan', 'li'], ['shan', 'li']])
    >>> _readings("吕良")
    [['lv', 'liang'], ['lu', 'liang'], ['lyu', 'liang']]
    """
    syllables = _syllables(word)
    readings = [syllables]
    if word[0] in _FAMILY and _FAMILY[word[0]] != syllables[0]:
        readings.append([_FAMILY[word[0]], *syllables[1:]])
    if any("v" in syllable for syllable in syllables):
        readings += [
            [syllable.replace("v", vowel) for syllable in syllables] for vowel in ("u", "yu")
        ]
    return readings


def _syllables(word: str) -> list[str]:
    # The phrases of pypinyin tell how 重 sounds in 重庆; looking in its table is some ten times
    # faster than cutting every word anew, and tens of thousands of words are to be spelled.
    phrase = _phrases().get(word)
    if phrase:
        return [_letters_of(syllables[0]) for syllables in phrase]
    return [_letters(char) for char in word]


@cache
def _letters_of(syllable: str) -> str:
    return "".join(map(_without_tone, syllable))


@cache
def _letters(char: str) -> str:
    from pypinyin import lazy_pinyin

    return lazy_pinyin(char, v_to_u=False)[0]


@cache
def _phrases() -> dict[str, list[list[str]]]:
    from pypinyin.constants import PHRASES_DICT

    return PHRASES_DICT


@cache
def _tags() -> dict[str, str]:
    """Return the part of speech of jieba's words; it takes a fifth of a second, once."""
    import jieba

    with jieba.Tokenizer().get_dict_file() as file:
        lines = (line.decode("utf-8").split() for line in file)
        return {parts[0]: parts[2] for parts in lines if len(parts) > 2}  # noqa: PLR2004
