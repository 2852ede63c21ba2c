"""Paths as Spark takes them: plain, or `file:` addresses."""

import os
import re

# Of two characters at least: one is a drive.
_SCHEME = re.compile("[A-Za-z][A-Za-z0-9+.-]+:")


def local(path):
    """The path in the file system Python sees; `C:\\data` of Windows is `/C:/data` there."""
    if path.startswith("file:"):
        path = path[5:]
        while path.startswith("//"):
            path = path[1:]
    if path[1:2] == ":" and path[:1].isalpha():
        path = "/" + path.replace("\\", "/")
    return path


def absolute(path):
    """Plain and made whole against the working directory; comma-separated lists part by part."""
    return ",".join(_absolute(part.strip()) for part in path.split(","))


def _absolute(path):
    path = local(path)
    if _SCHEME.match(path):
        return path
    return os.path.normpath(os.path.join(os.getcwd(), path))


def uri(path):
    path = local(path)
    return "file:" + path


