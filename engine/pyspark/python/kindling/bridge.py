"""Blocking calls to the engine (engine/pyspark/contract.ts: DriverCalls, TaskCalls)."""

import importlib
import sys

from kindling import callsite, codec, host, notes
from py4j.protocol import Py4JJavaError
from pyspark.errors.exceptions.captured import captured


class TaskKilled(BaseException):
    """The running task was killed. Not an Exception: user code is not meant to catch it."""


class FetchFailed(BaseException):
    """Shuffle blocks are gone; the engine re-runs their map tasks."""


# Set for good once one of the two above was raised in the running task, whatever user code does with it.
interruption = None
# A task runs that catches its end.
killable = False


# Py4J numbers the objects a program has made; its messages name them `o12`.
_objects = 20

# What PySpark calls on the JVM for what we ask the engine.
_JAVA_METHODS = {
    "analyze": "select", "cachePlan": "persist", "checkpoint": "checkpoint", "collectPlan": "collectToPython",
    "outputCommit": "saveAsTextFile", "outputPrepare": "saveAsTextFile", "persist": "persist", "planToRdd": "javaToPython",
    "rddInfo": "toDebugString", "readSchema": "load", "setCheckpointDir": "setCheckpointDir", "showPlan": "showString",
    "textSplits": "partitions", "uncachePlan": "unpersist", "unpersist": "unpersist", "writePlan": "save",
}


def java_method(name):
    """`o23.partitions`: how an error names a method of a JVM object."""
    global _objects
    _objects += 1
    return f"o{_objects}.{_JAVA_METHODS.get(name, name)}"


def call(name, **ask):
    """Asks the engine; returns its answer as plain Python values (bytes stay bytes).

    Raises the exception the engine names: AnalysisException, Py4JJavaError, ValueError …
    """
    return call_as(name, ask, None)


def call_as(name, ask, method):
    """Like call(); `method` is what a Py4JJavaError says was called, `o12.saveAsTextFile`."""
    host.flush()
    if host.role == "program":
        notes.send()
    head, blob = codec.encode(ask)
    kind, head, blob = host.functions.call(name, head, host.to_js(blob) if blob else None, callsite.user_line())
    if kind == "ok":
        return codec.decode(head, blob.to_bytes() if blob else None)
    if kind == "error":
        raise exception(codec.decode(head, blob.to_bytes() if blob else None), method or java_method(name))
    interrupt(TaskKilled("killed") if kind == "killed" else FetchFailed("fetch failed"))


def interrupt(reason):
    global interruption
    interruption = reason
    raise reason


def exception(error, method):
    """The Python exception of a BridgeError."""
    path, message, java_class = error["pythonClass"], error["message"], error.get("javaClass")
    if path.startswith("pyspark.errors."):
        made = captured(path, message, java_class)
        if made is not None:
            return made
    cls = _find_class(path)
    if cls is Py4JJavaError:
        return cls.of(method, java_class or "org.apache.spark.SparkException", message, error)
    return cls(message)


# Java's own exceptions that PySpark has classes for, once there is a SparkSession.
_CAPTURED = {
    "java.lang.IllegalArgumentException": "IllegalArgumentException",
    "java.lang.UnsupportedOperationException": "UnsupportedOperationException",
}


def java_error(name, java_class, message):
    """What PySpark raises when the JVM's method throws this."""
    module = sys.modules.get("pyspark.sql.session")
    if java_class in _CAPTURED and module is not None and module.SparkSession._instantiatedSession is not None:
        return captured(_CAPTURED[java_class], message, java_class)
    return Py4JJavaError.of(java_method(name), java_class, message)


def _find_class(path):
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module or "builtins"), name)
    except (ImportError, AttributeError):
        return RuntimeError
