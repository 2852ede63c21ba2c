# Kinds of joins, with nulls.
from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[2]").appName("df-join-kinds").config("spark.sql.adaptive.autoBroadcastJoinThreshold", "-1").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
a = spark.createDataFrame([(1, "a"), (2, "b"), (None, "n")], "id int, l string")
b = spark.createDataFrame([(1, "x"), (1, "y"), (4, "z"), (None, "m")], "id int, r string")
for how in ["inner", "left", "right", "outer", "left_semi", "left_anti"]:
    print(how, sorted(a.join(b, "id", how).collect(), key=str))
print(a.crossJoin(b).count())
print(sorted(a.join(b, a.id < b.id).collect(), key=str))
spark.stop()
