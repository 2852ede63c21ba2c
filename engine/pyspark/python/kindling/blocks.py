"""Blocks: elements as pickled lists (engine/pyspark/contract.ts).

A block is one pickle, or several one after another, each with a 4-byte big-endian length before it. A
pickle starts with 0x80, a length never does; nothing at all is an empty block.
"""

import itertools
import struct

from kindling import pickler

_FIRST = 64
_SMALL = 1 << 16
_LARGE = 10 << 16


def pieces(elements):
    """Pickled lists, cut as they grow, so that none gets far over half a megabyte."""
    elements = iter(elements)
    size = _FIRST
    while batch := list(itertools.islice(elements, size)):
        piece = pickler.dumps(batch)
        yield piece
        if len(batch) < size:
            return
        if len(piece) < _SMALL:
            size *= 4
        elif len(piece) > _LARGE and size > 1:
            size //= 2


def dump(elements):
    """One block of any number of elements."""
    return join(list(pieces(elements)))


def join(pieces, framed=False):
    """One block. `framed`: each piece with its length, also a single one, so that blocks can be put together."""
    if len(pieces) < 2 and not framed:
        return b"".join(pieces)
    return b"".join(itertools.chain.from_iterable((struct.pack(">I", len(piece)), piece) for piece in pieces))


def batches(data):
    """Each pickled list in turn."""
    if not data:
        return
    if data[0] == 0x80:
        yield pickler.loads(data)
        return
    view = memoryview(data)
    at = 0
    while at < len(view):
        (length,) = struct.unpack_from(">I", view, at)
        yield pickler.loads(view[at + 4 : at + 4 + length])
        at += 4 + length


def load(data):
    """All elements, lazily."""
    return itertools.chain.from_iterable(batches(data))
