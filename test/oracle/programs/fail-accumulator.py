# An accumulator of an action counts successful tasks only.
from pyspark import SparkConf, SparkContext, TaskContext

conf = SparkConf().setMaster("local-cluster[2,1,1024]").setAppName("fail-accumulator")
# Both executors are there before the first task starts.
conf.set("spark.cores.max", "2").set("spark.scheduler.minRegisteredResourcesRatio", "1.0")
sc = SparkContext(conf=conf)
sc.setLogLevel("OFF")
count = sc.accumulator(0)


def step(it):
    for x in it:
        count.add(1)
    if TaskContext.get().attemptNumber() == 0:
        raise ValueError("after counting")


sc.parallelize(range(10), 2).foreachPartition(step)
print(count.value)
sc.stop()
