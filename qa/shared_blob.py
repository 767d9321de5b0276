"""A passage as bytes, with all that ranking its sentences needs, and several of them as a segment.

This is what replicas fetch of an index that lies in an engine they share.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.model import Document, Passage, Sentence
from corpus.split import sentences
from embeddings.tokens import Floats, TokenVectors
from qa.postings import Postings
from qa.segment import Segment
from qa.texts import Texts, passage_of

_HEAD = struct.Struct("<I")  # length of the fields
_NO_WORDS = Postings.from_words(())


@dataclass(frozen=True, slots=True)
class Blob:
    """A passage: its sentences' bits of values, and the token vectors of each.

    `lengths`: how many tokens each sentence has. `codes` and `scales`: as in `TokenVectors`, of all
    sentences. `shard`: the number of the shard whose mean was taken from the tokens.
    """

    passage: Passage
    values: tuple[int, ...]
    lengths: tuple[int, ...]
    codes: NDArray[np.uint8]
    scales: Floats
    shard: int

    def to_bytes(self) -> bytes:
        fields = [astuple(self.passage), self.values, self.lengths, self.shard]
        head = json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return _HEAD.pack(len(head)) + head + self.scales.tobytes() + self.codes.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Blob":
        (size,) = _HEAD.unpack_from(data)
        passage, values, lengths, shard = json.loads(data[_HEAD.size : _HEAD.size + size])
        tokens = sum(lengths)
        scales = np.frombuffer(data, np.float32, tokens, _HEAD.size + size)
        codes = np.frombuffer(data, np.uint8, offset=_HEAD.size + size + scales.nbytes)
        return cls(
            passage_of(passage),
            tuple(values),
            tuple(lengths),
            codes.reshape(tokens, -1) if tokens else codes.reshape(0, 0),
            scales,
            shard,
        )


def blobs_of(segment: Segment, shard: int) -> list[Blob]:
    """Return the passages of a segment."""
    texts, tokens = segment.texts, segment.tokens
    found = []
    for number in range(texts.n_passages):
        begin, end = texts.runs[number : number + 2].tolist()
        edges = tokens.starts[begin : end + 1].tolist()
        rows = slice(edges[0], edges[-1])
        found.append(
            Blob(
                texts.passage(number),
                tuple(segment.values[begin:end].tolist()),
                tuple(np.diff(edges).tolist()),
                tokens.codes[rows],
                tokens.scales[rows],
                shard,
            )
        )
    return found


def segment_of(blobs: Sequence[Blob], mean: Floats) -> Segment:
    """Return passages whose tokens have the same mean as a segment, to be ranked.

    Those of a document follow each other in their order. Documents, vectors and words are not in
    it.
    """
    documents = {blob.passage.doc_id: Document(blob.passage.doc_id, "", "", "") for blob in blobs}
    cut: list[Sequence[Sentence]] = [sentences(blob.passage) for blob in blobs]
    lengths = [length for blob in blobs for length in blob.lengths]
    filled = [blob for blob in blobs if len(blob.scales)]
    return Segment(
        texts=Texts.of(list(documents.values()), [blob.passage for blob in blobs], cut),
        pooled=np.zeros((len(lengths), 1), np.float16),
        tokens=TokenVectors(
            np.cumsum([0, *lengths], dtype=np.int64),
            np.concatenate([blob.codes for blob in filled]),
            np.concatenate([blob.scales for blob in filled]),
            mean,
        ),
        values=np.array([bits for blob in blobs for bits in blob.values], np.uint8),
        postings=_NO_WORDS,
        entities=(),
        said="",
    )


def by_shard(blobs: Sequence[Blob]) -> Mapping[int, list[Blob]]:
    """Return the passages of each shard, those of a document together."""
    found: dict[int, list[Blob]] = {}
    for blob in sorted(blobs, key=lambda one: (one.shard, one.passage.doc_id, one.passage.start)):
        found.setdefault(blob.shard, []).append(blob)
    return found
