from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("mini example").getOrCreate()

df = spark.range(1, 1000000)
print("partitions:", df.rdd.getNumPartitions())

df.select((df["id"] * 2).alias("value")).show(5)

spark.stop()
