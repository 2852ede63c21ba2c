"""Operations on RDDs of (key, value)."""

import bisect
import copy
from functools import reduce

from kindling import lineage, ops, pickler
from kindling.hashing import portable_hash
from pyspark.resultiterable import ResultIterable


class Pairs:
    def keys(self):
        return self.map(lambda x: x[0])

    def values(self):
        return self.map(lambda x: x[1])

    def mapValues(self, f):
        return self._pipe(ops.MapValues(f), True)

    def flatMapValues(self, f):
        return self._pipe(ops.FlatMapValues(f), True)

    def partitionBy(self, numPartitions, partitionFunc=portable_hash):
        """One shuffle: buckets in Python, moved by the engine (§11.3)."""
        from pyspark.core.rdd import RDD, Partitioner

        if numPartitions is None:
            numPartitions = self._defaultReducePartitions()
        partitioner = Partitioner(numPartitions, partitionFunc)
        if self.partitioner == partitioner:
            return self
        keyed = self._keyed()
        payload = pickler.dumps(ops.HashBuckets(None if partitionFunc is portable_hash else partitionFunc))
        pairwise = lineage.Node(
            self.ctx,
            "PairwiseRDD",
            lambda: keyed.partitions,
            {"kind": "pairwise", "payload": payload, "reduces": numPartitions},
            [lineage.one_to_one(keyed)],
            [keyed],
        )
        shuffled = lineage.shuffled(self.ctx, "ShuffledRDD", pairwise, numPartitions)
        values = lineage.narrow(self.ctx, "MapPartitionsRDD", shuffled, None)
        values.partitioner = partitioner
        made = RDD(values, self.ctx)
        made.partitioner = partitioner
        return made

    def _keyed(self):
        """The Python side of the map stage is always a PythonRDD of its own or the pipeline's."""
        return self.mapPartitions(_same, preservesPartitioning=True)._jrdd

    def combineByKey(
        self, createCombiner, mergeValue, mergeCombiners, numPartitions=None, partitionFunc=portable_hash, memory=None
    ):
        """Combines on the map side first, then merges (§11.4)."""
        if numPartitions is None:
            numPartitions = self._defaultReducePartitions()

        def combineLocally(iterator):
            combined = {}
            for k, v in iterator:
                combined[k] = mergeValue(combined[k], v) if k in combined else createCombiner(v)
            return combined.items()

        def _mergeCombiners(iterator):
            merged = {}
            for k, v in iterator:
                merged[k] = mergeCombiners(merged[k], v) if k in merged else v
            return merged.items()

        locally_combined = self.mapPartitions(combineLocally, preservesPartitioning=True)
        shuffled = locally_combined.partitionBy(numPartitions, partitionFunc)
        return shuffled.mapPartitions(_mergeCombiners, preservesPartitioning=True)

    def reduceByKey(self, func, numPartitions=None, partitionFunc=portable_hash):
        return self.combineByKey(_same, func, func, numPartitions, partitionFunc)

    def aggregateByKey(self, zeroValue, seqFunc, combFunc, numPartitions=None, partitionFunc=portable_hash):
        def createZero():
            return copy.deepcopy(zeroValue)

        return self.combineByKey(lambda v: seqFunc(createZero(), v), seqFunc, combFunc, numPartitions, partitionFunc)

    def foldByKey(self, zeroValue, func, numPartitions=None, partitionFunc=portable_hash):
        def createZero():
            return copy.deepcopy(zeroValue)

        return self.combineByKey(lambda v: func(createZero(), v), func, func, numPartitions, partitionFunc)

    def groupByKey(self, numPartitions=None, partitionFunc=portable_hash):
        """PySpark groups on the map side too, unlike Scala (§11.4)."""

        def combine(iterator):
            groups = {}
            for k, v in iterator:
                groups.setdefault(k, []).append(v)
            return groups.items()

        def merge(iterator):
            groups = {}
            for k, vs in iterator:
                groups.setdefault(k, []).extend(vs)
            return groups.items()

        locally_combined = self.mapPartitions(combine, preservesPartitioning=True)
        shuffled = locally_combined.partitionBy(numPartitions, partitionFunc)
        return shuffled.mapPartitions(merge, True).mapValues(ResultIterable)

    def reduceByKeyLocally(self, func):
        def reducePartition(iterator):
            m = {}
            for k, v in iterator:
                m[k] = func(m[k], v) if k in m else v
            yield m

        def mergeMaps(m1, m2):
            for k, v in m2.items():
                m1[k] = func(m1[k], v) if k in m1 else v
            return m1

        return self.mapPartitions(reducePartition).reduce(mergeMaps)

    def sortByKey(self, ascending=True, numPartitions=None, keyfunc=lambda x: x):
        """Runs two jobs when called, to find the bounds; none for one partition (§11.6)."""
        if numPartitions is None:
            numPartitions = self._defaultReducePartitions()

        def sortPartition(iterator):
            return iter(sorted(iterator, key=lambda kv: keyfunc(kv[0]), reverse=not ascending))

        if numPartitions == 1:
            if self.getNumPartitions() > 1:
                self = self.coalesce(1)
            return self.mapPartitions(sortPartition, True)
        rddSize = self.count()
        if not rddSize:
            return self
        fraction = min(numPartitions * 20.0 / max(rddSize, 1), 1.0)
        samples = self.sample(False, fraction, 1).map(lambda kv: kv[0]).collect()
        samples = sorted(samples, key=keyfunc)
        bounds = [samples[int(len(samples) * (i + 1) / numPartitions)] for i in range(0, numPartitions - 1)]

        keys = [keyfunc(b) for b in bounds]

        def rangePartitioner(k):
            p = bisect.bisect_left(keys, keyfunc(k))
            return p if ascending else numPartitions - 1 - p

        return self.partitionBy(numPartitions, rangePartitioner).mapPartitions(sortPartition, True)

    def repartitionAndSortWithinPartitions(
        self, numPartitions=None, partitionFunc=portable_hash, ascending=True, keyfunc=lambda x: x
    ):
        if numPartitions is None:
            numPartitions = self._defaultReducePartitions()

        def sortPartition(iterator):
            return iter(sorted(iterator, key=lambda k_v: keyfunc(k_v[0]), reverse=not ascending))

        return self.partitionBy(numPartitions, partitionFunc).mapPartitions(sortPartition, True)

    # Joins: tag both sides, union, one shuffle (§11.9)

    def join(self, other, numPartitions=None):
        def dispatch(seq):
            vbuf, wbuf = _two_sides(seq)
            return ((v, w) for v in vbuf for w in wbuf)

        return self._join(other, numPartitions, dispatch)

    def leftOuterJoin(self, other, numPartitions=None):
        def dispatch(seq):
            vbuf, wbuf = _two_sides(seq)
            return ((v, w) for v in vbuf for w in wbuf or [None])

        return self._join(other, numPartitions, dispatch)

    def rightOuterJoin(self, other, numPartitions=None):
        def dispatch(seq):
            vbuf, wbuf = _two_sides(seq)
            return ((v, w) for v in vbuf or [None] for w in wbuf)

        return self._join(other, numPartitions, dispatch)

    def fullOuterJoin(self, other, numPartitions=None):
        def dispatch(seq):
            vbuf, wbuf = _two_sides(seq)
            return ((v, w) for v in vbuf or [None] for w in wbuf or [None])

        return self._join(other, numPartitions, dispatch)

    def _join(self, other, numPartitions, dispatch):
        vs = self.mapValues(lambda v: (1, v))
        ws = other.mapValues(lambda v: (2, v))
        return vs.union(ws).groupByKey(numPartitions).flatMapValues(lambda x: dispatch(x.__iter__()))

    def cogroup(self, other, numPartitions=None):
        return _cogroup((self, other), numPartitions)

    def groupWith(self, other, *others):
        return _cogroup((self, other) + others, None)

    def subtractByKey(self, other, numPartitions=None):
        def filter_func(pair):
            _, (val1, val2) = pair
            return val1 and not val2

        return self.cogroup(other, numPartitions).filter(filter_func).flatMapValues(lambda x: x[0])

    def lookup(self, key):
        """One partition's job where the partitioner tells which."""
        values = self.filter(lambda kv: kv[0] == key).values()
        if self.partitioner is not None:
            return self.ctx.runJob(values, lambda x: x, [self.partitioner(key)])
        return values.collect()


def _same(x):
    return x


def _two_sides(seq):
    vbuf, wbuf = [], []
    for n, v in seq:
        if n == 1:
            vbuf.append(v)
        elif n == 2:
            wbuf.append(v)
    return vbuf, wbuf


def _cogroup(rdds, numPartitions):
    def make_mapper(i):
        return lambda v: (i, v)

    sides = [rdd.mapValues(make_mapper(i)) for i, rdd in enumerate(rdds)]
    together = reduce(lambda acc, side: acc.union(side), sides)
    count = len(sides)

    def dispatch(seq):
        bufs = [[] for _ in range(count)]
        for n, v in seq:
            bufs[n].append(v)
        return tuple(ResultIterable(vs) for vs in bufs)

    return together.groupByKey(numPartitions).mapValues(dispatch)
