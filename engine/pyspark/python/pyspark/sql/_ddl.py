"""Reads types from text: `a int, b array<string> NOT NULL`, `struct<a: int>`, `bigint`."""
import re

from pyspark.errors.exceptions.captured import ParseException
from pyspark.sql import types as T

_TOKEN = re.compile(r"\s*(?:(`(?:[^`]|``)*`)|('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|([A-Za-z_][A-Za-z0-9_]*|\d+[A-Za-z_]\w*)|(\d+)|(.))", re.S)

_SIMPLE = {
    "boolean": T.BooleanType, "tinyint": T.ByteType, "byte": T.ByteType, "smallint": T.ShortType, "short": T.ShortType,
    "int": T.IntegerType, "integer": T.IntegerType, "bigint": T.LongType, "long": T.LongType, "float": T.FloatType,
    "real": T.FloatType, "double": T.DoubleType, "date": T.DateType, "timestamp": T.TimestampType,
    "timestamp_ltz": T.TimestampType, "string": T.StringType, "binary": T.BinaryType, "void": T.NullType,
}


class _Reader:
    """One pass over the tokens: (kind, text, position)."""

    def __init__(self, text):
        self.text = text
        self.tokens = []
        end = len(text.rstrip())
        position = 0
        while position < end:
            found = _TOKEN.match(text, position)
            kind = ("quoted", "text", "word", "number", "sign")[found.lastindex - 1]
            self.tokens.append((kind, found.group(found.lastindex), found.start(found.lastindex)))
            position = found.end()
        self.at = 0

    def peek(self, offset=0):
        place = self.at + offset
        return self.tokens[place] if place < len(self.tokens) else ("end", "end of input", len(self.text))

    def next(self):
        token = self.peek()
        self.at += 1
        return token

    def fail(self, token=None):
        kind, text, position = token or self.peek()
        if kind == "end":
            near, length = "end of input", 1
        else:
            near, length = "'%s'" % text, len(text)
        raise ParseException(
            "\n[PARSE_SYNTAX_ERROR] Syntax error at or near %s. SQLSTATE: 42601 (line 1, pos %d)\n\n== SQL ==\n%s\n%s%s\n"
            % (near, position, self.text, "-" * position, "^" * 3))

    def sign(self, wanted):
        token = self.next()
        if token[0] != "sign" or token[1] != wanted:
            self.fail(token)

    def has_sign(self, wanted):
        if self.peek()[:2] == ("sign", wanted):
            self.at += 1
            return True
        return False

    def has_word(self, wanted):
        kind, text, _ = self.peek()
        if kind == "word" and text.lower() == wanted:
            self.at += 1
            return True
        return False

    def number(self):
        token = self.next()
        if token[0] != "number":
            self.fail(token)
        return int(token[1])

    def type(self):
        token = self.next()
        kind, text, position = token
        if kind != "word":
            self.fail(token)
        word = text.lower()
        if word in _SIMPLE:
            return _SIMPLE[word]()
        if word in ("decimal", "dec", "numeric"):
            return self.decimal()
        if word in ("char", "character", "varchar"):
            self.sign("(")
            length = self.number()
            self.sign(")")
            return (T.VarcharType if word == "varchar" else T.CharType)(length)
        if word == "array":
            self.sign("<")
            element = self.type()
            self.sign(">")
            return T.ArrayType(element)
        if word == "map":
            self.sign("<")
            key = self.type()
            self.sign(",")
            value = self.type()
            self.sign(">")
            return T.MapType(key, value)
        if word == "struct":
            self.sign("<")
            if self.has_sign(">"):
                return T.StructType()
            fields = self.fields()
            self.sign(">")
            return T.StructType(fields)
        raise ParseException(
            "\n[UNSUPPORTED_DATATYPE] Unsupported data type \"%s\". SQLSTATE: 0A000 (line 1, pos %d)\n\n== SQL ==\n%s\n%s^^^\n"
            % (text.upper(), position, self.text, "-" * position))

    def decimal(self):
        if not self.has_sign("("):
            return T.DecimalType(10, 0)
        precision, scale = self.number(), 0
        if self.has_sign(","):
            scale = self.number()
        self.sign(")")
        return T.DecimalType(precision, scale)

    def fields(self):
        fields = [self.field()]
        while self.has_sign(","):
            fields.append(self.field())
        return fields

    def field(self):
        token = self.next()
        kind, name, _ = token
        if kind == "quoted":
            name = name[1:-1].replace("``", "`")
        elif kind != "word":
            self.fail(token)
        self.has_sign(":")
        data_type = self.type()
        nullable, metadata = True, None
        if self.has_word("not"):
            if not self.has_word("null"):
                self.fail()
            nullable = False
        if self.has_word("comment"):
            comment = self.next()
            if comment[0] != "text":
                self.fail(comment)
            metadata = {"comment": comment[1][1:-1]}
        return T.StructField(name, data_type, nullable, metadata)

    def whole(self, read):
        answer = read()
        if self.peek()[0] != "end":
            self.fail()
        return answer


def parse_datatype(text):
    """A field list gives a StructType, a type gives that type; ParseException for neither."""
    reader = _Reader(text)
    try:
        return reader.whole(lambda: T.StructType(reader.fields()))
    except ParseException as as_fields:
        alone = _Reader(text)
        try:
            return alone.whole(alone.type)
        except ParseException:
            raise as_fields from None
