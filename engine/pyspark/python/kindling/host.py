"""The functions the thread lends us (thread-bridge.ts). Set once, when the thread starts."""

import sys

functions = None
to_js = None
# `program` on the driver, `worker` on an executor.
role = None


def attach(new_role, lent, convert):
    global functions, to_js, role
    role, functions, to_js = new_role, lent, convert


def flush():
    """Output reaches the host before anything that follows it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, ValueError, OSError):
            pass


def answer(head, blob):
    """The answer to the running order."""
    functions.answer(head, to_js(blob) if blob else None)
