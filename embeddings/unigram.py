"""Cut texts into the pieces of a unigram model, as `tokenizers` does it, but ready at once.

`tokenizers` takes 0.7 s and 300 MB to open the 250,000 pieces of the default model, more than
everything else that a first question needs. This takes a twentieth of both. It finds the most
probable way to cut each word with the algorithm of Viterbi; see Kudo, "Subword Regularization",
ACL 2018. Texts that hold special tokens such as <s>, or characters that `tokenizers` composes with
their neighbours, are left to `tokenizers`, which is opened when the first of them comes.
"""

import json
import math
import unicodedata
from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from embeddings.encoder import Spans
from embeddings.unpack import Vocabulary

TOKENIZER_FILE = "tokenizer.json"
PIECES_FILE = "pieces.txt"
IDS_FILE = "pieces.ids"
SCORES_FILE = "pieces.scores"
HEAD_FILE = "pieces.json"
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
KEPT = "～"  # which NFKC would make an ASCII tilde of
PLACEHOLDER = "\ue000"  # carries it past NFKC
_MARK = "▁"  # the beginning of a word
_UNKNOWN = 10.0  # below the least probable piece
Group = dict[str, tuple[int, float]]
"""The id and the log probability of each piece."""
_NOTHING: tuple[Group, int] = ({}, 0)


