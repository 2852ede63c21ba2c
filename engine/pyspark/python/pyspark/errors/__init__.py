"""Exceptions a PySpark program may catch."""
from pyspark.errors.exceptions.base import *  # noqa: F401,F403
from pyspark.errors.exceptions import base as _base

__all__ = sorted(
    name for name, value in vars(_base).items()
    if isinstance(value, type) and issubclass(value, _base.PySparkException)
)
