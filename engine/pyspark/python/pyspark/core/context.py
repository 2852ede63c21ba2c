"""SparkContext: the driver's way into the engine."""

import sys
import time

from kindling import blocks, bridge, callsite, host, lineage, ops, paths, pickler, text
from kindling.missing import guard
from py4j.protocol import Py4JJavaError
from pyspark import accumulators
from pyspark.broadcast import Broadcast
from pyspark.conf import SparkConf
from pyspark.core.rdd import RDD
from pyspark.errors.exceptions.base import PySparkRuntimeError
from pyspark.taskcontext import TaskContext

__all__ = ["SparkContext"]

_COLLECT = "z:org.apache.spark.api.python.PythonRDD.collectAndServe"
_RUN_JOB = "z:org.apache.spark.api.python.PythonRDD.runJob"


class SparkContext:
    """One at a time (§1.1-1.4)."""

    _active_spark_context = None
    _python_includes = []
    PACKAGE_EXTENSIONS = (".zip", ".egg", ".jar")

    def __init__(
        self,
        master=None,
        appName=None,
        sparkHome=None,
        pyFiles=None,
        environment=None,
        batchSize=0,
        serializer=None,
        conf=None,
        gateway=None,
        jsc=None,
        profiler_cls=None,
        udf_profiler_cls=None,
        memory_profiler_cls=None,
    ):
        if conf is None or conf.get("spark.executor.allowSparkContext", "false").lower() != "true":
            SparkContext._assert_on_driver()
        self._callsite = callsite.first_spark_call() or callsite.CallSite(None, None, None)
        SparkContext._ensure_initialized(self)
        settings = conf._copy() if conf is not None else SparkConf()
        if master:
            settings.setMaster(master)
        if appName:
            settings.setAppName(appName)
        if sparkHome:
            settings.setSparkHome(sparkHome)
        self.environment = environment or {}
        for key, value in self.environment.items():
            settings.setExecutorEnv(key, value)
        self.environment.setdefault("PYTHONHASHSEED", "0")
        self._batchSize = batchSize
        self._accumulator_ids = 0
        self._properties = {}
        self._checkpoint_dir = None
        started = bridge.call_as(
            "startContext",
            {"conf": dict(settings.getAll()), "callSite": callsite.call_site()},
            "None.org.apache.spark.api.java.JavaSparkContext",
        )
        self._conf = SparkConf(loadDefaults=False).setAll(started["conf"].items())
        self._app_id = started["appId"]
        self.master = started["master"]
        self.appName = self._conf.get("spark.app.name")
        self._version = started["version"]
        self._ui_web_url = started["uiWebUrl"]
        self._default_parallelism = started["defaultParallelism"]
        self._start_time = int(time.time() * 1000)
        self.pythonVer = "%d.%d" % sys.version_info[:2]
        self.pythonExec = "python3"
        self.sparkHome = sparkHome
        self._stopped = False
        SparkContext._active_spark_context = self

    @classmethod
    def _ensure_initialized(cls, instance=None, gateway=None, conf=None):
        active = cls._active_spark_context
        if instance is not None and active is not None and active is not instance:
            site = active._callsite
            raise ValueError(
                f"Cannot run multiple SparkContexts at once; existing SparkContext(app={active.appName}, "
                f"master={active.master}) created by {site.function} at {site.file}:{site.linenum} "
            )

    @staticmethod
    def _assert_on_driver():
        """No context inside a task (§1.5)."""
        if TaskContext.get() is not None or host.role == "worker":
            raise PySparkRuntimeError(errorClass="CONTEXT_ONLY_VALID_ON_DRIVER", messageParameters={})

    @classmethod
    def getOrCreate(cls, conf=None):
        """The running context, or a new one (§1.6)."""
        if cls._active_spark_context is None:
            SparkContext(conf=conf or SparkConf())
        return cls._active_spark_context

    @classmethod
    def _ensure(cls):
        """The running context; an error when there is none."""
        if cls._active_spark_context is None:
            raise PySparkRuntimeError(errorClass="SESSION_OR_CONTEXT_NOT_EXISTS", messageParameters={})
        return cls._active_spark_context

    def __getnewargs__(self):
        raise PySparkRuntimeError(errorClass="CONTEXT_ONLY_VALID_ON_DRIVER", messageParameters={})

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.stop()

    def __repr__(self):
        return f"<SparkContext master={self.master} appName={self.appName}>"

    # Facts

    version = property(lambda self: self._version)
    applicationId = property(lambda self: self._app_id)
    uiWebUrl = property(lambda self: self._ui_web_url)
    startTime = property(lambda self: self._start_time)

    @property
    def defaultParallelism(self):
        """Cores of the executors that are there now, two at least (§10.6)."""
        self._assert_alive()
        return bridge.call("defaultParallelism")["value"]

    @property
    def defaultMinPartitions(self):
        return min(self.defaultParallelism, 2)

    def sparkUser(self):
        return self._conf.get("spark.app.user", "learner")

    def getConf(self):
        return self._conf._copy()

    def setLogLevel(self, logLevel):
        """Checked only: the lab shows its own log."""
        levels = ("ALL", "DEBUG", "ERROR", "FATAL", "INFO", "OFF", "TRACE", "WARN")
        if logLevel.upper() not in levels:
            text = f"requirement failed: Supplied level {logLevel} did not match one of: {','.join(levels)}"
            raise Py4JJavaError.of(bridge.java_method("setLogLevel"), "java.lang.IllegalArgumentException", text)

    def stop(self):
        """Ends the application; a new context may be made afterwards (§1.7)."""
        self._stop(0)

    def _stop(self, exit_code):
        if not self._stopped:
            self._stopped = True
            if SparkContext._active_spark_context is self:
                SparkContext._active_spark_context = None
            bridge.call("stopContext", exitCode=exit_code)

    # RDDs

    def emptyRDD(self):
        return RDD(lineage.Node(self, "EmptyRDD", 0, {"kind": "slices", "slices": []}), self)

    def range(self, start, end=None, step=1, numSlices=None):
        if end is None:
            start, end = 0, start
        return self.parallelize(range(start, end, step), numSlices)

    def parallelize(self, c, numSlices=None):
        """Lists are cut by batches, ranges by position (§10.9)."""
        slices = int(numSlices) if numSlices is not None else self.defaultParallelism
        if isinstance(c, range):
            size = len(c)
            if size == 0:
                return self.parallelize([], slices)
            step = c[1] - c[0] if size > 1 else 1
            empty = self.parallelize([], slices)
            return empty._pipe(ops.Slice(c[0], step, size, slices))
        self._assert_alive()
        if slices < 1:
            text = "Positive number of partitions required"
            raise Py4JJavaError.of(
                "z:org.apache.spark.api.python.PythonRDD.readRDDFromFile", "java.lang.IllegalArgumentException", text
            )
        items = list(c)
        size = max(1, min(len(items) // slices, self._batchSize if self._batchSize > 0 else 1024))
        batches = [pickler.dumps(items[at : at + size]) for at in range(0, len(items), size)]
        count = len(batches)
        cuts = [i * count // slices for i in range(slices + 1)]
        parts = [blocks.join(batches[cuts[i] : cuts[i + 1]]) for i in range(slices)]
        return RDD(lineage.Node(self, "ParallelCollectionRDD", slices, {"kind": "slices", "slices": parts}), self)

    def textFile(self, name, minPartitions=None, use_unicode=True):
        """Lines of a file, a folder or a pattern."""
        self._assert_alive()
        wanted = minPartitions or self.defaultMinPartitions
        splits = self._text_splits(name, wanted)
        node = lineage.Node(self, "HadoopRDD", lambda: len(splits()), lambda: {"kind": "text", "splits": splits()})
        node.label = name
        lines = lineage.narrow(self, "MapPartitionsRDD", node, None)
        lines.label = name
        return RDD(lines, self)

    def wholeTextFiles(self, path, minPartitions=None, use_unicode=True):
        """(path, text) of each file."""
        return self._whole_files("WholeTextFileRDD", path, minPartitions, True)

    def binaryFiles(self, path, minPartitions=None):
        """(path, bytes) of each file."""
        return self._whole_files("BinaryFileRDD", path, minPartitions, False)

    def _whole_files(self, kind, path, minPartitions, decode):
        self._assert_alive()
        wanted = minPartitions or self.defaultMinPartitions
        splits = self._text_splits(path, 1)

        def slices():
            files = list(dict.fromkeys(split["path"] for split in splits()))
            count = min(wanted, len(files))
            return [blocks.dump(files[i * len(files) // count : (i + 1) * len(files) // count]) for i in range(count)]

        made = []

        def once():
            if not made:
                made.append(slices())
            return made[0]

        node = lineage.Node(self, kind, lambda: len(once()), lambda: {"kind": "slices", "slices": once()})
        node.label = path
        read = lineage.narrow(self, "MapPartitionsRDD", node, lambda: pickler.dumps(ops.Pipeline([text.WholeFiles(decode)])))
        read.label = path
        return RDD(read, self)

    def _text_splits(self, name, wanted):
        """A function that asks once, when the splits are first needed; a missing path fails there, as in Spark."""
        where = paths.absolute(name)
        found = []

        def splits():
            if not found:
                found.append(bridge.call_as("textSplits", {"path": where, "minPartitions": wanted}, self._java_method))
            return found[0]

        return splits

    def union(self, rdds):
        rdds = list(rdds)
        first = rdds[0]
        if len(rdds) == 1:
            return first
        return RDD(lineage.union(self, [rdd._jrdd for rdd in rdds]), self)

    # Jobs

    _java_method = None

    def runJob(self, rdd, partitionFunc, partitions=None, allowLocal=False):
        """partitionFunc(iterator) over these partitions; the results in one list."""
        if partitions is None:
            partitions = list(range(rdd.getNumPartitions()))
        mapped = rdd.mapPartitions(partitionFunc)
        return [item for part in self._run(mapped, list(partitions), _RUN_JOB) for item in blocks.load(part)]

    def _run(self, rdd, partitions=None, java_method=_COLLECT, site=None):
        """One job over these partitions (all, when not told): a block of bytes for each."""
        self._assert_alive()
        before, self._java_method = self._java_method, java_method
        try:
            node = rdd._jrdd
            if partitions is None:
                partitions = list(range(node.partitions))
            lineage.declare(node)
            ask = {
                "rddId": node.id,
                "partitions": partitions,
                "callSite": site or callsite.call_site(),
                "properties": dict(self._properties),
            }
            answer = bridge.call_as("runJob", ask, java_method)
        except Py4JJavaError as error:
            # Tasks that succeeded before the job failed have added theirs (§9.3).
            for update in (error.bridge_error or {}).get("accumulators") or ():
                accumulators.merge(blocks.load(update))
            raise
        finally:
            self._java_method = before
        for update in answer["accumulators"]:
            accumulators.merge(blocks.load(update))
        return answer["results"]

    def cancelAllJobs(self):
        bridge.call("cancelAllJobs")

    def setJobGroup(self, groupId, description, interruptOnCancel=False):
        self.setLocalProperty("spark.jobGroup.id", groupId)
        self.setLocalProperty("spark.job.description", description)
        self.setLocalProperty("spark.job.interruptOnCancel", "true" if interruptOnCancel else "false")

    def setJobDescription(self, value):
        self.setLocalProperty("spark.job.description", value)

    def setLocalProperty(self, key, value):
        if value is None:
            self._properties.pop(key, None)
        else:
            self._properties[key] = str(value)

    def getLocalProperty(self, key):
        return self._properties.get(key)

    def setInterruptOnCancel(self, interruptOnCancel):
        self.setLocalProperty("spark.job.interruptOnCancel", "true" if interruptOnCancel else "false")

    # Shared variables

    def broadcast(self, value):
        self._assert_alive()
        if isinstance(value, RDD):
            raise PySparkRuntimeError(errorClass="RDD_TRANSFORM_ONLY_VALID_ON_DRIVER", messageParameters={})
        return Broadcast(self, value)

    def accumulator(self, value, accum_param=None):
        if accum_param is None:
            if isinstance(value, int):
                accum_param = accumulators.INT_ACCUMULATOR_PARAM
            elif isinstance(value, float):
                accum_param = accumulators.FLOAT_ACCUMULATOR_PARAM
            elif isinstance(value, complex):
                accum_param = accumulators.COMPLEX_ACCUMULATOR_PARAM
            else:
                raise TypeError(f"No default accumulator param for type {type(value)}")
        self._accumulator_ids += 1
        return accumulators.Accumulator(self._accumulator_ids - 1, value, accum_param)

    # Checkpoints

    def setCheckpointDir(self, dirName):
        self._checkpoint_dir = bridge.call("setCheckpointDir", path=paths.absolute(dirName))["path"]

    def getCheckpointDir(self):
        return self._checkpoint_dir

    # Ids, as the JVM counts them

    def _next_rdd_id(self):
        return host.functions.nextId("rdd")

    def _next_shuffle_id(self):
        return host.functions.nextId("shuffle")

    def _assert_alive(self):
        if self._stopped:
            text = "Cannot call methods on a stopped SparkContext."
            raise Py4JJavaError.of(bridge.java_method("sc"), "java.lang.IllegalStateException", text)


guard(
    SparkContext,
    "addArchive addFile addJobTag addPyFile binaryRecords cancelJobGroup cancelJobsWithTag clearJobTags "
    "dump_profiles getJobTags hadoopFile hadoopRDD listArchives listFiles newAPIHadoopFile newAPIHadoopRDD pickleFile "
    "profiler_collector removeJobTag resources sequenceFile show_profiles statusTracker _jsc _jvm _gateway",
)
