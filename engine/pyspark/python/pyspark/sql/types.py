"""The data types of Spark SQL, and Row."""
import json as _json

from pyspark.errors import PySparkTypeError, PySparkValueError, PySparkIndexError, PySparkKeyError
from pyspark.sql.row import Row, _create_row  # noqa: F401

__all__ = [
    "DataType", "NullType", "CharType", "StringType", "VarcharType", "BinaryType", "BooleanType",
    "DateType", "TimestampType", "DecimalType", "DoubleType", "FloatType", "ByteType", "IntegerType",
    "LongType", "ShortType", "ArrayType", "MapType", "StructField", "StructType", "Row",
]


class DataType:
    """Base of all types. Types are equal when class and parameters are."""

    def __repr__(self):
        return type(self).__name__ + "()"

    def __hash__(self):
        return hash(str(self))

    def __eq__(self, other):
        return isinstance(other, type(self)) and self.__dict__ == other.__dict__

    def __ne__(self, other):
        return not self == other

    @classmethod
    def typeName(cls):
        """Name in JSON schemas: `long`, `string`, `array`."""
        return cls.__name__[:-4].lower()

    def simpleString(self):
        """Name in SQL and in `dtypes`: `bigint`, `array<string>`."""
        return self.typeName()

    def jsonValue(self):
        return self.typeName()

    def json(self):
        return _json.dumps(self.jsonValue(), separators=(",", ":"), sort_keys=True)

    @classmethod
    def fromDDL(cls, ddl):
        """Parses `a int, b string` or a type alone; ParseException when it is neither."""
        from pyspark.sql._ddl import parse_datatype

        return parse_datatype(ddl)

    def _tree(self, prefix, depth, lines):
        """Lines of printSchema below a field of this type; only containers have some."""


class NullType(DataType):
    """The type of None alone."""

    @classmethod
    def typeName(cls):
        return "void"


class AtomicType(DataType):
    """Types without parts."""


class NumericType(AtomicType):
    """Numbers."""


class IntegralType(NumericType):
    """Whole numbers."""


class FractionalType(NumericType):
    """Numbers with a fraction."""


class StringType(AtomicType):
    """Text."""


class _LengthType(AtomicType):
    def __init__(self, length):
        self.length = length

    def simpleString(self):
        return "%s(%d)" % (self.typeName(), self.length)

    jsonValue = simpleString

    def __repr__(self):
        return "%s(%d)" % (type(self).__name__, self.length)


class CharType(_LengthType):
    """Text of a fixed length; in a DataFrame it is a string."""


class VarcharType(_LengthType):
    """Text of limited length; in a DataFrame it is a string."""


class BinaryType(AtomicType):
    """Bytes."""


class BooleanType(AtomicType):
    """True or False."""


class DateType(AtomicType):
    """datetime.date."""


class TimestampType(AtomicType):
    """datetime.datetime, an instant shown in the local time zone."""


class DecimalType(FractionalType):
    """decimal.Decimal of `precision` digits (1 to 38), `scale` of them after the point."""

    def __init__(self, precision=10, scale=0):
        self.precision = precision
        self.scale = scale
        self.hasPrecisionInfo = True

    def simpleString(self):
        return "decimal(%d,%d)" % (self.precision, self.scale)

    jsonValue = simpleString

    def __repr__(self):
        return "DecimalType(%d,%d)" % (self.precision, self.scale)


class DoubleType(FractionalType):
    """64-bit float."""


class FloatType(FractionalType):
    """32-bit float."""


class ByteType(IntegralType):
    """-128 to 127."""

    def simpleString(self):
        return "tinyint"


class ShortType(IntegralType):
    """-32768 to 32767."""

    def simpleString(self):
        return "smallint"


class IntegerType(IntegralType):
    """32-bit whole number."""

    def simpleString(self):
        return "int"


class LongType(IntegralType):
    """64-bit whole number."""

    def simpleString(self):
        return "bigint"


