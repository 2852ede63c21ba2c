"""Columns, literals, conditions and sort orders."""
import builtins
import random

from pyspark.errors import PySparkTypeError, PySparkValueError
from pyspark.sql import _expression as E
from pyspark.sql._wire import literal
from pyspark.sql.column import Column, named, to_expression
from pyspark.sql.functions._make import build, of_columns, spread, unary


def col(col):
    """The column of that name."""
    return Column(E.column(col))


column = col


def lit(col):
    """A literal; a Column is given back; a list becomes an array."""
    if isinstance(col, Column):
        return col
    if isinstance(col, list):
        if builtins.any(isinstance(one, Column) for one in col):
            raise PySparkValueError(errorClass="COLUMN_IN_LIST", messageParameters={"func_name": "lit"})
        return build("array", *[lit(one)._expr for one in col])
    return Column(literal(col))


def expr(str):
    """An expression written as SQL."""
    from pyspark.sql._parser import parse_expression

    return Column(E.Shown(parse_expression(str), str))


def when(condition, value):
    """`value` where the condition holds; go on with .when and .otherwise."""
    if not isinstance(condition, Column):
        raise PySparkTypeError(errorClass="NOT_COLUMN", messageParameters={
            "arg_name": "condition", "arg_type": type(condition).__name__})
    return Column({"expr": "when", "branches": [{"when": condition._expr, "then": to_expression(value)}]})


def asc(col):
    """Ascending, nulls first."""
    return Column(named(col)).asc()


def desc(col):
    """Descending, nulls last."""
    return Column(named(col)).desc()


def asc_nulls_first(col):
    return Column(named(col)).asc_nulls_first()


def asc_nulls_last(col):
    return Column(named(col)).asc_nulls_last()


def desc_nulls_first(col):
    return Column(named(col)).desc_nulls_first()


def desc_nulls_last(col):
    return Column(named(col)).desc_nulls_last()


def broadcast(df):
    """Marks a DataFrame as small enough to be sent whole to every executor in a join."""
    return df.hint("broadcast")


coalesce = of_columns("coalesce", "coalesce", "The first that is not null.")
nanvl = of_columns("nanvl", "nanvl", "The first if it is not NaN, else the second.")
isnull = unary("isnull", "isnull", "Whether it is null.")
isnotnull = unary("isnotnull", "isnotnull", "Whether it is not null.")
isnan = unary("isnan", "isnan", "Whether it is NaN.")


def _of_two(name, cols):
    if len(cols) < 2:
        raise PySparkValueError(errorClass="WRONG_NUM_COLUMNS", messageParameters={"func_name": name, "num_cols": "2"})
    return build(name, *map(named, cols))


def greatest(*cols):
    """The greatest of two or more, nulls left out."""
    return _of_two("greatest", cols)


def least(*cols):
    """The least of two or more, nulls left out."""
    return _of_two("least", cols)


def struct(*cols):
    """A struct of columns."""
    return build("struct", *map(named, spread(cols)))


def _seeded(name, seed):
    value = literal(random.randint(0, 2 ** 53 - 1) if seed is None else int(seed))
    return Column(E.Shown(E.call(name, value), "%s(%sL)" % (name, E.text(value).rstrip("L"))))


def rand(seed=None):
    """Random numbers in [0, 1); the same seed gives the same numbers for the same partitions."""
    return _seeded("rand", seed)


def randn(seed=None):
    """Random numbers of the standard normal distribution."""
    return _seeded("randn", seed)


def monotonically_increasing_id():
    """Growing 64-bit numbers: partition in the upper 31 bits, row in the lower 33."""
    return build("monotonically_increasing_id")


def spark_partition_id():
    """The partition a row is in."""
    return build("spark_partition_id")


def input_file_name():
    """The file a row was read from."""
    return build("input_file_name")


def raise_error(errMsg):
    """Fails the task with this text when it is computed."""
    return build("raise_error", literal(errMsg) if isinstance(errMsg, str) else named(errMsg))


hash = of_columns("hash", "hash", "Murmur3 hash, 32 bits.")
md5 = unary("md5", "md5", "MD5 in hexadecimal digits.")
sha1 = unary("sha1", "sha1", "SHA-1 in hexadecimal digits.")


def sha2(col, numBits):
    """SHA-2 of 224, 256, 384 or 512 bits (0 means 256) in hexadecimal digits."""
    return build("sha2", named(col), literal(numBits))
