# A second job on shuffled data skips its map stage.
from pyspark import SparkContext

sc = SparkContext("local[2]", "skipped-stages")
sc.setLogLevel("OFF")
counts = sc.parallelize(range(30), 3).map(lambda x: (x % 4, 1)).reduceByKey(lambda a, b: a + b)
print(sorted(counts.collect()))
print(counts.count())
print(counts.filter(lambda kv: kv[0] > 1).count())
print(sorted(counts.map(lambda kv: (kv[1], kv[0])).groupByKey().mapValues(sorted).collect()))
sc.stop()
