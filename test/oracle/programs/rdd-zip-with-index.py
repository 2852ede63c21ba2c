# zipWithIndex counts the partitions when it is called; zip needs no job.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-zip-with-index")
sc.setLogLevel("OFF")
letters = sc.parallelize(list("abcdef"), 3)
print(letters.zipWithIndex().collect())
print(letters.zipWithUniqueId().collect())
print(sc.parallelize(list("ab"), 1).zipWithIndex().collect())
print(letters.zip(letters.map(str.upper)).collect())
sc.stop()
# differs stages.*.rdds: PySpark rewrites the batches of both sides first
