"""Broadcast variables: read-only values every executor fetches once."""

from kindling import bridge, callsite, pickler
from py4j.protocol import Py4JJavaError

__all__ = ["Broadcast"]

# On an executor: by id, for the life of the Python thread.
_registry = {}


def _from_id(bid):
    known = _registry.get(bid)
    if known is None:
        known = _registry[bid] = Broadcast._of_task(bid)
    return known


class Broadcast:
    """`value` on the driver is a copy, as everywhere: changing the original later changes nothing."""

    def __init__(self, sc, value):
        self._data = pickler.dumps(value)
        self._id = bridge.call("broadcast", value=self._data)["id"]
        self._destroyed = None

    def __class_getitem__(cls, _):
        return cls

    @classmethod
    def _of_task(cls, bid):
        made = object.__new__(cls)
        made._id = bid
        made._data = None
        made._destroyed = None
        return made

    @property
    def value(self):
        """On the driver it is still there after destroy(), if it was looked at before."""
        if not hasattr(self, "_value"):
            self._check()
            data = self._data
            if data is None:
                data = bridge.call("getBroadcast", id=self._id)["data"]
            self._value = pickler.loads(data)
        return self._value

    def unpersist(self, blocking=False):
        """Drops the executors' copies; they fetch it again when they need it."""
        self._check()
        bridge.call("unpersistBroadcast", id=self._id, destroy=False)

    def destroy(self, blocking=False):
        """Drops it everywhere, for good."""
        self._check()
        bridge.call("unpersistBroadcast", id=self._id, destroy=True)
        self._destroyed = callsite.call_site()
        self._data = None

    def _check(self):
        if self._destroyed:
            text = (
                f"[INTERNAL_ERROR_BROADCAST] Attempted to use Broadcast({self._id}) after it was destroyed "
                f"({self._destroyed})  SQLSTATE: XX000"
            )
            raise Py4JJavaError.of("z:org.apache.spark.api.python.PythonRDD.broadcast", "org.apache.spark.SparkException", text)

    def __reduce__(self):
        self._check()
        return _from_id, (self._id,)
