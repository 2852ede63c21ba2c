"""createDataFrame: rows in Python to a plan."""
from collections.abc import Sized

from pyspark.errors import PySparkValueError
from pyspark.sql._infer import has_null_type, infer_list, infer_row, merge_types
from pyspark.sql._verify import make_verifier
from pyspark.sql._wire import rows_to_json, schema_to_wire
from pyspark.sql.types import StructType


def _prepared(schema, verify):
    """(schema as StructType or names, function applied to each row): a single value becomes a row with one field."""
    if schema is None or isinstance(schema, (list, tuple)):
        return schema, lambda row: row
    if isinstance(schema, StructType):
        check = make_verifier(schema) if verify else lambda row: None

        def prepare(row):
            check(row)
            return row
        return schema, prepare
    check_value = make_verifier(schema, name="field value") if verify else lambda row: None

    def prepare_value(value):
        check_value(value)
        return (value,)
    return StructType().add("value", schema), prepare_value


def _renamed(struct, names):
    for i, name in enumerate(names):
        struct.fields[i].name = name
        struct.names[i] = name
    return struct


def _full(rows, schema):
    for row in rows:
        if isinstance(row, (tuple, list)) and len(row) != len(schema):
            raise PySparkValueError(errorClass="FIELD_STRUCT_LENGTH_MISMATCH", messageParameters={
                "object_length": str(len(row)), "field_length": str(len(schema))})
    return rows


def slices(rows, count):
    """Rows in `count` parts as PySpark's parallelize cuts a list (§10.9): whole pickle batches are shared out."""
    batch = max(1, min(len(rows) // count, 1024))
    batches = (len(rows) + batch - 1) // batch
    bounds = [min(len(rows), i * batches // count * batch) for i in range(count + 1)]
    return [rows[low:high] for low, high in zip(bounds, bounds[1:])]


def from_list(session, data, schema, verify):
    """The DataFrame of a list of rows."""
    from pyspark.sql.dataframe import DataFrame

    schema, prepare = _prepared(schema, verify)
    rows = [prepare(row) for row in data]
    if isinstance(schema, StructType):
        struct = schema
        written = struct
    else:
        written = infer_list(rows, schema)
        struct = _renamed(StructType.fromJson(written.jsonValue()), schema or [])
    parts = slices(_full(rows, struct), session._sc.defaultParallelism)
    plan = {"op": "local", "schema": schema_to_wire(struct), "slices": [rows_to_json(part, written) for part in parts]}
    return DataFrame(session, plan, struct)


def _inferred(rdd, ratio, names):
    """The schema of an RDD's rows: of the first, with up to 100 more while some type is unknown; or of a sample."""
    first = rdd.first()
    if isinstance(first, Sized) and len(first) == 0:
        raise PySparkValueError(errorClass="CANNOT_INFER_EMPTY_SCHEMA", messageParameters={})
    if ratio is not None:
        sampled = rdd.sample(False, float(ratio)) if ratio < 0.99 else rdd
        return sampled.map(lambda row: infer_row(row, names)).reduce(merge_types)
    schema = infer_row(first, names)
    if has_null_type(schema):
        for row in rdd.take(100)[1:]:
            schema = merge_types(schema, infer_row(row, names))
            if not has_null_type(schema):
                break
        else:
            raise PySparkValueError(errorClass="CANNOT_DETERMINE_TYPE", messageParameters={})
    return schema


def from_rdd(session, rdd, schema, ratio, verify):
    """The DataFrame of an RDD of rows; they are checked where they are made, on the executors."""
    from pyspark.sql._rdds import rows_rdd
    from pyspark.sql.dataframe import DataFrame

    schema, prepare = _prepared(schema, verify)
    if schema is not None and isinstance(schema, StructType):
        rows, struct = rdd.map(prepare), schema
    else:
        written = _inferred(rdd, ratio, schema)
        struct = _renamed(StructType.fromJson(written.jsonValue()), schema or [])
        rows = rdd.map(by_fields(list(written.names)))
    return DataFrame(session, {"op": "rdd", "schema": schema_to_wire(struct), **rows_rdd(rows)}, struct)


def by_fields(names):
    """A function from a row of any kind to a tuple in the order of these fields."""
    def ordered(row):
        if isinstance(row, dict):
            return tuple(row.get(name) for name in names)
        if isinstance(row, (tuple, list)):
            return tuple(row)
        return tuple(row.__dict__.get(name) for name in names)

    return ordered
