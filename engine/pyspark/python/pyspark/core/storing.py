"""Keeping RDDs: caches, checkpoints, files, and what there is to see of them."""

from kindling import bridge, callsite, lineage, paths, text
from kindling.missing import missing
from py4j.protocol import Py4JJavaError
from pyspark.storagelevel import StorageLevel

_SAME_LEVEL_ONLY = "Cannot change storage level of an RDD after it was already assigned a level"


class Storing:
    _level = StorageLevel.NONE

    def cache(self):
        return self.persist(StorageLevel.MEMORY_ONLY)

    def persist(self, storageLevel=StorageLevel.MEMORY_ONLY):
        """Only marks; the first job that computes it fills the cache (§5.31)."""
        if self.is_cached and self._level != storageLevel:
            raise bridge.java_error("persist", "java.lang.UnsupportedOperationException", _SAME_LEVEL_ONLY)
        self.is_cached = True
        self._level = storageLevel
        lineage.mark(self._jrdd, "persist", level=storageLevel._json())
        return self

    def unpersist(self, blocking=False):
        self.is_cached = False
        self._level = StorageLevel.NONE
        lineage.mark(self._jrdd, "unpersist", blocking=blocking)
        return self

    def getStorageLevel(self):
        return self._level

    def checkpoint(self):
        """Written by an extra job after the next one on this RDD (§5.33)."""
        if self.ctx.getCheckpointDir() is None:
            text = "Checkpoint directory has not been set in the SparkContext"
            raise Py4JJavaError.of(bridge.java_method("checkpoint"), "org.apache.spark.SparkException", text)
        self.is_checkpointed = True
        lineage.mark(self._jrdd, "checkpoint", local=False)

    def localCheckpoint(self):
        """Kept by the executors only, in memory and on disk (§5.34)."""
        self.is_checkpointed = self._locally = True
        before = self._level
        if before == StorageLevel.NONE:
            self._level = StorageLevel.MEMORY_AND_DISK
        else:
            self._level = StorageLevel(True, before.useMemory, False, before.deserialized, before.replication)
        lineage.mark(self._jrdd, "checkpoint", local=True)

    def isCheckpointed(self):
        return self._info()["checkpointed"]

    def isLocallyCheckpointed(self):
        """Whether it is marked so; true before the first job too."""
        return getattr(self, "_locally", False)

    def getCheckpointFile(self):
        return self._info()["checkpointFile"]

    def toDebugString(self):
        """Bytes, as PySpark gives them (§11.14)."""
        return self._info()["debugString"].encode("utf-8")

    def _info(self):
        lineage.declare(self._jrdd)
        return bridge.call("rddInfo", rddId=self.id())

    def saveAsTextFile(self, path, compressionCodecClass=None):
        """One part file for each partition; fails when the folder is there."""
        if compressionCodecClass is not None:
            raise missing("RDD.saveAsTextFile(compressionCodecClass)")
        method = bridge.java_method("saveAsTextFile")
        path = paths.absolute(path)
        ask = {"path": path, "callSite": callsite.call_site()}
        temporary = bridge.call_as("outputPrepare", ask, method)["temporary"]
        written = self._pipe(text.WritePart(temporary))
        # PySpark turns the bytes to text, and Hadoop's writer wraps that once more.
        as_text = lineage.narrow(self.ctx, "MapPartitionsRDD", written._jrdd, None)
        output = lineage.narrow(self.ctx, "MapPartitionsRDD", as_text, None)
        self.ctx._run(_Output(output), None, method)
        bridge.call_as("outputCommit", {"path": path, "temporary": temporary}, method)


class _Output:
    """A node that is run as it is."""

    def __init__(self, node):
        self._jrdd = node


