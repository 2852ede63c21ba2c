"""Where in the user's program we are: call sites as PySpark names them, and the line that runs."""

import sys
from collections import namedtuple

from kindling.finder import ROOT

CallSite = namedtuple("CallSite", "function file linenum")

# File name of the running program; its frames are the user's.
program = None


def user_line(frame=None):
    """Line of the innermost frame of the program's own file; 0 when there is none."""
    frame = frame or sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == program:
            return frame.f_lineno
        frame = frame.f_back
    return 0


def first_spark_call():
    """The outermost call into our packages and the user's line that made it; None outside of a program."""
    frame = sys._getframe(1)
    site = None
    while frame is not None:
        caller = frame.f_back
        inside = frame.f_code.co_filename.startswith(ROOT)
        if inside and caller is not None and not caller.f_code.co_filename.startswith(ROOT):
            site = CallSite(frame.f_code.co_name, caller.f_code.co_filename, caller.f_lineno)
        frame = caller
    return site


def call_site():
    """`reduceByKey at wordcount.py:7`."""
    site = first_spark_call()
    return f"{site.function} at {site.file}:{site.linenum}" if site else "unknown"
