"""Expression trees of engine/plans/contract.ts: made, and written as text for `repr`."""
import datetime
import decimal


class Shown(dict):
    """An expression whose `repr` is not what its tree says; it travels as the plain dict it is."""

    def __init__(self, expression, text):
        super().__init__(expression)
        self.text = text


def shown(expression, name, *args):
    """The same expression, shown as a call of `name` with these arguments."""
    return Shown(expression, "%s(%s)" % (name, ", ".join(map(text, args))))


def call(name, *args, distinct=False):
    """A function or operator by the name Spark's registry gives it."""
    made = {"expr": "call", "name": name, "args": list(args)}
    if distinct:
        made["distinct"] = True
    return made


def column(name, frame=None):
    """A column by name, `*` and `name.*` meaning all; `frame` is the id of the DataFrame it was taken from."""
    if name == "*":
        return {"expr": "star"}
    made = {"expr": "column", "name": name}
    if frame is not None:
        made["frame"] = frame
    return made


def conjunction(expressions):
    """All of them, joined by `and`."""
    expressions = list(expressions)
    made = expressions[0]
    for other in expressions[1:]:
        made = call("and", made, other)
    return made


# Heads that differ from the registry's names.
_HEADS = {"not": "!", "isnan": "isNaN", "isnull": "isNull"}


def _float_text(value):
    """As Java writes a double."""
    if value != value or value in (float("inf"), float("-inf")):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    digits, exponent = format(decimal.Decimal(repr(value)).normalize(), "E").split("E")
    return "%s%sE%d" % (digits, "" if "." in digits else ".0", int(exponent))


def _literal_text(expression):
    value, kind = expression["value"], expression.get("dataType")
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'%s'" % value.replace("\\", "\\\\").replace("'", "\\'")
    if isinstance(value, dict) and "$timestamp" in value:
        moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=int(value["$timestamp"]))
        return "%s.%s" % (moment.strftime("%Y-%m-%d %H:%M:%S"), ("%06d" % moment.microsecond).rstrip("0") or "0")
    if isinstance(value, dict):
        value = next(iter(value.values()))
    if isinstance(value, float) or kind == "double":
        return _float_text(float(value))
    return "%sL" % value if kind == "long" else str(value)


def _type_text(to):
    from pyspark.sql._wire import type_from_wire

    return (to if isinstance(to, str) and to not in _PLAIN else type_from_wire(to).simpleString()).upper()


_PLAIN = {"null", "boolean", "byte", "short", "integer", "long", "float", "double", "string", "binary", "date", "timestamp"}


def text(expression):
    """How a Column shows an expression: calls and operators as `name(arguments)`, texts in quotes, `id AS value`."""
    if isinstance(expression, Shown):
        return expression.text
    kind = expression["expr"]
    if kind == "literal":
        return _literal_text(expression)
    if kind == "column":
        return expression["name"]
    if kind == "star":
        return "*"
    if kind == "alias":
        return "%s AS %s" % (text(expression["child"]), expression["name"])
    if kind == "cast":
        return "CAST(%s AS %s)" % (text(expression["child"]), _type_text(expression["to"]))
    if kind == "when":
        parts = ["WHEN %s THEN %s" % (text(one["when"]), text(one["then"])) for one in expression["branches"]]
        if expression.get("otherwise") is not None:
            parts.append("ELSE %s" % text(expression["otherwise"]))
        return "CASE %s END" % " ".join(parts)
    if kind == "sort":
        return "%s %s NULLS %s" % (
            text(expression["child"]), "ASC" if expression["ascending"] else "DESC", expression["nulls"].upper())
    if kind == "item":
        return "%s[%s]" % (text(expression["child"]), text(expression["key"]))
    name = expression["name"]
    return "%s(%s)" % (_HEADS.get(name, name), ", ".join(map(text, expression["args"])))
