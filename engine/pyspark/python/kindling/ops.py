"""Steps of a pipeline: each takes (partition index, iterator) and gives an iterator.

They are classes of a module both sides have, so that only the user's own functions travel. A generator
turns a StopIteration out of user code into an error; map() would end the partition in silence.
"""

import itertools


class Step:
    def __init__(self, f):
        self.f = f


class Map(Step):
    def __call__(self, _, iterator):
        f = self.f
        return (f(item) for item in iterator)


class FlatMap(Step):
    def __call__(self, _, iterator):
        f = self.f
        return (made for item in iterator for made in f(item))


class Filter(Step):
    def __call__(self, _, iterator):
        f = self.f
        return (item for item in iterator if f(item))


class MapValues(Step):
    def __call__(self, _, iterator):
        f = self.f
        return ((key, f(value)) for key, value in iterator)


class FlatMapValues(Step):
    def __call__(self, _, iterator):
        f = self.f
        return ((key, made) for key, value in iterator for made in f(value))


class KeyBy(Step):
    def __call__(self, _, iterator):
        f = self.f
        return ((f(item), item) for item in iterator)


class Partitions(Step):
    """mapPartitions: f(iterator)."""

    def __call__(self, _, iterator):
        return self.f(iterator)


class IndexedPartitions(Step):
    """mapPartitionsWithIndex: f(index, iterator)."""

    def __call__(self, index, iterator):
        return self.f(index, iterator)


class Slice:
    """The part of a range that belongs to a partition (§10.9); the parent is empty."""

    def __init__(self, start, step, size, slices):
        self.start, self.step, self.size, self.slices = start, step, size, slices

    def __call__(self, index, _):
        return range(self._at(index), self._at(index + 1), self.step)

    def _at(self, index):
        return self.start + int(index * self.size / self.slices) * self.step


class Pipeline:
    """Payload of a PythonRDD: steps over its one parent."""

    def __init__(self, steps):
        self.steps = steps

    def run(self, index, parents):
        iterator = itertools.chain.from_iterable(parent() for parent in parents)
        for step in self.steps:
            iterator = iter(step(index, iterator))
        return iterator


class Zip:
    """Payload of a ZippedPartitionsRDD2."""

    def run(self, _, parents):
        end = object()
        for left, right in itertools.zip_longest(parents[0](), parents[1](), fillvalue=end):
            if left is end or right is end:
                raise ValueError("Can only zip with RDD which has the same number of elements in each partition")
            yield left, right


class Cartesian:
    """Payload of a CartesianRDD."""

    def run(self, _, parents):
        right = list(parents[1]())
        return ((one, other) for one in parents[0]() for other in right)


class HashBuckets:
    """Payload of a PairwiseRDD. No function means portable_hash."""

    def __init__(self, function):
        self.function = function


class RoundRobin:
    """Payload of the map side of repartition: batches of elements dealt out in turn (§11.11)."""

    def __init__(self, batch):
        self.batch = batch
