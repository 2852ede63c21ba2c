# Each action is a job of its own.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-actions")
sc.setLogLevel("OFF")
numbers = sc.parallelize([5, 3, 8, 1, 9, 2], 3)
print(numbers.count(), numbers.sum(), numbers.max(), numbers.min(), numbers.mean())
print(numbers.reduce(lambda a, b: a + b), numbers.fold(0, lambda a, b: a + b))
print(numbers.aggregate((0, 0), lambda a, x: (a[0] + x, a[1] + 1), lambda a, b: (a[0] + b[0], a[1] + b[1])))
print(numbers.top(2), numbers.takeOrdered(2), numbers.first(), numbers.isEmpty())
print(numbers.stats())
numbers.foreach(lambda x: None)
numbers.foreachPartition(lambda it: None)
print(numbers.countByValue()[5], numbers.histogram(2))
sc.stop()
