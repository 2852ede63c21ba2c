# toLocalIterator asks for one partition after another.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-local-iterator")
sc.setLogLevel("OFF")
numbers = sc.parallelize(range(9), 3)
for x in numbers.toLocalIterator():
    print(x)
print(list(sc.parallelize([], 2).toLocalIterator()))
sc.stop()
