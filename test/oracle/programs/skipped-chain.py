# Three stages, then two of them skipped, one new.
from pyspark import SparkContext

sc = SparkContext("local[2]", "skipped-chain")
sc.setLogLevel("OFF")
a = sc.parallelize([(x % 3, x) for x in range(12)], 2).groupByKey().mapValues(sum)
b = a.map(lambda kv: (kv[1] % 2, kv[0])).groupByKey().mapValues(sorted)
print(sorted(b.collect()))
print(sorted(b.mapValues(len).collect()))
print(sorted(a.collect()))
print(sorted(b.join(a).collect()))
sc.stop()
