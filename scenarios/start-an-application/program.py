from pyspark.sql import SparkSession

# This file runs in the driver, line by line.
# The next line makes it an application: the driver registers, executors start.
spark = SparkSession.builder.appName("first steps").getOrCreate()
sc = spark.sparkContext
print("master:", sc.master)

# Only written down. Nothing runs yet.
numbers = sc.parallelize(range(1, 101), 8)
squares = numbers.map(lambda n: n * n)

# An action: now the executors get tasks.
print("sum of the squares:", squares.sum())

spark.stop()
