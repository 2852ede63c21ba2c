# Words of a text file: a shuffle makes two stages; sortBy runs jobs of its own.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-word-count")
sc.setLogLevel("OFF")
with open("poem.txt", "w") as file:
    file.write("one for all\nall for one\nand none for none\n")
lines = sc.textFile("poem.txt")
print(lines.getNumPartitions(), lines.count())
words = lines.flatMap(lambda line: line.split()).map(lambda word: (word, 1)).reduceByKey(lambda a, b: a + b)
print(sorted(words.collect()))
print(words.sortBy(lambda pair: (-pair[1], pair[0])).collect())
sc.stop()
