# A failing map stage: the stage that waits for it never starts.
from pyspark import SparkContext

sc = SparkContext("local[2]", "fail-in-map-stage")
sc.setLogLevel("OFF")
pairs = sc.parallelize([("a", 1), ("b", None)], 1).mapValues(lambda v: v + 1)
try:
    pairs.reduceByKey(lambda a, b: a + b).collect()
except Exception as error:
    print(type(error).__name__)
good = sc.parallelize([("a", 1)], 1).reduceByKey(lambda a, b: a + b)
print(good.collect())
try:
    good.map(lambda kv: kv[9]).collect()
except Exception as error:
    print(type(error).__name__)
sc.stop()
