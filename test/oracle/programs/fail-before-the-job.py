# What cannot be sent makes no job; nor does a context in a task.
from pyspark import SparkContext

sc = SparkContext("local[2]", "fail-before-the-job")
sc.setLogLevel("OFF")


class Stubborn:
    def __getstate__(self):
        raise TypeError("stays at home")


stubborn = Stubborn()
numbers = sc.parallelize([1, 2], 1)
for attempt in [lambda: numbers.map(lambda x: stubborn).collect(), lambda: numbers.map(lambda x: numbers.count()).collect(), lambda: numbers.map(lambda x: sc.parallelize([x])).collect()]:
    try:
        attempt()
    except Exception as error:
        print(type(error).__name__, str(error).split("\n")[0][:70])
try:
    SparkContext("local", "second")
except ValueError as error:
    print(str(error)[:45])
try:
    sc.textFile("nowhere.txt").count()
except Exception as error:
    print(type(error).__name__)
print(numbers.sum())
sc.stop()
