# Failed tasks are tried again in the same stage attempt.
from pyspark import SparkConf, SparkContext, TaskContext

conf = SparkConf().setMaster("local-cluster[2,1,1024]").setAppName("fail-then-succeed")
# Both executors are there before the first task starts.
conf.set("spark.cores.max", "2").set("spark.scheduler.minRegisteredResourcesRatio", "1.0")
sc = SparkContext(conf=conf)
sc.setLogLevel("OFF")


def flaky(index, it):
    context = TaskContext.get()
    if index != 1 and context.attemptNumber() < index + 1:
        raise OSError("partition %d, attempt %d" % (index, context.attemptNumber()))
    return it


print(sc.parallelize(range(6), 3).mapPartitionsWithIndex(flaky).collect())
sc.stop()
