"""Window functions are missing here: the names can be imported and refuse when used."""
from pyspark.sql._refuse import refuse_members

__all__ = ["Window", "WindowSpec"]


class Window:
    """Refuses."""

    unboundedPreceding = -9223372036854775808
    unboundedFollowing = 9223372036854775807
    currentRow = 0


class WindowSpec:
    """Refuses."""


refuse_members(Window, "pyspark.sql.Window", "partitionBy orderBy rowsBetween rangeBetween")
