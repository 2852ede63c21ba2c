# JSON lines are read once for their schema.
from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[2]").appName("df-json").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
with open("rows.json", "w") as file:
    file.write('{"a": 1, "b": "x"}\n{"a": 2}\n{"a": 3, "b": "z"}\n')
rows = spark.read.json("rows.json")
rows.printSchema()
rows.show()
print(rows.filter("b is not null").count())
spark.stop()
# differs stages.*.rdds: a DataFrame is made of fewer RDDs
