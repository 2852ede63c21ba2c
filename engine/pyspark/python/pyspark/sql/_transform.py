"""Methods of DataFrame that choose, change, order and spread rows of one DataFrame."""
import random

from pyspark.errors import PySparkIndexError, PySparkTypeError, PySparkValueError
from pyspark.sql import _expression as E
from pyspark.sql._refuse import refuse
from pyspark.sql._wire import literal
from pyspark.sql.column import Column, named


def listed(cols):
    """The arguments of `f(a, b)` and of `f([a, b])`."""
    return list(cols[0]) if len(cols) == 1 and isinstance(cols[0], list) else list(cols)


def _not(condition, arg_name, value):
    raise PySparkTypeError(errorClass=condition, messageParameters={"arg_name": arg_name, "arg_type": type(value).__name__})


def _holds(plan, frame):
    """Whether a DataFrame's plan is part of another."""
    return plan["id"] == frame or any(isinstance(value, dict) and "op" in value and _holds(value, frame) for value in plan.values())


def new_seed(seed):
    """The seed given, or a fresh one."""
    return random.randint(0, 2 ** 53 - 1) if seed is None else int(seed)


class Transformations:
    """Part of DataFrame."""

    def select(self, *cols):
        """Columns by name, Column or `*`."""
        return self._derive("project", columns=[named(one) for one in listed(cols)])

    def selectExpr(self, *expr):
        """Columns written as SQL expressions: `"id * 2 AS twice"`."""
        from pyspark.sql._parser import parse_named_expression

        return self._derive("project", columns=[parse_named_expression(one) for one in listed(expr)])

    def filter(self, condition):
        """Rows for which the condition is true: a Column, or an SQL expression as text."""
        if isinstance(condition, str):
            from pyspark.sql._parser import parse_expression

            wanted = parse_expression(condition)
        elif isinstance(condition, Column):
            wanted = condition._expr
        else:
            _not("NOT_COLUMN_OR_STR", "condition", condition)
        return self._derive("filter", condition=wanted)

    def where(self, condition):
        """The same as filter."""
        return self.filter(condition)

    def withColumn(self, colName, col):
        """One column added, or replaced when there is one of that name."""
        if not isinstance(col, Column):
            _not("NOT_COLUMN", "col", col)
        return self._derive("withColumns", columns=[{"name": colName, "value": col._expr}])

    def withColumns(self, *colsMap):
        """Several columns from a dict of name to Column."""
        assert len(colsMap) == 1
        if not isinstance(colsMap[0], dict):
            _not("NOT_DICT", "colsMap", colsMap[0])
        for col in colsMap[0].values():
            if not isinstance(col, Column):
                _not("NOT_COLUMN", "col", col)
        return self._derive("withColumns", columns=[{"name": name, "value": col._expr} for name, col in colsMap[0].items()])

    def withColumnRenamed(self, existing, new):
        """A column under another name; nothing when there is none of that name."""
        return self._derive("rename", names=[[existing, new]])

    def withColumnsRenamed(self, colsMap):
        """Several columns renamed, by a dict of old to new."""
        if not isinstance(colsMap, dict):
            _not("NOT_DICT", "colsMap", colsMap)
        return self._derive("rename", names=[[old, new] for old, new in colsMap.items()])

    def toDF(self, *cols):
        """All columns under new names; their number must be the same."""
        for one in cols:
            if not isinstance(one, str):
                _not("NOT_LIST_OF_STR", "cols", one)
        if len(cols) != len(self.columns):
            from pyspark.errors.exceptions.captured import IllegalArgumentException

            raise IllegalArgumentException(
                "requirement failed: The number of columns doesn't match.\nOld column names (%d): %s\nNew column names (%d): %s"
                % (len(self.columns), ", ".join(self.columns), len(cols), ", ".join(cols)))
        if len({one.lower() for one in self.columns}) == len(self.columns):
            return self._derive("project", columns=[
                {"expr": "alias", "child": E.column("`%s`" % old.replace("`", "``") if not old.isidentifier() else old, self._plan["id"]), "name": new}
                for old, new in zip(self.columns, cols)])
        refuse("pyspark.sql.DataFrame.toDF over columns of the same name")

    def drop(self, *cols):
        """Without these columns; names that are not there are no error. A Column of one side of a join drops that side's."""
        names, kept = [], self._sources
        for one in cols:
            if isinstance(one, str):
                names.append(one)
            elif not isinstance(one, Column):
                _not("NOT_COLUMN_OR_STR", "cols", one)
            elif one._expr["expr"] == "column":
                name, frame = one._expr["name"], one._expr.get("frame")
                if frame is None or [own.lower() for own in self.columns].count(name.lower()) < 2:
                    names.append(name)
                elif kept is None:
                    refuse("pyspark.sql.DataFrame.drop of one of several columns named %s" % name)
                else:
                    kept = [(own, plan) for own, plan in kept if own.lower() != name.lower() or not _holds(plan, frame)]
        chosen = self
        if kept is not self._sources:
            chosen = self._derive("project", columns=[E.column(name, plan["id"]) for name, plan in kept])
        return chosen._derive("drop", columns=names) if names or chosen is self else chosen

    def _order(self, cols, kwargs):
        cols = listed(cols)
        if not cols:
            raise PySparkValueError(errorClass="CANNOT_BE_EMPTY", messageParameters={"item": "cols"})
        made = []
        for one in cols:
            descending = False
            if isinstance(one, int) and not isinstance(one, bool):
                if one == 0:
                    raise PySparkIndexError(errorClass="ZERO_INDEX", messageParameters={})
                descending, one = one < 0, self[abs(one) - 1]
            column = Column(named(one))
            made.append(column.desc() if descending else column)
        ascending = kwargs.pop("ascending", True)
        assert not kwargs, "unexpected arguments: %s" % ", ".join(kwargs)
        if isinstance(ascending, (bool, int)):
            if not ascending:
                made = [column.desc() for column in made]
        elif isinstance(ascending, list):
            made = [column if up else column.desc() for up, column in zip(ascending, made)]
        else:
            _not("NOT_BOOL_OR_LIST", "ascending", ascending)
        return [(column if column._expr["expr"] == "sort" else column.asc())._expr for column in made]

    def sort(self, *cols, **kwargs):
        """Ordered by columns; `ascending` is a flag or a list of flags."""
        return self._derive("sort", order=self._order(cols, kwargs), **{"global": True})

    orderBy = sort

    def sortWithinPartitions(self, *cols, **kwargs):
        """Each partition ordered by itself."""
        return self._derive("sort", order=self._order(cols, kwargs), **{"global": False})

    def limit(self, num):
        """The first `num` rows met."""
        return self._derive("limit", n=int(num))

    def distinct(self):
        """Without repeated rows."""
        return self._derive("distinct", self._schema)

    def dropDuplicates(self, *subset):
        """One row for each combination of the subset's columns (of all columns without one)."""
        names = subset[0] if len(subset) == 1 and not isinstance(subset[0], str) else list(subset)
        if names is None or not names:
            return self.distinct()
        if not isinstance(names, (list, tuple)):
            _not("NOT_LIST_OR_TUPLE", "subset", names)
        for name in names:
            if not isinstance(name, str):
                _not("NOT_STR", "subset", name)
        return self._derive("distinct", columns=list(names))

    drop_duplicates = dropDuplicates

    def repartition(self, numPartitions, *cols):
        """Shuffled into so many partitions, by the hash of columns when some are given."""
        if isinstance(numPartitions, int) and not isinstance(numPartitions, bool):
            return self._derive("repartition", partitions=numPartitions, by=[named(one) for one in cols], shuffle=True)
        if not isinstance(numPartitions, (str, Column)):
            _not("NOT_COLUMN_OR_STR", "numPartitions", numPartitions)
        return self._derive("repartition", by=[named(one) for one in (numPartitions,) + cols], shuffle=True)

    def repartitionByRange(self, numPartitions, *cols):
        """Missing here."""
        refuse("pyspark.sql.DataFrame.repartitionByRange")

    def coalesce(self, numPartitions):
        """No more than so many partitions, joined without a shuffle."""
        return self._derive("repartition", partitions=int(numPartitions), by=[], shuffle=False)

    def sample(self, withReplacement=None, fraction=None, seed=None):
        """About `fraction` of the rows: `sample(0.5)`, `sample(0.5, 3)`, `sample(True, 0.5, 3)`."""
        if isinstance(withReplacement, float) or (isinstance(withReplacement, int) and not isinstance(withReplacement, bool)):
            withReplacement, fraction, seed = None, withReplacement, fraction if seed is None else seed
        if not isinstance(fraction, (int, float)) or isinstance(fraction, bool) or not isinstance(withReplacement, (bool, type(None))):
            raise PySparkTypeError(errorClass="NOT_BOOL_OR_FLOAT_OR_INT", messageParameters={
                "arg_name": "withReplacement (optional), fraction (required) and seed (optional)",
                "arg_type": ", ".join(type(one).__name__ for one in (withReplacement, fraction, seed) if one is not None)})
        return self._derive("sample", fraction=float(fraction), seed=new_seed(seed), withReplacement=bool(withReplacement))

    def randomSplit(self, weights, seed=None):
        """DataFrames whose rows are shared out by weight; each row is in one of them."""
        for weight in weights:
            if weight < 0.0:
                raise PySparkValueError(errorClass="VALUE_NOT_POSITIVE", messageParameters={"arg_name": "weights", "arg_value": str(weight)})
        draw, total, low, parts = E.call("rand", literal(new_seed(seed))), float(sum(weights)), 0.0, []
        drawn = self._derive("withColumns", columns=[{"name": "__draw", "value": draw}])
        for weight in weights:
            high = low + weight / total
            within = E.conjunction([E.call(">=", E.column("__draw"), literal(low)), E.call("<", E.column("__draw"), literal(high))])
            parts.append(drawn._derive("filter", condition=within)._derive("drop", self._schema, columns=["__draw"]))
            low = high
        return parts

    def hint(self, name, *parameters):
        """Advice for the planner: `broadcast` marks this side of a join as small."""
        if not isinstance(name, str):
            _not("NOT_STR", "name", name)
        return self._derive("hint", self._schema, name=name)

    def alias(self, alias):
        """Under a name, so that `name.column` says which side of a join is meant."""
        assert isinstance(alias, str), "alias should be a string"
        return self._derive("alias", self._schema, name=alias)

    def transform(self, func, *args, **kwargs):
        """`func(self, …)`, for chaining; it must answer a DataFrame."""
        answer = func(self, *args, **kwargs)
        assert isinstance(answer, Transformations), "Func returned an instance of type [%s], should have been DataFrame." % type(answer)
        return answer
