# Two large sides: a job for each shuffle, then the join.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local[2]").appName("df-sort-merge-join").config("spark.sql.autoBroadcastJoinThreshold", "-1").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
left = spark.range(0, 50, 1, 3).withColumn("x", F.col("id") * 2)
right = spark.range(0, 100, 5, 2)
print(sorted(left.join(right, "id").collect()))
print(left.join(right, "id", "left_semi").count())
spark.stop()
