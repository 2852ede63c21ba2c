"""Hashes as 64-bit CPython gives them with PYTHONHASHSEED=0, so that keys land where they do on a real Spark.

The interpreter here is 32-bit: its own hash() of strings, floats and big integers differs.
"""

import math
import struct

from kindling import host

_PRIME = (1 << 61) - 1
_INFINITY = 314159
_WORD = 1 << 64
_MAXSIZE = (1 << 63) - 1
# Words repeat: their hashes are kept, up to this many.
_KEPT = 65536
_strings = {}


def portable_hash(value):
    """PySpark's hash for shuffles: None is 0, tuples are mixed here, everything else is hash()."""
    kind = type(value)
    if kind is str:
        known = _strings.get(value)
        return known if known is not None else _remember(value)
    if kind is int:
        return _int_hash(value)
    if value is None:
        return 0
    if isinstance(value, tuple):
        mixed = 0x345678
        for item in value:
            mixed ^= portable_hash(item)
            mixed *= 1000003
            mixed &= _MAXSIZE
        mixed ^= len(value)
        return -2 if mixed == -1 else int(mixed)
    if isinstance(value, float):
        return _float_hash(value)
    if isinstance(value, bool):
        return int(value)
    if kind is bytes:
        return _siphash([value])[0] if value else 0
    if isinstance(value, str) and type(value).__hash__ is str.__hash__:
        return portable_hash(str(value))
    if isinstance(value, int) and type(value).__hash__ is int.__hash__:
        return _int_hash(int(value))
    return hash(value)


def warm(values):
    """Hashes all strings among these at once; portable_hash then finds them."""
    if len(_strings) > _KEPT:
        _strings.clear()
    new = list({value for value in values if type(value) is str and value not in _strings})
    if new:
        _strings.update(zip(new, map(_hash_of_words, new, _siphash([_units(value) for value in new]))))


def _remember(value):
    if len(_strings) > _KEPT:
        _strings.clear()
    found = _strings[value] = _hash_of_words(value, _siphash([_units(value)])[0])
    return found


def _hash_of_words(value, found):
    return found if value else 0


def _units(value):
    """A string's characters as CPython keeps them: 1, 2 or 4 bytes each, by the widest."""
    if value.isascii():
        return value.encode("ascii")
    widest = ord(max(value))
    if widest < 0x100:
        return value.encode("latin-1")
    return value.encode("utf-16-le" if widest < 0x10000 else "utf-32-le", "surrogatepass")


def _siphash(pieces):
    data = host.to_js(b"".join(pieces))
    lengths = host.to_js(struct.pack(f"<{len(pieces)}I", *map(len, pieces)))
    found = struct.unpack(f"<{len(pieces)}q", host.functions.siphash(data, lengths).to_bytes())
    return [-2 if one == -1 else one for one in found]


def _int_hash(value):
    if -_PRIME < value < _PRIME:
        return -2 if value == -1 else value
    found = value % _PRIME if value >= 0 else -(-value % _PRIME)
    return -2 if found == -1 else found


def _float_hash(value):
    if math.isinf(value):
        return _INFINITY if value > 0 else -_INFINITY
    if math.isnan(value):
        # CPython hashes a NaN by its address: no place is right, one is enough.
        return 0
    numerator, denominator = value.as_integer_ratio()
    # The modular inverse of 2^k modulo 2^61 - 1 is a rotation.
    found = abs(numerator) * pow(denominator, -1, _PRIME) % _PRIME
    found = found if numerator >= 0 else -found
    return -2 if found == -1 else found
