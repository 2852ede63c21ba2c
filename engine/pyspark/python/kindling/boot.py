"""Start of a Python thread. Importing this imports all that a thread needs, so that a snapshot holds it."""

import collections  # noqa: F401
import random
import sys

import py4j.protocol  # noqa: F401
import pyspark  # noqa: F401
from kindling import codec, finder, host, program, sandbox, task, tracing

ORDERS = {"program": program.run, "check": program.check, "task": task.run}


def attach(role, functions):
    """Lends the host's functions and closes Python's side of the sandbox."""
    from pyodide.ffi import to_js

    host.attach(role, functions, to_js)
    # A snapshot would give every thread the same numbers.
    random.seed()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)
    sys.excepthook = sys.__excepthook__
    tracing.listen()
    sandbox.close()
    finder.hide()


def order(kind, head, blob):
    """Does one order and answers it."""
    answer = ORDERS[kind](codec.decode(head, blob.to_bytes() if blob else None))
    host.flush()
    host.answer(*codec.encode(answer))
