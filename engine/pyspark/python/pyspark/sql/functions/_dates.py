"""Dates and timestamps."""
from pyspark.sql._wire import literal
from pyspark.sql.column import named
from pyspark.sql.functions._make import binary, build, int_or_column, unary

year = unary("year", "year", "Year.")
quarter = unary("quarter", "quarter", "Quarter, 1 to 4.")
month = unary("month", "month", "Month, 1 to 12.")
dayofmonth = day = unary("dayofmonth", "dayofmonth", "Day of the month, 1 to 31.")
dayofweek = unary("dayofweek", "dayofweek", "Day of the week, 1 (Sunday) to 7.")
dayofyear = unary("dayofyear", "dayofyear", "Day of the year, 1 to 366.")
weekofyear = unary("weekofyear", "weekofyear", "ISO week of the year.")
hour = unary("hour", "hour", "Hour, 0 to 23.")
minute = unary("minute", "minute", "Minute, 0 to 59.")
second = unary("second", "second", "Second, 0 to 59.")
last_day = unary("last_day", "last_day", "Last day of the month.")
datediff = binary("datediff", "datediff", "Days from the second date to the first.")
date_diff = datediff


def current_date():
    """The day the query started."""
    return build("current_date")


curdate = current_date


def current_timestamp():
    """The moment the query started."""
    return build("current_timestamp")


now = current_timestamp


def _formatted(name, col, format):
    return build(name, named(col), *([] if format is None else [literal(format)]))


def to_date(col, format=None):
    """A date from text (ISO, or by a pattern such as `dd.MM.yyyy`) or from a timestamp."""
    return _formatted("to_date", col, format)


def to_timestamp(col, format=None):
    """A timestamp from text (ISO, or by a pattern)."""
    return _formatted("to_timestamp", col, format)


def date_format(date, format):
    """Text by a pattern."""
    return build("date_format", named(date), literal(format))


def date_add(start, days):
    """That many days later."""
    return build("date_add", named(start), int_or_column(days, "days"))


dateadd = date_add


def date_sub(start, days):
    """That many days earlier."""
    return build("date_sub", named(start), int_or_column(days, "days"))


def add_months(start, months):
    """That many months later; the last day of the month where the day is not there."""
    return build("add_months", named(start), int_or_column(months, "months"))


def trunc(date, format):
    """The first day of the year, quarter, month or week."""
    return build("trunc", named(date), literal(format))


def date_trunc(format, timestamp):
    """The start of the year, month, day, hour…"""
    return build("date_trunc", literal(format), named(timestamp))


def unix_timestamp(timestamp=None, format="yyyy-MM-dd HH:mm:ss"):
    """Seconds since 1970 UTC; of now without an argument."""
    if timestamp is None:
        return build("unix_timestamp")
    return build("unix_timestamp", named(timestamp), literal(format))


def from_unixtime(timestamp, format="yyyy-MM-dd HH:mm:ss"):
    """Text of the moment so many seconds after 1970 UTC, in the session's time zone."""
    return build("from_unixtime", named(timestamp), literal(format))
