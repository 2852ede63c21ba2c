"""Arrays, maps and the rows made of them."""
from pyspark.sql._wire import literal
from pyspark.sql.column import Column, named
from pyspark.sql.functions._make import build, spread, unary

explode = unary("explode", "explode", "A row for each element; none for an empty array or null.")
explode_outer = unary("explode_outer", "explode_outer", "A row for each element; one with null for an empty array or null.")
posexplode = unary("posexplode", "posexplode", "As explode, with the position from 0.")
posexplode_outer = unary("posexplode_outer", "posexplode_outer", "As explode_outer, with the position from 0.")
size = cardinality = unary("size", "size", "How many elements.")
array_distinct = unary("array_distinct", "array_distinct", "Without repeated elements.")
array_max = unary("array_max", "array_max", "Greatest element.")
array_min = unary("array_min", "array_min", "Least element.")
flatten = unary("flatten", "flatten", "An array of arrays as one array.")
map_keys = unary("map_keys", "map_keys", "The keys as an array.")
map_values = unary("map_values", "map_values", "The values as an array.")


def _value(value):
    return value._expr if isinstance(value, Column) else literal(value)


def array(*cols):
    """An array of columns."""
    return build("array", *map(named, spread(cols)))


def create_map(*cols):
    """A map of key, value, key, value…"""
    return build("map", *map(named, spread(cols)))


def array_contains(col, value):
    """Whether the array holds the value."""
    return build("array_contains", named(col), _value(value))


def array_join(col, delimiter, null_replacement=None):
    """The elements as one text."""
    return build("array_join", named(col), literal(delimiter), *([] if null_replacement is None else [literal(null_replacement)]))


def sort_array(col, asc=True):
    """Sorted; nulls first when ascending, last when not."""
    return build("sort_array", named(col), literal(asc))


def element_at(col, extraction):
    """Element of an array by position (from 1, from the end when negative) or value of a map by key."""
    return build("element_at", named(col), _value(extraction))


def slice(x, start, length):
    """`length` elements from position `start`, counted from 1."""
    return build("slice", named(x), *[literal(v) if isinstance(v, int) else named(v) for v in (start, length)])
