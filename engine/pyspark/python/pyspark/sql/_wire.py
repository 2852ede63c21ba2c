"""Types and values as the engine writes them (engine/plans/contract.ts), both ways."""
import base64
import calendar
import datetime
import decimal
import json
import math

from pyspark.errors import PySparkTypeError
from pyspark.sql import types as T

_NAMES = {
    T.NullType: "null", T.BooleanType: "boolean", T.ByteType: "byte", T.ShortType: "short", T.IntegerType: "integer",
    T.LongType: "long", T.FloatType: "float", T.DoubleType: "double", T.StringType: "string", T.CharType: "string",
    T.VarcharType: "string", T.BinaryType: "binary", T.DateType: "date", T.TimestampType: "timestamp",
}
_CLASSES = {name: kind for kind, name in _NAMES.items() if kind not in (T.CharType, T.VarcharType)}
_SAFE = 2 ** 53 - 1


def type_to_wire(data_type):
    """A DataType as contract JSON."""
    if isinstance(data_type, T.DecimalType):
        return {"type": "decimal", "precision": data_type.precision, "scale": data_type.scale}
    if isinstance(data_type, T.ArrayType):
        return {"type": "array", "element": type_to_wire(data_type.elementType), "containsNull": bool(data_type.containsNull)}
    if isinstance(data_type, T.MapType):
        return {"type": "map", "key": type_to_wire(data_type.keyType), "value": type_to_wire(data_type.valueType),
                "valueContainsNull": bool(data_type.valueContainsNull)}
    if isinstance(data_type, T.StructType):
        return {"type": "struct", "fields": schema_to_wire(data_type)}
    return _NAMES[type(data_type)]


def schema_to_wire(schema):
    """The fields of a StructType."""
    return [{"name": f.name, "dataType": type_to_wire(f.dataType), "nullable": bool(f.nullable)} for f in schema]


def type_from_wire(wire):
    """A DataType from contract JSON."""
    if isinstance(wire, str):
        return _CLASSES[wire]()
    kind = wire["type"]
    if kind == "decimal":
        return T.DecimalType(wire["precision"], wire["scale"])
    if kind == "array":
        return T.ArrayType(type_from_wire(wire["element"]), wire["containsNull"])
    if kind == "map":
        return T.MapType(type_from_wire(wire["key"]), type_from_wire(wire["value"]), wire["valueContainsNull"])
    return schema_from_wire(wire["fields"])


def schema_from_wire(fields):
    """A StructType from a contract Schema."""
    return T.StructType([T.StructField(f["name"], type_from_wire(f["dataType"]), f["nullable"]) for f in fields])


def _number(value):
    return value if -_SAFE <= value <= _SAFE else {"$long": str(value)}


def _float(value):
    value = float(value)
    if math.isfinite(value):
        return value
    return {"$double": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}


def micros(value):
    """Microseconds since 1970 UTC of a datetime. One without a zone is taken as UTC: the machines of our clusters run in UTC."""
    return calendar.timegm(value.utctimetuple()) * 1000000 + value.microsecond


def _text(value):
    # What Spark's own conversion makes of a non-string in a string column.
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _parts(value, fields):
    if isinstance(value, dict):
        return [value.get(f.name) for f in fields]
    if isinstance(value, (tuple, list)):
        return value
    return [value.__dict__.get(f.name) for f in fields]


def encoder(data_type):
    """A function from a Python value of this type to contract JSON."""
    kind = type(data_type)
    if kind is T.StructType:
        row = row_encoder(data_type)
        inner = lambda value: {"$struct": row(value)}
    elif kind is T.ArrayType:
        element = encoder(data_type.elementType)
        inner = lambda value: [element(item) for item in value]
    elif kind is T.MapType:
        key, item = encoder(data_type.keyType), encoder(data_type.valueType)
        inner = lambda value: {"$map": [[key(one), item(other)] for one, other in value.items()]}
    elif kind is T.DecimalType:
        inner = lambda value: {"$decimal": format(value, "f")}
    elif kind is T.DateType:
        inner = lambda value: {"$date": value.strftime("%Y-%m-%d").zfill(10)}
    elif kind is T.TimestampType:
        inner = lambda value: {"$timestamp": str(micros(value))}
    elif kind is T.BinaryType:
        inner = lambda value: {"$binary": base64.b64encode(bytes(value)).decode("ascii")}
    elif kind in (T.FloatType, T.DoubleType):
        inner = _float
    elif kind is T.LongType:
        inner = _number
    elif kind in (T.StringType, T.CharType, T.VarcharType):
        inner = lambda value: value if type(value) is str else _text(value)
    elif kind is T.NullType:
        inner = lambda value: None
    else:
        inner = lambda value: value
    return lambda value: None if value is None else inner(value)


