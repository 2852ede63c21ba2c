"""Map side of a shuffle: elements into one bucket for each reduce partition."""

import itertools

from kindling import blocks, bridge, hashing, ops

_CHUNK = 1024
# Elements held before they are pickled away.
_HELD = 16384


class Buckets:
    def __init__(self, count, spill_at=None, force_at=None):
        self.count = count
        self.written = 0
        self._limit, self._force_at = spill_at, force_at
        self._bytes = 0
        self._spilled_at = 0
        self._spills = False
        self._items = [[] for _ in range(count)]
        self._pieces = [[] for _ in range(count)]
        self._held = 0

    def fill(self, payload, partition, elements):
        if isinstance(payload, ops.RoundRobin):
            self._deal(payload.batch, partition, elements)
        else:
            self._hash(payload.function, elements)
        self._flush()
        return [blocks.join(pieces, self._spills) for pieces in self._pieces]

    def _hash(self, function, elements):
        items, count = self._items, self.count
        elements = iter(elements)
        while chunk := list(itertools.islice(elements, _CHUNK)):
            if function is None:
                hashing.warm(pair[0] for pair in chunk if type(pair) is tuple and pair)
                for key, value in chunk:
                    items[hashing.portable_hash(key) % count].append((key, value))
            else:
                for key, value in chunk:
                    items[function(key) % count].append((key, value))
            self._added(len(chunk))

    def _deal(self, size, partition, elements):
        position = _start(partition, self.count)
        elements = iter(elements)
        while chunk := list(itertools.islice(elements, size)):
            position += 1
            self._items[position % self.count].extend(chunk)
            self._added(len(chunk))

    def _added(self, count):
        self.written += count
        self._held += count
        if self._held >= _HELD or (self._force_at is not None and self._held > self._force_at):
            self._flush()

    def _flush(self):
        for items, pieces in zip(self._items, self._pieces):
            if items:
                for piece in blocks.pieces(items):
                    pieces.append(piece)
                    self._bytes += len(piece)
                items.clear()
        self._held = 0
        if self._limit is not None:
            self._fit()

    def _fit(self):
        """What is held needs memory; where there is none it goes to disk (§8.6)."""
        elements = self.written - self._spilled_at
        forced = self._force_at is not None and elements > self._force_at
        if not forced and self._bytes >= self._limit:
            self._limit = bridge.call("growShuffle", held=self._bytes)["limit"]
        if not (forced or self._bytes >= self._limit) or not self._bytes:
            return
        buckets = [blocks.join(pieces, True) for pieces in self._pieces]
        self._limit = bridge.call("spillShuffle", buckets=buckets, elements=elements)["limit"]
        self._pieces = [[] for _ in range(self.count)]
        self._bytes, self._spilled_at, self._spills = 0, self.written, True


def _start(partition, count):
    """`new java.util.Random(byteswap32(partition)).nextInt(count)`: where Spark starts to deal."""
    mixed = _int32(partition * 0x9E3775CD)
    mixed = int.from_bytes((mixed & 0xFFFFFFFF).to_bytes(4, "big"), "little")
    mixed = _int32(mixed * 0x9E3775CD)
    mask = (1 << 48) - 1
    seed = (mixed ^ 0x5DEECE66D) & mask

    def bits31():
        nonlocal seed
        seed = (seed * 0x5DEECE66D + 0xB) & mask
        return seed >> 17

    if count & -count == count:
        return (count * bits31()) >> 31
    while True:
        drawn = bits31()
        value = drawn % count
        if drawn - value + (count - 1) < 1 << 31:
            return value


def _int32(value):
    value &= 0xFFFFFFFF
    return value - (1 << 32) if value & 0x80000000 else value
