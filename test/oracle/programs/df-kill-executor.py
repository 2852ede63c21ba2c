# An executor dies between two queries; the cached frame is computed again.
import os
import signal

from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local-cluster[1,1,1024]").appName("df-kill-executor").config("spark.python.use.daemon", "false").config("spark.cores.max", "1").config("spark.scheduler.minRegisteredResourcesRatio", "1.0").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
here = os.getcwd()


def kill_once(name):
    """The first task to come here ends its own executor: the parent of a Python worker without a daemon."""
    marker = os.path.join(here, name)
    if not os.path.exists(marker):
        open(marker, "w").close()
        os.kill(os.getppid(), signal.SIGKILL)


df = spark.range(0, 30, 1, 3).withColumn("k", F.col("id") % 3).cache()
print(df.count())
spark.sparkContext.parallelize([0], 1).foreach(lambda x: kill_once("killed"))
print(df.agg(F.sum("id")).collect())
print(sorted(df.groupBy("k").count().collect()))
spark.stop()
