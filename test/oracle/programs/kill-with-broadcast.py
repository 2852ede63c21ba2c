# A new executor fetches the broadcast value again.
import os
import signal

from pyspark import SparkConf, SparkContext

conf = SparkConf().setMaster("local-cluster[1,1,1024]").setAppName("kill-with-broadcast")
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


table = sc.broadcast([10, 20, 30])


def step(x):
    if x == 1:
        kill_once("killed")
    return table.value[x]


print(sc.parallelize(range(3), 3).map(step).collect())
sc.stop()
