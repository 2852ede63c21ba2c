"""Settings of a session, over those of the application (§1.12, §1.14)."""
from kindling import bridge
from pyspark.errors import PySparkTypeError
from pyspark.errors.exceptions.captured import AnalysisException, SparkNoSuchElementException
from pyspark.sql._checks import check

_STATIC = frozenset("""
spark.sql.warehouse.dir spark.sql.catalogImplementation spark.sql.globalTempDatabase spark.sql.extensions
spark.sql.catalog.spark_catalog.defaultDatabase spark.sql.cache.serializer spark.sql.queryExecutionListeners
spark.sql.streaming.streamingQueryListeners spark.sql.sources.schemaStringLengthThreshold spark.sql.event.truncate.length
spark.sql.filesourceTableRelationCacheSize spark.sql.codegen.cache.maxEntries spark.sql.codegen.comments spark.sql.debug
spark.sql.defaultUrlStreamHandlerFactory.enabled spark.sql.legacy.sessionInitWithConfigDefaults
spark.sql.metadataCacheTTLSeconds spark.sql.sources.disabledJdbcConnProviderList spark.sql.ui.retainedExecutions
spark.sql.shuffleExchange.maxThreadThreshold spark.sql.broadcastExchange.maxThreadThreshold
spark.sql.subquery.maxThreadThreshold spark.sql.resultQueryStage.maxThreadThreshold
spark.sql.streaming.ui.enabled spark.sql.streaming.ui.retainedQueries spark.sql.streaming.ui.retainedProgressUpdates
spark.sql.hive.thriftServer.singleSession spark.sql.hive.metastore.version
""".split())

# What programs read most often, with Spark's defaults.
_DEFAULTS = {
    "spark.sql.shuffle.partitions": "200", "spark.sql.adaptive.enabled": "true", "spark.sql.ansi.enabled": "true",
    "spark.sql.autoBroadcastJoinThreshold": "10485760b", "spark.sql.adaptive.coalescePartitions.enabled": "true",
    "spark.sql.adaptive.advisoryPartitionSizeInBytes": "67108864b", "spark.sql.adaptive.skewJoin.enabled": "true",
    "spark.sql.files.maxPartitionBytes": "134217728b", "spark.sql.files.openCostInBytes": "4194304b",
    "spark.sql.session.timeZone": "UTC", "spark.sql.caseSensitive": "false", "spark.sql.sources.default": "parquet",
    "spark.sql.broadcastTimeout": "300", "spark.sql.crossJoin.enabled": "true", "spark.sql.join.preferSortMergeJoin": "true",
    "spark.sql.limit.initialNumPartitions": "1", "spark.sql.limit.scaleUpFactor": "4", "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "true",
    "spark.sql.adaptive.coalescePartitions.minPartitionSize": "1048576b",
}

# Settings Spark registers for its core; spark.conf.set refuses them, but for spark.default.parallelism.
_CORE = (
    "spark.executor.", "spark.driver.", "spark.task.", "spark.scheduler.", "spark.shuffle.", "spark.memory.",
    "spark.dynamicAllocation.", "spark.speculation", "spark.network.", "spark.eventLog.", "spark.ui.", "spark.cores.max",
    "spark.locality.", "spark.stage.", "spark.excludeOnFailure.", "spark.serializer", "spark.broadcast.", "spark.rdd.",
    "spark.storage.", "spark.submit.", "spark.python.worker.", "spark.kryo", "spark.reducer.", "spark.cleaner.",
    "spark.rpc.", "spark.files.", "spark.deploy.", "spark.worker.", "spark.standalone.", "spark.decommission.",
)


def is_static(key):
    """Settings of Spark SQL that are fixed when the first session starts."""
    return key in _STATIC


def is_modifiable(key):
    """Whether Spark SQL has a setting of that kind that may change while the program runs."""
    return key.startswith("spark.sql.") and key not in _STATIC


def to_text(value):
    """A setting's value as text: True is `true`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None else str(value)


class SessionSettings:
    """The settings of one session. The engine knows one set at a time, so they are put in force before each call."""

    _in_force = None
    _sent = {}

    def __init__(self, changed=None):
        self.changed = dict(changed or {})

    @classmethod
    def forget(cls):
        """The application ended; the next engine starts afresh."""
        cls._in_force, cls._sent = None, {}

    def put_in_force(self):
        """Tells the engine what differs from what it was told last."""
        cls = SessionSettings
        if cls._in_force is self and cls._sent == self.changed:
            return
        gone = [key for key in cls._sent if key not in self.changed]
        news = {key: value for key, value in self.changed.items() if cls._sent.get(key) != value}
        if gone or news:
            bridge.call("sqlConf", **({"set": news} if news else {}), **({"unset": gone} if gone else {}))
        cls._in_force, cls._sent = self, dict(self.changed)

    def all(self):
        """All settings a query of this session sees."""
        self.put_in_force()
        return bridge.call("sqlConf")["conf"]


_NO_VALUE = object()


class RuntimeConfig:
    """`spark.conf`."""

    def __init__(self, session):
        self._session = session

    def set(self, key, value):
        """Sets for this session; AnalysisException for static and core settings."""
        self._must_be_text(key, "key")
        _refuse_fixed(key)
        if not isinstance(value, (str, int, bool)):
            raise PySparkTypeError(errorClass="NOT_BOOL_OR_STR", messageParameters={"arg_name": "value", "arg_type": type(value).__name__})
        text = to_text(value)
        check(key, text)
        self._session._settings.changed[key] = text

    def get(self, key, default=_NO_VALUE):
        """The value in force; `default` when there is none; SparkNoSuchElementException without a default."""
        self._must_be_text(key, "key")
        if default is not _NO_VALUE and default is not None:
            self._must_be_text(default, "default")
        changed = self._session._settings.changed
        if key in changed:
            return changed[key]
        found = self._session._settings.all().get(key)
        if found is not None:
            return found
        if default is not _NO_VALUE:
            return default
        if key in _DEFAULTS:
            return _DEFAULTS[key]
        raise SparkNoSuchElementException(
            "[SQL_CONF_NOT_FOUND] The SQL config \"%s\" cannot be found. Please verify that the config exists. SQLSTATE: 42K0I" % key,
            "org.apache.spark.SparkNoSuchElementException")

    @property
    def getAll(self):
        """All settings as a dict."""
        return {**self._session._settings.all(), **self._session._settings.changed}

    def unset(self, key):
        """Back to what the application says."""
        _refuse_fixed(key)
        self._session._settings.changed.pop(key, None)

    def isModifiable(self, key):
        """Whether Spark SQL knows the setting and lets it change."""
        self._must_be_text(key, "key")
        return is_modifiable(key)

    def _must_be_text(self, value, name):
        if not isinstance(value, str):
            raise PySparkTypeError(errorClass="NOT_STR", messageParameters={"arg_name": name, "arg_type": type(value).__name__})


def _refuse_fixed(key):
    if is_static(key):
        raise AnalysisException(
            "[CANNOT_MODIFY_STATIC_CONFIG] Cannot modify the value of the static Spark config: \"%s\". SQLSTATE: 46110" % key,
            "org.apache.spark.sql.AnalysisException")
    if key.startswith(_CORE):
        raise AnalysisException(
            "[CANNOT_MODIFY_CONFIG] Cannot modify the value of the Spark config: \"%s\".\n"
            "See also 'https://spark.apache.org/docs/latest/sql-migration-guide.html#ddl-statements'. SQLSTATE: 46110" % key,
            "org.apache.spark.sql.AnalysisException")
