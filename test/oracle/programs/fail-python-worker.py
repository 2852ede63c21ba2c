# A Python worker that ends itself fails its task; its executor stays.
import os

from pyspark import SparkConf, SparkContext, TaskContext

conf = SparkConf().setMaster("local-cluster[1,1,1024]").setAppName("fail-python-worker")
sc = SparkContext(conf=conf)
sc.setLogLevel("OFF")


def leave(it):
    if TaskContext.get().attemptNumber() == 0:
        os._exit(9)
    return it


print(sc.parallelize(range(3), 1).mapPartitions(leave).collect())
try:
    sc.parallelize(range(3), 1).foreach(lambda x: os._exit(1))
except Exception as error:
    print(str(error).split("\n")[1].split("(TID")[0])
print(sc.parallelize(range(3), 1).sum())
sc.stop()
