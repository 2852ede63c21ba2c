# Union is narrow; distinct, intersection and subtract shuffle.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-sets")
sc.setLogLevel("OFF")
a = sc.parallelize([1, 2, 2, 3], 2)
b = sc.parallelize([2, 3, 4], 2)
print(a.union(b).collect(), a.union(b).getNumPartitions())
print(sorted(a.distinct().collect()))
print(sorted(a.intersection(b).collect()))
print(sorted(a.subtract(b).collect()))
print(sorted(a.cartesian(b).collect()))
sc.stop()
# differs stages.*.rdds: PySpark rewrites the batches of both sides first
