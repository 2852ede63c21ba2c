"""Executor side: makes the elements of one partition of an RDD out of its lineage."""

import itertools
import pickle

from kindling import blocks, bridge, text
from kindling.poison import Poisoned
from pyspark.sql import _wire


_SOURCES = {"slices", "shuffled", "text", "dataframe", "checkpoint"}


class Stage:
    """What the tasks of a stage share."""

    def __init__(self, told):
        self.rdds = {rdd["id"]: rdd for rdd in told["rdds"]}
        self.properties = told["localProperties"]


class Lineage:
    """The RDDs of one task's stage."""

    def __init__(self, stage, task):
        self.rdds = stage.rdds
        self.slices = {(piece["rddId"], piece["partition"]): piece["data"] for piece in task["slices"]}
        self.read = 0
        self.poison = task.get("poison")

    def iterator(self, rdd_id, partition):
        """Elements of a partition, from the cache where the RDD is cached."""
        rdd = self.rdds[rdd_id]
        return self._cached(rdd, partition) if rdd["cached"] else self._compute(rdd, partition)

    def payload(self, rdd):
        data = rdd["compute"].get("payload")
        return pickle.loads(data) if data else None

    def parents(self, rdd, partition):
        """One function for each parent partition that this partition is made of."""
        found = []
        for dependency in rdd["dependencies"]:
            parent = dependency["rdd"]
            kind = dependency["kind"]
            if kind == "one-to-one":
                found.append((parent, partition))
            elif kind == "range":
                if dependency["outStart"] <= partition < dependency["outStart"] + dependency["length"]:
                    found.append((parent, partition - dependency["outStart"] + dependency["inStart"]))
            elif kind == "groups":
                found.extend((parent, index) for index in dependency["groups"][partition])
        return [lambda at=at: self.iterator(*at) for at in found]

    def _cached(self, rdd, partition):
        stored = bridge.call("getBlock", rddId=rdd["id"], partition=partition)
        if stored is not None:
            return self._blocks(stored["data"])
        data = blocks.dump(self._compute(rdd, partition))
        bridge.call("putBlock", rddId=rdd["id"], partition=partition, data=data)
        # What was computed is in hand, stored or not.
        return blocks.load(data)

    def _compute(self, rdd, partition):
        compute = rdd["compute"]
        kind = compute["kind"]
        if kind == "python":
            payload = self.payload(rdd)
            parents = self.parents(rdd, partition)
            return payload.run(partition, parents) if payload else _chain(parents)
        if kind in _SOURCES and self.poison is not None:
            return self._poisoned(self._source(rdd, partition, compute, kind))
        return self._source(rdd, partition, compute, kind)

    def _poisoned(self, elements):
        for element in elements:
            self.poison -= 1
            yield Poisoned(element) if self.poison == 0 else element

    def _source(self, rdd, partition, compute, kind):
        if kind == "slices":
            return self._blocks(self.slices.get((rdd["id"], partition), b""))
        if kind == "shuffled":
            fetched = bridge.call("fetchShuffle", shuffleId=compute["shuffleId"], reduce=partition)
            return itertools.chain.from_iterable(map(self._blocks, fetched["blocks"]))
        if kind == "text":
            return self._counted(text.lines(compute["splits"][partition]))
        if kind == "dataframe":
            found = bridge.call("planRows", planId=compute["planId"], partition=partition)
            return self._counted(iter(_wire.rows_from_json(found["json"], _wire.schema_from_wire(compute["schema"]))))
        if kind == "checkpoint":
            found = bridge.call("readCheckpoint", directory=compute["directory"], partition=partition)
            return self._blocks(found["data"])
        return _chain(self.parents(rdd, partition))

    def _blocks(self, data):
        for batch in blocks.batches(data):
            self.read += len(batch)
            yield from batch

    def _counted(self, iterator):
        count = 0
        try:
            for item in iterator:
                count += 1
                yield item
        finally:
            self.read += count


def _chain(parents):
    return itertools.chain.from_iterable(parent() for parent in parents)

