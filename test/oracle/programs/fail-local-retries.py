# local[2,3] gives a task three tries.
from pyspark import SparkContext, TaskContext

sc = SparkContext("local[2,3]", "fail-local-retries")
sc.setLogLevel("OFF")


def sometimes(it):
    attempt = TaskContext.get().attemptNumber()
    if attempt < 2:
        raise ValueError("attempt %d" % attempt)
    return it


print(sc.parallelize(range(4), 2).mapPartitions(sometimes).collect())
try:
    sc.parallelize([1], 1).map(lambda x: x / 0).collect()
except Exception as error:
    print(str(error).split("\n")[1].split("(TID")[0])
sc.stop()
