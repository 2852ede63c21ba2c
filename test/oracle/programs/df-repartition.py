# repartition by number is kept as it is; by column it is coalesced.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local[2]").appName("df-repartition").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
df = spark.range(0, 40, 1, 2)
print(df.repartition(3).rdd.getNumPartitions(), df.coalesce(1).rdd.getNumPartitions())
print(df.repartition(3).groupBy(F.spark_partition_id()).count().count())
print(df.repartition("id").count())
print(len(df.repartition(4, "id").collect()))
spark.stop()
# differs stages.*.rdds: a DataFrame is made of fewer RDDs
