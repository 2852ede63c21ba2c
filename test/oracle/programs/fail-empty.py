# Actions on nothing.
from pyspark import SparkContext

sc = SparkContext("local[2]", "fail-empty")
sc.setLogLevel("OFF")
empty = sc.parallelize([], 2)
for action in [empty.first, empty.max, lambda: empty.reduce(lambda a, b: a + b), empty.mean, empty.collect, empty.count, empty.sum, empty.isEmpty, lambda: empty.take(2), lambda: empty.fold(7, lambda a, b: a + b), lambda: empty.map(lambda x: (x, x)).reduceByKey(lambda a, b: a).collect()]:
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, str(error).split("\n")[0])
sc.stop()
