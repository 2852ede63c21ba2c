# After stop a second application starts from nothing.
from pyspark import SparkContext

sc = SparkContext("local[2]", "first")
sc.setLogLevel("OFF")
print(sc.parallelize(range(5), 2).sum())
sc.stop()
try:
    sc.parallelize([1]).count()
except Exception as error:
    print(type(error).__name__)
# differs output.1: there is no Java object to miss; what is wrong is told in the words of Spark's own JVM side
