"""Numbers."""
from pyspark.sql._wire import literal
from pyspark.sql.column import Column, named
from pyspark.sql.functions._make import build, number_or_column, unary

abs = unary("abs", "abs", "Absolute value.")
sqrt = unary("sqrt", "sqrt", "Square root.")
exp = unary("exp", "exp", "e to that power.")
ln = unary("ln", "ln", "Natural logarithm.")
log10 = unary("log10", "log10", "Logarithm of base 10.")
log2 = unary("log2", "log2", "Logarithm of base 2.")
signum = sign = unary("signum", "signum", "-1, 0 or 1.")
negative = negate = unary("negative", "negative", "The value with the other sign.")
positive = unary("positive", "positive", "The value itself.")
sin = unary("sin", "sin", "Sine of radians.")
cos = unary("cos", "cos", "Cosine of radians.")
tan = unary("tan", "tan", "Tangent of radians.")
asin = unary("asin", "asin", "Inverse sine.")
acos = unary("acos", "acos", "Inverse cosine.")
atan = unary("atan", "atan", "Inverse tangent.")
sinh = unary("sinh", "sinh", "Hyperbolic sine.")
cosh = unary("cosh", "cosh", "Hyperbolic cosine.")
tanh = unary("tanh", "tanh", "Hyperbolic tangent.")
degrees = toDegrees = unary("degrees", "degrees", "Radians as degrees.")
radians = toRadians = unary("radians", "radians", "Degrees as radians.")
bitwise_not = bitwiseNOT = unary("bitwise_not", "~", "All bits turned.")


def pow(col1, col2):
    """The first to the power of the second; numbers are literals."""
    return build("power", number_or_column(col1), number_or_column(col2))


def power(col1, col2):
    """The same as pow."""
    return pow(col1, col2)


def atan2(col1, col2):
    """Angle of the point (col2, col1)."""
    return build("atan2", number_or_column(col1), number_or_column(col2))


def pmod(dividend, divisor):
    """The remainder that is not negative."""
    return build("pmod", number_or_column(dividend), number_or_column(divisor))


def log(arg1, arg2=None):
    """`log(col)`: natural logarithm; `log(base, col)`: of that base."""
    if arg2 is None:
        return ln(arg1)
    return build("log", literal(float(arg1)), named(arg2))


def _rounded(name, col, scale):
    if scale is None:
        return build(name, named(col))
    return build(name, named(col), scale._expr if isinstance(scale, Column) else literal(scale))


def round(col, scale=None):
    """Rounded to `scale` digits after the point (0), halves away from zero."""
    return _rounded("round", col, 0 if scale is None else scale)


def bround(col, scale=None):
    """Rounded to `scale` digits after the point (0), halves to the even digit."""
    return _rounded("bround", col, 0 if scale is None else scale)


def floor(col, scale=None):
    """The whole number at or below."""
    return _rounded("floor", col, scale)


def ceil(col, scale=None):
    """The whole number at or above."""
    return _rounded("ceil", col, scale)


def ceiling(col, scale=None):
    """The same as ceil."""
    return ceil(col, scale)
