"""NotImplementedError, by name, for what PySpark has and we have not; the traceback shows the line."""


class NotInKindling(NotImplementedError, AttributeError):
    """Also an AttributeError, so that hasattr() and getattr() with a default stay well-behaved."""


NotInKindling.__name__ = NotInKindling.__qualname__ = "NotImplementedError"
NotInKindling.__module__ = "builtins"


def missing(name, why=None):
    """The error for `name` (`RDD.pipe`, `pyspark.ml`), with a reason that is not plain; raise it."""
    return NotInKindling(f"{name} is not in Kindling" + (f": {why}" if why else ""))


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
