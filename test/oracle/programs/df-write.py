# A DataFrame written as CSV, one file for each partition, and read again.
import os

from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local[2]").appName("df-write").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
df = spark.range(0, 10, 1, 2).withColumn("s", F.concat(F.lit("n"), F.col("id")))
df.write.csv("out", header=True)
print(len([name for name in os.listdir("out") if name.startswith("part-")]), "_SUCCESS" in os.listdir("out"))
print(sorted(spark.read.csv("out", header=True, schema="id int, s string").collect())[:2])
try:
    df.write.csv("out")
except Exception as error:
    print(type(error).__name__, error.getCondition())
df.write.mode("append").csv("out", header=True)
print(spark.read.csv("out", header=True).count())
spark.stop()
# differs queries: Spark also counts reading a file's first lines, and analyses that failed, as executions, and names the command that writes
# differs jobs.*.query: Spark also counts reading a file's first lines, and analyses that failed, as executions
# differs stages.*.rdds: a DataFrame is made of fewer RDDs
