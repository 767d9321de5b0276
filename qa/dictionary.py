"""jieba's dictionary, from a mapped file for a few words and from memory for many.

Loading its half a million entries takes longer than answering a question. So they lie sorted in
files of ours, in which a word is found by binary search, until so many texts have been cut that
loading them has paid off.
"""

import logging
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray

from embeddings.durable import read_array, write_array
from qa.postings import SortedWords

FEW = 24  # texts; the time to load the dictionary is that of some hundreds
_FILES = ("spellings", "bounds", "frequencies", "total")


class _Files:
    """jieba's own words and how often they occur, which nobody changes."""

    def __init__(self, words: SortedWords, counts: NDArray[np.int32]) -> None:
        self.words = words
        self.counts = counts

    @cached_property
    def in_memory(self) -> dict[str, int]:
        return dict(zip(self.words, self.counts.tolist(), strict=True))


class Frequencies:
    """How often words occur, as jieba's `FREQ`: what was added, and what lies in the files."""

    def __init__(self, files: _Files) -> None:
        self._files = files
        self._added: dict[str, int] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._added or word in self._files.words

    def __getitem__(self, word: str) -> int:
        if word in self._added:
            return self._added[word]
        number = self._files.words.number(word)
        if number is None:
            raise KeyError(word)
        return int(self._files.counts[number])

    def __setitem__(self, word: str, count: int) -> None:
        self._added[word] = count

    def get(self, word: str, default: int | None = None) -> int | None:
        try:
            return self[word]
        except KeyError:
            return default

    def loaded(self) -> dict[str, int]:
        """Return all of it in memory."""
        return {**self._files.in_memory, **self._added}


def open_dictionary(folder: Path | None = None) -> tuple[Frequencies, int]:
    """Return the frequencies of jieba's dictionary, to be changed, and their total.

    The files are made in `folder`, by default in the user's cache, when they are not there; where
    nothing can be written, the dictionary is loaded.
    """
    files, total = _opened(folder or Path(platformdirs.user_cache_dir("hospital-qa")))
    return Frequencies(files), total


@cache
def _opened(folder: Path) -> tuple[_Files, int]:
    import jieba

    home = folder / f"jieba-{jieba.__version__}"
    try:
        if not _is_there(home):
            _write(home)
        arrays = tuple(read_array(home / f"{name}.npy") for name in _FILES)
    except OSError:
        arrays = _made()
    spellings, bounds, counts, total = arrays
    return _Files(SortedWords(spellings, bounds), counts), int(total[0])


def _is_there(home: Path) -> bool:
    """Tell whether the last of the files is there, before which all others were written."""
    return (home / f"{_FILES[-1]}.npy").exists()


def _write(home: Path) -> None:
    """Write the files, unless another process does. Raises OSError."""
    from filelock import FileLock

    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / "write.lock"):
        if not _is_there(home):
            for name, array in zip(_FILES, _made(), strict=True):
                write_array(home / f"{name}.npy", array)


def _made() -> tuple[NDArray[Any], ...]:
    """Return jieba's dictionary as arrays. Beginnings of words are in it, with a count of 0."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    found, total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    ordered = sorted(found, key=lambda word: word.encode("utf-8", "surrogatepass"))
    words = SortedWords.from_sorted(ordered)
    counts = np.array([found[word] for word in ordered], np.int32)
    return words.spellings, words.bounds, counts, np.array([total], np.int64)
