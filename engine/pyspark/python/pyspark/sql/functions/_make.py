"""How the functions of this package are made."""
from pyspark.errors import PySparkTypeError
from pyspark.sql import _expression as E
from pyspark.sql.column import Column, named


def build(name, *expressions, distinct=False):
    """The Column of a call."""
    return Column(E.call(name, *expressions, distinct=distinct))


def of_columns(python_name, registry_name, doc):
    """A function all whose arguments are columns, by object or by name."""
    def function(*cols):
        return build(registry_name, *map(named, cols))

    return _dressed(function, python_name, doc)


def unary(python_name, registry_name, doc):
    """A function of one column."""
    def function(col):
        return build(registry_name, named(col))

    return _dressed(function, python_name, doc)


def binary(python_name, registry_name, doc):
    """A function of two columns."""
    def function(col1, col2):
        return build(registry_name, named(col1), named(col2))

    return _dressed(function, python_name, doc)


def number_or_column(value):
    """A column by object or name; a number as a literal (pow, atan2)."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        from pyspark.sql._wire import literal

        return literal(value if isinstance(value, int) else float(value))
    return named(value)


def int_or_column(value, arg):
    """A whole number as a literal, a column by object or name (date_add, repeat)."""
    from pyspark.sql._wire import literal

    if isinstance(value, int):
        return literal(value)
    if isinstance(value, (Column, str)):
        return named(value)
    raise PySparkTypeError(errorClass="NOT_COLUMN_OR_INT_OR_STR", messageParameters={"arg_name": arg, "arg_type": type(value).__name__})


def spread(cols):
    """The columns of `f(a, b)` and of `f([a, b])`."""
    return cols[0] if len(cols) == 1 and isinstance(cols[0], (list, set, tuple)) else cols


def _dressed(function, name, doc):
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function
