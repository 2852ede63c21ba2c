# Without adaptive execution a grouping is one job with all its shuffle partitions.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local[2]").appName("df-group-static").config("spark.sql.adaptive.enabled", "false").config("spark.sql.shuffle.partitions", "5").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
df = spark.range(0, 100, 1, 4)
print(sorted(df.groupBy((F.col("id") % 3).alias("k")).count().collect()))
print(df.count())
spark.stop()
