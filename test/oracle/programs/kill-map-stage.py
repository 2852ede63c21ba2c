# An executor dies while the map stage runs: what it had finished is run again (Resubmitted).
import os
import signal

from pyspark import SparkConf, SparkContext

conf = SparkConf().setMaster("local-cluster[1,1,1024]").setAppName("kill-map-stage")
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


def step(index, it):
    if index == 2:
        kill_once("killed")
    return it


print(sorted(sc.parallelize(range(9), 3).mapPartitionsWithIndex(step).map(lambda x: (x % 3, x)).reduceByKey(lambda a, b: a + b, 2).collect()))
sc.stop()
