# A partition function of one's own.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-own-partitioner")
sc.setLogLevel("OFF")
pairs = sc.parallelize([(word, len(word)) for word in "a bb ccc dddd eeeee ffffff".split()], 2)
by_length = pairs.partitionBy(3, lambda word: len(word))
print([sorted(part) for part in by_length.glom().collect()])
print(by_length.getNumPartitions(), by_length.partitioner is not None, by_length.map(lambda p: p).partitioner)
print(sorted(by_length.groupByKey(3, lambda word: len(word)).mapValues(list).collect()))
sc.stop()
