"""Expression trees of engine/plans/contract.ts: made, and written as text for `repr`."""


_INFIX = {"+", "-", "*", "/", "%", "&", "|", "^", "=", "<=>", "<", "<=", ">", ">=", "and", "or", "like", "ilike", "rlike"}


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


def _literal_text(expression):
    value = expression["value"]
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return str(next(iter(value.values())))
    if isinstance(value, float):
        return repr(value).replace("e+", "E").replace("e-", "E-")
    return str(value)


def _type_text(to):
    from pyspark.sql._wire import type_from_wire

    return (to if isinstance(to, str) and to not in _PLAIN else type_from_wire(to).simpleString()).upper()


_PLAIN = {"null", "boolean", "byte", "short", "integer", "long", "float", "double", "string", "binary", "date", "timestamp"}


def text(expression):
    """How a Column shows an expression: `(id * 2)`, `upper(name)`, `id AS value`."""
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
    return _call_text(expression["name"], [text(one) for one in expression["args"]], expression.get("distinct"))


def _call_text(name, args, distinct):
    if name in _INFIX and len(args) == 2:
        shown = name.upper() if name.isalpha() and name in ("and", "or", "rlike") else name
        return "(%s %s %s)" % (args[0], shown, args[1]) if name not in ("like", "ilike", "rlike") else "%s %s %s" % (args[0], shown.upper(), args[1])
    if name == "not":
        return "(NOT %s)" % args[0]
    if name == "negative":
        return "(- %s)" % args[0]
    if name in ("isnull", "isnotnull"):
        return "(%s IS %sNULL)" % (args[0], "NOT " if name == "isnotnull" else "")
    if name == "in":
        return "(%s IN (%s))" % (args[0], ", ".join(args[1:]))
    return "%s(%s%s)" % (name, "DISTINCT " if distinct else "", ", ".join(args))


