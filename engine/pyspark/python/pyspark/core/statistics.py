"""Numbers about numbers."""

import bisect
import math

from pyspark.statcounter import StatCounter


class Statistics:
    def stats(self):
        def redFunc(left_counter, right_counter):
            return left_counter.mergeStats(right_counter)

        return self.mapPartitions(lambda i: [StatCounter(i)]).reduce(redFunc)

    def mean(self):
        return self.stats().mean()

    def variance(self):
        return self.stats().variance()

    def stdev(self):
        return self.stats().stdev()

    def sampleStdev(self):
        return self.stats().sampleStdev()

    def sampleVariance(self):
        return self.stats().sampleVariance()

    def histogram(self, buckets):
        """(bounds, counts): for a number of buckets, or for given bounds (sorted, without repeats)."""
        if isinstance(buckets, int):
            if buckets < 1:
                raise ValueError("number of buckets must be >= 1")
            buckets = self._bounds(buckets)
            if len(buckets) == 2:
                return buckets, [self.count()]
        elif isinstance(buckets, (list, tuple)):
            if len(buckets) < 2:
                raise ValueError("buckets should have more than one value")
            if any(i is None or isinstance(i, float) and math.isnan(i) for i in buckets):
                raise ValueError("can not have None or NaN in buckets")
            if sorted(buckets) != list(buckets):
                raise ValueError("buckets should be sorted")
            if len(set(buckets)) != len(buckets):
                raise ValueError("buckets should not contain duplicated values")
        else:
            raise TypeError("buckets should be a list or tuple or number(int or long)")
        minv, maxv = buckets[0], buckets[-1]

        def histogram(iterator):
            counters = [0] * len(buckets)
            for i in iterator:
                if i is None or (isinstance(i, float) and math.isnan(i)) or i > maxv or i < minv:
                    continue
                counters[bisect.bisect_right(buckets, i) - 1] += 1
            # The last bucket is closed on both sides.
            last = counters.pop()
            counters[-1] += last
            return [counters]

        def mergeCounters(a, b):
            return [i + j for i, j in zip(a, b)]

        return buckets, self.mapPartitions(histogram).reduce(mergeCounters)

    def _bounds(self, count):
        def comparable(x):
            return x is not None and not (isinstance(x, float) and math.isnan(x))

        def minmax(a, b):
            return min(a[0], b[0]), max(a[1], b[1])

        filtered = self.filter(comparable)
        try:
            minv, maxv = filtered.map(lambda x: (x, x)).reduce(minmax)
        except TypeError as e:
            if " empty " in str(e):
                raise ValueError("can not generate buckets from empty RDD") from None
            raise
        if minv == maxv or count == 1:
            return [minv, maxv]
        try:
            inc = (maxv - minv) / count
        except TypeError:
            raise TypeError("Can not generate buckets with non-number in RDD") from None
        if math.isinf(inc):
            raise ValueError("Can not generate buckets with infinite value")
        inc = int(inc)
        if inc * count != maxv - minv:
            inc = (maxv - minv) * 1.0 / count
        return [i * inc + minv for i in range(count)] + [maxv]
