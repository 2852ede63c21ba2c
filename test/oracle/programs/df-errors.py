# Names that are not there are refused before any job; a division by zero fails its task.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local[2]").appName("df-errors").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
df = spark.range(0, 4, 1, 1)
for attempt in [lambda: df.select("nope"), lambda: df.filter("id >"), lambda: df.select(F.sum("id"), "id").collect(), lambda: spark.read.csv("nowhere.csv"), lambda: df.select(F.lit(1) / F.col("id")).collect(), lambda: df.select(F.concat(F.lit("x"), F.col("id")).cast("int")).collect()]:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, str(error).split("\n")[0])
print(df.count())
spark.stop()
# differs queries: Spark also counts reading a file's first lines, and analyses that failed, as executions
# differs jobs.*.query: Spark also counts reading a file's first lines, and analyses that failed, as executions
