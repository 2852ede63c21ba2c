"""NotImplementedError, by name and line, for what PySpark has and we have not."""

from kindling.callsite import user_line


class NotInKindling(NotImplementedError, AttributeError):
    """Also an AttributeError, so that hasattr() and getattr() with a default stay well-behaved."""


NotInKindling.__name__ = NotInKindling.__qualname__ = "NotImplementedError"
NotInKindling.__module__ = "builtins"


def missing(name):
    """The error for `name` (`RDD.pipe`, `pyspark.ml`); raise it."""
    line = user_line()
    return NotInKindling(f"{name} is not in Kindling yet" + (f" (line {line})" if line else ""))


def guard(cls, names):
    """Gives a class a __getattr__ that raises `missing` for these names, and AttributeError for all others."""
    names = frozenset(names.split() if isinstance(names, str) else names)
    label = cls.__name__

    def __getattr__(self, name):
        if name in names:
            raise missing(f"{label}.{name}")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    cls.__getattr__ = __getattr__
    cls._kindling_missing = names
    return cls


def guard_module(module, names):
    """A module's `__getattr__`: `missing` for these names."""
    names = frozenset(names.split() if isinstance(names, str) else names)

    def __getattr__(name):
        if name in names:
            # Not an AttributeError: `from module import name` would turn that into an ImportError.
            raise NotImplementedError(str(missing(f"{module}.{name}")))
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return __getattr__
