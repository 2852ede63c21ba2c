# Samples with a seed are the same everywhere.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-sample")
sc.setLogLevel("OFF")
numbers = sc.parallelize(range(200), 4)
print(numbers.sample(False, 0.1, 42).collect())
print(numbers.sample(True, 0.05, 7).collect())
print(numbers.takeSample(False, 5, 3))
parts = numbers.randomSplit([1.0, 3.0], 11)
print([part.count() for part in parts])
print(sorted(numbers.map(lambda x: (x % 2, x)).sampleByKey(False, {0: 0.1, 1: 0.0}, 5).collect()))
sc.stop()