def row_encoder(schema):
    """A function from a row (tuple, dict, object) to a list of contract values."""
    fields = list(schema)
    encoders = [encoder(f.dataType) for f in fields]

    def encode(row):
        values = _parts(row, fields)
        if len(values) != len(encoders):
            raise ValueError(
                "Input row doesn't have expected number of values required by the schema. "
                "%d fields are required while %d values are provided." % (len(encoders), len(values)))
        return [one(value) for one, value in zip(encoders, values)]

    return encode


def rows_to_json(rows, schema):
    """A JSON text of a list of rows."""
    encode = row_encoder(schema)
    return json.dumps([encode(row) for row in rows], separators=(",", ":"), ensure_ascii=False)


def _long(value):
    return int(value["$long"]) if isinstance(value, dict) else int(value)


def _double(value):
    return float(value["$double"].replace("Infinity", "inf")) if isinstance(value, dict) else float(value)


_EPOCH = datetime.datetime(1970, 1, 1)


def _timestamp(value):
    return _EPOCH + datetime.timedelta(microseconds=int(value["$timestamp"]))


def decoder(data_type):
    """A function from contract JSON of this type to the Python value PySpark gives."""
    kind = type(data_type)
    if kind is T.StructType:
        row = row_decoder(data_type)
        inner = lambda value: row(value["$struct"])
    elif kind is T.ArrayType:
        element = decoder(data_type.elementType)
        inner = lambda value: [element(item) for item in value]
    elif kind is T.MapType:
        key, item = decoder(data_type.keyType), decoder(data_type.valueType)
        inner = lambda value: {key(one): item(other) for one, other in value["$map"]}
    elif kind is T.DecimalType:
        inner = lambda value: decimal.Decimal(value["$decimal"])
    elif kind is T.DateType:
        inner = lambda value: datetime.date.fromisoformat(value["$date"])
    elif kind is T.TimestampType:
        inner = _timestamp
    elif kind is T.BinaryType:
        inner = lambda value: base64.b64decode(value["$binary"])  # bytes since Spark 4.1, bytearray before
    elif kind in (T.FloatType, T.DoubleType):
        inner = _double
    elif isinstance(data_type, T.IntegralType):
        inner = _long
    else:
        return lambda value: value
    return lambda value: None if value is None else inner(value)


def row_decoder(schema):
    """A function from a list of contract values to a Row."""
    names = list(schema.names)
    decoders = [decoder(f.dataType) for f in schema]
    create = T._create_row
    return lambda values: create(names, [decode(value) for decode, value in zip(decoders, values)])


def rows_from_json(text, schema):
    """The Rows of a JSON text of rows."""
    decode = row_decoder(schema)
    return [decode(values) for values in json.loads(text)]


def literal(value):
    """A Python value as a literal expression; PySparkTypeError UNSUPPORTED_LITERAL when Spark has no such literal."""
    data_type = _literal_type(value)
    if data_type is None:
        raise PySparkTypeError(errorClass="UNSUPPORTED_LITERAL", messageParameters={"literal": str(value)})
    return {"expr": "literal", "value": encoder(data_type)(value), "dataType": type_to_wire(data_type)}


def _literal_type(value):
    if value is None:
        return T.NullType()
    if isinstance(value, bool):
        return T.BooleanType()
    if isinstance(value, int):
        # Py4J hands over an Integer when it fits, a Long otherwise.
        if -2 ** 31 <= value < 2 ** 31:
            return T.IntegerType()
        return T.LongType() if -2 ** 63 <= value < 2 ** 63 else None
    if isinstance(value, float):
        return T.DoubleType()
    if isinstance(value, str):
        return T.StringType()
    if isinstance(value, decimal.Decimal):
        digits, exponent = len(value.as_tuple().digits), value.as_tuple().exponent
        scale = max(0, -exponent)
        return T.DecimalType(max(digits + max(0, exponent), scale), scale)
    if isinstance(value, datetime.datetime):
        return T.TimestampType()
    if isinstance(value, datetime.date):
        return T.DateType()
    if isinstance(value, (bytes, bytearray)):
        return T.BinaryType()
    return None
