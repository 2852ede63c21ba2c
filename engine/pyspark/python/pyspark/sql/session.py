"""SparkSession."""
from pyspark.errors import PySparkRuntimeError, PySparkTypeError
from pyspark.errors.exceptions.captured import AnalysisException, IllegalArgumentException
from pyspark.sql._builder import Builder, apply_modifiable
from pyspark.sql._checks import check_all
from pyspark.sql._create import from_list, from_rdd
from pyspark.sql._refuse import refuse, refuse_members
from pyspark.sql.conf import RuntimeConfig, SessionSettings
from pyspark.sql.dataframe import DataFrame
from pyspark.sql.types import DataType, LongType, StructField, StructType

__all__ = ["SparkSession"]


class _Shared:
    """What all sessions of one SparkContext have in common (§1.14)."""

    def __init__(self, context):
        self.context = context
        self.global_views = {}
        self.cached = []


class _State:
    """What one session has alone: settings and temporary views."""

    def __init__(self, shared, options):
        self.shared = shared
        self.initial = options
        self.settings = SessionSettings(options)
        self.views = {}


class _BuilderProperty:
    def __get__(self, instance, owner=None):
        return Builder()


class SparkSession:
    """The way in to DataFrames; made by `SparkSession.builder.getOrCreate()`."""

    Builder = Builder
    builder = _BuilderProperty()
    _instantiatedSession = None
    _activeSession = None

    def __init__(self, sparkContext, state=None, options=None):
        """Over a SparkContext: shares the state of the default session if that is alive and no other state is given."""
        self._sc = sparkContext
        default = SparkSession._instantiatedSession
        if state is None and default is not None and default._alive():
            state = default._state
            apply_modifiable(state.settings, options or {})
        elif state is None:
            SessionSettings.forget()
            set_already = dict(sparkContext.getConf().getAll())
            check_all({**set_already, **(options or {})}.items())
            news = {key: value for key, value in (options or {}).items() if set_already.get(key) != value}
            state = _State(_Shared(sparkContext), news)
        self._state = state
        self._settings = state.settings
        self._views = state.views
        self._global_views = state.shared.global_views
        self._cached = state.shared.cached
        _give_rdds_to_df(self)
        if default is None or not default._alive():
            SparkSession._instantiatedSession = SparkSession._activeSession = self

    def _alive(self):
        from pyspark import SparkContext

        return SparkContext._active_spark_context is self._sc

    def newSession(self):
        """A session over the same SparkContext, with settings and temporary views of its own."""
        return SparkSession(self._sc, _State(self._state.shared, self._state.initial))

    @classmethod
    def getActiveSession(cls):
        """The session used last, or None."""
        from pyspark import SparkContext

        if SparkContext._active_spark_context is None or cls._activeSession is None or not cls._activeSession._alive():
            return None
        return cls._activeSession

    @classmethod
    def active(cls):
        """As getActiveSession; PySparkRuntimeError when there is none."""
        session = cls.getActiveSession() or cls._instantiatedSession
        if session is None:
            raise PySparkRuntimeError(errorClass="NO_ACTIVE_OR_DEFAULT_SESSION", messageParameters={})
        return session

    @property
    def sparkContext(self):
        return self._sc

    @property
    def version(self):
        return self._sc.version

    @property
    def conf(self):
        """A RuntimeConfig."""
        return RuntimeConfig(self)

    @property
    def catalog(self):
        """A Catalog: temporary views and cached tables."""
        from pyspark.sql.catalog import Catalog

        return Catalog(self)

    @property
    def read(self):
        """A DataFrameReader."""
        from pyspark.sql.readwriter import DataFrameReader

        return DataFrameReader(self)

    def range(self, start, end=None, step=1, numPartitions=None):
        """A column `id` of whole numbers from `start` up to but not `end`; `range(n)` starts at 0."""
        if end is None:
            start, end = 0, start
        start, end, step = int(start), int(end), int(step)
        if step == 0:
            raise IllegalArgumentException("requirement failed: step (0) cannot be 0")
        plan = {"op": "range", "start": start, "end": end, "step": step}
        if numPartitions is not None:
            plan["partitions"] = int(numPartitions)
        return DataFrame(self, plan, StructType([StructField("id", LongType(), False)]))

    def createDataFrame(self, data, schema=None, samplingRatio=None, verifySchema=True):
        """A DataFrame of an RDD or a list of rows (tuples, lists, dicts, Rows, objects) or plain values.

        `schema`: column names (types are inferred), a StructType, a type, or DDL text. Rows are checked against it
        unless verifySchema is False.
        """
        from pyspark import RDD

        SparkSession._activeSession = self
        if isinstance(data, DataFrame):
            raise PySparkTypeError(errorClass="INVALID_TYPE", messageParameters={"arg_name": "data", "arg_type": "DataFrame"})
        module = (type(data).__module__ or "").split(".")[0]
        if module in ("pandas", "numpy", "pyarrow"):
            refuse("pyspark.sql.SparkSession.createDataFrame of a %s.%s" % (module, type(data).__name__))
        if isinstance(schema, str):
            schema = DataType.fromDDL(schema)
        elif schema is not None and not isinstance(schema, (list, tuple, DataType)):
            raise PySparkTypeError(errorClass="NOT_LIST_OR_NONE_OR_STRUCT", messageParameters={
                "arg_name": "schema", "arg_type": type(schema).__name__})
        if isinstance(data, RDD):
            return from_rdd(self, data, schema, samplingRatio, verifySchema)
        return from_list(self, list(data), schema, verifySchema)

    def table(self, tableName):
        """The DataFrame of a temporary view, or of `global_temp.name`."""
        found = self._find_view(tableName)
        if found is None:
            raise AnalysisException(
                "[TABLE_OR_VIEW_NOT_FOUND] The table or view %s cannot be found. Verify the spelling and correctness of the schema "
                "and catalog.\nIf you did not qualify the name with a schema, verify the current_schema() output, or qualify the "
                "name with the correct schema and catalog.\nTo tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF "
                "EXISTS. SQLSTATE: 42P01;\n'UnresolvedRelation [%s], [], false\n"
                % (".".join("`%s`" % one for one in tableName.split(".")), ", ".join(tableName.split("."))),
                "org.apache.spark.sql.catalyst.ExtendedAnalysisException")
        name, frame = found
        return DataFrame(self, {"op": "alias", "child": frame._plan, "name": name}, frame.schema)

    def _find_view(self, name):
        lower = name.replace("`", "").lower()
        if lower.startswith("global_temp."):
            return self._global_views.get(lower[len("global_temp."):])
        return self._views.get(lower)

    def stop(self):
        """Stops the SparkContext, and with it every session on it (§1.15)."""
        self._sc.stop()
        SessionSettings.forget()
        SparkSession._instantiatedSession = SparkSession._activeSession = None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.stop()


def _give_rdds_to_df(session):
    from pyspark import RDD

    def toDF(self, schema=None, sampleRatio=None):
        """See SparkSession.createDataFrame."""
        return session.createDataFrame(self, schema, sampleRatio)

    RDD.toDF = toDF


refuse_members(
    SparkSession, "pyspark.sql.SparkSession",
    methods="""sql addArtifact addArtifacts addTag removeTag getTags clearTags interruptAll interruptTag interruptOperation
        copyFromLocalToFs registerProgressHandler removeProgressHandler clearProgressHandlers""",
    properties="udf udtf dataSource readStream streams profile tvf client",
)
