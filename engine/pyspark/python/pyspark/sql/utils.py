"""Older place of the exception classes."""
from pyspark.errors.exceptions.base import (  # noqa: F401
    AnalysisException, IllegalArgumentException, ParseException, PythonException, QueryExecutionException,
    SparkUpgradeException, StreamingQueryException, UnknownException,
)
from pyspark.errors.exceptions.captured import CapturedException  # noqa: F401
