from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("six rounds").getOrCreate()
sc = spark.sparkContext

total = 0
for number in range(1, 7):
    part = sc.parallelize(range(1000), 6).map(lambda n: n * number).sum()
    total += part
    print("round", number, "gives", part, "so far", total)

print("the end:", total)
spark.stop()
