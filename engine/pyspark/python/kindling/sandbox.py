"""Python's own side of the sandbox: ends of the process go to the host, sleeping does not spin."""

import asyncio
import os
import signal
import threading
import time

from kindling import bridge, host
from kindling.missing import missing


def _exit(status):
    """os._exit: the whole process ends, not this thread alone."""
    host.flush()
    host.functions.exit(int(status) & 0xFF, None)


def _kill(pid, sig):
    number = int(sig)
    if pid not in (0, os.getpid()):
        raise ProcessLookupError(3, "No such process")
    if number == 0:
        return
    handler = signal.getsignal(number)
    if callable(handler) and number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.raise_signal(number)
        return
    if handler == signal.SIG_IGN:
        return
    host.flush()
    host.functions.exit(128 + number, signal.Signals(number).name)


def _abort():
    _kill(os.getpid(), signal.SIGABRT)


def _sleep(seconds):
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    if seconds > 0:
        bridge.call("sleep", seconds=float(seconds))


def _system(_command):
    raise OSError(138, "Kindling's Python has no other processes")


def _absent(name):
    def refuse(*_args, **_named):
        raise missing(name)

    return refuse


def close():
    import posix

    for module in (os, posix):
        module._exit = _exit
        module.kill = _kill
        module.abort = _abort
        module.system = _system
    time.sleep = _sleep
    threading.Thread.start = _absent("threading.Thread")
    asyncio.run = _absent("asyncio.run")


def set_environment(values):
    os.environ.clear()
    os.environ.update({"PYTHONHASHSEED": "0", **values})
