# Accumulators in actions count once, in transformations at every computation.
from pyspark import SparkContext

sc = SparkContext("local[2]", "accumulators")
sc.setLogLevel("OFF")
seen = sc.accumulator(0)
numbers = sc.parallelize(range(10), 4)
numbers.foreach(lambda x: seen.add(x))
print(seen.value)

mapped = sc.accumulator(0)


def mark(x):
    mapped.add(1)
    return x


twice = numbers.map(mark)
twice.count()
twice.count()
print(mapped.value)
total = sc.accumulator(1.5)
numbers.foreachPartition(lambda it: total.add(sum(it)))
print(total.value, total)
try:
    sc.parallelize([1], 1).map(lambda x: seen.value).collect()
except Exception as error:
    print(type(error).__name__, "Accumulator.value cannot be accessed inside tasks" in str(error))
sc.stop()
