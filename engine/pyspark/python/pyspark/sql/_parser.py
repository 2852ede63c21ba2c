"""Reads SQL expressions: filter("age > 21"), expr("a + b"), selectExpr("upper(name) AS name")."""
import datetime
import decimal

from pyspark.sql import _expression as E
from pyspark.sql._refuse import refuse
from pyspark.sql._tokens import syntax_error, tokens, unquote
from pyspark.sql._wire import literal, type_to_wire
from pyspark.sql.types import DataType, DoubleType, FloatType, LongType, ByteType, ShortType

_COMPARISONS = {"=": "=", "==": "=", "<=>": "<=>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
# From loose to tight binding; each level associates to the left.
_LEVELS = ({"|": "|"}, {"^": "^"}, {"&": "&"}, {"+": "+", "-": "-", "||": "concat"}, {"*": "*", "/": "/", "%": "%", "div": "div"})
# Other names the registry has for functions this engine knows.
_SYNONYMS = {
    "mean": "avg", "pow": "power", "ceiling": "ceil", "ucase": "upper", "lcase": "lower", "char_length": "length",
    "character_length": "length", "len": "length", "substr": "substring", "day": "dayofmonth", "nvl": "coalesce", "ifnull": "coalesce",
    "std": "stddev", "sign": "signum", "now": "current_timestamp", "curdate": "current_date", "every": "bool_and",
    "some": "bool_or", "any": "bool_or", "array_agg": "collect_list", "regexp": "rlike",
    "regexp_like": "rlike", "cardinality": "size", "dateadd": "date_add", "date_diff": "datediff", "printf": "format_string",
    "first_value": "first", "last_value": "last", "mod": "%", "random": "rand",
}
_RESERVED = {"and", "or", "not", "in", "is", "between", "like", "ilike", "rlike", "regexp", "as", "then", "else", "end", "when", "div", "from"}
_NO_PARENTHESES = {"current_date", "current_timestamp"}


def parse_expression(text):
    """The expression of a text; ParseException where it is none."""
    parser = _Parser(text)
    expression = parser.expression()
    parser.finish()
    return expression


def parse_named_expression(text):
    """An expression with an optional `AS name`."""
    parser = _Parser(text)
    expression = parser.expression()
    if parser.word("as") or parser.token.kind in ("word", "quoted"):
        expression = {"expr": "alias", "child": expression, "name": parser.name()}
    parser.finish()
    return expression


class _Parser:
    def __init__(self, text):
        self.text = text
        self.tokens = tokens(text)
        self.at = 0

    @property
    def token(self):
        return self.tokens[self.at]

    def fail(self):
        near = "end of input" if self.token.kind == "end" else "'%s'" % self.token.text
        raise syntax_error(self.text, near, self.token.position)

    def finish(self):
        if self.token.kind != "end":
            self.fail()

    def sign(self, *wanted):
        """Takes a sign if it is next; its text, or None."""
        if self.token.kind == "sign" and self.token.text in wanted:
            self.at += 1
            return self.tokens[self.at - 1].text
        return None

    def word(self, *wanted):
        """Takes a word if it is next; it in small letters, or None."""
        if self.token.kind == "word" and self.token.text.lower() in wanted:
            self.at += 1
            return self.tokens[self.at - 1].text.lower()
        return None

    def need(self, taken):
        if not taken:
            self.fail()

    def name(self):
        token = self.token
        if token.kind == "quoted":
            self.at += 1
            return token.text[1:-1].replace("``", "`")
        if token.kind != "word":
            self.fail()
        self.at += 1
        return token.text

    def expression(self):
        left = self.conjunction()
        while self.word("or"):
            left = E.call("or", left, self.conjunction())
        return left

    def conjunction(self):
        left = self.negation()
        while self.word("and"):
            left = E.call("and", left, self.negation())
        return left

    def negation(self):
        if self.word("not") or self.sign("!"):
            return E.call("not", self.negation())
        return self.predicate()

    def predicate(self):
        left = self.binary(0)
        while True:
            found = self.sign("=", "==", "<=>", "<", "<=", ">", ">=", "<>", "!=")
            if found in ("<>", "!="):
                left = E.call("not", E.call("=", left, self.binary(0)))
            elif found:
                left = E.call(_COMPARISONS[found], left, self.binary(0))
            elif self.word("is"):
                left = self.is_something(left)
            else:
                start, negated = self.at, self.word("not")
                made = self.test(left)
                if made is None:
                    self.at = start
                    return left
                left = E.call("not", made) if negated else made

    def is_something(self, left):
        negated = self.word("not")
        found = self.word("null", "true", "false", "distinct")
        self.need(found)
        if found == "null":
            return E.call("isnotnull" if negated else "isnull", left)
        if found == "distinct":
            self.need(self.word("from"))
            same = E.call("<=>", left, self.binary(0))
            return same if negated else E.call("not", same)
        same = E.call("<=>", left, literal(found == "true"))
        return E.call("not", same) if negated else same

    def test(self, left):
        """in, between, like and rlike after their left side; None when something else follows."""
        found = self.word("in", "between", "like", "ilike", "rlike", "regexp")
        if found == "in":
            self.need(self.sign("("))
            if self.token.text.lower() == "select":
                refuse("subqueries")
            return E.call("in", left, *self.arguments(")"))
        if found == "between":
            low = self.binary(0)
            self.need(self.word("and"))
            return E.call("and", E.call(">=", left, low), E.call("<=", left, self.binary(0)))
        if found:
            return E.call("rlike" if found == "regexp" else found, left, self.binary(0))
        return None

    def binary(self, level):
        if level == len(_LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while True:
            found = self.sign(*_LEVELS[level]) or (self.word("div") if "div" in _LEVELS[level] else None)
            if not found:
                return left
            left = E.call(_LEVELS[level][found], left, self.binary(level + 1))

    def unary(self):
        found = self.sign("-", "+", "~")
        if found == "-" and self.token.kind == "number":
            return self.steps(self.number("-"))
        if found:
            return E.call({"-": "negative", "+": "positive", "~": "~"}[found], self.unary())
        return self.steps(self.primary())

    def steps(self, made):
        """`[i]`, `.field` and `::type` after a value."""
        while True:
            if self.sign("["):
                made = {"expr": "item", "child": made, "key": self.expression()}
                self.need(self.sign("]"))
            elif self.sign("."):
                made = {"expr": "item", "child": made, "key": literal(self.name())}
            elif self.sign("::"):
                made = {"expr": "cast", "child": made, "to": self.type_until_end_of_name()}
            else:
                return made

    def arguments(self, closing):
        made = []
        if self.sign(closing):
            return made
        while True:
            made.append(self.expression())
            if self.sign(closing):
                return made
            self.need(self.sign(","))

    def primary(self):
        token = self.token
        if token.kind == "number":
            return self.number("")
        if token.kind == "text":
            self.at += 1
            value = unquote(token.text)
            while self.token.kind == "text":
                value += unquote(self.token.text)
                self.at += 1
            return literal(value)
        if self.sign("("):
            made = self.expression()
            self.need(self.sign(")"))
            return made
        if self.sign("*"):
            return E.column("*")
        if token.kind == "word":
            return self.from_word(token)
        if token.kind == "quoted":
            return self.column()
        self.fail()

    def from_word(self, token):
        word = token.text.lower()
        following = self.tokens[self.at + 1]
        if word in _RESERVED:
            self.fail()
        if word in ("true", "false", "null"):
            self.at += 1
            return literal({"true": True, "false": False, "null": None}[word])
        if word in ("date", "timestamp") and following.kind == "text":
            return self.moment(word)
        if word == "interval" and following.kind in ("number", "text"):
            refuse("intervals")
        if word == "case":
            return self.case()
        if following.text == "(" and following.kind == "sign":
            return self.function(word)
        if word in _NO_PARENTHESES:
            self.at += 1
            return E.call(word)
        return self.column()

    def column(self):
        parts = [self.part()]
        while self.token.text == "." and self.tokens[self.at + 1].kind in ("word", "quoted"):
            self.at += 1
            parts.append(self.part())
        return E.column(".".join(parts))

    def part(self):
        quoted = self.token.kind == "quoted"
        name = self.name()
        return "`%s`" % name.replace("`", "``") if quoted and not name.isidentifier() else name

    def moment(self, word):
        text = self.tokens[self.at + 1].text
        try:
            if word == "date":
                value = datetime.date.fromisoformat(unquote(text))
            else:
                value = datetime.datetime.fromisoformat(unquote(text))
        except ValueError:
            from pyspark.errors.exceptions.captured import ParseException

            raise ParseException("\n[INVALID_TYPED_LITERAL] The value of the typed literal \"%s\" is invalid: %s. SQLSTATE: 42604 (line 1, pos %d)\n"
                                 % (word.upper(), text, self.token.position))
        self.at += 2
        return literal(value)

    def case(self):
        self.at += 1
        subject = None if self.token.text.lower() == "when" else self.expression()
        branches = []
        while self.word("when"):
            when = self.expression()
            self.need(self.word("then"))
            branches.append({"when": when if subject is None else E.call("=", subject, when), "then": self.expression()})
        self.need(branches)
        made = {"expr": "when", "branches": branches}
        if self.word("else"):
            made["otherwise"] = self.expression()
        self.need(self.word("end"))
        return made

    def function(self, word):
        self.at += 2
        if word in ("cast", "try_cast"):
            if word == "try_cast":
                refuse("try_cast")
            child = self.expression()
            self.need(self.word("as"))
            return {"expr": "cast", "child": child, "to": self.type_until(")")}
        distinct = bool(self.word("distinct"))
        args = self.arguments(")")
        if self.word("over"):
            refuse("window functions")
        if word == "if" and len(args) == 3:
            return {"expr": "when", "branches": [{"when": args[0], "then": args[1]}], "otherwise": args[2]}
        if word == "count":
            args = [literal(1) if one == {"expr": "star"} else one for one in args]
        return E.call(_SYNONYMS.get(word, word), *args, distinct=distinct)

    def type_until(self, closing):
        """The type that stands before the closing bracket, which is taken too."""
        start, depth = self.token.position, 0
        while self.token.kind != "end" and not (depth == 0 and self.token.text == closing):
            depth += {"(": 1, ")": -1}.get(self.token.text, 0)
            self.at += 1
        end = self.token.position
        self.need(self.sign(closing))
        return type_to_wire(DataType.fromDDL(self.text[start:end]))

    def type_until_end_of_name(self):
        start = self.token.position
        self.name()
        if self.sign("("):
            while self.token.kind != "end" and not self.sign(")"):
                self.at += 1
        end = self.tokens[self.at - 1].position + len(self.tokens[self.at - 1].text)
        return type_to_wire(DataType.fromDDL(self.text[start:end]))

    def number(self, sign):
        text = self.token.text.upper()
        self.at += 1
        for suffix, kind in (("BD", None), ("L", LongType), ("S", ShortType), ("Y", ByteType), ("D", DoubleType), ("F", FloatType)):
            if text.endswith(suffix):
                return self.typed(sign + text[:-len(suffix)], kind)
        if "E" in text:
            return literal(float(sign + text))
        return literal(decimal.Decimal(sign + text)) if "." in text else literal(int(sign + text))

    def typed(self, text, kind):
        if kind is None:
            return literal(decimal.Decimal(text))
        value = float(text) if kind in (DoubleType, FloatType) else int(text)
        return {"expr": "literal", "value": literal(value)["value"], "dataType": type_to_wire(kind())}
