# Storage levels, and a shuffle on top of a cache.
from pyspark import SparkContext, StorageLevel

sc = SparkContext("local[2]", "cache-levels")
sc.setLogLevel("OFF")
disk = sc.parallelize(range(8), 2).map(lambda x: (x % 2, x)).persist(StorageLevel.DISK_ONLY)
print(disk.count(), disk.getStorageLevel())
print(sorted(disk.reduceByKey(lambda a, b: a + b).collect()))
both = sc.parallelize(range(8), 2).persist(StorageLevel.MEMORY_AND_DISK)
print(both.map(lambda x: x + 1).sum(), both.getStorageLevel())
try:
    both.persist(StorageLevel.DISK_ONLY)
except Exception as error:
    print(type(error).__name__)
sc.stop()
