"""Blocking calls to the engine (engine/pyspark/contract.ts: DriverCalls, TaskCalls)."""

import importlib

from kindling import callsite, codec, host
from py4j.protocol import Py4JJavaError
from pyspark.errors.exceptions.captured import captured


class TaskKilled(BaseException):
    """The running task was killed. Not an Exception: user code is not meant to catch it."""


class FetchFailed(BaseException):
    """Shuffle blocks are gone; the engine re-runs their map tasks."""


# Set for good once one of the two above was raised in the running task, whatever user code does with it.
interruption = None


def call(name, **ask):
    """Asks the engine; returns its answer as plain Python values (bytes stay bytes).

    Raises the exception the engine names: AnalysisException, Py4JJavaError, ValueError …
    """
    return call_as(name, ask, None)


def call_as(name, ask, java_method):
    """Like call(); `java_method` is what a Py4JJavaError says was called, `o12.saveAsTextFile`."""
    host.flush()
    head, blob = codec.encode(ask)
    kind, head, blob = host.functions.call(name, head, host.to_js(blob) if blob else None, callsite.user_line())
    if kind == "ok":
        return codec.decode(head, blob.to_bytes() if blob else None)
    if kind == "error":
        raise exception(codec.decode(head, blob.to_bytes() if blob else None), java_method or f"z:org.apache.spark.{name}")
    interrupt(TaskKilled("killed") if kind == "killed" else FetchFailed("fetch failed"))


def interrupt(reason):
    global interruption
    interruption = reason
    raise reason


def exception(error, java_method):
    """The Python exception of a BridgeError."""
    path, message, java_class = error["pythonClass"], error["message"], error.get("javaClass")
    if path.startswith("pyspark.errors."):
        made = captured(path, message, java_class)
        if made is not None:
            return made
    cls = _find_class(path)
    if cls is Py4JJavaError:
        return cls.of(java_method, java_class or "org.apache.spark.SparkException", message, error)
    return cls(message)


def _find_class(path):
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module or "builtins"), name)
    except (ImportError, AttributeError):
        return RuntimeError
