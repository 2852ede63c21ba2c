# Narrow steps make one stage, one task for each partition; lists are sliced in batches.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-narrow")
sc.setLogLevel("OFF")
numbers = sc.parallelize(range(20), 4)
print(numbers.map(lambda x: x * x).filter(lambda x: x % 2 == 0).flatMap(lambda x: [x, -x]).collect())
print(numbers.glom().collect())
print(sc.parallelize(list("abcdefgh"), 3).glom().collect())
print(sc.parallelize([1, 2], 4).glom().collect())
print(numbers.mapPartitionsWithIndex(lambda i, it: [(i, sum(it))]).collect())
sc.stop()
