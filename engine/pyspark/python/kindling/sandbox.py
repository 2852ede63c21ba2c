"""Python's own side of the sandbox: ends of processes go to the host, sleeping does not spin."""

import asyncio
import os
import signal
import threading
import time

from kindling import bridge, host
from kindling.missing import missing


# What a task sees as its parent: the executor that started it, as with spark.python.use.daemon=false.
EXECUTOR = 1 << 15

ONE_THREAD = "its Python has one thread; call one action after another"


def _exit(status):
    """os._exit: the program's process ends, or the task's Python worker (§11.2)."""
    host.flush()
    host.functions.exit(int(status) & 0xFF, None, False)


def _getppid():
    return EXECUTOR if host.role == "worker" else 1


def _kill(pid, sig):
    number = int(sig)
    if pid == EXECUTOR and host.role == "worker":
        if number != 0:
            host.flush()
            host.functions.exit(128 + number, signal.Signals(number).name, True)
        return
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
    host.functions.exit(128 + number, signal.Signals(number).name, False)


def _abort():
    _kill(os.getpid(), signal.SIGABRT)


def _sleep(seconds):
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    if seconds > 0:
        bridge.call("sleep", seconds=float(seconds))


def _system(_command):
    raise OSError(138, "Kindling's Python has no other processes")


def _absent(name, why):
    def refuse(*_args, **_named):
        raise missing(name, why)

    return refuse


def close():
    import posix

    for module in (os, posix):
        module._exit = _exit
        module.kill = _kill
        module.getppid = _getppid
        module.abort = _abort
        module.system = _system
    time.sleep = _sleep
    threading.Thread.start = _absent("threading.Thread", ONE_THREAD)
    asyncio.run = _absent("asyncio.run", "its Python cannot wait in an event loop")


def set_environment(values):
    os.environ.clear()
    os.environ.update({"PYTHONHASHSEED": "0", **values})
