"""Driver side: runs the learner's program as `python program.py` would, or only parses it."""

import atexit
import builtins
import os
import sys
import types

from kindling import callsite, host, notes, sandbox, sources, tracebacks
from pyspark import conf
from pyspark.core.context import SparkContext


def check(ask):
    """{ok} or where the first mistake is; line and column from 1."""
    try:
        compile(ask["source"], ask["fileName"], "exec", dont_inherit=True)
    except SyntaxError as error:
        message = f"{type(error).__name__}: {error.msg}"
        return {"ok": False, "message": message, "line": error.lineno or 1, "column": max(error.offset or 1, 1)}
    except ValueError as error:
        return {"ok": False, "message": f"SyntaxError: {error}", "line": 1, "column": 1}
    return {"ok": True}


def run(ask):
    """Runs to the end; {code} and, for an uncaught exception, what it was (ProgramEnd)."""
    file = ask["fileName"]
    callsite.program = file
    sandbox.set_environment(ask["env"])
    os.chdir(ask["cwd"])
    conf._defaults = dict(ask.get("conf") or {})
    sys.argv = list(ask["argv"]) or [file]
    sys.path[:] = [os.path.dirname(os.path.abspath(file))] + [entry for entry in sys.path if entry]
    sources.register(file, ask["source"])
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=file, __builtins__=builtins, __cached__=None)
    sys.modules["__main__"] = main
    end = _ending(lambda: _execute(ask["source"], file, main.__dict__))
    after = _ending(lambda: _leave())
    notes.send()
    return after if after["code"] and not end["code"] else end


def _execute(source, file, scope):
    code = compile(source, file, "exec", dont_inherit=True)
    notes.watch(code)
    exec(code, scope)


def _leave():
    """What happens when a Python process ends: exit handlers, and the context's own, whose code is 0 whatever ended the program (§8.13)."""
    atexit._run_exitfuncs()
    context = SparkContext._active_spark_context
    if context is not None:
        context._stop(0)


def _ending(action):
    try:
        action()
    except SystemExit as end:
        return _system_exit(end)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the program is over
        return _uncaught(error)
    finally:
        host.flush()
    return {"code": 0}


def _system_exit(end):
    code = end.code
    if code is None:
        return {"code": 0}
    if isinstance(code, int):
        return {"code": code & 0xFF}
    print(code, file=sys.stderr)
    host.flush()
    return {"code": 1}


def _uncaught(error):
    text = tracebacks.driver_text(error)
    if sys.excepthook is sys.__excepthook__:
        sys.stderr.write(text)
    else:
        sys.excepthook(type(error), error, error.__traceback__)
    host.flush()
    found = {"className": tracebacks.class_name(error), "message": _message(error), "traceback": text}
    line = _line(error)
    if line:
        found["line"] = line
    return {"code": 1, "error": found}


def _message(error):
    if isinstance(error, SyntaxError) and error.filename == callsite.program:
        # str() adds the place, which is told beside it.
        return str(error.msg)
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a broken __str__ is the program's own
        return ""


def _line(error):
    """Innermost line of the program that the exception passed; for a syntax error the line it is on."""
    if isinstance(error, SyntaxError) and error.filename == callsite.program:
        return error.lineno
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == callsite.program:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
