"""Cuts an SQL expression into tokens."""
import re
from collections import namedtuple

from pyspark.errors.exceptions.captured import ParseException

Token = namedtuple("Token", "kind text position")

_PATTERN = re.compile(r"""
    (?P<blank>\s+|--[^\n]*|/\*.*?\*/)
  | (?P<quoted>`(?:[^`]|``)*`)
  | (?P<text>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")
  | (?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?:BD|[LSYDF](?![A-Za-z0-9_]))?)
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<sign><=>|<>|!=|<=|>=|==|\|\||::|->|=>|[-+*/%&|^~!=<>(),.\[\]])
""", re.X | re.S | re.I)


def syntax_error(text, near, position):
    """Spark's ParseException for a text it cannot read at this place."""
    return ParseException(
        "\n[PARSE_SYNTAX_ERROR] Syntax error at or near %s. SQLSTATE: 42601 (line 1, pos %d)\n\n== SQL ==\n%s\n%s^^^\n"
        % (near, position, text, "-" * position))


def tokens(text):
    """The tokens of a text, blanks and comments left out, with an end token."""
    found, position = [], 0
    while position < len(text):
        match = _PATTERN.match(text, position)
        if match is None:
            raise syntax_error(text, "'%s'" % text[position], position)
        if match.lastgroup != "blank":
            found.append(Token(match.lastgroup, match.group(), position))
        position = match.end()
    found.append(Token("end", "", len(text)))
    return found


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "0": "\0", "Z": "\x1a"}


def unquote(text):
    """The value of a text literal; `\\%` and `\\_` keep their backslash for LIKE."""
    mark, out, i, inner = text[0], [], 0, text[1:-1]
    while i < len(inner):
        if inner[i] == "\\" and i + 1 < len(inner):
            after = inner[i + 1]
            if after == "u" and re.match(r"[0-9a-fA-F]{4}", inner[i + 2:i + 6]):
                out.append(chr(int(inner[i + 2:i + 6], 16)))
                i += 6
                continue
            out.append("\\" + after if after in "%_" else _ESCAPES.get(after, after))
            i += 2
        elif inner[i] == mark and inner[i + 1:i + 2] == mark:
            out.append(mark)
            i += 2
        else:
            out.append(inner[i])
            i += 1
    return "".join(out)
