from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("hungry").getOrCreate()
sc = spark.sparkContext

# As many cores as there are: nothing here says how many it may have.
numbers = sc.parallelize(range(1, 2001), 48)
total = numbers.map(lambda n: n * n).reduce(lambda a, b: a + b)

print("hungry has its sum:", total)

spark.stop()
