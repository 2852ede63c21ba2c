import time
from operator import add

from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("skewed keys").getOrCreate()
sc = spark.sparkContext


def town(order):
    # Two of three orders come from one town.
    return "Oslo" if order % 3 else f"village {order % 40}"


def check(orders):
    # A check takes 4 ms an order: who has many orders works long.
    orders = list(orders)
    time.sleep(0.004 * len(orders))
    return len(orders)


orders = sc.parallelize(range(2400), 8)

# All orders of a town meet in one task.
by_town = orders.map(lambda order: (town(order), order))
print("plain:", sum(by_town.groupByKey(8).mapValues(check).values().collect()))

# More partitions: the villages spread out, but a town is still in one piece.
print("more partitions:", sum(by_town.groupByKey(32).mapValues(check).values().collect()))

# Salt: the key gets a number from 0 to 15 beside it, so a town falls into 16 pieces. A second, small shuffle adds them up.
salted = orders.map(lambda order: ((town(order), order % 16), order))
pieces = salted.groupByKey(8).mapValues(check).map(lambda piece: (piece[0][0], piece[1]))
print("salted:", sum(pieces.reduceByKey(add, 8).values().collect()))

spark.stop()
