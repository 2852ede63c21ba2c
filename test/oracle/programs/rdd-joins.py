# A join of PySpark is a union and one shuffle.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-joins")
sc.setLogLevel("OFF")
ages = sc.parallelize([("ann", 30), ("bob", 25), ("cyd", 41)], 2)
towns = sc.parallelize([("ann", "Oslo"), ("bob", "Rome"), ("dan", "Bonn")], 2)
print(sorted(ages.join(towns).collect()))
print(sorted(ages.leftOuterJoin(towns).collect()))
print(sorted(ages.rightOuterJoin(towns).collect(), key=str))
print(sorted(ages.fullOuterJoin(towns).collect(), key=str))
print(sorted((k, [sorted(g) for g in gs]) for k, gs in ages.cogroup(towns).collect()))
print(ages.join(towns).getNumPartitions(), sorted(ages.subtractByKey(towns).collect()))
sc.stop()
