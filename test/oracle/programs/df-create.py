# A DataFrame of Python's own rows runs jobs like any other.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local[2]").appName("df-create").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
df = spark.createDataFrame([("a", 1, 2.5), ("b", None, 0.5), (None, 3, None)], "k string, v int, d double")
df.show()
df.printSchema()
print(df.filter(F.col("v").isNull()).collect(), df.select(F.coalesce("k", F.lit("?"))).collect())
print(df.na.fill({"v": 0}).agg(F.sum("v")).collect(), df.na.drop().count())
print(df.rdd.map(lambda row: row.k).collect(), df.schema.simpleString())
spark.stop()
# differs stages.*.rdds: a DataFrame is made of fewer RDDs