def _must_be_type(value, name):
    assert isinstance(value, DataType), "%s %s should be an instance of %s" % (name, value, DataType)


class ArrayType(DataType):
    """A list of elements of one type."""

    def __init__(self, elementType, containsNull=True):
        _must_be_type(elementType, "elementType")
        self.elementType = elementType
        self.containsNull = containsNull

    def simpleString(self):
        return "array<%s>" % self.elementType.simpleString()

    def __repr__(self):
        return "ArrayType(%s, %s)" % (self.elementType, self.containsNull)

    def jsonValue(self):
        return {"type": "array", "elementType": self.elementType.jsonValue(), "containsNull": self.containsNull}

    @classmethod
    def fromJson(cls, json):
        return cls(_parse_datatype_json_value(json["elementType"]), json["containsNull"])

    def _tree(self, prefix, depth, lines):
        _tree_line("element", self.elementType, "containsNull = %s" % _java(self.containsNull), prefix, depth, lines)


class MapType(DataType):
    """A dict; keys are never None."""

    def __init__(self, keyType, valueType, valueContainsNull=True):
        _must_be_type(keyType, "keyType")
        _must_be_type(valueType, "valueType")
        self.keyType = keyType
        self.valueType = valueType
        self.valueContainsNull = valueContainsNull

    def simpleString(self):
        return "map<%s,%s>" % (self.keyType.simpleString(), self.valueType.simpleString())

    def __repr__(self):
        return "MapType(%s, %s, %s)" % (self.keyType, self.valueType, self.valueContainsNull)

    def jsonValue(self):
        return {
            "type": "map", "keyType": self.keyType.jsonValue(),
            "valueType": self.valueType.jsonValue(), "valueContainsNull": self.valueContainsNull,
        }

    @classmethod
    def fromJson(cls, json):
        return cls(
            _parse_datatype_json_value(json["keyType"]), _parse_datatype_json_value(json["valueType"]),
            json["valueContainsNull"],
        )

    def _tree(self, prefix, depth, lines):
        _tree_line("key", self.keyType, None, prefix, depth, lines)
        _tree_line("value", self.valueType, "valueContainsNull = %s" % _java(self.valueContainsNull), prefix, depth, lines)


class StructField(DataType):
    """One field of a StructType."""

    def __init__(self, name, dataType, nullable=True, metadata=None):
        _must_be_type(dataType, "dataType")
        assert isinstance(name, str), "field name %s should be a string" % (name,)
        self.name = name
        self.dataType = dataType
        self.nullable = nullable
        self.metadata = metadata or {}

    def simpleString(self):
        return "%s:%s" % (self.name, self.dataType.simpleString())

    def __repr__(self):
        return "StructField('%s', %s, %s)" % (self.name, self.dataType, self.nullable)

    def jsonValue(self):
        return {"name": self.name, "type": self.dataType.jsonValue(), "nullable": self.nullable, "metadata": self.metadata}

    @classmethod
    def fromJson(cls, json):
        return cls(json["name"], _parse_datatype_json_value(json["type"]), json.get("nullable", True), json.get("metadata"))

    def typeName(self):
        raise PySparkTypeError(errorClass="INVALID_TYPENAME_CALL", messageParameters={})


