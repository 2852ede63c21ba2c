# sortByKey samples its input when it is called.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-sort")
sc.setLogLevel("OFF")
pairs = sc.parallelize([(x * 7 % 11, x) for x in range(11)], 3)
print(pairs.sortByKey().collect())
print(pairs.sortByKey(ascending=False, numPartitions=2).glom().collect())
print(pairs.sortByKey(numPartitions=1).keys().collect())
print(pairs.sortBy(lambda p: p[1]).values().take(4))
sc.stop()
