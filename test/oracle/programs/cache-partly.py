# take fills the cache only where it looked.
from pyspark import SparkContext

sc = SparkContext("local[2]", "cache-partly")
sc.setLogLevel("OFF")
calls = sc.accumulator(0)


def work(x):
    calls.add(1)
    return x


kept = sc.parallelize(range(6), 3).map(work).cache()
print(kept.take(1), calls.value > 0)
before = calls.value
print(kept.count(), calls.value)
print(kept.count(), calls.value)
sc.stop()
