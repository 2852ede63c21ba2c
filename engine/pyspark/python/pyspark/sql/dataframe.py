"""DataFrame: a plan, its schema and the session it belongs to."""
import itertools

from kindling import callsite, notes
from pyspark.errors import PySparkAttributeError, PySparkTypeError
from pyspark.sql import _expression as E
from pyspark.sql._act import Actions
from pyspark.sql._engine import ask, without_data
from pyspark.sql._refuse import refuse_members
from pyspark.sql._relate import Relations
from pyspark.sql._statistics import DataFrameNaFunctions, DataFrameStatFunctions, Statistics
from pyspark.sql._transform import Transformations
from pyspark.sql._wire import schema_from_wire
from pyspark.sql.column import Column

__all__ = ["DataFrame", "DataFrameNaFunctions", "DataFrameStatFunctions"]

_ids = itertools.count(1)


class DataFrame(Transformations, Relations, Statistics, Actions):
    """Made by a SparkSession and by methods of other DataFrames; nothing runs before an action."""

    def __init__(self, session, plan, schema=None):
        """`plan` is an operator without its id. Without a `schema` the engine checks the plan now, as Spark does."""
        self._session = session
        self._plan = {"id": next(_ids), **plan}
        notes.step(callsite.first_spark_call(), self._plan["id"])
        self._level = None
        self._rdd = None
        # Where each column comes from, (name, plan of the side of a join), as long as that is known.
        self._sources = None
        if schema is None:
            schema = schema_from_wire(ask(session, "analyze", plan=without_data(self._plan))["schema"])
        self._schema = schema

    def _derive(self, op, schema=None, **rest):
        """The DataFrame of an operator over this one; give the schema when it is sure."""
        made = DataFrame(self._session, {"op": op, "child": self._plan, **rest}, schema)
        if op in ("filter", "sort", "limit", "sample", "repartition", "hint", "dropna") or (op == "distinct" and "columns" not in rest):
            made._sources = self._sources
        return made

    @property
    def sparkSession(self):
        return self._session

    @property
    def schema(self):
        """The StructType of the rows."""
        return self._schema

    @property
    def columns(self):
        return [field.name for field in self._schema]

    @property
    def dtypes(self):
        """Pairs of name and simple type: `[('id', 'bigint')]`."""
        return [(field.name, field.dataType.simpleString()) for field in self._schema]

    @property
    def na(self):
        return DataFrameNaFunctions(self)

    @property
    def stat(self):
        return DataFrameStatFunctions(self)

    @property
    def isStreaming(self):
        return False

    def isLocal(self):
        """Whether collect needs no job."""
        return False

    @property
    def write(self):
        """A DataFrameWriter."""
        from pyspark.sql.readwriter import DataFrameWriter

        return DataFrameWriter(self)

    def _column(self, name):
        """The column of this frame; the engine tells what is wrong with a name that is not plainly there."""
        expression = E.column(name, self._plan["id"])
        plain = name[1:-1] if len(name) > 1 and name[0] == name[-1] == "`" else name
        if name != "*" and [one.lower() for one in self.columns].count(plain.lower()) != 1:
            self._derive("project", columns=[expression])
        return Column(expression)

    def __getitem__(self, item):
        if isinstance(item, str):
            return self._column(item)
        if isinstance(item, Column):
            return self.filter(item)
        if isinstance(item, (list, tuple)):
            return self.select(*item)
        if isinstance(item, int):
            return self._column(self.columns[item])
        raise PySparkTypeError(errorClass="NOT_COLUMN_OR_FLOAT_OR_INT_OR_LIST_OR_STR", messageParameters={
            "arg_name": "item", "arg_type": type(item).__name__})

    def __getattr__(self, name):
        if name.startswith("_") and "_schema" not in self.__dict__:
            raise AttributeError(name)
        if name not in self.columns:
            raise PySparkAttributeError(errorClass="ATTRIBUTE_NOT_SUPPORTED", messageParameters={"attr_name": name})
        return self._column(name)

    def __dir__(self):
        return sorted(set(dir(type(self))) | {name for name in self.columns if name.isidentifier()})

    def __repr__(self):
        return "DataFrame[%s]" % ", ".join("%s: %s" % pair for pair in self.dtypes)

    def __reduce__(self):
        from pyspark.errors import PySparkRuntimeError

        raise PySparkRuntimeError(errorClass="CONTEXT_ONLY_VALID_ON_DRIVER", messageParameters={})


refuse_members(
    DataFrame, "pyspark.sql.DataFrame",
    methods="""toPandas to_pandas_on_spark pandas_api mapInPandas mapInArrow toArrow checkpoint localCheckpoint rollup cube
        groupingSets unpivot melt observe withWatermark dropDuplicatesWithinWatermark sampleBy approxQuantile
        freqItems cov corr colRegex to withMetadata lateralJoin transpose asTable scalar exists inputFiles semanticHash
        sameSemantics writeTo mergeInto metadataColumn repartitionById exceptAll intersectAll zipWithIndex""",
    properties="writeStream plot executionInfo",
)
