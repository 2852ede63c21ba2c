from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("too much").getOrCreate()
sc = spark.sparkContext

MB = 1024 * 1024

# 96 partitions, and each becomes a text of 2 MB in an executor.
pages = sc.parallelize(range(96), 96).map(lambda n: chr(97 + n % 26) * (2 * MB))

# Each page is easy for an executor: it holds a few at a time.
print("letters:", pages.map(lambda page: len(page)).sum())

# Now all of them are to come to the one driver.
book = pages.collect()
print("pages in the driver:", len(book))

spark.stop()
