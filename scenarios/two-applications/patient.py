from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("patient").getOrCreate()
sc = spark.sparkContext

# This job starts at once. Whether anybody runs it is for the Master to say.
words = sc.parallelize(["wait", "your", "turn", "wait", "wait", "turn"], 4)
counts = words.map(lambda word: (word, 1)).reduceByKey(lambda a, b: a + b, 2)

for word, count in sorted(counts.collect()):
    print(count, word)

spark.stop()
