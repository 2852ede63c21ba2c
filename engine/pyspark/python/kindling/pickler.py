"""Pickling by value: functions, and classes of the program itself, travel as what they are made of.

Data needs only the C pickler; `reducer_override` is asked for nothing but functions, classes and the few
types that pickle cannot do.
"""

import io
import pickle

from kindling import classes, functions
from py4j.protocol import Py4JError

PROTOCOL = 5


class ValuePickler(pickle.Pickler):
    def __init__(self, file):
        super().__init__(file, protocol=PROTOCOL)
        # One set of globals for all functions that share one, by the id of the original dict.
        self.globals = {}

    def reducer_override(self, obj):
        kind = type(obj)
        if kind is functions.FunctionType:
            return functions.reduce_function(self, obj)
        if isinstance(obj, type):
            return classes.reduce_class(obj)
        reducer = functions.REDUCERS.get(kind) or classes.REDUCERS.get(kind)
        return reducer(obj) if reducer else NotImplemented


def dumps(value):
    """Bytes of any value; raises PicklingError as PySpark words it."""
    file = io.BytesIO()
    try:
        ValuePickler(file).dump(value)
    except (pickle.PickleError, Py4JError):
        raise
    except RecursionError:
        raise pickle.PicklingError("Could not pickle object as excessively deep recursion required.") from None
    except Exception as error:
        raise pickle.PicklingError(f"Could not serialize object: {type(error).__name__}: {error}") from None
    return file.getvalue()


loads = pickle.loads
