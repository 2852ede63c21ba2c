# A cached RDD is computed once; unpersist brings the work back.
from pyspark import SparkContext

sc = SparkContext("local[2]", "cache")
sc.setLogLevel("OFF")
calls = sc.accumulator(0)


def work(x):
    calls.add(1)
    return x * 2


doubled = sc.parallelize(range(10), 2).map(work).cache()
print(doubled.count(), calls.value)
print(doubled.sum(), calls.value)
print(doubled.is_cached, doubled.getStorageLevel())
doubled.unpersist()
print(doubled.is_cached, doubled.sum(), calls.value)
sc.stop()
