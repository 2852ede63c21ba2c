# The checkpoint of a shuffled RDD: its map stage is skipped in the job that writes.
from pyspark import SparkContext

sc = SparkContext("local[2]", "checkpoint-shuffled")
sc.setLogLevel("OFF")
sc.setCheckpointDir("checkpoints")
sums = sc.parallelize(range(9), 3).map(lambda x: (x % 3, x)).reduceByKey(lambda a, b: a + b)
sums.checkpoint()
print(sorted(sums.collect()))
print(sorted(sums.mapValues(lambda v: v + 1).collect()))
print(sums.toDebugString().decode().count("ReliableCheckpointRDD"))
sc.stop()
