# A small side is collected and broadcast by a job of its own.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local[2]").appName("df-broadcast-join").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
left = spark.range(0, 20, 1, 4)
right = spark.createDataFrame([(1, "one"), (3, "three"), (50, "fifty")], "id long, name string")
print(sorted(left.join(right, "id").collect()))
print(sorted(right.join(left, "id", "left_anti").collect()))
print(left.join(F.broadcast(right), "id", "left").filter("name is not null").count())
spark.stop()
