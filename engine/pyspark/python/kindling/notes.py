"""What the lab is told of the program's own lines: where the driver has been, and the steps written down there.

A step is a transformation: nothing of it runs when its line does. Notes are gathered, and sent with the next
call to the engine, the next look at the line, or the end.
"""

import json
import sys
from types import CodeType

from kindling import callsite, host

# One that no kind of tool has claimed.
_TOOL = 3

# Calls that make RDDs only for themselves: they run a job, or look at an RDD or mark it.
_NO_STEPS = frozenset(
    "aggregate collect collectAsMap collectWithJobGroup count countByKey countByValue first fold foreach foreachPartition "
    "histogram isEmpty lookup max mean min reduce runJob sampleStdev sampleVariance saveAsTextFile stats stdev sum take "
    "takeOrdered takeSample toLocalIterator top treeAggregate treeReduce variance "
    "head show tail toJSON toPandas describe summary approxQuantile corr cov freqItems "
    "__repr__ id name setName cache persist unpersist checkpoint localCheckpoint isCheckpointed getNumPartitions "
    "getStorageLevel getCheckpointFile toDebugString rdd explain".split()
)

_reached = []
_written = []
_known = set()
_shipped = []


def watch(code):
    """Each line of the program's code tells of itself the first time the driver comes to it, and costs nothing after."""
    monitoring = sys.monitoring
    monitoring.use_tool_id(_TOOL, "kindling")
    monitoring.register_callback(_TOOL, monitoring.events.LINE, _reach)
    waiting = [code]
    while waiting:
        one = waiting.pop()
        monitoring.set_local_events(_TOOL, one, monitoring.events.LINE)
        waiting.extend(constant for constant in one.co_consts if isinstance(constant, CodeType))


def _reach(_code, line):
    _reached.append(line)
    return sys.monitoring.DISABLE


def step(site, plan=None):
    """Notes the transformation that `site` calls, if it is one: {op, line}. `plan` is the id of the DataFrame's operator."""
    if site is None or site.file != callsite.program or site.function in _NO_STEPS or site.function.startswith("_"):
        return None
    made = {"op": site.function, "line": site.linenum}
    if plan is not None:
        _written.append({**made, "plan": plan})
    elif (site.function, site.linenum) not in _known:
        _known.add((site.function, site.linenum))
        _written.append(made)
    return made


def ship(code):
    """A function of the program is packed for the executors."""
    if host.role == "program" and code.co_filename == callsite.program:
        lines = [line for _, _, line in code.co_lines() if line]
        # The driver runs the line of the `def` itself.
        lines = [line for line in lines if line != code.co_firstlineno] or lines
        if lines:
            _shipped.append({"op": code.co_name, "line": min(lines), "to": max(lines)})


def shipped():
    """The functions packed since it was last asked."""
    taken = _shipped[:]
    _shipped.clear()
    return taken


def once(steps):
    """The steps in their order, each only the first time."""
    return list({(one["op"], one["line"]): one for one in reversed(steps)}.values())[::-1]


def send():
    """Tells the lab what there is to tell."""
    if not _reached and not _written:
        return
    told = json.dumps({"reached": _reached, "written": _written})
    _reached.clear()
    _written.clear()
    host.functions.notes(told)
