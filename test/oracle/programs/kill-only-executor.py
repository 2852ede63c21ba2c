# The only executor dies: the job waits for its replacement.
import os
import signal

from pyspark import SparkConf, SparkContext

conf = SparkConf().setMaster("local-cluster[1,1,1024]").setAppName("kill-only-executor")
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
    if index == 1:
        kill_once("killed")
    return it


print(sc.parallelize(range(6), 3).mapPartitionsWithIndex(step).collect())
print(sc.parallelize(range(6), 3).sum())
sc.stop()
