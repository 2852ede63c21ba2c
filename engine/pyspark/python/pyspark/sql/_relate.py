"""Methods of DataFrame that group its rows or put two DataFrames together."""
from pyspark.errors import PySparkIndexError, PySparkTypeError
from pyspark.errors.exceptions.captured import AnalysisException
from pyspark.sql import _expression as E
from pyspark.sql._transform import listed
from pyspark.sql.column import Column, named

_HOW = {
    "inner": "inner", "cross": "cross", "outer": "full", "full": "full", "fullouter": "full", "left": "left",
    "leftouter": "left", "right": "right", "rightouter": "right", "semi": "leftsemi", "leftsemi": "leftsemi",
    "anti": "leftanti", "leftanti": "leftanti",
}
_HOW_NAMES = (
    "'inner', 'outer', 'full', 'fullouter', 'full_outer', 'leftouter', 'left', 'left_outer', 'rightouter', 'right', "
    "'right_outer', 'leftsemi', 'left_semi', 'semi', 'leftanti', 'left_anti', 'anti', 'cross'"
)


def _must_be_frame(other):
    from pyspark.sql.dataframe import DataFrame

    if not isinstance(other, DataFrame):
        raise PySparkTypeError(errorClass="NOT_DATAFRAME", messageParameters={"arg_name": "other", "arg_type": type(other).__name__})


class Relations:
    """Part of DataFrame."""

    def groupBy(self, *cols):
        """Groups by columns given by name, Column or position from 1; go on with agg, count, sum…"""
        from pyspark.sql.group import GroupedData

        grouping = []
        for one in listed(cols):
            if isinstance(one, int) and not isinstance(one, bool):
                if one < 1:
                    raise PySparkIndexError(errorClass="INDEX_NOT_POSITIVE", messageParameters={"index": str(one)})
                one = self[one - 1]
            grouping.append(named(one))
        return GroupedData(self, grouping)

    groupby = groupBy

    def agg(self, *exprs):
        """Aggregates over all rows: Columns, or a dict of column to function name."""
        return self.groupBy().agg(*exprs)

    def _joined(self, other, on, how):
        from pyspark.sql.dataframe import DataFrame

        _must_be_frame(other)
        made = DataFrame(self._session, {"op": "join", "left": self._plan, "right": other._plan, "on": on, "how": how})
        if len(made.columns) == len(self.columns) + len(other.columns):
            made._sources = [(name, side._plan) for side in (self, other) for name in side.columns]
        return made

    def join(self, other, on=None, how=None):
        """`on`: name, list of names, Column or list of Columns; `how`: inner, left, right, outer, semi, anti, cross."""
        if on is not None and not isinstance(on, list):
            on = [on]
        condition = None
        if on:
            if isinstance(on[0], str):
                condition = {"using": on}
            else:
                assert isinstance(on[0], Column), "on should be Column or list of Column"
                condition = {"condition": E.conjunction(one._expr for one in on)}
        if how is None:
            how = "inner"
        assert isinstance(how, str), "how should be a string"
        kind = _HOW.get(how.lower().replace("_", ""))
        if kind is None:
            raise AnalysisException(
                "[UNSUPPORTED_JOIN_TYPE] Unsupported join type '%s'. Supported join types include: %s. SQLSTATE: 0A000" % (how, _HOW_NAMES),
                "org.apache.spark.sql.AnalysisException")
        return self._joined(other, condition, kind)

    def crossJoin(self, other):
        """Every row with every row."""
        return self._joined(other, None, "cross")

    def _united(self, other, by_name, allow_missing):
        from pyspark.sql.dataframe import DataFrame

        _must_be_frame(other)
        return DataFrame(self._session, {
            "op": "union", "left": self._plan, "right": other._plan, "byName": by_name, "allowMissing": allow_missing})

    def union(self, other):
        """The rows of both, columns matched by position; repeated rows stay."""
        return self._united(other, False, False)

    def unionAll(self, other):
        """The same as union."""
        return self.union(other)

    def unionByName(self, other, allowMissingColumns=False):
        """The rows of both, columns matched by name."""
        return self._united(other, True, bool(allowMissingColumns))

    def _compared(self, other, word, how):
        """Rows of this one that are (leftsemi) or are not (leftanti) in the other, once each; nulls equal."""
        _must_be_frame(other)
        if len(self.columns) != len(other.columns):
            raise AnalysisException(
                "[NUM_COLUMNS_MISMATCH] %s can only be performed on inputs with the same number of columns, but the first input has "
                "%d columns and the second input has %d columns. SQLSTATE: 42826" % (word, len(self.columns), len(other.columns)),
                "org.apache.spark.sql.AnalysisException")
        # Other names on the right, so that a DataFrame can be compared with itself.
        left = self.toDF(*["__left_%d" % i for i in range(len(self.columns))])
        right = other.toDF(*["__right_%d" % i for i in range(len(self.columns))])
        same = E.conjunction(E.call("<=>", E.column(a), E.column(b)) for a, b in zip(left.columns, right.columns))
        return left._joined(right, {"condition": same}, how).distinct().toDF(*self.columns)

    def intersect(self, other):
        """Rows in both, once each."""
        return self._compared(other, "INTERSECT", "leftsemi")

    def subtract(self, other):
        """Rows in this one and not in the other, once each."""
        return self._compared(other, "EXCEPT", "leftanti")
