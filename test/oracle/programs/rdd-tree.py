# treeReduce and treeAggregate combine in between.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-tree")
sc.setLogLevel("OFF")
numbers = sc.parallelize(range(1, 33), 8)
print(numbers.treeReduce(lambda a, b: a + b))
print(numbers.treeAggregate(0, lambda a, x: a + x, lambda a, b: a + b, depth=3))
print(numbers.treeReduce(max, depth=1))
sc.stop()
