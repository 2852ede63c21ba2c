# A broadcast value travels once; destroyed, it is gone.
from pyspark import SparkContext

sc = SparkContext("local[2]", "broadcast")
sc.setLogLevel("OFF")
names = sc.broadcast({0: "even", 1: "odd"})
print(sc.parallelize(range(4), 2).map(lambda x: names.value[x % 2]).collect())
names.unpersist()
print(sc.parallelize(range(2), 2).map(lambda x: names.value[x]).collect(), names.value[1])
names.destroy()
try:
    print(sc.parallelize(range(2), 2).map(lambda x: names.value[x]).collect())
except Exception as error:
    print(type(error).__name__)
sc.stop()
