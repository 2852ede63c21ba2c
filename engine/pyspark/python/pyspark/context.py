from pyspark.core.context import SparkContext  # noqa: F401
