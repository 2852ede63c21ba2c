"""Column: an expression over the columns of a DataFrame."""
from pyspark.errors import PySparkAttributeError, PySparkTypeError, PySparkValueError
from pyspark.sql import _expression as E
from pyspark.sql._refuse import refuse, refuse_members
from pyspark.sql._wire import literal, type_to_wire
from pyspark.sql.types import DataType

__all__ = ["Column"]


def to_expression(value):
    """A Column's expression; any other value as a literal."""
    return value._expr if isinstance(value, Column) else literal(value)


def named(value):
    """A Column's expression; a string as the column of that name; PySparkTypeError for anything else."""
    if isinstance(value, Column):
        return value._expr
    if isinstance(value, str):
        return E.column(value)
    raise PySparkTypeError(
        errorClass="NOT_COLUMN_OR_STR", messageParameters={"arg_name": "col", "arg_type": type(value).__name__})


def _binary(name, doc):
    def operator(self, other):
        return Column(E.call(name, self._expr, to_expression(other)))

    operator.__doc__ = doc
    return operator


def _reverse(name):
    def operator(self, other):
        return Column(E.call(name, to_expression(other), self._expr))

    return operator


def _unary(name, doc, shown=None):
    def method(self):
        made = E.call(name, self._expr)
        return Column(E.shown(made, shown, self._expr) if shown else made)

    method.__doc__ = doc
    return method


def _sorted(ascending, nulls):
    def method(self):
        return Column({"expr": "sort", "child": self._expr, "ascending": ascending, "nulls": nulls})

    method.__doc__ = "%s, nulls %s." % ("Ascending" if ascending else "Descending", nulls)
    return method


