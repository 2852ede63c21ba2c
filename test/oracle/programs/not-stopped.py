# A program that does not stop its context still ends well.
from pyspark import SparkContext

sc = SparkContext("local[2]", "not-stopped")
sc.setLogLevel("OFF")
print(sc.parallelize(range(5), 2).map(lambda x: x * x).collect())
