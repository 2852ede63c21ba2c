# Between DataFrame and RDD.
from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[2]").appName("df-rdd-and-back").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
df = spark.range(0, 8, 1, 2)
pairs = df.rdd.map(lambda row: (row.id % 2, row.id)).reduceByKey(lambda a, b: a + b)
print(sorted(pairs.collect()))
back = pairs.toDF(["k", "s"])
back.orderBy("k").show()
print(back.filter("s > 12").count())
spark.stop()
# differs stages.*.rdds: a DataFrame is made of fewer RDDs
