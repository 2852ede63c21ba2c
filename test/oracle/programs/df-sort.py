# A sort samples first; with a limit there is no shuffle.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local[2]").appName("df-sort").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
df = spark.range(0, 30, 1, 3).withColumn("k", F.col("id") % 7)
print([row.id for row in df.orderBy(F.desc("k"), "id").collect()][:8])
df.orderBy(F.desc("id")).show(3)
print(df.orderBy("k", "id").limit(2).collect())
print(df.sortWithinPartitions("k").count())
spark.stop()
