from kindling.hashing import portable_hash  # noqa: F401
from pyspark.core.rdd import RDD, Partitioner, PipelinedRDD  # noqa: F401
