"""Tracebacks as the user is to see them: without the frames of the machinery between."""

import traceback

from kindling.finder import ROOT

_BRIDGE = ROOT + "kindling/"


def text(error, hide=ROOT):
    """The whole text, ending in a newline; frames of files under `hide` are left out, if others remain."""
    made = traceback.TracebackException.from_exception(error)
    _strip(made, hide, set())
    return "".join(made.format())


def driver_text(error):
    """What Python prints for an uncaught error of the program: PySpark's own frames stay, the bridge's go."""
    return text(error, _BRIDGE)


def _strip(made, hide, seen):
    if made is None or id(made) in seen:
        return
    seen.add(id(made))
    # Where nothing but our own frames is left, PySpark's at least say what was going on.
    kept = _without(made.stack or (), hide) or _without(made.stack or (), _BRIDGE)
    made.stack = traceback.StackSummary.from_list(kept) if kept else None
    _strip(made.__cause__, hide, seen)
    _strip(made.__context__, hide, seen)
    for inner in made.exceptions or ():
        _strip(inner, hide, seen)


def _without(stack, prefix):
    return [frame for frame in stack if not frame.filename.startswith(prefix)]


def class_name(error):
    kind = type(error)
    return kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__qualname__}"

