"""Texts in which any string is found without reading them all.

A block of texts has a signature: a bit for each pair of neighbouring characters, which several
pairs share. Only a block with the bits of all pairs of a string can hold that string, so these are
read and nothing is missed; see Faloutsos and Christodoulakis, "Signature Files" (TOIS 1984). The
same bit of all blocks lies together, so that a pair reads one row: 16 kB for a million texts.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from qa.blobs import ANY, Blobs

Bits = NDArray[np.uint8]

BLOCK = 8  # texts; a block is read if it may hold the string
BITS = 13  # of the hash of a pair: a block of passages sets a twentieth of its 8192 bits
BLOCKS_AT_ONCE = 2048  # a multiple of 8; their signatures take 16 MB until they are packed
_FIRST, _SECOND = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77)  # odd, so that all bits count


def signatures(texts: Sequence[str]) -> Bits:
    """Return uint8 (2 ** BITS, n_blocks / 8): the bits of the blocks, packed from the lowest."""
    at_once = BLOCK * BLOCKS_AT_ONCE
    parts = [_packed(texts[at : at + at_once]) for at in range(0, len(texts), at_once)]
    return np.concatenate([np.empty((1 << BITS, 0), np.uint8), *parts], axis=1)


def holding(parts: Sequence[Blobs], bits: Bits, string: str) -> Iterator[int]:
    """Yield the numbers of the texts that hold a string, ascending; `bits` are their signatures.

    Each text may be kept in several parts, one of which has to hold it.
    """
    sought = string.encode("utf-8", ANY)
    both = np.bitwise_and.reduce(bits[_hashes(string)], axis=0, initial=0xFF)
    count = len(parts[0])
    blocks = -(-count // BLOCK)
    for block in np.flatnonzero(np.unpackbits(both, count=blocks, bitorder="little")).tolist():
        numbers = range(block * BLOCK, min((block + 1) * BLOCK, count))
        near = [part for part in parts if sought in part.joined(numbers.start, numbers.stop)]
        yield from (n for n in numbers if any(sought in part[n] for part in near))


def _packed(texts: Sequence[str]) -> Bits:
    """Return the signatures of some blocks; the last of them may be short.

    Pairs across the ends of texts are in them too, which does no harm.
    """
    blocks = -(-len(texts) // BLOCK)
    there = np.zeros((1 << BITS, blocks), np.bool_)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    block = np.repeat(np.arange(len(texts)) // BLOCK, lengths)
    there[_hashes("".join(texts)), block[:-1]] = True
    return np.packbits(there, axis=1, bitorder="little")


def _hashes(text: str) -> NDArray[np.uint32]:
    """Return the hash of each pair of neighbouring characters."""
    characters = np.frombuffer(text.encode("utf-32-le", ANY), np.uint32)
    mixed = characters[:-1] * _FIRST + characters[1:] * _SECOND
    return np.asarray(mixed >> np.uint32(32 - BITS))
