# An executor dies in a result stage: its task is counted as failed and runs again.
import os
import signal

from pyspark import SparkConf, SparkContext

conf = SparkConf().setMaster("local-cluster[2,1,1024]").setAppName("kill-result-stage")
# Both executors are there before the first task starts.
conf.set("spark.cores.max", "2").set("spark.scheduler.minRegisteredResourcesRatio", "1.0")
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
    if index == 0:
        kill_once("killed")
    return it


print(sc.parallelize(range(8), 2).mapPartitionsWithIndex(step).collect())
sc.stop()
