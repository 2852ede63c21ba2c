# The first example: show looks at one partition.
from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[2]").appName("df-mini").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
df = spark.range(1, 1000000)
print(df.rdd.getNumPartitions())
df.select((df["id"] * 2).alias("value")).show(5)
print(df.count())
spark.stop()
