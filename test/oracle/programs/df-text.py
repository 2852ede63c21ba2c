# Words of a text file as a DataFrame.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local[2]").appName("df-text").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
with open("poem.txt", "w") as file:
    file.write("one for all\nall for one\n")
lines = spark.read.text("poem.txt")
words = lines.select(F.explode(F.split("value", " ")).alias("word"))
words.groupBy("word").count().orderBy(F.desc("count"), "word").show()
print(lines.count(), words.filter(F.length("word") > 3).count())
spark.stop()
