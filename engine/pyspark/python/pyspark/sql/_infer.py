"""Types from Python values, as createDataFrame infers them."""
import array
import datetime
import decimal
from functools import reduce

from pyspark.errors import PySparkTypeError, PySparkValueError
from pyspark.sql import types as T

_BY_CLASS = {
    type(None): T.NullType, bool: T.BooleanType, int: T.LongType, float: T.DoubleType, str: T.StringType,
    bytearray: T.BinaryType, bytes: T.BinaryType, datetime.date: T.DateType, datetime.datetime: T.TimestampType,
}

_ARRAY_CODES = {
    "b": T.ByteType, "B": T.ShortType, "h": T.ShortType, "H": T.IntegerType, "i": T.IntegerType, "I": T.LongType,
    "l": T.LongType, "f": T.FloatType, "d": T.DoubleType, "u": T.StringType,
}


def infer_type(value):
    """The type of one value; PySparkTypeError UNSUPPORTED_DATA_TYPE when Spark has none."""
    found = _BY_CLASS.get(type(value))
    if found is not None:
        return found()
    if type(value) is decimal.Decimal:
        return T.DecimalType(38, 18)
    if isinstance(value, dict):
        key, item = T.NullType(), T.NullType()
        for one, other in value.items():
            if one is not None:
                key = merge_types(key, infer_type(one))
            if other is not None:
                item = merge_types(item, infer_type(other))
        return T.MapType(key, item, True)
    if isinstance(value, list):
        return T.ArrayType(reduce(merge_types, map(infer_type, value), T.NullType()), True)
    if isinstance(value, array.array) and value.typecode in _ARRAY_CODES:
        return T.ArrayType(_ARRAY_CODES[value.typecode](), False)
    try:
        return infer_row(value)
    except TypeError:
        raise PySparkTypeError(errorClass="UNSUPPORTED_DATA_TYPE", messageParameters={"data_type": type(value).__name__})


def infer_row(row, names=None):
    """The StructType of a dict (fields by name), Row, named tuple, tuple or list (`_1`, `_2`… unless named) or object."""
    if isinstance(row, dict):
        items = sorted(row.items())
    elif isinstance(row, (tuple, list)):
        if hasattr(row, "__fields__"):
            items = zip(row.__fields__, tuple(row))
        elif hasattr(row, "_fields"):
            items = zip(row._fields, tuple(row))
        else:
            names = list(names or [])
            names += ["_%d" % i for i in range(len(names) + 1, len(row) + 1)]
            items = zip(names, row)
    elif hasattr(row, "__dict__"):
        items = sorted(row.__dict__.items())
    else:
        raise PySparkTypeError(errorClass="CANNOT_INFER_SCHEMA_FOR_TYPE", messageParameters={"data_type": type(row).__name__})
    fields = []
    for name, value in items:
        try:
            fields.append(T.StructField(name, infer_type(value), True))
        except TypeError:
            raise PySparkTypeError(errorClass="CANNOT_INFER_TYPE_FOR_FIELD", messageParameters={"field_name": name})
    return T.StructType(fields)


def merge_types(left, right):
    """The type that holds values of both; PySparkTypeError CANNOT_MERGE_TYPE when there is none."""
    if isinstance(left, T.NullType):
        return right
    if isinstance(right, T.NullType):
        return left
    if isinstance(left, T.AtomicType) and isinstance(right, T.StringType):
        return right
    if isinstance(left, T.StringType) and isinstance(right, T.AtomicType):
        return left
    if type(left) is not type(right):
        raise PySparkTypeError(
            errorClass="CANNOT_MERGE_TYPE",
            messageParameters={"data_type1": type(left).__name__, "data_type2": type(right).__name__},
        )
    if isinstance(left, T.StructType):
        others = {field.name: field.dataType for field in right}
        fields = [T.StructField(f.name, merge_types(f.dataType, others.get(f.name, T.NullType()))) for f in left]
        fields += [T.StructField(name, others[name]) for name in others if name not in left.names]
        return T.StructType(fields)
    if isinstance(left, T.ArrayType):
        return T.ArrayType(merge_types(left.elementType, right.elementType), True)
    if isinstance(left, T.MapType):
        return T.MapType(merge_types(left.keyType, right.keyType), merge_types(left.valueType, right.valueType), True)
    return left


def has_null_type(data_type):
    """Whether some part of a type is still unknown."""
    if isinstance(data_type, T.StructType):
        return any(has_null_type(field.dataType) for field in data_type)
    if isinstance(data_type, T.ArrayType):
        return has_null_type(data_type.elementType)
    if isinstance(data_type, T.MapType):
        return has_null_type(data_type.keyType) or has_null_type(data_type.valueType)
    return isinstance(data_type, T.NullType)


def infer_list(rows, names=None):
    """The StructType that holds all rows of a list."""
    if not rows:
        raise PySparkValueError(errorClass="CANNOT_INFER_EMPTY_SCHEMA", messageParameters={})
    schema = reduce(merge_types, (infer_row(row, names) for row in rows))
    if has_null_type(schema):
        raise PySparkValueError(errorClass="CANNOT_DETERMINE_TYPE", messageParameters={})
    return schema
