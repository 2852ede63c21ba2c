"""Text files as Hadoop's input cuts them: a split owns the lines that begin inside it, first byte excepted."""

import gzip
import os

from kindling import paths

_ENDS = (b"\n", b"\r")


def lines(split):
    """Lines of one split, decoded; malformed UTF-8 becomes U+FFFD as in the JVM."""
    path, start, end = paths.local(split["path"]), split["start"], split["start"] + split["length"]
    if path.endswith(".gz"):
        with gzip.open(path, "rb") as file:
            yield from _all(file)
        return
    with open(path, "rb") as file:
        at = start
        if start > 0:
            file.seek(start)
            at += len(file.readline())
        # A line that begins exactly at the end is this split's: the next one skips its first.
        while at <= end:
            raw = file.readline()
            if not raw:
                return
            at += len(raw)
            yield from _cut(raw)


def _all(file):
    for raw in file:
        yield from _cut(raw)


def _cut(raw):
    """readline() ends at LF only; CR and CRLF end lines as well."""
    if raw.endswith(b"\n"):
        raw = raw[:-2] if raw.endswith(b"\r\n") else raw[:-1]
    if b"\r" not in raw:
        yield raw.decode("utf-8", "replace")
        return
    for part in (raw[:-1] if raw.endswith(b"\r") else raw).split(b"\r"):
        yield part.decode("utf-8", "replace")


class WholeFiles:
    """Step of wholeTextFiles: paths in, (path, content) out."""

    def __init__(self, decode):
        self.decode = decode

    def __call__(self, _, iterator):
        for path in iterator:
            with open(paths.local(path), "rb") as file:
                content = file.read()
            yield paths.uri(path), content.decode("utf-8", "replace") if self.decode else content


class WritePart:
    """Step of saveAsTextFile: writes the partition beside its place, then renames it."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, index, iterator):
        from pyspark.taskcontext import TaskContext

        context = TaskContext.get()
        part = os.path.join(paths.local(self.folder), f"part-{index:05d}")
        draft = f"{part}.attempt-{context.taskAttemptId()}"
        written = 0
        with open(draft, "wb") as file:
            for item in iterator:
                if isinstance(item, bytes):
                    raw = item
                else:
                    raw = (item if isinstance(item, str) else str(item)).encode("utf-8")
                file.write(raw + b"\n")
                written += 1
        os.replace(draft, part)
        context._written += written
        return ()
