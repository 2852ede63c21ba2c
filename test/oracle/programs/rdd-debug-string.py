# Lineage as Spark tells it.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-debug-string")
sc.setLogLevel("OFF")
base = sc.parallelize(range(6), 2)
pairs = base.map(lambda x: (x % 2, x)).reduceByKey(lambda a, b: a + b)


def show(rdd):
    for line in rdd.toDebugString().decode().split("\n"):
        print(line.split(" at ")[0])


show(pairs)
show(pairs.mapValues(str).union(pairs).coalesce(1))
print(str(base).split(" at ")[0], pairs.getNumPartitions(), base.id(), base.name())
base.setName("numbers")
print(base.name(), str(base).split(" at ")[0])
show(base.map(lambda x: x + 1).cache().filter(lambda x: x > 1))
sc.stop()
