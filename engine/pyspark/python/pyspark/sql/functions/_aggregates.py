"""Aggregate functions."""
from pyspark.sql._wire import literal
from pyspark.sql import _expression as E
from pyspark.sql.column import Column, named
from pyspark.sql.functions._make import binary, build, unary

avg = unary("avg", "avg", "Mean of the values that are not null.")
mean = unary("mean", "avg", "Mean of the values that are not null.")
sum = unary("sum", "sum", "Sum.")
min = unary("min", "min", "Least value.")
max = unary("max", "max", "Greatest value.")
collect_list = array_agg = unary("collect_list", "collect_list", "All values, repeated ones too.")
collect_set = unary("collect_set", "collect_set", "All different values.")
stddev = std = unary("stddev", "stddev", "Sample standard deviation.")
stddev_samp = unary("stddev_samp", "stddev_samp", "Sample standard deviation.")
stddev_pop = unary("stddev_pop", "stddev_pop", "Population standard deviation.")
variance = unary("variance", "variance", "Sample variance.")
var_samp = unary("var_samp", "var_samp", "Sample variance.")
var_pop = unary("var_pop", "var_pop", "Population variance.")
skewness = unary("skewness", "skewness", "Skewness.")
kurtosis = unary("kurtosis", "kurtosis", "Kurtosis.")
median = unary("median", "median", "Median.")
count_if = unary("count_if", "count_if", "How many are true.")
bool_and = every = unary("bool_and", "bool_and", "Whether all are true.")
bool_or = some = unary("bool_or", "bool_or", "Whether one is true.")
max_by = binary("max_by", "max_by", "The first column's value where the second is greatest.")
min_by = binary("min_by", "min_by", "The first column's value where the second is least.")
corr = binary("corr", "corr", "Pearson correlation.")
covar_samp = binary("covar_samp", "covar_samp", "Sample covariance.")
covar_pop = binary("covar_pop", "covar_pop", "Population covariance.")


def mode(col, deterministic=False):
    """The most frequent value."""
    return Column(E.shown(E.call("mode", named(col)), "mode", named(col), literal(False)))


def count(col):
    """How many values are not null; `count("*")` counts rows."""
    expression = named(col)
    if expression == E.column("*"):
        return Column(E.shown(E.call("count", literal(1)), "count", expression))
    return build("count", expression)


def count_distinct(col, *cols):
    """How many different values (or combinations of values) there are."""
    return build("count", *map(named, (col,) + cols), distinct=True)


def countDistinct(col, *cols):
    """Older name of count_distinct."""
    return count_distinct(col, *cols)


def sum_distinct(col):
    """Sum of the different values."""
    return build("sum", named(col), distinct=True)


def sumDistinct(col):
    """Older name of sum_distinct."""
    return sum_distinct(col)


def _maybe_ignoring(name, col, ignorenulls):
    made = E.call(name, named(col), *([literal(True)] if ignorenulls else []))
    return Column(made if name == "any_value" else E.shown(made, name, named(col), literal(bool(ignorenulls))))


def first(col, ignorenulls=False):
    """The first value met."""
    return _maybe_ignoring("first", col, ignorenulls)


def last(col, ignorenulls=False):
    """The last value met."""
    return _maybe_ignoring("last", col, ignorenulls)


def any_value(col, ignoreNulls=None):
    """Some value."""
    return _maybe_ignoring("any_value", col, ignoreNulls)


def approx_count_distinct(col, rsd=None):
    """About how many different values there are; `rsd` is the relative standard deviation (0.05)."""
    return build("approx_count_distinct", named(col), *([] if rsd is None else [literal(float(rsd))]))


def approxCountDistinct(col, rsd=None):
    """Older name of approx_count_distinct."""
    return approx_count_distinct(col, rsd)


def percentile_approx(col, percentage, accuracy=10000):
    """About the value below which `percentage` (0.0 to 1.0, or a list of such) of the values lie."""
    if isinstance(percentage, (list, tuple)):
        wanted = build("array", *[literal(float(one)) for one in percentage])._expr
    else:
        wanted = percentage._expr if isinstance(percentage, Column) else literal(percentage)
    return build("percentile_approx", named(col), wanted, accuracy._expr if isinstance(accuracy, Column) else literal(accuracy))