class StructType(DataType):
    """A row type: StructFields in order. Iterates, and answers by name, index or slice."""

    def __init__(self, fields=None):
        self.fields = fields or []
        self.names = [field.name for field in self.fields]
        assert all(isinstance(field, StructField) for field in self.fields), "fields should be a list of StructField"

    def add(self, field, data_type=None, nullable=True, metadata=None):
        """Appends a StructField, or one made of name, type (DataType or DDL text), nullable; answers self."""
        if isinstance(field, StructField):
            self.fields.append(field)
            self.names.append(field.name)
            return self
        if isinstance(field, str) and data_type is None:
            raise PySparkValueError(
                errorClass="ARGUMENT_REQUIRED",
                messageParameters={"arg_name": "data_type", "condition": "passing name of struct_field to create"},
            )
        if isinstance(data_type, str):
            data_type = _parse_datatype_json_value(data_type)
        return self.add(StructField(field, data_type, nullable, metadata))

    def __iter__(self):
        return iter(self.fields)

    def __len__(self):
        return len(self.fields)

    def __getitem__(self, key):
        if isinstance(key, str):
            for field in self:
                if field.name == key:
                    return field
            raise PySparkKeyError(errorClass="KEY_NOT_EXISTS", messageParameters={"key": str(key)})
        if isinstance(key, int):
            try:
                return self.fields[key]
            except IndexError:
                raise PySparkIndexError(errorClass="INDEX_OUT_OF_RANGE", messageParameters={"arg_name": "StructType", "index": str(key)})
        if isinstance(key, slice):
            return StructType(self.fields[key])
        raise PySparkTypeError(
            errorClass="NOT_INT_OR_SLICE_OR_STR", messageParameters={"arg_name": "key", "arg_type": type(key).__name__})

    def fieldNames(self):
        return list(self.names)

    def simpleString(self):
        return "struct<%s>" % ",".join(field.simpleString() for field in self)

    def __repr__(self):
        return "StructType([%s])" % ", ".join(repr(field) for field in self)

    def jsonValue(self):
        return {"type": "struct", "fields": [field.jsonValue() for field in self]}

    @classmethod
    def fromJson(cls, json):
        return cls([StructField.fromJson(field) for field in json["fields"]])

    def treeString(self, maxDepth=None):
        """The text printSchema prints; levels below `maxDepth` are left out (None or 0: all)."""
        lines = ["root"]
        self._tree("", maxDepth or 2147483647, lines)
        return "\n".join(lines) + "\n"

    def _tree(self, prefix, depth, lines):
        for field in self:
            _tree_line(field.name, field.dataType, "nullable = %s" % _java(field.nullable), prefix, depth, lines)


def _java(flag):
    return "true" if flag else "false"


def _tree_line(name, data_type, remark, prefix, depth, lines):
    if depth <= 0:
        return
    shown = data_type.simpleString() if isinstance(data_type, (DecimalType, _LengthType)) else data_type.typeName()
    lines.append("%s |-- %s: %s%s" % (prefix, name, shown, " (%s)" % remark if remark else ""))
    data_type._tree(prefix + " |   ", depth - 1, lines)


_ATOMIC_BY_JSON = {
    one.typeName(): one for one in (
        NullType, StringType, BinaryType, BooleanType, DateType, TimestampType, DoubleType, FloatType,
        ByteType, ShortType, IntegerType, LongType,
    )
}


def _parse_datatype_json_value(value):
    """A type from its JSON form: a name, or a dict with `type`."""
    if isinstance(value, dict):
        container = {"array": ArrayType, "map": MapType, "struct": StructType}.get(value.get("type"))
        if container is None:
            raise PySparkValueError(errorClass="UNSUPPORTED_DATA_TYPE", messageParameters={"data_type": str(value.get("type"))})
        return container.fromJson(value)
    if value in _ATOMIC_BY_JSON:
        return _ATOMIC_BY_JSON[value]()
    return _parse_datatype_string(value)


def _parse_datatype_json_string(text):
    return _parse_datatype_json_value(_json.loads(text))


def _parse_datatype_string(text):
    return DataType.fromDDL(text)


def __getattr__(name):
    if name in ("TimestampNTZType", "DayTimeIntervalType", "YearMonthIntervalType", "CalendarIntervalType",
                "VariantType", "VariantVal", "UserDefinedType", "TimeType", "GeographyType", "GeometryType"):
        from kindling.missing import missing

        # A plain one: out of an AttributeError `from … import` would make an ImportError.
        raise NotImplementedError(str(missing("pyspark.sql.types.%s" % name)))
    raise AttributeError("module 'pyspark.sql.types' has no attribute %r" % name)
