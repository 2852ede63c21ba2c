# An exception nobody catches ends the program with 1.
from pyspark import SparkContext

sc = SparkContext("local[2]", "fail-uncaught")
sc.setLogLevel("OFF")
print("before")
sc.parallelize([1], 1).map(lambda x: {}["missing"]).collect()
print("never")
