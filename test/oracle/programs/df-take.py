# take, first, head, limit, tail and isEmpty.
from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[2]").appName("df-take").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
df = spark.range(0, 40, 1, 4)
print(df.take(2), df.first(), df.head(), df.isEmpty(), df.tail(2))
print(len(df.limit(15).collect()), df.limit(15).count())
print(df.filter("id > 35").take(1))
df.show(0)
spark.stop()
