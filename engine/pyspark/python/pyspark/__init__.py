"""PySpark as learners write it; what is not here says so by name and line."""

from kindling.missing import guard_module
from pyspark.accumulators import Accumulator, AccumulatorParam
from pyspark.broadcast import Broadcast
from pyspark.conf import SparkConf
from pyspark.core.context import SparkContext
from pyspark.core.rdd import RDD
from pyspark.storagelevel import StorageLevel
from pyspark.taskcontext import TaskContext
from pyspark.version import __version__

__all__ = [
    "SparkConf",
    "SparkContext",
    "RDD",
    "StorageLevel",
    "Broadcast",
    "Accumulator",
    "AccumulatorParam",
    "TaskContext",
    "__version__",
]

_absent = guard_module(
    "pyspark",
    "BarrierTaskContext BarrierTaskInfo BasicProfiler CPickleSerializer HiveContext InheritableThread MarshalSerializer "
    "Profiler SQLContext SparkFiles SparkJobInfo SparkStageInfo StatusTracker inheritable_thread_target",
)


def __getattr__(name):
    if name in ("Row", "SparkSession"):
        import pyspark.sql

        return getattr(pyspark.sql, name)
    return _absent(name)
