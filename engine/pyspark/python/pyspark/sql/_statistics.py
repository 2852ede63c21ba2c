"""Methods of DataFrame about missing values and summaries; `df.na` and `df.stat`."""
from pyspark.errors import PySparkTypeError, PySparkValueError
from pyspark.sql import _expression as E
from pyspark.sql._refuse import refuse_members
from pyspark.sql._wire import literal, type_to_wire
from pyspark.sql.types import BooleanType, FractionalType, DecimalType, NumericType, StringType

_NO_VALUE = object()


def _wrong(condition, arg_name, value, error=PySparkTypeError):
    raise error(errorClass=condition, messageParameters={"arg_name": arg_name, "arg_type": type(value).__name__})


def _names(subset, condition):
    if isinstance(subset, str):
        return [subset]
    if not isinstance(subset, (list, tuple)):
        _wrong(condition, "subset", subset)
    return list(subset)


def _kind(value):
    """The types of columns a replacement value goes into."""
    return BooleanType if isinstance(value, bool) else StringType if isinstance(value, str) else NumericType


class Statistics:
    """Part of DataFrame."""

    def dropna(self, how="any", thresh=None, subset=None):
        """Without rows in which any (or all) of the columns are null or NaN; `thresh`: fewer than so many are not."""
        if how is not None and how not in ("any", "all"):
            raise PySparkValueError(errorClass="VALUE_NOT_ANY_OR_ALL", messageParameters={"arg_name": "how", "arg_value": str(how)})
        names = None if subset is None else _names(subset, "NOT_LIST_OR_STR_OR_TUPLE")
        if thresh is None:
            return self._derive("dropna", how=how, **({} if names is None else {"columns": names}))
        counted = literal(0)
        for name in self.columns if names is None else names:
            column = self._column(name)
            there = E.call("isnotnull", column._expr)
            if self._is_float(name):
                there = E.call("and", there, E.call("not", E.call("isnan", column._expr)))
            counted = E.call("+", counted, {"expr": "when", "branches": [{"when": there, "then": literal(1)}], "otherwise": literal(0)})
        return self._derive("filter", condition=E.call(">=", counted, literal(int(thresh))))

    def _is_float(self, name):
        return any(f.name.lower() == name.lower() and isinstance(f.dataType, FractionalType) and not isinstance(f.dataType, DecimalType)
                   for f in self._schema)

    def fillna(self, value, subset=None):
        """Null (and NaN) replaced: by one value in the columns it fits, or by a dict of column to value."""
        if not isinstance(value, (float, int, str, bool, dict)):
            _wrong("NOT_BOOL_OR_DICT_OR_FLOAT_OR_INT_OR_STR", "value", value)
        if isinstance(value, dict):
            return self._derive("fillna", values={name: literal(one)["value"] for name, one in value.items()})
        if subset is None:
            return self._derive("fillna", values=literal(value)["value"])
        wanted = {name.lower() for name in _names(subset, "NOT_LIST_OR_TUPLE")}
        for name in _names(subset, "NOT_LIST_OR_TUPLE"):
            self._column(name)
        fitting = [f.name for f in self._schema if f.name.lower() in wanted and isinstance(f.dataType, _kind(value))]
        return self._derive("fillna", values={name: literal(value)["value"] for name in fitting})

    def replace(self, to_replace, value=_NO_VALUE, subset=None):
        """Values replaced by others: one by one, by two lists, or by a dict; in columns of their kind."""
        replacements = _replacements(to_replace, value)
        wanted = None if subset is None else {name.lower() for name in _names(subset, "NOT_LIST_OR_STR_OR_TUPLE")}
        samples = [one for pair in replacements.items() for one in pair if one is not None]
        kind = _kind(samples[0])
        if not all(_kind(one) is kind for one in samples):
            raise PySparkValueError(errorClass="MIXED_TYPE_REPLACEMENT", messageParameters={})
        changed = []
        for field in self._schema:
            if isinstance(field.dataType, kind) and (wanted is None or field.name.lower() in wanted):
                column, to = self._column(field.name)._expr, type_to_wire(field.dataType)
                cast = lambda one: {"expr": "cast", "child": literal(one), "to": to}
                branches = [{"when": E.call("=", column, cast(old)), "then": cast(new)} for old, new in replacements.items()]
                changed.append({"name": field.name, "value": {"expr": "when", "branches": branches, "otherwise": column}})
        return self._derive("withColumns", columns=changed)

    def crosstab(self, col1, col2):
        """How often each pair of values occurs: a row for each value of the first column, a column for each of the second."""
        for arg, name in (("col1", col1), ("col2", col2)):
            if not isinstance(name, str):
                _wrong("NOT_STR", arg, name)
        row, column = self._as_text(col1), self._as_text(col2)
        found = self._derive("project", columns=[{"expr": "alias", "child": column, "name": col2}]).distinct().collect()
        counts = [
            {"expr": "alias", "name": value.replace("`", ""), "child": E.call("count", {
                "expr": "when", "branches": [{"when": E.call("=", column, literal(value)), "then": literal(1)}]})}
            for value in sorted(one[0] for one in found)
        ]
        return self._derive("aggregate", grouping=[{"expr": "alias", "child": row, "name": f"{col1}_{col2}"}], aggregates=counts)

    def _as_text(self, name):
        """The column as text; `null` for what is missing."""
        column = self._column(name)._expr
        return {"expr": "when", "branches": [{"when": E.call("isnull", column), "then": literal("null")}],
                "otherwise": {"expr": "cast", "child": column, "to": "string"}}

    def describe(self, *cols):
        """count, mean, stddev, min and max of the columns (all numbers and texts), as texts."""
        names = list(cols[0]) if len(cols) == 1 and isinstance(cols[0], list) else list(cols)
        return self._summed_up(["count", "mean", "stddev", "min", "max"], names)

    def summary(self, *statistics):
        """As describe, with 25%, 50% and 75%, or the statistics asked for."""
        asked = list(statistics[0]) if len(statistics) == 1 and isinstance(statistics[0], list) else list(statistics)
        return self._summed_up(asked or ["count", "mean", "stddev", "min", "25%", "50%", "75%", "max"], [])

    def _summed_up(self, statistics, names):
        fields = [f for f in self._schema if isinstance(f.dataType, (NumericType, StringType))]
        if names:
            for name in names:
                self._column(name)
            by_name = {f.name.lower(): f for f in fields}
            fields = [by_name[name.lower()] for name in names if name.lower() in by_name]
        # One aggregation whose only row holds all the figures; they are then laid out, a row for each statistic.
        figures = [
            {"expr": "alias", "name": "__%d_%d" % (i, j), "child": {
                "expr": "cast", "to": "string", "child": _figure(statistic, self._column(field.name)._expr, field)}}
            for i, statistic in enumerate(statistics) for j, field in enumerate(fields)
        ]
        if not figures:
            figures = [{"expr": "alias", "name": "__none", "child": E.call("count", literal(1))}]
        one_row = self._derive("aggregate", grouping=[], aggregates=figures)
        rows = [
            E.call("struct", *[{"expr": "alias", "child": literal(statistic), "name": "summary"}] + [
                {"expr": "alias", "child": E.column("__%d_%d" % (i, j)), "name": field.name} for j, field in enumerate(fields)])
            for i, statistic in enumerate(statistics)
        ]
        laid_out = one_row._derive("project", columns=[{"expr": "alias", "child": E.call("explode", E.call("array", *rows)), "name": "__row"}])
        return laid_out._derive("project", columns=[
            {"expr": "alias", "child": {"expr": "item", "child": E.column("__row"), "key": literal(name)}, "name": name}
            for name in ["summary"] + [field.name for field in fields]])


