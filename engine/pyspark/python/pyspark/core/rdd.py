"""RDDs: lineage on the driver's side, pipelined as PySpark pipelines it (§11.1)."""

from kindling import callsite, lineage, notes, ops, pickler
from kindling.hashing import portable_hash
from kindling.missing import guard
from pyspark.core.actions import Actions
from pyspark.core.pairs import Pairs
from pyspark.core.sampling import Sampling
from pyspark.core.statistics import Statistics
from pyspark.core.storing import Storing
from pyspark.errors.exceptions.base import PySparkRuntimeError

__all__ = ["RDD", "Partitioner", "PipelinedRDD", "portable_hash"]


class Partitioner:
    def __init__(self, numPartitions, partitionFunc):
        self.numPartitions = numPartitions
        self.partitionFunc = partitionFunc

    def __eq__(self, other):
        return (
            isinstance(other, Partitioner)
            and self.numPartitions == other.numPartitions
            and self.partitionFunc == other.partitionFunc
        )

    def __hash__(self):
        return hash((self.numPartitions, id(self.partitionFunc)))

    def __call__(self, k):
        return self.partitionFunc(k) % self.numPartitions


class RDD(Actions, Pairs, Statistics, Sampling, Storing):
    """An RDD over a node of the engine."""

    def __init__(self, jrdd, ctx, jrdd_deserializer=None):
        self._node = jrdd
        self.ctx = ctx
        self.is_cached = False
        self.is_checkpointed = False
        self.has_resource_profile = False
        self.partitioner = None

    @property
    def _jrdd(self):
        return self._node

    @property
    def context(self):
        return self.ctx

    def id(self):
        return self._jrdd.id

    def __repr__(self):
        return str(self._jrdd)

    def __class_getitem__(cls, _):
        return cls

    def __getnewargs__(self):
        raise PySparkRuntimeError(errorClass="RDD_TRANSFORM_ONLY_VALID_ON_DRIVER", messageParameters={})

    def getNumPartitions(self):
        return self._jrdd.partitions

    def name(self):
        return self._jrdd.label

    def setName(self, name):
        self._jrdd.label = str(name)
        return self

    def _pipe(self, step, preservesPartitioning=False):
        return PipelinedRDD(self, step, preservesPartitioning)

    # Element by element

    def map(self, f, preservesPartitioning=False):
        return self._pipe(ops.Map(f), preservesPartitioning)

    def flatMap(self, f, preservesPartitioning=False):
        return self._pipe(ops.FlatMap(f), preservesPartitioning)

    def filter(self, f):
        return self._pipe(ops.Filter(f), True)

    def mapPartitions(self, f, preservesPartitioning=False):
        return self._pipe(ops.Partitions(f), preservesPartitioning)

    def mapPartitionsWithIndex(self, f, preservesPartitioning=False):
        return self._pipe(ops.IndexedPartitions(f), preservesPartitioning)

    mapPartitionsWithSplit = mapPartitionsWithIndex

    def glom(self):
        def func(iterator):
            yield list(iterator)

        return self.mapPartitions(func)

    def keyBy(self, f):
        return self._pipe(ops.KeyBy(f))

    # Several RDDs

    def union(self, other):
        made = RDD(lineage.union(self.ctx, [self._jrdd, other._jrdd]), self.ctx)
        if self.partitioner is not None and self.partitioner == other.partitioner:
            if self.getNumPartitions() == made.getNumPartitions():
                made.partitioner = self.partitioner
        return made

    def __add__(self, other):
        if not isinstance(other, RDD):
            raise TypeError
        return self.union(other)

    def intersection(self, other):
        return (
            self.map(lambda v: (v, None))
            .cogroup(other.map(lambda v: (v, None)))
            .filter(lambda k_vs: all(k_vs[1]))
            .keys()
        )

    def subtract(self, other, numPartitions=None):
        marked = other.map(lambda x: (x, True))
        return self.map(lambda x: (x, True)).subtractByKey(marked, numPartitions).keys()

    def cartesian(self, other):
        """Every pair: partition p reads partition p // n of this and p % n of the other."""
        mine, others = self._jrdd, other._jrdd
        n = others.partitions
        count = mine.partitions * n
        dependencies = [
            lineage.groups(mine, [[p // n] for p in range(count)]),
            lineage.groups(others, [[p % n] for p in range(count)]),
        ]
        compute = {"kind": "python", "payload": pickler.dumps(ops.Cartesian())}
        return RDD(lineage.Node(self.ctx, "CartesianRDD", count, compute, dependencies, [mine, others]), self.ctx)

    def zip(self, other):
        if self.getNumPartitions() != other.getNumPartitions():
            raise ValueError("Can only zip with RDD which has the same number of partitions")
        mine, others = self._jrdd, other._jrdd
        dependencies = [lineage.one_to_one(mine), lineage.one_to_one(others)]
        compute = {"kind": "python", "payload": pickler.dumps(ops.Zip())}
        node = lineage.Node(self.ctx, "ZippedPartitionsRDD2", mine.partitions, compute, dependencies, [mine, others])
        return RDD(node, self.ctx)

    def zipWithIndex(self):
        """Runs a job when there is more than one partition (§11.7)."""
        starts = [0]
        if self.getNumPartitions() > 1:
            for count in self.mapPartitions(lambda it: [sum(1 for _ in it)]).collect()[:-1]:
                starts.append(starts[-1] + count)

        def func(k, it):
            for i, v in enumerate(it, starts[k]):
                yield v, i

        return self.mapPartitionsWithIndex(func)

    def zipWithUniqueId(self):
        n = self.getNumPartitions()

        def func(k, it):
            for i, v in enumerate(it):
                yield v, i * n + k

        return self.mapPartitionsWithIndex(func)

    def distinct(self, numPartitions=None):
        return self.map(lambda x: (x, None)).reduceByKey(lambda x, _: x, numPartitions).map(lambda x: x[0])

    def groupBy(self, f, numPartitions=None, partitionFunc=portable_hash):
        return self.map(lambda x: (f(x), x)).groupByKey(numPartitions, partitionFunc)

    def sortBy(self, keyfunc, ascending=True, numPartitions=None):
        return self.keyBy(keyfunc).sortByKey(ascending, numPartitions).values()

    # Number of partitions

    def repartition(self, numPartitions):
        return self.coalesce(numPartitions, shuffle=True)

    def coalesce(self, numPartitions, shuffle=False):
        """Merges neighbours, or deals all elements out anew (§11.11)."""
        if numPartitions <= 0:
            raise ValueError("Number of partitions must be positive.")
        if not shuffle:
            return RDD(lineage.coalesced(self.ctx, self._jrdd, numPartitions), self.ctx)
        # Small batches, or elements would not spread evenly.
        size = min(10, self.ctx._batchSize if self.ctx._batchSize > 0 else 1024)
        source = self.map(_same, preservesPartitioning=True)._jrdd
        deal = ops.RoundRobin(size)
        dealt = lineage.Node(
            self.ctx,
            "MapPartitionsRDD",
            lambda: source.partitions,
            lambda: {"kind": "pairwise", "payload": pickler.dumps(deal), "reduces": numPartitions},
            [lineage.one_to_one(source)],
            [source],
            order_sensitive=True,
        )
        shuffled = lineage.shuffled(self.ctx, "ShuffledRDD", dealt, numPartitions)
        merged = lineage.coalesced(self.ctx, shuffled, numPartitions)
        return RDD(lineage.narrow(self.ctx, "MapPartitionsRDD", merged, None), self.ctx)

    def _defaultReducePartitions(self):
        """As many as this has, unless `spark.default.parallelism` is set (§11.5)."""
        if self.ctx._conf.contains("spark.default.parallelism"):
            return self.ctx.defaultParallelism
        return self.getNumPartitions()

    def _is_pipelinable(self):
        return not (self.is_cached or self.is_checkpointed)


# Calls that look at an RDD or mark it: what made it is the transformation.
_LOOKING = frozenset(
    "__repr__ id name setName cache persist unpersist checkpoint localCheckpoint isCheckpointed "
    "getNumPartitions getStorageLevel getCheckpointFile toDebugString".split()
)


def _same(x):
    return x


class PipelinedRDD(RDD):
    """Consecutive Python steps in one PythonRDD; its node is made when first needed."""

    def __init__(self, prev, step, preservesPartitioning=False):
        self._site = callsite.first_spark_call()
        noted = [noted for noted in [notes.step(self._site)] if noted]
        if isinstance(prev, PipelinedRDD) and prev._is_pipelinable():
            self._steps = [*prev._steps, step]
            self._written = [*prev._written, *noted]
            self.preservesPartitioning = prev.preservesPartitioning and preservesPartitioning
            self._prev_jrdd = prev._prev_jrdd
        else:
            self._steps = [step]
            self._written = noted
            self.preservesPartitioning = preservesPartitioning
            self._prev_jrdd = prev._jrdd
        super().__init__(None, prev.ctx)
        self.prev = prev
        self.partitioner = prev.partitioner if self.preservesPartitioning else None

    @property
    def _jrdd(self):
        if self._node is None:
            # Functions that cannot travel fail here, before any job (§13.20).
            notes.shipped()
            payload = pickler.dumps(ops.Pipeline(self._steps))
            steps = notes.once([*self._written, *notes.shipped()])
            now = callsite.first_spark_call()
            site = self._site if now and now.function in _LOOKING else now
            self._node = lineage.narrow(self.ctx, "PythonRDD", self._prev_jrdd, lambda: payload, site=site, steps=steps)
            if self.preservesPartitioning:
                self._node.partitioner = self._prev_jrdd.partitioner
        return self._node

    def getNumPartitions(self):
        return self._prev_jrdd.partitions


_NOT_HERE = (
    "barrier cleanShuffleDependencies collectWithJobGroup countApprox countApproxDistinct getResourceProfile "
    "meanApprox pipe saveAsHadoopDataset saveAsHadoopFile saveAsNewAPIHadoopDataset saveAsNewAPIHadoopFile "
    "saveAsPickleFile saveAsSequenceFile sumApprox withResources"
)
guard(RDD, _NOT_HERE)
