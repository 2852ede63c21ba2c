# Union keeps partitions, distinct groups by every column.
from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[2]").appName("df-union-distinct").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
a = spark.range(0, 6, 1, 2)
b = spark.range(3, 9, 1, 2)
print(a.union(b).count(), a.union(b).rdd.getNumPartitions())
print(sorted(row.id for row in a.union(b).distinct().collect()))
print(sorted(row.id for row in a.intersect(b).collect()), sorted(row.id for row in a.subtract(b).collect()))
print(a.union(b).dropDuplicates(["id"]).count())
spark.stop()
