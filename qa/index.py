"""The index: segments read as one, their rows numbered through.

A row is a sentence. What a question touches is looked up by number in the segment that has it;
nothing is copied together.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, chain, pairwise
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from corpus.institutions import KnownWords
from corpus.model import Document, Passage, Sentence
from corpus.names import Entity, Gazetteer, about_an_institution, merged
from corpus.reflow import searchable
from embeddings.store import StoreChain
from embeddings.tokens import Floats, Similarities, center
from qa.bm25 import BM25
from qa.found import Found, Rows
from qa.model import Kind
from qa.segment import Segment
from qa.texts import DOCUMENTS_KEPT, SENTENCES_KEPT
from qa.values import QUESTION_BIT, bit_of

LEAD = 100  # characters before a sentence that it is read with
NAMES_KEPT = 32  # sets of names whose rows are remembered
SLICE = 16_384  # rows whose vectors are in memory at a time
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was made from; an index is used only where all of it is the same."""

    format: int
    encoder: str
    corpus: str
    tokenizer: str


class Numbered(Sequence[T], Generic[T]):
    """Things by their number, made when they are asked for; those left out are skipped."""

    def __init__(self, numbers: Sequence[int], make: Callable[[int], T]) -> None:
        self._numbers = numbers
        self._make = make

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return Numbered(self._numbers[at], self._make)
        return self._make(int(self._numbers[at]))

    def __iter__(self) -> Iterator[T]:
        return map(self._make, map(int, self._numbers))


