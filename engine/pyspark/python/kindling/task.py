"""Executor side: runs one task (engine/pyspark/contract.ts: PythonTask, PythonTaskAnswer)."""

import json
import sys
import types

from kindling import blocks, bridge, compute, host, shuffle, tracebacks
from pyspark import accumulators
from pyspark.sql import _wire
from pyspark.taskcontext import TaskContext


# Stages this thread was told of, the one used longest ago first. More than the host counts on (worker.ts).
_KEPT_STAGES = 32
_stages = {}


def _stage(task):
    told = task.get("told")
    known = _stages.pop(task["stage"], None)
    made = _stages[task["stage"]] = known if told is None else compute.Stage(told)
    if len(_stages) > _KEPT_STAGES:
        del _stages[next(iter(_stages))]
    return made


def run(task):
    """Runs a task and answers for it, whatever happens and whenever it is killed."""
    try:
        bridge.killable = True
        # A kill that came while it waited found nobody to raise in.
        if host.functions.isKilled():
            raise bridge.TaskKilled("killed")
        return _run(task)
    except bridge.TaskKilled as killed:
        bridge.killable = False
        return _failure(killed)
    finally:
        bridge.killable = False


def _run(task):
    bridge.interruption = None
    try:
        accumulators.begin_task()
        # Functions travel by value: there is no program here, only PySpark's worker.
        sys.modules["__main__"] = types.ModuleType("pyspark.daemon")
        stage = _stage(task)
        context = TaskContext._begin(task, stage.properties)
        return _answer(task, stage, context)
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt fail the task too (§11.2)
        return _failure(bridge.interruption or error)
    finally:
        TaskContext._end()


def _answer(task, stage, context):
    lineage = compute.Lineage(stage, task)
    goal = task["goal"]
    partition = task["partition"]
    answer = {"ok": True}
    written = 0
    if goal["kind"] == "shuffle":
        rdd = lineage.rdds[task["rddId"]]
        buckets = shuffle.Buckets(goal["reduces"], goal.get("spillAt"), goal.get("forceAt"))
        parents = lineage.parents(rdd, partition)
        elements = (item for parent in parents for item in parent())
        answer["buckets"] = buckets.fill(lineage.payload(rdd), partition, elements)
        written = buckets.written
    elif goal["kind"] == "rows":
        answer["rowsJson"] = _rows(lineage.iterator(task["rddId"], partition), goal["schema"])
    else:
        answer["result"] = blocks.dump(lineage.iterator(task["rddId"], partition))
    if bridge.interruption:
        raise bridge.interruption
    updates = accumulators.updates()
    if updates:
        answer["accumulators"] = blocks.dump(updates)
    return {**answer, "recordsRead": lineage.read, "recordsWritten": written + context._written}


def _rows(elements, schema):
    encode = _wire.row_encoder(_wire.schema_from_wire(schema))
    return json.dumps([encode(element) for element in elements], allow_nan=False, separators=(",", ":"))


def _failure(error):
    if isinstance(error, bridge.TaskKilled):
        return {"ok": False, "failure": "killed"}
    if isinstance(error, bridge.FetchFailed):
        return {"ok": False, "failure": "fetch-failed", "detail": None}
    text = tracebacks.text(error)
    return {
        "ok": False,
        "failure": "exception",
        "className": "org.apache.spark.api.python.PythonException",
        "message": text,
        "traceback": text,
    }
