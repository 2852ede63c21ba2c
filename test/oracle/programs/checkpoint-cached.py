# A cached RDD is not computed again for its checkpoint.
from pyspark import SparkContext

sc = SparkContext("local[2]", "checkpoint-cached")
sc.setLogLevel("OFF")
sc.setCheckpointDir("checkpoints")
calls = sc.accumulator(0)


def work(x):
    calls.add(1)
    return x


kept = sc.parallelize(range(6), 2).map(work).cache()
kept.checkpoint()
print(kept.sum(), calls.value)
print(kept.map(lambda x: x + 1).sum(), calls.value)
try:
    sc2 = sc.parallelize([1], 1)
    sc2.localCheckpoint()
    print(sc2.count(), sc2.isLocallyCheckpointed())
except Exception as error:
    print(type(error).__name__)
sc.stop()
