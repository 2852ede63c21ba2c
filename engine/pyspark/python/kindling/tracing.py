"""Signals of the host: note the current line (program), die (task).

The host raises a flag that CPython looks at between bytecodes anyway, so a program that nobody interrupts
pays nothing for being watched.
"""

import signal

from kindling import bridge, callsite, host, notes

LINE = signal.SIGUSR1
KILL = signal.SIGUSR2


def listen():
    signal.signal(LINE, note_line)
    signal.signal(KILL, kill)


def note_line(_number, frame):
    line = callsite.user_line(frame)
    if line:
        host.functions.line(line)
    if host.role == "program":
        notes.send()


def kill(_number, _frame):
    # A signal for the order before may arrive late.
    if bridge.killable and host.functions.isKilled():
        bridge.interrupt(bridge.TaskKilled("killed"))
