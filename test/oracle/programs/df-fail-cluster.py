# A query whose task fails four times on a cluster.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local-cluster[1,1,1024]").appName("df-fail-cluster").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
df = spark.range(0, 4, 1, 1)
try:
    df.select(F.expr("raise_error('bad luck')")).collect()
except Exception as error:
    print(type(error).__name__, "bad luck" in str(error))
print(df.groupBy((F.col("id") % 2).alias("k")).count().count())
spark.stop()
