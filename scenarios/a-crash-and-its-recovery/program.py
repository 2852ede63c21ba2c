from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("word count").getOrCreate()
sc = spark.sparkContext

lines = sc.textFile("data/frost.txt", 12)
words = lines.flatMap(lambda line: line.lower().split())
pairs = words.map(lambda word: (word.strip(".,;:?!"), 1))

# The shuffle: every word has to meet its own kind. Here the job is cut into two stages.
counts = pairs.reduceByKey(lambda a, b: a + b, 8)

answer = counts.collect()

for word, count in sorted(answer, key=lambda pair: (-pair[1], pair[0]))[:10]:
    print(count, word)
print("words in all:", sum(count for word, count in answer))

spark.stop()
