"""Driver side: the RDDs the engine knows, what PySpark calls `_jrdd`.

A node gets its id when PySpark would make the JVM object, and is declared to the engine only when an
action (or persist, checkpoint, debug string) first needs it.
"""

from kindling import bridge, callsite, notes

DETERMINATE, UNORDERED, INDETERMINATE = "DETERMINATE", "UNORDERED", "INDETERMINATE"
_LEVELS = (DETERMINATE, UNORDERED, INDETERMINATE)


class Node:
    """One RDD of the engine (RddDeclaration).

    `partitions` is a number, or a function that finds it out when first asked; `compute` a dict, or a
    function of no arguments that makes it at declaration. `parents` are the nodes its dependencies name.
    `site` is where the program asked for it, when that is not where it is now; `steps` what it wrote down, when that is
    more than one step.
    """

    def __init__(self, context, name, partitions, compute, dependencies=(), parents=(), order_sensitive=False, site=None, steps=None):
        self.context = context
        self.id = context._next_rdd_id()
        self.name = name
        self.label = None
        self.compute = compute
        self.dependencies = list(dependencies)
        self.parents = list(parents)
        site = site or callsite.first_spark_call()
        self.call_site = f"{site.function} at {site.file}:{site.linenum}" if site else "unknown"
        self.scope = site.function if site else None
        self.steps = steps if steps is not None else [noted for noted in [notes.step(site)] if noted]
        self.declared = False
        self.pending = []
        self.partitioner = None
        self._partitions = partitions
        self._order_sensitive = order_sensitive

    @property
    def partitions(self):
        if callable(self._partitions):
            self._partitions = self._partitions()
        return self._partitions

    @property
    def deterministic(self):
        """How far a re-run gives the same elements in the same order (§5.23)."""
        worst = DETERMINATE
        for dependency, parent in zip(self.dependencies, self.parents):
            level = parent.deterministic
            if dependency["kind"] == "shuffle" and level == DETERMINATE:
                level = UNORDERED
            worst = max(worst, level, key=_LEVELS.index)
        return INDETERMINATE if self._order_sensitive and worst == UNORDERED else worst

    def declaration(self):
        notes.shipped()
        made = {
            "id": self.id,
            "name": self.name,
            "partitions": self.partitions,
            "callSite": self.call_site,
            "dependencies": self.dependencies,
            "compute": self.compute() if callable(self.compute) else self.compute,
            "deterministic": self.deterministic,
        }
        if self.scope:
            made["scope"] = self.scope
        if self.label:
            made["label"] = self.label
        steps = notes.once([*self.steps, *notes.shipped()])
        if steps:
            made["steps"] = steps
        return made

    def __str__(self):
        label = f"{self.label} " if self.label else ""
        return f"{label}{self.name}[{self.id}] at {self.call_site}"


def declare(node):
    """Tells the engine of a node and all it stands on, in the order of their ids."""
    found = {}
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if not one.declared and one.id not in found:
            found[one.id] = one
            waiting.extend(one.parents)
    if found:
        nodes = [found[name] for name in sorted(found)]
        bridge.call("declareRdds", rdds=[one.declaration() for one in nodes])
        for one in nodes:
            one.declared = True
        for one in nodes:
            pending, one.pending = one.pending, []
            for name, ask, method in pending:
                bridge.call_as(name, {"rddId": one.id, **ask}, method)


def mark(node, name, **ask):
    """A call about an RDD that may wait until the RDD is used: persist, unpersist, checkpoint."""
    method = bridge.java_method(name)
    if node.declared:
        bridge.call_as(name, {"rddId": node.id, **ask}, method)
    else:
        node.pending.append((name, ask, method))


def one_to_one(parent):
    return {"kind": "one-to-one", "rdd": parent.id}


def groups(parent, parts):
    return {"kind": "groups", "rdd": parent.id, "groups": parts}


def narrow(context, name, parent, payload, order_sensitive=False, site=None, steps=None):
    """A node over one parent, partition by partition; `payload` is a function that pickles it, or None to pass on."""
    compute = (lambda: {"kind": "python", "payload": payload()}) if payload else {"kind": "python", "payload": b""}
    return Node(context, name, lambda: parent.partitions, compute, [one_to_one(parent)], [parent], order_sensitive, site, steps)


def shuffled(context, name, parent, reduces):
    """Both ends of a shuffle need the same id; the map side is `parent`."""
    shuffle_id = context._next_shuffle_id()
    dependency = {"kind": "shuffle", "rdd": parent.id, "shuffleId": shuffle_id, "reduces": reduces}
    return Node(context, name, reduces, {"kind": "shuffled", "shuffleId": shuffle_id}, [dependency], [parent])


def union(context, nodes):
    """A UnionRDD, or a PartitionerAwareUnionRDD when all sides are partitioned alike (§11.9)."""
    partitioners = {node.partitioner for node in nodes}
    if len(partitioners) == 1 and None not in partitioners:
        made = Node(
            context, "PartitionerAwareUnionRDD", nodes[0].partitions, {"kind": "union"}, map(one_to_one, nodes), nodes
        )
        made.partitioner = nodes[0].partitioner
        return made
    dependencies = []
    total = 0
    for node in nodes:
        count = node.partitions
        dependencies.append({"kind": "range", "rdd": node.id, "inStart": 0, "outStart": total, "length": count})
        total += count
    return Node(context, "UnionRDD", total, {"kind": "union"}, dependencies, nodes)


def coalesced(context, parent, wanted):
    """Merges neighbours; never more partitions than the parent has (§11.11)."""
    count = parent.partitions
    wanted = min(wanted, count)
    parts = [list(range(i * count // wanted, (i + 1) * count // wanted)) for i in range(wanted)]
    return Node(context, "CoalescedRDD", wanted, {"kind": "coalesced"}, [groups(parent, parts)], [parent])


def dataframe(context, answer):
    """The rows of a plan as an RDD; `answer` is that of the call planToRdd."""
    compute = {"kind": "dataframe", "planId": answer["planId"], "schema": answer["schema"]}
    return Node(context, "MapPartitionsRDD", answer["partitions"], compute, answer["dependencies"], ())
