# A CSV file with a header: types are guessed by a job.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local[2]").appName("df-csv").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
with open("people.csv", "w") as file:
    file.write("name,age,town\nann,30,Oslo\nbob,25,Rome\ncyd,,Oslo\n")
people = spark.read.csv("people.csv", header=True, inferSchema=True)
people.printSchema()
people.show()
people.groupBy("town").agg(F.count("*").alias("n"), F.avg("age").alias("age")).orderBy("town").show()
print(people.filter(F.col("age") > 26).select("name").collect())
texts = spark.read.csv("people.csv", header=True)
print(texts.dtypes, texts.count())
spark.stop()
# differs queries: Spark also counts reading a file's first lines, and analyses that failed, as executions
# differs jobs.*.query: Spark also counts reading a file's first lines, and analyses that failed, as executions
# differs stages.*.rdds: a DataFrame is made of fewer RDDs
