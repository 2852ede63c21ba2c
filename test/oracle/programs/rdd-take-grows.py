# take looks at one partition, then at more and more: several jobs.
from pyspark import SparkContext

sc = SparkContext("local[2]", "rdd-take-grows")
sc.setLogLevel("OFF")
numbers = sc.parallelize(range(100), 10)
print(numbers.take(3))
print(numbers.take(15))
print(numbers.take(60))
print(numbers.filter(lambda x: x > 95).take(2))
print(numbers.filter(lambda x: x > 1000).isEmpty())
sc.stop()
