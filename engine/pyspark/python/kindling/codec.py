"""Frames that cross the border: one JSON text, and all bytes beside it in one blob."""

import json


def encode(value):
    """(head, blob or None). Bytes stand in the head as {"$bytes": [offset, length]}."""
    parts = []
    length = 0

    def refer(item):
        nonlocal length
        if isinstance(item, (bytes, bytearray, memoryview)):
            reference = {"$bytes": [length, len(item)]}
            parts.append(item)
            length += len(item)
            return reference
        raise TypeError(f"{type(item).__name__} cannot cross the bridge")

    head = json.dumps(value, default=refer, separators=(",", ":"))
    return head, (b"".join(parts) if length else None)


def decode(head, blob):
    if '"$bytes"' not in head:
        return json.loads(head)
    blob = blob or b""

    def fill(item):
        if "$bytes" in item:
            offset, size = item["$bytes"]
            return blob[offset : offset + size]
        return item

    return json.loads(head, object_hook=fill)
