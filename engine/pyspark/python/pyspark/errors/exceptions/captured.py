"""Errors raised by the engine. Spark's text already holds the condition: `[CONDITION] text SQLSTATE: xxxxx`."""
import re

from pyspark.errors.exceptions import base

_HEAD = re.compile(r"\[([A-Z][A-Z0-9_.]*)\] ")
_STATE = re.compile(r"SQLSTATE: (\w{5})")


class CapturedException(base.PySparkException):
    """An error that came over the bridge; `javaClass` is the class Spark would have thrown."""

    def __init__(self, message, javaClass=None):
        super().__init__(message=message)
        self.args = (message,)
        self._javaClass = javaClass

    @property
    def desc(self):
        return self._message

    def getCondition(self):
        found = _HEAD.match(self._message)
        return found.group(1) if found else None

    def getSqlState(self):
        found = _STATE.search(self._message)
        return found.group(1) if found else None

    def getMessage(self):
        return self._message

    def __str__(self):
        return self._message


class AnalysisException(CapturedException, base.AnalysisException):
    """Names or types of a query do not fit."""


class TempTableAlreadyExistsException(AnalysisException, base.TempTableAlreadyExistsException):
    """createTempView with a name that is taken."""


class ParseException(AnalysisException, base.ParseException):
    """A text that is not SQL, an expression or a type."""


class IllegalArgumentException(CapturedException, base.IllegalArgumentException):
    """An argument Spark cannot take."""


class StreamingQueryException(CapturedException, base.StreamingQueryException):
    """A streaming query stopped."""


class QueryExecutionException(CapturedException, base.QueryExecutionException):
    """A query failed while running."""


class PythonException(CapturedException, base.PythonException):
    """Raised by Python code in a task."""

    def __str__(self):
        return "\n  An exception was thrown from the Python worker. Please see the stack trace below.\n%s" % self._message


class ArithmeticException(CapturedException, base.ArithmeticException):
    """Overflow, division by zero."""


class UnsupportedOperationException(CapturedException, base.UnsupportedOperationException):
    """Spark does not do that."""


class ArrayIndexOutOfBoundsException(CapturedException, base.ArrayIndexOutOfBoundsException):
    """An index beyond the array (ANSI mode)."""


class DateTimeException(CapturedException, base.DateTimeException):
    """A text that is no date or timestamp (ANSI mode)."""


class NumberFormatException(CapturedException, base.NumberFormatException):
    """A text that is no number (ANSI mode)."""


class SparkRuntimeException(CapturedException, base.SparkRuntimeException):
    """Failed while running, with an error condition."""


class SparkUpgradeException(CapturedException, base.SparkUpgradeException):
    """Results would differ from older versions."""


class SparkNoSuchElementException(CapturedException, base.SparkNoSuchElementException):
    """Something asked for by key is not there."""


class UnknownException(CapturedException, base.UnknownException):
    """None of the others."""


def captured(name, message, javaClass=None):
    """The exception for an engine error of PySpark class `name` (bare or dotted), or None when there is no such class."""
    found = globals().get(name.rsplit(".", 1)[-1])
    if isinstance(found, type) and issubclass(found, CapturedException):
        return found(message, javaClass)
    return None
