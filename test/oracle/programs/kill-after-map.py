# An executor dies after the map stage: a fetch failure brings its maps back, and the reduce stage a second attempt.
import os
import signal
import time

from pyspark import SparkConf, SparkContext

conf = SparkConf().setMaster("local-cluster[2,1,1024]").setAppName("kill-after-map")
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
    other = os.path.join(here, "other")
    if index == 0:
        while not os.path.exists(other):
            time.sleep(0.05)
        time.sleep(1)
        kill_once("killed")
    else:
        open(other, "w").close()
    return it


sums = sc.parallelize(range(8), 2).map(lambda x: (x % 2, x)).reduceByKey(lambda a, b: a + b, 2)
print(sorted(sums.mapPartitionsWithIndex(step).collect()))
sc.stop()
