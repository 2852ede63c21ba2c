# An accumulator of one's own type.
from pyspark import SparkContext, AccumulatorParam

sc = SparkContext("local[2]", "accumulator-own-type")
sc.setLogLevel("OFF")


class Words(AccumulatorParam):
    def zero(self, value):
        return []

    def addInPlace(self, a, b):
        return a + b


odd = sc.accumulator([], Words())
sc.parallelize(range(6), 2).foreach(lambda x: odd.add([x]) if x % 2 else None)
print(sorted(odd.value))
sc.stop()
