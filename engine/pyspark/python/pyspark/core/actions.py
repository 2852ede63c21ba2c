"""Actions: what makes jobs run, as many and as large as PySpark's own (§11.12, §11.13)."""

import heapq
import operator
from collections import defaultdict
from functools import reduce
from math import ceil

from kindling import blocks, callsite


class Actions:
    def collect(self):
        return [item for part in self.ctx._run(self) for item in blocks.load(part)]

    def collectAsMap(self):
        return dict(self.collect())

    def toLocalIterator(self, prefetchPartitions=False):
        """One job for each partition, when it is asked for."""
        method = "z:org.apache.spark.api.python.PythonRDD.toLocalIteratorAndServe"
        site = callsite.call_site()

        def elements():
            for partition in range(self.getNumPartitions()):
                for part in self.ctx._run(self, [partition], method, site):
                    yield from blocks.load(part)

        return elements()

    def foreach(self, f):
        def processPartition(iterator):
            for x in iterator:
                f(x)
            return iter([])

        self.mapPartitions(processPartition).count()

    def foreachPartition(self, f):
        def func(it):
            r = f(it)
            try:
                return iter(r)
            except TypeError:
                return iter([])

        self.mapPartitions(func).count()

    def reduce(self, f):
        def func(iterator):
            iterator = iter(iterator)
            try:
                initial = next(iterator)
            except StopIteration:
                return
            yield reduce(f, iterator, initial)

        vals = self.mapPartitions(func).collect()
        if vals:
            return reduce(f, vals)
        raise ValueError("Can not reduce() empty RDD")

    def treeReduce(self, f, depth=2):
        if depth < 1:
            raise ValueError("Depth cannot be smaller than 1 but got %d." % depth)
        # The second place marks a value that is only there because a partition was empty.
        zeroValue = None, True

        def op(x, y):
            if x[1]:
                return y
            if y[1]:
                return x
            return f(x[0], y[0]), False

        reduced = self.map(lambda x: (x, False)).treeAggregate(zeroValue, op, op, depth)
        if reduced[1]:
            raise ValueError("Cannot reduce empty RDD.")
        return reduced[0]

    def fold(self, zeroValue, op):
        def func(iterator):
            acc = zeroValue
            for obj in iterator:
                acc = op(acc, obj)
            yield acc

        return reduce(op, self.mapPartitions(func).collect(), zeroValue)

    def aggregate(self, zeroValue, seqOp, combOp):
        def func(iterator):
            acc = zeroValue
            for obj in iterator:
                acc = seqOp(acc, obj)
            yield acc

        return reduce(combOp, self.mapPartitions(func).collect(), zeroValue)

    def treeAggregate(self, zeroValue, seqOp, combOp, depth=2):
        """May shuffle: partial results are merged in levels."""
        if depth < 1:
            raise ValueError("Depth cannot be smaller than 1 but got %d." % depth)
        if self.getNumPartitions() == 0:
            return zeroValue

        def aggregatePartition(iterator):
            acc = zeroValue
            for obj in iterator:
                acc = seqOp(acc, obj)
            yield acc

        partial = self.mapPartitions(aggregatePartition)
        numPartitions = partial.getNumPartitions()
        scale = max(int(ceil(pow(numPartitions, 1.0 / depth))), 2)
        while numPartitions > scale + numPartitions / scale:
            numPartitions /= scale
            partial = _level(partial, combOp, int(numPartitions))
        return partial.reduce(combOp)

    def max(self, key=None):
        if key is None:
            return self.reduce(max)
        return self.reduce(lambda a, b: max(a, b, key=key))

    def min(self, key=None):
        if key is None:
            return self.reduce(min)
        return self.reduce(lambda a, b: min(a, b, key=key))

    def sum(self):
        return self.mapPartitions(lambda x: [sum(x)]).fold(0, operator.add)

    def count(self):
        return self.mapPartitions(lambda i: [sum(1 for _ in i)]).sum()

    def countByKey(self):
        return self.map(lambda x: x[0]).countByValue()

    def countByValue(self):
        def countPartition(iterator):
            counts = defaultdict(int)
            for obj in iterator:
                counts[obj] += 1
            yield counts

        def mergeMaps(m1, m2):
            for k, v in m2.items():
                m1[k] += v
            return m1

        return self.mapPartitions(countPartition).reduce(mergeMaps)

    def top(self, num, key=None):
        def topIterator(iterator):
            yield heapq.nlargest(num, iterator, key=key)

        def merge(a, b):
            return heapq.nlargest(num, a + b, key=key)

        return self.mapPartitions(topIterator).reduce(merge)

    def takeOrdered(self, num, key=None):
        def merge(a, b):
            return heapq.nsmallest(num, a + b, key)

        return self.mapPartitions(lambda it: [heapq.nsmallest(num, it, key)]).reduce(merge)

    def take(self, num):
        """One partition first, then more and more (§11.12)."""
        items = []
        totalParts = self.getNumPartitions()
        partsScanned = 0
        while len(items) < num and partsScanned < totalParts:
            numPartsToTry = 1
            if partsScanned > 0:
                if len(items) == 0:
                    numPartsToTry = partsScanned * 4
                else:
                    numPartsToTry = int(1.5 * num * partsScanned / len(items)) - partsScanned
                    numPartsToTry = min(max(numPartsToTry, 1), partsScanned * 4)
            left = num - len(items)

            def takeUpToNumLeft(iterator):
                taken = 0
                for item in iterator:
                    yield item
                    taken += 1
                    if taken >= left:
                        return

            p = range(partsScanned, min(partsScanned + numPartsToTry, totalParts))
            items += self.context.runJob(self, takeUpToNumLeft, p)
            partsScanned += numPartsToTry
        return items[:num]

    def first(self):
        rs = self.take(1)
        if rs:
            return rs[0]
        raise ValueError("RDD is empty")

    def isEmpty(self):
        return self.getNumPartitions() == 0 or len(self.take(1)) == 0


def _level(partial, combOp, count):
    def mapPartition(i, iterator):
        for obj in iterator:
            yield i % count, obj

    return partial.mapPartitionsWithIndex(mapPartition).reduceByKey(combOp, count).values()
