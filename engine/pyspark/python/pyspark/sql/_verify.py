"""Checks rows against a schema (createDataFrame with verifySchema), with PySpark's errors."""
import array
import datetime
import decimal

from pyspark.errors import PySparkTypeError, PySparkValueError
from pyspark.sql import types as T

_ACCEPTED = {
    T.BooleanType: (bool,), T.ByteType: (int,), T.ShortType: (int,), T.IntegerType: (int,), T.LongType: (int,),
    T.FloatType: (float,), T.DoubleType: (float,), T.DecimalType: (decimal.Decimal,), T.BinaryType: (bytearray, bytes),
    T.DateType: (datetime.date, datetime.datetime), T.TimestampType: (datetime.datetime,),
    T.ArrayType: (list, tuple, array.array), T.MapType: (dict,), T.StructType: (tuple, list, dict),
}

_BITS = {T.ByteType: 8, T.ShortType: 16, T.IntegerType: 32, T.LongType: 64}


def _raise(error, condition, name, **parameters):
    if name is not None:
        raise error(errorClass=condition + "_WITH_NAME", messageParameters={"field_name": str(name), **parameters})
    raise error(errorClass=condition, messageParameters=parameters)


def make_verifier(data_type, nullable=True, name=None):
    """A function that raises when a value does not fit; `name` is how the value is called in the text."""
    inner = _inner_verifier(data_type, name)

    def verify(value):
        if value is not None:
            inner(value)
        elif not nullable:
            _raise(PySparkValueError, "FIELD_NOT_NULLABLE", name)

    return verify


def _unacceptable(data_type, value, name):
    _raise(PySparkTypeError, "FIELD_DATA_TYPE_UNACCEPTABLE", name,
           data_type=str(data_type), obj=repr(value), obj_type=str(type(value)))


def _inner_verifier(data_type, name):
    kind = type(data_type)
    if kind in (T.StringType, T.CharType, T.VarcharType):
        return lambda value: None  # Spark turns anything into text
    if kind is T.StructType:
        return _struct_verifier(data_type, name)
    accepted = _ACCEPTED.get(kind)

    def check_class(value):
        assert accepted is not None, "%sunknown datatype: %s for object %r" % (
            "%s: " % name if name is not None else "", data_type, value)
        if type(value) not in accepted:
            _unacceptable(data_type, value, name)

    if kind in _BITS:
        high = 2 ** (_BITS[kind] - 1) - 1

        def check_range(value):
            check_class(value)
            if not -high - 1 <= value <= high:
                raise PySparkValueError(errorClass="VALUE_OUT_OF_BOUNDS", messageParameters={
                    "arg_name": "obj", "lower_bound": str(-high - 1), "upper_bound": str(high), "actual": str(value)})
        return check_range
    if kind is T.ArrayType:
        element = make_verifier(data_type.elementType, data_type.containsNull, "element in array %s" % name)

        def check_array(value):
            check_class(value)
            for item in value:
                element(item)
        return check_array
    if kind is T.MapType:
        key = make_verifier(data_type.keyType, False, "key of map %s" % name)
        item = make_verifier(data_type.valueType, data_type.valueContainsNull, "value of map %s" % name)

        def check_map(value):
            check_class(value)
            for one, other in value.items():
                key(one)
                item(other)
        return check_map
    return check_class


def _struct_verifier(data_type, name):
    fields = [
        (f.name, make_verifier(f.dataType, f.nullable, "field %s" % f.name if name is None else "field %s in %s" % (f.name, name)))
        for f in data_type
    ]

    def check(value):
        if isinstance(value, dict):
            for field, verify in fields:
                verify(value.get(field))
        elif isinstance(value, (tuple, list)):
            if len(value) != len(fields):
                _raise(PySparkValueError, "FIELD_STRUCT_LENGTH_MISMATCH", name,
                       object_length=str(len(value)), field_length=str(len(fields)))
            for item, (_, verify) in zip(value, fields):
                verify(item)
        elif hasattr(value, "__dict__"):
            for field, verify in fields:
                verify(value.__dict__.get(field))
        else:
            _unacceptable(data_type, value, name)

    return check
