# A cached DataFrame is filled by the first action that needs it.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local[2]").appName("df-cache").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
df = spark.range(0, 60, 1, 3).withColumn("k", F.col("id") % 2).cache()
print(df.count(), df.is_cached, df.storageLevel)
print(df.count())
print(sorted(df.groupBy("k").count().collect()))
df.unpersist()
print(df.is_cached, df.filter("id < 5").count())
spark.stop()
