# spark.task.maxFailures is the number of failures, not of retries.
from pyspark import SparkConf, SparkContext, TaskContext

conf = SparkConf().setMaster("local-cluster[2,1,1024]").setAppName("fail-two-allowed")
# Both executors are there before the first task starts.
conf.set("spark.cores.max", "2").set("spark.scheduler.minRegisteredResourcesRatio", "1.0")
conf.set("spark.task.maxFailures", "2")
sc = SparkContext(conf=conf)
sc.setLogLevel("OFF")


def flaky(it):
    if TaskContext.get().attemptNumber() < 1:
        raise ValueError("first")
    return it


print(sc.parallelize(range(2), 1).mapPartitions(flaky).collect())
try:
    sc.parallelize(range(2), 1).map(lambda x: x.nothing).collect()
except Exception as error:
    print(str(error).split("\n")[1].split("(TID")[0])
sc.stop()
