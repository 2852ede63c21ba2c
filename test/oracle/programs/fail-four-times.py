# Four failures of one task abort the job; the next job runs.
from pyspark import SparkConf, SparkContext

conf = SparkConf().setMaster("local-cluster[2,1,1024]").setAppName("fail-four-times")
# Both executors are there before the first task starts.
conf.set("spark.cores.max", "2").set("spark.scheduler.minRegisteredResourcesRatio", "1.0")
sc = SparkContext(conf=conf)
sc.setLogLevel("OFF")


def bad(x):
    if x == 3:
        raise RuntimeError("three is bad")
    return x


try:
    sc.parallelize(range(4), 1).map(bad).collect()
except Exception as error:
    print(str(error).split("\n")[1].split("(TID")[0])
print(sc.parallelize(range(4), 2).map(lambda x: x + 1).collect())
sc.stop()
