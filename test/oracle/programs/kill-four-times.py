# A task that kills its executor four times ends the job.
import os
import signal

from pyspark import SparkConf, SparkContext

conf = SparkConf().setMaster("local-cluster[1,1,1024]").setAppName("kill-four-times")
# The executor is there before the first task starts.
conf.set("spark.cores.max", "1").set("spark.scheduler.minRegisteredResourcesRatio", "1.0")
conf.set("spark.python.use.daemon", "false")
sc = SparkContext(conf=conf)
sc.setLogLevel("OFF")


def step(x):
    if x == 1:
        os.kill(os.getppid(), signal.SIGKILL)
    return x


try:
    sc.parallelize([1], 1).map(step).collect()
except Exception as error:
    print(str(error).split("\n")[1].split("(TID")[0])
print(sc.parallelize([2, 3], 1).map(step).collect())
sc.stop()
