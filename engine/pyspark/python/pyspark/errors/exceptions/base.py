"""Exception classes of PySpark. Those raised by the engine are subclasses in `captured`, as in PySpark."""
import warnings
from pickle import PicklingError

from pyspark.errors.conditions import message as _condition_message


class PySparkException(Exception):
    """Base of all errors with an error condition. `str` is `[CONDITION] text`, or the bare message."""

    def __init__(self, message=None, errorClass=None, messageParameters=None, contexts=None, sqlState=None):
        super().__init__(message, errorClass, messageParameters)
        self._message = _condition_message(errorClass, messageParameters) if message is None else message
        self._errorClass = errorClass
        self._messageParameters = messageParameters
        self._contexts = contexts or []
        self._sqlState = sqlState

    def getCondition(self):
        return self._errorClass

    def getErrorClass(self):
        warnings.warn("Deprecated in 4.0.0, use getCondition instead.", FutureWarning)
        return self.getCondition()

    def getMessageParameters(self):
        return self._messageParameters

    def getSqlState(self):
        """None for errors made in Python."""
        return self._sqlState

    def getMessage(self):
        return "[%s] %s" % (self.getCondition(), self._message)

    def getQueryContext(self):
        return self._contexts

    def __str__(self):
        return self._message if self.getCondition() is None else self.getMessage()


class AnalysisException(PySparkException):
    """Names or types of a query do not fit."""


class SessionNotSameException(PySparkException):
    """One operation on DataFrames of different sessions."""


class TempTableAlreadyExistsException(AnalysisException):
    """createTempView with a name that is taken."""


class ParseException(AnalysisException):
    """A text that is not SQL, an expression or a type."""


class IllegalArgumentException(PySparkException):
    """An argument Spark cannot take."""


class ArithmeticException(PySparkException):
    """Overflow, division by zero."""


class UnsupportedOperationException(PySparkException):
    """Spark does not do that."""


class ArrayIndexOutOfBoundsException(PySparkException):
    """An index beyond the array (ANSI mode)."""


class DateTimeException(PySparkException):
    """A text that is no date or timestamp (ANSI mode)."""


class NumberFormatException(IllegalArgumentException):
    """A text that is no number (ANSI mode)."""


class StreamingQueryException(PySparkException):
    """A streaming query stopped."""


class QueryExecutionException(PySparkException):
    """A query failed while running."""


class PythonException(PySparkException):
    """Raised by Python code in a task."""


class SparkRuntimeException(PySparkException):
    """Failed while running, with an error condition."""


class SparkUpgradeException(PySparkException):
    """Results would differ from older versions."""


class SparkNoSuchElementException(PySparkException):
    """Something asked for by key is not there."""


class UnknownException(PySparkException):
    """None of the others."""


class PySparkValueError(PySparkException, ValueError):
    """ValueError with an error condition."""


class PySparkTypeError(PySparkException, TypeError):
    """TypeError with an error condition."""


class PySparkIndexError(PySparkException, IndexError):
    """IndexError with an error condition."""


class PySparkAttributeError(PySparkException, AttributeError):
    """AttributeError with an error condition."""


class PySparkRuntimeError(PySparkException, RuntimeError):
    """RuntimeError with an error condition."""


class PySparkAssertionError(PySparkException, AssertionError):
    """AssertionError with an error condition."""


class PySparkNotImplementedError(PySparkException, NotImplementedError):
    """NotImplementedError with an error condition."""


class PySparkPicklingError(PySparkException, PicklingError):
    """PicklingError with an error condition."""


class PickleException(PySparkException):
    """Something the engine could not unpickle."""


class PySparkKeyError(PySparkException, KeyError):
    """KeyError with an error condition."""


class PySparkImportError(PySparkException, ImportError):
    """ImportError with an error condition."""
