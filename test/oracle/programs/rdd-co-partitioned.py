# Two sides with the same partitioner join without another shuffle; later jobs skip what was shuffled.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-co-partitioned")
sc.setLogLevel("OFF")
left = sc.parallelize([(x, "l%d" % x) for x in range(8)], 4).partitionBy(3)
right = sc.parallelize([(x, "r%d" % x) for x in range(0, 8, 2)], 4).partitionBy(3)
both = left.join(right)
print(both.getNumPartitions(), both.partitioner == left.partitioner)
print(sorted(both.collect()))
print(sorted(both.mapValues(lambda v: v[0]).reduceByKey(lambda a, b: a).collect()))
print(left.glom().map(len).collect())
sc.stop()