class Column:
    """Made by `df.name`, `df["name"]`, functions.col and by operators on columns."""

    def __init__(self, expression):
        self._expr = E.column(expression) if isinstance(expression, str) else expression

    __neg__ = _unary("negative", "-column.")
    __invert__ = _unary("not", "NOT column.")
    __add__ = _binary("+", "Sum.")
    __sub__ = _binary("-", "Difference.")
    __mul__ = _binary("*", "Product.")
    __truediv__ = __div__ = _binary("/", "Quotient, a fraction.")
    __mod__ = _binary("%", "Remainder.")
    __radd__ = __add__
    __rmul__ = __mul__
    __rsub__ = _reverse("-")
    __rtruediv__ = __rdiv__ = _reverse("/")
    __rmod__ = _reverse("%")
    __pow__ = _binary("power", "Power.")
    __rpow__ = _reverse("power")
    __eq__ = _binary("=", "Equal.")
    __lt__ = _binary("<", "Less.")
    __le__ = _binary("<=", "Less or equal.")
    __ge__ = _binary(">=", "Greater or equal.")
    __gt__ = _binary(">", "Greater.")
    __and__ = __rand__ = _binary("and", "Both.")
    __or__ = __ror__ = _binary("or", "Either.")
    __hash__ = None
    eqNullSafe = _binary("<=>", "Equal, null being equal to null.")
    bitwiseAND = _binary("&", "Bits in both.")
    bitwiseOR = _binary("|", "Bits in either.")
    bitwiseXOR = _binary("^", "Bits in one of them.")
    contains = _binary("contains", "Whether the text holds another.")
    startswith = _binary("startswith", "Whether the text starts with another.")
    endswith = _binary("endswith", "Whether the text ends with another.")
    like = _binary("like", "SQL pattern: % any run, _ any one character.")
    ilike = _binary("ilike", "SQL pattern, letters of either case.")
    rlike = _binary("rlike", "Whether a regular expression is found in the text.")
    isNull = _unary("isnull", "Whether it is null.")
    isNotNull = _unary("isnotnull", "Whether it is not null.", "isNotNull")
    isNaN = _unary("isnan", "Whether it is NaN.")
    asc = _sorted(True, "first")
    asc_nulls_first = _sorted(True, "first")
    asc_nulls_last = _sorted(True, "last")
    desc = _sorted(False, "last")
    desc_nulls_first = _sorted(False, "first")
    desc_nulls_last = _sorted(False, "last")

    def __ne__(self, other):
        # Spark writes it as NOT (a = b); the name of an unnamed column shows it.
        return Column(E.call("not", E.call("=", self._expr, to_expression(other))))

    def __contains__(self, item):
        raise PySparkValueError(errorClass="CANNOT_APPLY_IN_FOR_COLUMN", messageParameters={})

    def __bool__(self):
        raise PySparkValueError(errorClass="CANNOT_CONVERT_COLUMN_INTO_BOOL", messageParameters={})

    __nonzero__ = __bool__

    def __iter__(self):
        raise PySparkTypeError(errorClass="NOT_ITERABLE", messageParameters={"objectName": "Column"})

    def __getattr__(self, item):
        if item.startswith("__"):
            raise PySparkAttributeError(errorClass="CANNOT_ACCESS_TO_DUNDER", messageParameters={})
        if item == "_expr":
            raise AttributeError(item)
        return self[item]

    def __getitem__(self, key):
        if isinstance(key, slice):
            if key.step is not None:
                raise PySparkValueError(errorClass="SLICE_WITH_STEP", messageParameters={})
            return self.substr(key.start, key.stop)
        return Column({"expr": "item", "child": self._expr, "key": to_expression(key)})

    def getItem(self, key):
        """Element of an array by index from 0, value of a map by key."""
        return self[key]

    def getField(self, name):
        """Field of a struct."""
        return self[name]

    def substr(self, startPos, length):
        """`length` characters from `startPos`, counted from 1."""
        if type(startPos) is not type(length):
            raise PySparkTypeError(errorClass="NOT_SAME_TYPE", messageParameters={
                "arg_name1": "startPos", "arg_name2": "length",
                "arg_type1": type(startPos).__name__, "arg_type2": type(length).__name__})
        if not isinstance(startPos, (int, Column)):
            raise PySparkTypeError(errorClass="NOT_COLUMN_OR_INT", messageParameters={
                "arg_name": "startPos", "arg_type": type(startPos).__name__})
        args = [self._expr, to_expression(startPos), to_expression(length)]
        return Column(E.shown(E.call("substring", *args), "substr", *args))

    def isin(self, *cols):
        """Whether it equals one of the values: given one by one, or as one list or set."""
        if len(cols) == 1 and isinstance(cols[0], (list, set)):
            cols = cols[0]
        return Column(E.call("in", self._expr, *map(to_expression, cols)))

    def between(self, lowerBound, upperBound):
        """lowerBound <= self <= upperBound."""
        return (self >= lowerBound) & (self <= upperBound)

    def alias(self, *alias, **kwargs):
        """The same values under another name."""
        metadata = kwargs.pop("metadata", None)
        assert not kwargs, "Unexpected kwargs where passed: %s" % kwargs
        if len(alias) != 1:
            if metadata is not None:
                raise PySparkValueError(errorClass="CANNOT_PROVIDE_METADATA", messageParameters={})
            refuse("pyspark.sql.Column.alias with several names")
        if not isinstance(alias[0], str):
            raise PySparkTypeError(errorClass="NOT_STR", messageParameters={"arg_name": "alias", "arg_type": type(alias[0]).__name__})
        return Column({"expr": "alias", "child": self._expr, "name": alias[0]})

    name = alias

    def cast(self, dataType):
        """Converts to a DataType or a type written as DDL text (`"int"`)."""
        if isinstance(dataType, str):
            dataType = DataType.fromDDL(dataType)
        elif not isinstance(dataType, DataType):
            raise PySparkTypeError(errorClass="NOT_DATATYPE_OR_STR", messageParameters={
                "arg_name": "dataType", "arg_type": type(dataType).__name__})
        return Column({"expr": "cast", "child": self._expr, "to": type_to_wire(dataType)})

    astype = cast

    def when(self, condition, value):
        """One more branch after functions.when."""
        if not isinstance(condition, Column):
            raise PySparkTypeError(errorClass="NOT_COLUMN", messageParameters={
                "arg_name": "condition", "arg_type": type(condition).__name__})
        if self._expr["expr"] != "when" or "otherwise" in self._expr:
            raise _when_misused()
        branches = self._expr["branches"] + [{"when": condition._expr, "then": to_expression(value)}]
        return Column({"expr": "when", "branches": branches})

    def otherwise(self, value):
        """The value where no branch holds."""
        if self._expr["expr"] != "when" or "otherwise" in self._expr:
            raise _when_misused()
        return Column({"expr": "when", "branches": self._expr["branches"], "otherwise": to_expression(value)})

    def __repr__(self):
        return "Column<'%s'>" % E.text(self._expr)


def _when_misused():
    from pyspark.errors.exceptions.captured import IllegalArgumentException

    return IllegalArgumentException(
        "when() can only be applied on a Column previously generated by when() function, and cannot be applied once otherwise() is applied.")


refuse_members(Column, "pyspark.sql.Column", "over withField dropFields try_cast outer transform")
