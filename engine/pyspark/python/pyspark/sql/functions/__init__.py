"""Functions on columns. Those of PySpark that are missing here can be imported and refuse when called."""
from pyspark.sql._refuse import refuser as _refuser
from pyspark.sql.functions import (
    _aggregates, _basic, _collections, _dates, _make, _math, _missing, _strings,
)

for _module in (_basic, _aggregates, _math, _strings, _dates, _collections):
    for _name, _value in vars(_module).items():
        _from = getattr(_value, "__module__", None) or ""
        if callable(_value) and not _name.startswith("_") and _from.startswith("pyspark.sql.functions.") and _name not in vars(_make):
            globals()[_name] = _value

__all__ = sorted(name for name in globals() if not name.startswith("_"))


def __getattr__(name):
    if name in _missing.NAMES:
        return _refuser("pyspark.sql.functions." + name)
    raise AttributeError("module 'pyspark.sql.functions' has no attribute %r" % name)
