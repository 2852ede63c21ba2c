from pyspark.broadcast import Broadcast  # noqa: F401
