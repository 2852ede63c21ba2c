"""Text."""
from pyspark.sql._wire import literal
from pyspark.sql.column import Column, named
from pyspark.sql.functions._make import build, int_or_column, of_columns, unary

upper = ucase = unary("upper", "upper", "In capitals.")
lower = lcase = unary("lower", "lower", "In small letters.")
initcap = unary("initcap", "initcap", "Each word with a capital.")
length = char_length = character_length = unary("length", "length", "How many characters.")
reverse = unary("reverse", "reverse", "A text or an array from its end.")
ascii = unary("ascii", "ascii", "Code of the first character.")
concat = of_columns("concat", "concat", "Texts or arrays one after another; null when one is null.")


def _trimmed(name, col, trim):
    return build(name, named(col), *([] if trim is None else [named(trim)]))


def trim(col, trim=None):
    """Without blanks (or the characters of `trim`) at both ends."""
    return _trimmed("trim", col, trim)


def ltrim(col, trim=None):
    """Without blanks at the start."""
    return _trimmed("ltrim", col, trim)


def rtrim(col, trim=None):
    """Without blanks at the end."""
    return _trimmed("rtrim", col, trim)


def concat_ws(sep, *cols):
    """Texts and arrays of texts with a separator between; nulls are left out."""
    return build("concat_ws", literal(sep), *map(named, cols))


def substring(str, pos, len):
    """`len` characters from position `pos`, counted from 1 (from the end when negative)."""
    return build("substring", named(str), int_or_column(pos, "pos"), int_or_column(len, "len"))


def substr(str, pos, len=None):
    """As substring; without `len` to the end."""
    return build("substring", named(str), named(pos), *([] if len is None else [named(len)]))


def _text(value):
    return value._expr if isinstance(value, Column) else literal(value)


def split(str, pattern, limit=-1):
    """The pieces between matches of a regular expression; at most `limit` pieces when it is positive."""
    return build("split", named(str), _text(pattern), int_or_column(limit, "limit"))


def regexp_replace(string, pattern, replacement):
    """Every match of a regular expression replaced."""
    return build("regexp_replace", named(string), _text(pattern), _text(replacement))


def regexp_extract(str, pattern, idx):
    """Group `idx` (0: all) of the first match, empty when there is none."""
    return build("regexp_extract", named(str), literal(pattern), literal(idx))


def _padded(name, col, len, pad):
    return build(name, named(col), _text(len), _text(pad))


def lpad(col, len, pad):
    """Filled with `pad` at the start, or cut, to `len` characters."""
    return _padded("lpad", col, len, pad)


def rpad(col, len, pad):
    """Filled with `pad` at the end, or cut, to `len` characters."""
    return _padded("rpad", col, len, pad)


def repeat(col, n):
    """The text n times."""
    return build("repeat", named(col), int_or_column(n, "n"))


def instr(str, substr):
    """Position of the first occurrence, from 1; 0 when there is none."""
    return build("instr", named(str), _text(substr))


def locate(substr, str, pos=1):
    """Position of the first occurrence at or after `pos`, from 1; 0 when there is none."""
    return build("locate", literal(substr), named(str), literal(pos))


def translate(srcCol, matching, replace):
    """Each character of `matching` becomes the one at its place in `replace`."""
    return build("translate", named(srcCol), literal(matching), literal(replace))


def format_number(col, d):
    """A number with commas and `d` digits after the point."""
    return build("format_number", named(col), literal(d))


def format_string(format, *cols):
    """printf: the format with the columns filled in."""
    return build("format_string", literal(format), *map(named, cols))


printf = format_string


def contains(left, right):
    """Whether the first text holds the second."""
    return build("contains", named(left), named(right))


def startswith(str, prefix):
    """Whether the text starts with the other."""
    return build("startswith", named(str), named(prefix))


def endswith(str, suffix):
    """Whether the text ends with the other."""
    return build("endswith", named(str), named(suffix))


def like(str, pattern, escapeChar=None):
    """SQL pattern."""
    return build("like", named(str), named(pattern))


def ilike(str, pattern, escapeChar=None):
    """SQL pattern, letters of either case."""
    return build("ilike", named(str), named(pattern))


def rlike(str, regexp):
    """Whether a regular expression is found."""
    return build("rlike", named(str), named(regexp))


regexp_like = regexp = rlike
