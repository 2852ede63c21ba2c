# In local mode a task fails once and the job with it; the application goes on.
from pyspark import SparkContext

sc = SparkContext("local[2]", "fail-local")
sc.setLogLevel("OFF")
numbers = sc.parallelize([1, 2, 0, 4], 1)
try:
    numbers.map(lambda x: [5][x]).collect()
except Exception as error:
    print(type(error).__name__, str(error).split("\n")[1][:96])
print(numbers.sum())
sc.stop()
