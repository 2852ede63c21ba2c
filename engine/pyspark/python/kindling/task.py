"""Executor side: runs one task (engine/pyspark/contract.ts: PythonTask, PythonTaskAnswer)."""

import json
import sys
import types

from kindling import blocks, bridge, compute, shuffle, tracebacks
from pyspark import accumulators
from pyspark.sql import _wire
from pyspark.taskcontext import TaskContext


def run(task):
    bridge.interruption = None
    accumulators.begin_task()
    # Functions travel by value: there is no program here, only PySpark's worker.
    sys.modules["__main__"] = types.ModuleType("pyspark.daemon")
    context = TaskContext._begin(task)
    try:
        return _answer(task, context)
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt fail the task too (§11.2)
        return _failure(bridge.interruption or error)
    finally:
        TaskContext._end()


def _answer(task, context):
    lineage = compute.Lineage(task)
    goal = task["goal"]
    partition = task["partition"]
    answer = {"ok": True}
    written = 0
    if goal["kind"] == "shuffle":
        rdd = lineage.rdds[task["rddId"]]
        buckets = shuffle.Buckets(goal["reduces"])
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
