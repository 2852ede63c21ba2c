# repartition shuffles, coalesce does not.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-repartition")
sc.setLogLevel("OFF")
numbers = sc.parallelize(range(24), 6)
print(sorted(numbers.repartition(3).collect()), numbers.repartition(3).getNumPartitions())
print(numbers.coalesce(2).glom().collect())
print(numbers.coalesce(10).getNumPartitions(), numbers.coalesce(1).map(lambda x: x + 1).count())
print(sorted(numbers.coalesce(8, shuffle=True).collect()) == list(range(24)))
pairs = numbers.map(lambda x: (x, x))
print(pairs.repartitionAndSortWithinPartitions(2, lambda k: k % 2, False).glom().collect())
sc.stop()
