# A checkpoint outlives the executor that wrote it.
import os
import signal

from pyspark import SparkConf, SparkContext

conf = SparkConf().setMaster("local-cluster[1,1,1024]").setAppName("kill-checkpointed")
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


sc.setCheckpointDir("checkpoints")
calls = sc.accumulator(0)


def work(x):
    calls.add(1)
    return x


kept = sc.parallelize(range(6), 2).map(work)
kept.checkpoint()
print(kept.sum(), calls.value)
sc.parallelize([0], 1).foreach(lambda x: kill_once("killed"))
print(kept.sum(), calls.value)
sc.stop()
