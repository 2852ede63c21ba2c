# Aggregations of the whole frame, with and without distinct.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local[2]").appName("df-aggregate").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
df = spark.range(0, 24, 1, 3).withColumn("k", F.col("id") % 5)
print(df.agg(F.sum("id"), F.max("k"), F.min("id"), F.avg("id")).collect())
print(df.agg(F.countDistinct("k").alias("d"), F.count("*").alias("n")).collect())
print(sorted(df.groupBy("k").agg(F.collect_set(F.col("id") % 2).alias("s")).select("k", F.sort_array("s")).collect())[:2])
df.describe("id").show()
spark.stop()
