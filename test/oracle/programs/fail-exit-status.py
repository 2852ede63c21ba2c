# sys.exit gives the program's own status.
import sys

from pyspark import SparkContext

sc = SparkContext("local[1]", "fail-exit-status")
print(sc.parallelize(range(3)).sum())
sc.stop()
sys.exit(3)
