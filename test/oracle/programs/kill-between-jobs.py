# Map outputs lost between two jobs: the second job finds them missing and makes them again.
import os
import signal

from pyspark import SparkConf, SparkContext

conf = SparkConf().setMaster("local-cluster[1,1,1024]").setAppName("kill-between-jobs")
# The executor is there before the first task starts.
conf.set("spark.cores.max", "1").set("spark.scheduler.minRegisteredResourcesRatio", "1.0")
conf.set("spark.python.use.daemon", "false")
sc = SparkContext(conf=conf)
sc.setLogLevel("OFF")
here = os.getcwd()


def kill_once(name):
    """The first task to come here ends its own executor: the parent of a Python worker without a daemon."""
    marker = os.path.join(here, name)
    if not os.path.exists(marker):
        open(marker, "w").close()
        os.kill(os.getppid(), signal.SIGKILL)


sums = sc.parallelize(range(8), 2).map(lambda x: (x % 2, x)).reduceByKey(lambda a, b: a + b, 2)
print(sorted(sums.collect()))
sc.parallelize([0], 1).foreach(lambda x: kill_once("killed"))
print(sorted(sums.mapValues(lambda v: v + 1).collect()))
sc.stop()
