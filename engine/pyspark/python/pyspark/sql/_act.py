"""Actions of DataFrame: what asks the engine for rows, texts and files."""
import base64
import datetime
import decimal
import json

from pyspark.errors import PySparkTypeError, PySparkValueError
from pyspark.sql._engine import ask, call_site
from pyspark.sql._wire import rows_from_json


def _wrong(condition, arg_name, value):
    raise PySparkTypeError(errorClass=condition, messageParameters={"arg_name": arg_name, "arg_type": type(value).__name__})


def _plain(value):
    """A value as toJSON writes it; fields that are null are left out."""
    if hasattr(value, "__fields__"):
        return {name: _plain(item) for name, item in zip(value.__fields__, tuple(value)) if item is not None}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="milliseconds") + "Z"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value) if value % 1 else int(value)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    return value


def row_to_json(row):
    """One JSON text of a Row."""
    return json.dumps(_plain(row), separators=(",", ":"), ensure_ascii=False)


class Actions:
    """Part of DataFrame."""

    def _run(self, method, **action):
        answer = ask(self._session, "collectPlan", plan=self._plan, action=action, callSite=call_site(method))
        return json.loads(answer["json"])

    def _rows(self, method, **action):
        answer = ask(self._session, "collectPlan", plan=self._plan, action=action, callSite=call_site(method))
        return rows_from_json(answer["json"], self._schema)

    def collect(self):
        """All rows, in the driver's memory."""
        return self._rows("collect", kind="collect")

    def count(self):
        """How many rows there are."""
        return _single(self._run("count", kind="count"))

    def isEmpty(self):
        """Whether there is no row."""
        return not self._run("isEmpty", kind="isEmpty")

    def take(self, num):
        """The first `num` rows, from as few partitions as give them."""
        return self._rows("take", kind="take", n=int(num))

    def tail(self, num):
        """The last `num` rows."""
        return self._rows("tail", kind="tail", n=int(num))

    def head(self, n=None):
        """The first row or None; with `n` a list of rows."""
        if n is not None:
            return self._rows("head", kind="take", n=int(n))
        rows = self._rows("head", kind="take", n=1)
        return rows[0] if rows else None

    def first(self):
        """The first row, or None."""
        rows = self._rows("first", kind="take", n=1)
        return rows[0] if rows else None

    def toLocalIterator(self, prefetchPartitions=False):
        """The rows one by one, one partition at a time in the driver's memory."""
        return self.rdd.toLocalIterator()

    def foreach(self, f):
        """Calls `f` with each row, on the executors."""
        self.rdd.foreach(f)

    def foreachPartition(self, f):
        """Calls `f` with an iterator of each partition's rows, on the executors."""
        self.rdd.foreachPartition(f)

    def show(self, n=20, truncate=True, vertical=False):
        """Prints the first `n` rows as a table; texts over 20 characters (or over `truncate`) are cut."""
        print(self._show_string(n, truncate, vertical))

    def _show_string(self, n=20, truncate=True, vertical=False):
        if not isinstance(n, int) or isinstance(n, bool):
            _wrong("NOT_INT", "n", n)
        if not isinstance(vertical, bool):
            _wrong("NOT_BOOL", "vertical", vertical)
        if truncate is True:
            width = 20
        else:
            try:
                width = int(truncate)
            except ValueError:
                _wrong("NOT_BOOL", "truncate", truncate)
        return ask(self._session, "showPlan", plan=self._plan, rows=n, truncate=width, vertical=vertical,
                   callSite=call_site("show"))["text"]

    def printSchema(self, level=None):
        """Prints the schema as a tree."""
        print(self._schema.treeString(level))

    def explain(self, extended=None, mode=None):
        """Prints the plan: `explain()`, `explain(True)`, `explain("formatted")`."""
        if extended is not None and mode is not None:
            raise PySparkValueError(errorClass="CANNOT_SET_TOGETHER", messageParameters={"arg_list": "extended and mode"})
        if extended is not None and not isinstance(extended, (bool, str)):
            _wrong("NOT_BOOL_OR_STR", "extended", extended)
        if mode is not None and not isinstance(mode, str):
            _wrong("NOT_STR", "mode", mode)
        wanted = mode or extended or "simple"
        if wanted is True:
            wanted = "extended"
        print(ask(self._session, "explain", plan=self._plan, mode=wanted)["text"])

    def toJSON(self, use_unicode=True):
        """An RDD of one JSON text for each row."""
        return self.rdd.map(row_to_json)

    @property
    def rdd(self):
        """The rows as an RDD of Row."""
        if self._rdd is None:
            from pyspark.sql._rdds import rdd_of_frame

            self._rdd = rdd_of_frame(self)
        return self._rdd

    def persist(self, storageLevel=None):
        """Keeps the rows on the executors once they were computed; MEMORY_AND_DISK_DESER unless told otherwise."""
        from pyspark.storagelevel import StorageLevel

        level = storageLevel or StorageLevel.MEMORY_AND_DISK_DESER
        if self._level is None:
            self._session._cached.append(self)
            self._level = level
            ask(self._session, "cachePlan", plan=self._plan, level=_level_to_wire(level))
        return self

    def cache(self):
        """persist with the default level."""
        return self.persist()

    def unpersist(self, blocking=False):
        """The rows are kept no longer."""
        if self._level is not None:
            self._level = None
            self._session._cached[:] = [one for one in self._session._cached if one is not self]
            ask(self._session, "uncachePlan", plan=self._plan)
        return self

    @property
    def is_cached(self):
        """Whether cache or persist is in force."""
        return self._level is not None

    @property
    def storageLevel(self):
        """The level it is kept at; NONE when it is not."""
        from pyspark.storagelevel import StorageLevel

        return self._level or StorageLevel(False, False, False, False)

    def _register(self, views, name):
        views[name.lower()] = (name, self)

    def createOrReplaceTempView(self, name):
        """Gives it a name spark.table knows, in this session."""
        self._register(self._session._views, name)

    def createTempView(self, name):
        """As createOrReplaceTempView, but refuses a name that is taken."""
        self._refuse_taken(self._session._views, name, name)
        self.createOrReplaceTempView(name)

    def registerTempTable(self, name):
        """Older name of createOrReplaceTempView."""
        self.createOrReplaceTempView(name)

    def createOrReplaceGlobalTempView(self, name):
        """Gives it the name `global_temp.name`, in all sessions of the application."""
        self._register(self._session._global_views, name)

    def createGlobalTempView(self, name):
        """As createOrReplaceGlobalTempView, but refuses a name that is taken."""
        self._refuse_taken(self._session._global_views, name, "global_temp`.`" + name)
        self.createOrReplaceGlobalTempView(name)

    def _refuse_taken(self, views, name, shown):
        if name.lower() in views:
            from pyspark.errors.exceptions.captured import TempTableAlreadyExistsException

            raise TempTableAlreadyExistsException(
                "[TEMP_TABLE_OR_VIEW_ALREADY_EXISTS] Cannot create the temporary view `%s` because it already exists.\n"
                "Choose a different name, drop or replace the existing view,  or add the IF NOT EXISTS clause to tolerate "
                "pre-existing views. SQLSTATE: 42P07" % shown,
                "org.apache.spark.sql.catalyst.analysis.TempTableAlreadyExistsException")


def _single(answer):
    """count answers one value, alone or as the only value of the only row."""
    while isinstance(answer, list):
        answer = answer[0]
    return int(answer["$long"]) if isinstance(answer, dict) else answer


def _level_to_wire(level):
    return {
        "Use Disk": level.useDisk, "Use Memory": level.useMemory, "Use Off Heap": level.useOffHeap,
        "Deserialized": level.deserialized, "Replication": level.replication,
    }
