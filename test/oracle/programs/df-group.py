# A grouping is two jobs with adaptive execution, its partitions coalesced.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local[2]").appName("df-group").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
df = spark.range(0, 100, 1, 4)
for row in df.groupBy((F.col("id") % 3).alias("k")).agg(F.count("*").alias("n"), F.sum("id").alias("s")).orderBy("k").collect():
    print(row)
print(df.groupBy((F.col("id") % 3).alias("k")).count().count())
df.groupBy((F.col("id") % 2).alias("k")).count().orderBy("k").show()
spark.stop()
