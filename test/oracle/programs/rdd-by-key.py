# The family of combineByKey.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-by-key")
sc.setLogLevel("OFF")
pairs = sc.parallelize([("a", 1), ("b", 2), ("a", 3), ("c", 4), ("b", 6)], 3)
print(sorted(pairs.reduceByKey(lambda a, b: a + b).collect()))
print(sorted((k, sorted(v)) for k, v in pairs.groupByKey().collect()))
print(sorted(pairs.aggregateByKey(0, lambda a, v: a + v, lambda a, b: a + b).collect()))
print(sorted(pairs.foldByKey(1, lambda a, b: a * b, 2).collect()))
print(sorted(pairs.combineByKey(lambda v: [v], lambda c, v: c + [v], lambda a, b: sorted(a + b)).mapValues(sorted).collect()))
print(sorted(pairs.countByKey().items()), pairs.collectAsMap()["c"], sorted(pairs.lookup("a")))
print(sorted(pairs.mapValues(lambda v: v * 10).flatMapValues(lambda v: [v, v + 1]).collect()))
print(pairs.reduceByKeyLocally(lambda a, b: a + b) == {"a": 4, "b": 8, "c": 4})
sc.stop()