class Unigram:
    """The pieces of a model, each with its log probability.

    `begin` and `end` are the ids of the tokens that stand around a text for the model.
    """

    def __init__(self, folder: Path) -> None:
        """Open the files in `folder`. Raises OSError, ValueError or KeyError when they do not hold.

        The folder's TOKENIZER_FILE is read when it is needed.
        """
        told = json.loads((folder / HEAD_FILE).read_text(encoding="utf-8"))
        self.begin, self.end = int(told["begin"]), int(told["end"])
        self._unknown = int(told["unknown"])
        self._unknown_score = float(told["least"]) - _UNKNOWN
        self._characters = _Characters(told["characters"])
        self._groups = _Groups(folder, told["groups"], told["starts"], told["firsts"])
        self._folder = folder

    def encode(self, text: str) -> tuple[list[int], Spans]:
        """Return the ids of a text's pieces, and the range of characters that each stands for.

        >>> Unigram(folder).encode("有80台")
        ([6, 1528, 2155, 5598], ((0, 1), (0, 1), (1, 3), (3, 4)))
        """
        normal = None if _is_special(text) else self._characters.normal(text)
        if normal is None:
            encoded = self._tokenizer.encode(text, add_special_tokens=False)
            return encoded.ids, tuple(encoded.offsets)
        ids: list[int] = []
        spans: list[tuple[int, int]] = []
        for word, places in _words(*normal):
            for number, start, end in self._cut(word):
                ids.append(number)
                spans.append((places[start], places[end - 1] + 1))
        return ids, tuple(spans)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._folder / TOKENIZER_FILE))

    def _cut(self, word: str) -> list[tuple[int, int, int]]:
        """Return the id, start and end of each piece of the most probable way to cut a word.

        Of ways that are equally probable it is that whose pieces end with the longest; neighbours
        that no piece stands for are one.
        """
        size = len(word)
        best: list[float] = [0.0, *[-math.inf] * size]
        last = [(0, 0)] * (size + 1)  # the id and the start of the piece that ends there
        names = [_group_of(word), *word[1:]]
        for start, (pieces, longest) in enumerate(map(self._groups.__getitem__, names)):
            here = best[start]
            for end in range(start + 1, min(start + longest, size) + 1):
                found = pieces.get(word[start:end])
                if found is not None and here + found[1] > best[end]:
                    best[end] = here + found[1]
                    last[end] = (found[0], start)
            if word[start] not in pieces and here + self._unknown_score > best[start + 1]:
                best[start + 1] = here + self._unknown_score
                last[start + 1] = (self._unknown, start)
        return self._traced(last)

    def _traced(self, last: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
        pieces: list[tuple[int, int, int]] = []
        end = len(last) - 1
        while end > 0:
            number, start = last[end]
            if pieces and number == self._unknown == pieces[-1][0]:
                pieces[-1] = (number, start, pieces[-1][2])
            else:
                pieces.append((number, start, end))
            end = start
        pieces.reverse()
        return pieces


class _Groups(dict[str, tuple[Group, int]]):
    """The pieces by their group, with the length of the longest; read from the file when needed.

    A group begins with the same character, or the same two where the first is the mark of a word.
    """

    def __init__(
        self, folder: Path, groups: Sequence[str], starts: Sequence[int], firsts: Sequence[int]
    ) -> None:
        """Open the files. `starts` are the groups' bytes in them, `firsts` their first pieces."""
        super().__init__()
        self._bytes = (folder / PIECES_FILE).read_bytes()
        self._ids = array("i", (folder / IDS_FILE).read_bytes())
        self._scores = array("d", (folder / SCORES_FILE).read_bytes())
        if not len(self._ids) == len(self._scores) == firsts[-1]:
            raise ValueError(f"{len(self._ids)} ids and {len(self._scores)} scores")
        self._ranges = dict(zip(groups, zip(pairwise(starts), firsts, strict=False), strict=True))
        self._mark = self[_MARK][0]

    def __missing__(self, name: str) -> tuple[Group, int]:
        place = self._ranges.get(name)
        marked = len(name) > 1
        if place is None:
            return self[_MARK] if marked else _NOTHING
        (begin, end), first = place
        pieces = self._bytes[begin:end].decode("utf-8").split("\n")[:-1]
        group = {piece: (self._ids[at], self._scores[at]) for at, piece in enumerate(pieces, first)}
        longest = max(map(len, pieces))
        self[name] = (self._mark | group if marked else group, longest)
        return self[name]


class _Characters:
    """What each character becomes: nothing, a space, or its NFKC form."""

    def __init__(self, mapped: Mapping[str, str]) -> None:
        self._mapped = {**mapped, KEPT: KEPT, PLACEHOLDER: KEPT}
        # What `tokenizers` does before NFKC.
        self._first = str.maketrans({c: to for c, to in mapped.items() if to in {"", " "}})
        self._first[ord(KEPT)] = PLACEHOLDER

    def normal(self, text: str) -> tuple[str, Sequence[int]] | None:
        """Return the normal form of a text, and of each of its characters the place in the text.

        Of several spaces the last stays. None when characters are composed with their neighbours.
        """
        parts = [self._mapped.get(character, character) for character in text]
        normal = "".join(parts)
        composed = unicodedata.normalize("NFKC", text.translate(self._first))
        if composed.replace(PLACEHOLDER, KEPT) != normal:
            return None
        places = [place for place, part in enumerate(parts) for _ in part]
        if "  " in normal:
            kept = [at for at in range(len(normal)) if normal[at : at + 2] != "  "]
            normal, places = "".join(normal[at] for at in kept), [places[at] for at in kept]
        return normal, places


def _group_of(piece: str) -> str:
    return piece[:2] if piece[0] == _MARK else piece[0]


def _is_special(text: str) -> bool:
    return "<" in text and any(token in text for token in SPECIAL)


def _words(normal: str, places: Sequence[int]) -> Iterator[tuple[str, Sequence[int]]]:
    """Yield the words with the mark before them, and the places of their characters."""
    if not normal:
        return
    marked = normal.replace(" ", _MARK)
    if not marked.startswith(_MARK):
        marked, places = _MARK + marked, [places[0], *places]
    begins = [at for at, character in enumerate(marked) if character == _MARK]
    for begin, end in pairwise([*begins, len(marked)]):
        yield marked[begin:end], places[begin:end]


def write_unigram(folder: Path, vocabulary: Vocabulary) -> None:
    """Write the files of a vocabulary."""
    ids = sorted(range(len(vocabulary.pieces)), key=lambda number: _key(vocabulary.pieces[number]))
    groups: list[str] = []
    starts, firsts, size = [], [], 0
    lines = []
    for first, number in enumerate(ids):
        piece = vocabulary.pieces[number]
        if not groups or _group_of(piece) != groups[-1]:
            groups.append(_group_of(piece))
            starts.append(size)
            firsts.append(first)
        lines.append(f"{piece}\n".encode())
        size += len(lines[-1])
    head = {
        "begin": vocabulary.bos,
        "end": vocabulary.eos,
        "unknown": vocabulary.unk,
        "least": min(vocabulary.scores),
        "characters": dict(vocabulary.normalization),
        "groups": groups,
        "starts": [*starts, size],
        "firsts": [*firsts, len(ids)],
    }
    (folder / HEAD_FILE).write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")
    (folder / PIECES_FILE).write_bytes(b"".join(lines))
    (folder / IDS_FILE).write_bytes(array("i", ids).tobytes())
    scores = array("d", (vocabulary.scores[number] for number in ids))
    (folder / SCORES_FILE).write_bytes(scores.tobytes())


def _key(piece: str) -> tuple[str, str]:
    return _group_of(piece), piece
