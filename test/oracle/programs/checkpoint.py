# checkpoint runs as a second job after the next action and cuts the lineage.
from pyspark import SparkContext

sc = SparkContext("local[2]", "checkpoint")
sc.setLogLevel("OFF")
sc.setCheckpointDir("checkpoints")
calls = sc.accumulator(0)


def work(x):
    calls.add(1)
    return (x % 2, x)


pairs = sc.parallelize(range(6), 2).map(work)
pairs.checkpoint()
print(pairs.isCheckpointed(), calls.value)
print(pairs.count(), calls.value)
print(pairs.isCheckpointed(), pairs.getCheckpointFile() is not None)
print(pairs.count(), calls.value)
print(sorted(pairs.reduceByKey(lambda a, b: a + b).collect()), calls.value)
sc.stop()
