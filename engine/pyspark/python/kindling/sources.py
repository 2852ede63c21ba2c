"""Source lines of functions that travel, so that a traceback on an executor shows them."""

import linecache


def lines_of(code):
    """{line number: text} for a function's own lines; None when its source is not known."""
    known = linecache.cache.get(code.co_filename)
    if known is None or len(known) < 4:
        return None
    text = known[2]
    numbers = {line for _, _, line in code.co_lines() if line}
    for constant in code.co_consts:
        if hasattr(constant, "co_lines"):
            numbers.update(line for _, _, line in constant.co_lines() if line)
    return {number: text[number - 1] for number in numbers if number <= len(text)}


def remember(file, lines):
    """Adds these lines to what tracebacks find for a file."""
    if not lines:
        return
    known = linecache.cache.get(file)
    text = known[2] if known and len(known) == 4 and known[1] is None else None
    if text is None:
        if known is not None:
            return
        text = []
        linecache.cache[file] = (0, None, text, file)
    last = max(lines)
    if len(text) < last:
        text.extend(["\n"] * (last - len(text)))
    for number, line in lines.items():
        text[number - 1] = line


def register(file, source):
    """The whole program, on the driver."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
