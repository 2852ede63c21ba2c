# Files written and read again.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-save")
sc.setLogLevel("OFF")
import os

words = sc.parallelize(["one", "two", "three", "four"], 2)
words.saveAsTextFile("words")
print(sorted(name for name in os.listdir("words") if not name.startswith(".")))
print(sorted(sc.textFile("words").collect()))
print([(name.split("/")[-1], text) for name, text in sorted(sc.wholeTextFiles("words").collect())])
try:
    words.saveAsTextFile("words")
except Exception as error:
    print(type(error).__name__)
sc.stop()
# differs stages.2: Kindling reads each file of wholeTextFiles in a task of its own
