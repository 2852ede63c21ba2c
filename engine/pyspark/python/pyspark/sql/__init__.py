"""DataFrames."""
from pyspark.sql import functions, types  # noqa: F401
from pyspark.sql.types import Row
from pyspark.sql.column import Column
from pyspark.sql.dataframe import DataFrame, DataFrameNaFunctions, DataFrameStatFunctions
from pyspark.sql.group import GroupedData
from pyspark.sql.readwriter import DataFrameReader, DataFrameWriter
from pyspark.sql.session import SparkSession
from pyspark.sql.catalog import Catalog
from pyspark.sql.window import Window, WindowSpec
from pyspark.sql._refuse import refuser as _refuser

__all__ = [
    "SparkSession", "Column", "Catalog", "DataFrame", "DataFrameNaFunctions", "DataFrameStatFunctions", "GroupedData",
    "DataFrameReader", "DataFrameWriter", "Row", "Window", "WindowSpec",
]


def __getattr__(name):
    if name in ("SQLContext", "HiveContext", "UDFRegistration", "UDTFRegistration", "Observation", "DataFrameWriterV2",
                "PandasCogroupedOps", "is_remote"):
        return _refuser("pyspark.sql." + name)
    raise AttributeError("module 'pyspark.sql' has no attribute %r" % name)
