"""GroupedData: what groupBy answers."""
from pyspark.errors.exceptions.captured import AnalysisException
from pyspark.sql import _expression as E
from pyspark.sql._refuse import refuse_members
from pyspark.sql._wire import literal
from pyspark.sql.column import Column
from pyspark.sql.types import NumericType

__all__ = ["GroupedData"]

# Names agg({"column": "function"}) takes beside the registry's own.
_ALIASES = {"mean": "avg", "average": "avg", "std": "stddev", "size": "count"}


class GroupedData:
    """Aggregate it with agg, count, sum, avg, min or max."""

    def __init__(self, df, grouping):
        self._df = df
        self._grouping = grouping
        self.session = df.sparkSession

    def _aggregate(self, aggregates):
        return self._df._derive("aggregate", grouping=self._grouping, aggregates=aggregates)

    def agg(self, *exprs):
        """Aggregate Columns, or one dict of column name to function name."""
        assert exprs, "exprs should not be empty"
        if len(exprs) == 1 and isinstance(exprs[0], dict):
            return self._aggregate([_by_name(function, name) for name, function in sorted(exprs[0].items(), key=_java_order(exprs[0]))])
        assert all(isinstance(one, Column) for one in exprs), "all exprs should be Column"
        return self._aggregate([one._expr for one in exprs])

    def count(self):
        """Rows of each group, as a column `count`."""
        return self._aggregate([{"expr": "alias", "child": E.call("count", literal(1)), "name": "count"}])

    def _over(self, function, cols):
        fields = {field.name.lower(): field for field in self._df.schema}
        if not cols:
            cols = [field.name for field in self._df.schema if isinstance(field.dataType, NumericType)]
        for name in cols:
            field = fields.get(name.lower())
            if field is not None and not isinstance(field.dataType, NumericType):
                raise AnalysisException(
                    "\"%s\" is not a numeric column. Aggregation function can only be applied on a numeric column." % name,
                    "org.apache.spark.sql.AnalysisException")
        return self._aggregate([E.call(function, E.column(name)) for name in cols])

    def sum(self, *cols):
        """Sums of the columns; of all numbers without names."""
        return self._over("sum", cols)

    def avg(self, *cols):
        """Means of the columns; of all numbers without names."""
        return self._over("avg", cols)

    def mean(self, *cols):
        """The same as avg."""
        return self.avg(*cols)

    def min(self, *cols):
        """Least values of the columns; of all numbers without names."""
        return self._over("min", cols)

    def max(self, *cols):
        """Greatest values of the columns; of all numbers without names."""
        return self._over("max", cols)


def _java_order(names):
    """Where a key of a dict of strings comes up in java.util.HashMap, which Spark is handed."""
    buckets = 16
    while len(names) > buckets * 3 // 4:
        buckets *= 2

    def bucket(item):
        code = 0
        for unit in memoryview(item[0].encode("utf-16-le")).cast("H"):
            code = (31 * code + unit) & 0xFFFFFFFF
        return (code ^ code >> 16) & buckets - 1

    return bucket


def _by_name(function, name):
    lower = function.lower()
    if lower in ("count", "size") and name == "*":
        return E.call("count", literal(1))
    return E.call(_ALIASES.get(lower, lower), E.column(name))


refuse_members(GroupedData, "pyspark.sql.GroupedData", "pivot apply applyInPandas applyInArrow applyInPandasWithState transformWithState cogroup")