def _figure(statistic, column, field):
    numeric = isinstance(field.dataType, NumericType)
    if statistic in ("count", "min", "max"):
        return E.call(statistic, column)
    if statistic == "count_distinct":
        return E.call("count", column, distinct=True)
    if statistic == "approx_count_distinct":
        return E.call("approx_count_distinct", column)
    if statistic in ("mean", "stddev"):
        return E.call("avg" if statistic == "mean" else "stddev", column) if numeric else literal(None)
    if statistic.endswith("%"):
        try:
            share = float(statistic[:-1]) / 100
        except ValueError:
            share = -1
        if 0 <= share <= 1:
            return E.call("percentile_approx", column, literal(share), literal(10000)) if numeric else literal(None)
        from pyspark.errors.exceptions.captured import IllegalArgumentException

        raise IllegalArgumentException("Unable to parse %s as a percentile" % statistic)
    from pyspark.errors.exceptions.captured import IllegalArgumentException

    raise IllegalArgumentException("%s is not a recognised statistic" % statistic)


def _replacements(to_replace, value):
    valid = (bool, float, int, str, list, tuple)
    if value is _NO_VALUE:
        if not isinstance(to_replace, dict):
            raise PySparkTypeError(errorClass="ARGUMENT_REQUIRED", messageParameters={
                "arg_name": "value", "condition": "`to_replace` is dict"})
        return dict(to_replace)
    if not isinstance(to_replace, valid + (dict,)):
        _wrong("NOT_BOOL_OR_DICT_OR_FLOAT_OR_INT_OR_LIST_OR_STR_OR_TUPLE", "to_replace", to_replace)
    if isinstance(to_replace, dict):
        return dict(to_replace)
    if not isinstance(value, valid) and value is not None:
        _wrong("NOT_BOOL_OR_FLOAT_OR_INT_OR_LIST_OR_NONE_OR_STR_OR_TUPLE", "value", value)
    olds = list(to_replace) if isinstance(to_replace, (list, tuple)) else [to_replace]
    if isinstance(value, (list, tuple)):
        if len(value) != len(olds):
            raise PySparkValueError(errorClass="LENGTH_SHOULD_BE_THE_SAME", messageParameters={
                "arg1": "to_replace", "arg2": "value", "arg1_length": str(len(olds)), "arg2_length": str(len(value))})
        return dict(zip(olds, value))
    return {old: value for old in olds}


class DataFrameNaFunctions:
    """`df.na`."""

    def __init__(self, df):
        self.df = df

    def drop(self, how="any", thresh=None, subset=None):
        """See DataFrame.dropna."""
        return self.df.dropna(how=how, thresh=thresh, subset=subset)

    def fill(self, value, subset=None):
        """See DataFrame.fillna."""
        return self.df.fillna(value=value, subset=subset)

    def replace(self, to_replace, value=_NO_VALUE, subset=None):
        """See DataFrame.replace."""
        return self.df.replace(to_replace, value, subset)


class DataFrameStatFunctions:
    """`df.stat`."""

    def __init__(self, df):
        self.df = df

    def crosstab(self, col1, col2):
        """See DataFrame.crosstab."""
        return self.df.crosstab(col1, col2)


refuse_members(DataFrameStatFunctions, "pyspark.sql.DataFrameStatFunctions", "approxQuantile corr cov freqItems sampleBy")