class Index:
    """Documents, passages and sentences of some segments, with their vectors and words.

    `vectors` has the rows of all segments. `names` are those that the tokenizer knew, with their
    frequencies (see `qa.lexical.Tokenizer`). `removed` are the numbers of the documents, counted
    through all segments, that are there no longer.
    """

    def __init__(
        self,
        manifest: Manifest,
        segments: Sequence[Segment],
        vectors: StoreChain,
        names: Mapping[str, int],
        removed: Iterable[int] = (),
    ) -> None:
        self.manifest = manifest
        self.segments = tuple(segments)
        self.vectors = vectors
        self.names = names
        self.removed = frozenset(removed)
        self.lexical = BM25([segment.postings for segment in segments])
        texts = [segment.texts for segment in segments]
        self._documents = _begins(one.n_documents for one in texts)
        self._passages = _begins(one.n_passages for one in texts)
        self._rows = _begins(one.n_sentences for one in texts)
        self.embedded_text = lru_cache(SENTENCES_KEPT)(self._embedded_text)
        self._searched = lru_cache(NAMES_KEPT)(self._rows_about_or_saying)
        self.gone = self._rows_of_documents(self.removed)
        vectors.remove(self.gone)

    @property
    def documents(self) -> Sequence[Document]:
        """The documents, in the order of the segments."""
        return Numbered(self._there(self._documents[-1], self.removed), self.document)

    @property
    def passages(self) -> Sequence[Passage]:
        """The passages, in the order of their documents."""
        return Numbered(self._there(self._passages[-1], self._passages_gone), self.passage)

    @property
    def sentences(self) -> Sequence[Sentence]:
        """The sentences, in the order of their passages."""
        return Numbered(self._there(self._rows[-1], frozenset(self.gone.tolist())), self.sentence)

    @property
    def document_hashes(self) -> dict[int, int]:
        """What each document's contents hash to, by its number."""
        hashes = (hashed for one in self.segments for hashed in one.texts.document_hashes.tolist())
        return {number: one for number, one in enumerate(hashes) if number not in self.removed}

    def find(
        self,
        vector: Floats,
        words: Sequence[str],
        hospitals: Sequence[str],
        mentioned: Sequence[str],
        k: int,
    ) -> Found:
        """Return the `k` nearest sentences and the `k` that match the words best.

        See `qa.found.Searchable`.
        """
        among, saying = self._searched(tuple(hospitals), tuple(mentioned))
        near, cosines = np.empty(0, np.int64), np.empty(0, np.float32)
        if hospitals or not mentioned:
            near, cosines = self.vectors.search(vector, k, hospitals)
        if len(saying):
            near = np.concatenate([near, saying])
            cosines = np.concatenate([cosines, self._cosines(saying, vector)])
            best = np.argsort(-cosines, kind="stable")[:k]
            near, cosines = near[best], cosines[best]
        matching, _ = self.lexical.best(words, k + len(self.gone), among)
        if len(self.gone):
            matching = matching[~np.isin(matching, self.gone)][:k]
        rows = np.array(sorted({*near.tolist(), *matching.tolist()}), np.int64)
        cosines_of = dict(zip(near.tolist(), cosines.tolist(), strict=True))
        lexical = self.lexical.scores_at(words, rows)
        return Found(self, rows, self.passages_of(rows), cosines_of, lexical)

    def document(self, number: int) -> Document:
        """Return a document."""
        at, number = _locate(number, self._documents)
        return self.segments[at].texts.document(number)

    def passage(self, number: int) -> Passage:
        """Return a passage."""
        at, number = _locate(number, self._passages)
        return self.segments[at].texts.passage(number)

    def sentence(self, row: int, passage: int | None = None) -> Sentence:
        """Return a sentence; the number of its passage need not be looked up when it is given."""
        passage = self.passage_of(row) if passage is None else passage
        at, within = _locate(row, self._rows)
        return self.segments[at].texts.sentence(within, passage - self._passages[at])

    def run(self, passage: int) -> tuple[int, int]:
        """Return the half-open range of the rows of a passage."""
        at, number = _locate(passage, self._passages)
        rows = self.segments[at].texts.rows_of_passage(number)
        return self._rows[at] + rows.start, self._rows[at] + rows.stop

    def plain(self, passage: int) -> tuple[str, str]:
        """Return the context and the text of a passage, folded for searching."""
        at, number = _locate(passage, self._passages)
        return self.segments[at].texts.plain(number)

    def passage_of(self, row: int) -> int:
        """Return the number of a row's passage."""
        return int(self.passages_of(np.array([row]))[0])

    def passages_of(self, rows: Rows) -> Rows:
        """Return int64 (n_rows,): the number of each row's passage."""
        return self._gather(
            rows,
            lambda segment, within: np.searchsorted(segment.texts.runs, within, "right") - 1,
            self._passages,
        )

    def holding(self, kind: Kind, rows: Rows) -> NDArray[np.bool_]:
        """Return bool (n_rows,): whether each row holds a value of this kind."""
        return self._with_bit(rows, bit_of(kind))

    def asking(self, rows: Rows) -> NDArray[np.bool_]:
        """Return bool (n_rows,): whether each row is a question."""
        return self._with_bit(rows, QUESTION_BIT)

    def _with_bit(self, rows: Rows, bit: int) -> NDArray[np.bool_]:
        values = self._gather(rows, lambda segment, within: segment.values[within])
        return (values & bit) > 0

    def pooled(self, rows: Rows) -> Floats:
        """Return float32 (n_rows, dim): the vectors of rows."""
        return np.asarray(
            self._gather(rows, lambda segment, within: segment.pooled[within]), np.float32
        )

    def similarities(self, rows: Rows, query: Floats) -> Similarities:
        """Compare a query's tokens with those of rows, which ascend."""
        if len(self.segments) == 1:
            return self.segments[0].tokens.similarities(rows, query)
        edges = np.searchsorted(rows, self._rows).tolist()
        parts = [
            segment.tokens.similarities(rows[begin:end] - base, query)
            for segment, base, (begin, end) in zip(
                self.segments, self._rows[:-1], pairwise(edges), strict=True
            )
            if begin < end
        ]
        values = [np.zeros((0, len(query)), np.float32), *(part.values for part in parts)]
        sizes = chain.from_iterable(np.diff(part.begins).tolist() for part in parts)
        return Similarities(np.concatenate(values), np.array(_begins(sizes), np.int64))

    def centred(self, query: Floats, row: int) -> tuple[Floats, Floats]:
        """Return the tokens of a query and of a row, each float32 (n, token_dim) and centred."""
        at, within = _locate(row, self._rows)
        tokens = self.segments[at].tokens
        return center(query, tokens.mean), tokens.centred(within)

    def rows_saying(self, name: str) -> Rows:
        """Return the rows of the passages that say a folded name.

        An article that has it in its title, or is about no institution, says it in all of its
        passages.
        """
        saying = np.zeros(self._rows[-1], np.bool_)
        for begin, segment in zip(self._rows, self.segments, strict=False):
            texts = segment.texts
            here = saying[begin:]
            whole = set(texts.titled(name))
            for passage in texts.saying(name):
                here[texts.rows_of_passage(passage)] = True
                if not about_an_institution(texts.passage(passage).hospitals):
                    whole.add(int(texts.passage_documents[passage]))
            for document in whole:
                here[texts.rows_of_document(document)] = True
        rows = np.flatnonzero(saying)
        return rows[~np.isin(rows, self.gone)] if len(self.gone) else rows

    def _rows_about_or_saying(
        self, hospitals: tuple[str, ...], names: tuple[str, ...]
    ) -> tuple[Rows | None, Rows]:
        """Return the rows to search (None: all), and which of them only say one of the names."""
        about = self.vectors.rows(hospitals) if hospitals else np.empty(0, np.int64)
        if not names:
            return about if hospitals else None, np.empty(0, np.int64)
        there = np.zeros(self._rows[-1], np.bool_)
        for name in names:
            there[self.rows_saying(name)] = True
        there[about] = False
        saying = np.flatnonzero(there)
        there[about] = True
        return np.flatnonzero(there), saying

    def lead(self, row: int) -> str:
        """Return what was read before a sentence when it was embedded."""
        passage = self.passage_of(row)
        begin = max(self.run(passage)[0], row - 1)
        found = [self.sentence(one, passage) for one in range(begin, row + 1)]
        return lead_of(found, row - begin)

    def _embedded_text(self, row: int) -> str:
        passage = self.passage_of(row)
        return embedded_text(self.passage(passage), self.sentence(row, passage))

    @cached_property
    def number_of(self) -> Callable[[str], int]:
        """Returns the number of a document. Raises KeyError when there is none of that id."""
        return lru_cache(DOCUMENTS_KEPT)(self._number_of)

    def _number_of(self, doc_id: str) -> int:
        for at, segment in enumerate(self.segments):
            for number in segment.texts.documents_named(doc_id):
                whole = self._documents[at] + number
                if whole not in self.removed and segment.texts.document_id(number) == doc_id:
                    return whole
        raise KeyError(doc_id)

    def passage_named(self, passage_id: str) -> Passage:
        """Return a passage. Raises KeyError when there is none of that id."""
        for passage in self.passages_in(self.number_of(passage_id.rpartition("#")[0])):
            if passage.passage_id == passage_id:
                return passage
        raise KeyError(passage_id)

    def passages_in(self, document: int) -> Iterator[Passage]:
        """Yield the passages of a document that are searched; repeats of others are not."""
        at, number = _locate(document, self._documents)
        texts = self.segments[at].texts
        return map(texts.passage, texts.passages_of(number))

    def is_reachable(self) -> bool:
        """Tell whether the index can be read; it is in files that are open."""
        return True

    def explain(self) -> list[str]:
        """Return in words how the index is laid out, and how its vectors are searched."""
        bits = (
            8 if self.segments[0].tokens.codes.shape[1] == self.segments[0].pooled.shape[1] else 4
        )
        lines = [
            f"segments: {len(self.segments)}, of {self._rows[-1]:,} sentences",
            f"removed: {len(self.removed):,} documents, {len(self.gone):,} sentences",
            f"token vectors: {sum(len(one.tokens.codes) for one in self.segments):,}, {bits} bits",
        ]
        for number, store in enumerate(self.vectors.stores, start=1):
            lines += [f"vectors, part {number}:", *(f"  {line}" for line in store.choice.explain())]
        return lines

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        """Whom the documents are about."""
        return merged(entity for segment in self.segments for entity in segment.entities)

    @cached_property
    def gazetteer(self) -> Gazetteer:
        return Gazetteer(self.entities)

    @cached_property
    def known_words(self) -> KnownWords:
        said = "\n".join(segment.said for segment in self.segments)
        return KnownWords(said, self.lexical.vocabulary)

    @cached_property
    def _passages_gone(self) -> frozenset[int]:
        return frozenset(self.passages_of(self.gone).tolist())

    def _rows_of_documents(self, documents: Iterable[int]) -> Rows:
        rows = []
        for document in sorted(documents):
            at, number = _locate(document, self._documents)
            found = self.segments[at].texts.rows_of_document(number)
            rows.append(self._rows[at] + np.arange(found.start, found.stop))
        return np.concatenate(rows) if rows else np.empty(0, np.int64)

    def _cosines(self, rows: Rows, vector: Floats) -> Floats:
        """Return float32 (n_rows,), a slice at a time: a name may be that of every fourth row."""
        parts = [self.pooled(rows[at : at + SLICE]) @ vector for at in range(0, len(rows), SLICE)]
        return np.concatenate([np.empty(0, np.float32), *parts])

    def _gather(
        self,
        rows: Rows,
        look_up: Callable[[Segment, Rows], NDArray[Any]],
        begins: Sequence[int] | None = None,
    ) -> NDArray[Any]:
        """Return what the segments say of rows; `begins` is added, where numbers are told."""
        if len(self.segments) == 1:
            return look_up(self.segments[0], rows)
        at = np.searchsorted(self._rows, rows, "right") - 1
        found: NDArray[Any] | None = None
        for number in np.unique(at).tolist():
            chosen = at == number
            part = look_up(self.segments[number], rows[chosen] - self._rows[number])
            if begins is not None:
                part = part + begins[number]
            if found is None:
                found = np.empty((len(rows), *part.shape[1:]), part.dtype)
            found[chosen] = part
        return look_up(self.segments[0], rows) if found is None else found

    def _there(self, total: int, gone: frozenset[int]) -> Sequence[int]:
        return [one for one in range(total) if one not in gone] if gone else range(total)


def embedded_text(passage: Passage, sentence: Sentence) -> str:
    """Return the sentence as it is searched, after its context."""
    text = searchable(sentence.text)
    return f"{passage.context}：{text}" if passage.context else text


def lead_of(found: Sequence[Sentence], number: int) -> str:
    """Return what is read before a sentence of a passage when it is embedded.

    It is the end of the sentence before it, which tells who 她 is and what 其中 is a part of; its
    own tokens are not compared with questions. `found` are all sentences of the passage.
    """
    return searchable(found[number - 1].text)[-LEAD:] if number else ""


def context_length(passage: Passage) -> int:
    """Return how many characters stand before a sentence where it is embedded."""
    return len(passage.context) + 1 if passage.context else 0


def _begins(sizes: Iterable[int]) -> list[int]:
    return list(accumulate(sizes, initial=0))


def _locate(number: int, begins: Sequence[int]) -> tuple[int, int]:
    """Return the segment that has a number, and the number within it."""
    at = bisect_right(begins, number, hi=len(begins) - 1) - 1
    return at, number - begins[at]
