import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Lab, withContext } from './lab.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.open()
})
afterAll(() => lab.close())

const prints = async (body: string): Promise<string> => {
  const run = await lab.run(withContext(body))
  expect(run.err).toBe('')
  expect(run.end).toEqual({ code: 0 })
  return run.out
}

describe('RDD programs', () => {
  it('do what the mini example does', async () => {
    expect(
      await prints(`
rdd = sc.parallelize([1, 2, 3, 4, 5])
print(sc.master, rdd.getNumPartitions())
print(rdd.map(lambda x: x * x).collect(), rdd.filter(lambda x: x % 2).collect())
print(rdd.flatMap(lambda x: range(x)).collect())
print(rdd.reduce(lambda a, b: a + b), rdd.count(), rdd.take(3), rdd.first(), rdd.sum(), rdd.glom().collect())
print(rdd.max(), rdd.min(), rdd.mean(), rdd.stats(), rdd.fold(0, lambda a, b: a + b))
print(rdd.top(2), rdd.takeOrdered(2), rdd.isEmpty(), sc.emptyRDD().isEmpty(), sc.emptyRDD().collect())
`)
    ).toBe(
      [
        'spark://lab:7077 4',
        '[1, 4, 9, 16, 25] [1, 3, 5]',
        '[0, 0, 1, 0, 1, 2, 0, 1, 2, 3, 0, 1, 2, 3, 4]',
        '15 5 [1, 2, 3] 1 15 [[1], [2], [3], [4, 5]]',
        '5 1 3.0 (count: 5, mean: 3.0, stdev: 1.4142135623730951, max: 5, min: 1) 15',
        '[5, 4] [1, 2] False True []',
        ''
      ].join('\n')
    )
  })

  it('count words and save them', async () => {
    await writeFile(join(lab.data, 'words.txt'), 'to be or not to be\nthat is the question\r\nto sleep\n')
    const run = await lab.run(
      withContext(`
counts = (sc.textFile("words.txt")
  .flatMap(lambda line: line.split())
  .map(lambda w: (w, 1))
  .reduceByKey(lambda a, b: a + b)
  .sortBy(lambda kv: (-kv[1], kv[0])))
print(counts.collect()[:3])
counts.saveAsTextFile("out")
`)
    )
    expect(run.err).toBe('')
    expect(run.out).toBe("[('to', 3), ('be', 2), ('is', 1)]\n")
    const parts = (await readdir(join(lab.data, 'out'))).sort()
    expect(parts).toEqual(['_SUCCESS', 'part-00000', 'part-00001'])
    const text = await Promise.all(parts.slice(1).map((name) => readFile(join(lab.data, 'out', name), 'utf8')))
    expect(text.join('').split('\n').slice(0, 3)).toEqual(["('to', 3)", "('be', 2)", "('is', 1)"])
    // sortBy: count, sample; then collect and save.
    expect(run.engine.jobs.map((job) => job.callSite.split(' ')[0])).toEqual(['sortBy', 'sortBy', 'collect', 'saveAsTextFile'])
    expect(run.engine.jobs[2]!.callSite).toBe(`collect at ${join(lab.data, 'program.py')}:9`)
  })

  it('do the rest of what RDDs do', async () => {
    expect(
      await prints(`
a = sc.parallelize(range(100), 4)
print(a.sample(False, 0.1, 81).collect())
print(a.mapPartitionsWithIndex(lambda i, it: [(i, sum(it))]).collect(), sc.union([a, a, a]).getNumPartitions())
seen = sc.accumulator(0)
a.foreachPartition(lambda it: seen.add(len(list(it))))
print(seen.value, a.map(float).variance(), a.histogram([0, 10, 100]))
kv = sc.parallelize([("b", 2), ("a", 1), ("b", 1)], 2)
print(kv.repartitionAndSortWithinPartitions(1, lambda k: 0, False).collect())
print([(k, tuple(list(v) for v in vs)) for k, vs in kv.groupWith(kv, kv).sortByKey().collect()])
print(kv.sampleByKey(False, {"a": 1.0, "b": 0.0}, 1).collect(), kv.combineByKey(lambda v: [v], lambda c, v: c + [v], lambda c, d: c + d, 1).collect())
print(sc.runJob(a, lambda it: [max(it)], [1, 3]), a.filter(lambda x: x > 97).toLocalIterator().__next__())
print(kv.sortBy(lambda p: p, numPartitions=2).glom().collect(), kv.values().max(key=lambda v: -v), (kv + kv).countByKey()["b"])
def letters(k): return ord(k) % 2
print(kv.partitionBy(2, letters).glom().collect(), kv.reduceByKey(lambda x, y: x - y, 2, letters).glom().collect())
print(sc.parallelize(["x"] * 3).map(lambda s: s.encode()).collect(), a.randomSplit([1.0], 3)[0].count())
`)
    ).toBe(
      [
        '[4, 26, 39, 41, 42, 52, 63, 76, 80, 86, 97]', '[(0, 300), (1, 925), (2, 1550), (3, 2175)] 12', '100 833.25 ([0, 10, 100], [10, 90])',
        "[('b', 2), ('b', 1), ('a', 1)]", "[('a', ([1], [1], [1])), ('b', ([2, 1], [2, 1], [2, 1]))]",
        "[('a', 1)] [('b', [2, 1]), ('a', [1])]", '[49, 99] 98', "[[('a', 1), ('b', 1)], [('b', 2)]] 1 4",
        "[[('b', 2), ('b', 1)], [('a', 1)]] [[('b', 1)], [('a', 1)]]", "[b'x', b'x', b'x'] 100", ''
      ].join('\n')
    )
  })

  it('give what plain Python gives', async () => {
    expect(
      await prints(`
import random
from collections import Counter, defaultdict
rnd = random.Random(7)
for round in range(4):
    xs = [rnd.randint(-50, 50) for _ in range(rnd.choice([0, 1, 7, 60]))]
    kv = [(rnd.choice(["a", "b", "ccc", "é", "日本", 3, None, (1, "x"), 2.5, True, b"q"]), x) for x in xs]
    lw = [(rnd.choice("abcd"), x) for x in xs]
    n = rnd.choice([1, 2, 5])
    a, b, w = sc.parallelize(xs, n), sc.parallelize(kv, n), sc.parallelize(lw, n)
    assert a.collect() == xs
    assert sorted(a.distinct().collect()) == sorted(set(xs))
    assert sorted(a.union(a).collect()) == sorted(xs + xs)
    assert (a + a).count() == 2 * len(xs)
    assert dict(b.reduceByKey(lambda p, q: p + q).collect()) == {k: sum(v for kk, v in kv if kk == k) for k, _ in kv}
    groups = defaultdict(list)
    for k, v in kv: groups[k].append(v)
    assert {k: sorted(v) for k, v in b.groupByKey(3).collect()} == {k: sorted(v) for k, v in groups.items()}
    assert b.countByKey() == Counter(k for k, _ in kv) and a.countByValue() == Counter(xs)
    assert sorted(a.sortBy(lambda x: -x).collect(), reverse=True) == a.sortBy(lambda x: -x).collect() == sorted(xs, reverse=True)
    assert a.sortBy(lambda x: x, False, 3).collect() == sorted(xs, reverse=True)
    assert w.sortByKey().keys().collect() == sorted(k for k, _ in lw)
    other = [("a", 1), ("c", 2), ("z", 3)]
    o = sc.parallelize(other, 2)
    def joined(left, right):
        out = []
        for key in {k for k, _ in lw} | {k for k, _ in other}:
            ls, rs = [v for k, v in lw if k == key], [v for k, v in other if k == key]
            for l in ls or ([None] if right else []):
                for r in rs or ([None] if left else []):
                    if (ls or right) and (rs or left): out.append((key, (l, r)))
        return sorted(out, key=repr)
    assert sorted(w.join(o).collect(), key=repr) == joined(False, False)
    assert sorted(w.leftOuterJoin(o).collect(), key=repr) == joined(True, False)
    assert sorted(w.rightOuterJoin(o).collect(), key=repr) == joined(False, True)
    assert sorted(w.fullOuterJoin(o).collect(), key=repr) == joined(True, True)
    cg = {k: (sorted(l), sorted(r)) for k, (l, r) in w.cogroup(o).collect()}
    assert cg == {k: (sorted(v for kk, v in lw if kk == k), sorted(v for kk, v in other if kk == k)) for k in {k for k, _ in lw + other}}
    assert sorted(a.intersection(sc.parallelize(range(0, 30))).collect()) == sorted(set(xs) & set(range(30)))
    assert sorted(a.subtract(sc.parallelize(range(0, 30))).collect()) == sorted(x for x in xs if x not in range(30))
    assert sorted(w.subtractByKey(o).collect()) == sorted((k, v) for k, v in lw if k not in "acz")
    assert sorted(a.cartesian(o).collect()) == sorted((x, y) for x in xs for y in other)
    assert a.zip(a.map(str)).collect() == [(x, str(x)) for x in xs]
    assert a.zipWithIndex().collect() == [(x, i) for i, x in enumerate(xs)]
    assert len({i for _, i in a.zipWithUniqueId().collect()}) == len(xs)
    assert sorted(a.repartition(4).collect()) == sorted(xs) and a.repartition(4).getNumPartitions() == 4
    assert a.coalesce(2).collect() == xs and a.coalesce(2).getNumPartitions() == min(2, n)
    assert a.keyBy(lambda x: x % 3).mapValues(str).flatMapValues(list).collect() == [(x % 3, c) for x in xs for c in str(x)]
    assert dict(a.groupBy(lambda x: x % 3).mapValues(len).collect()) == Counter(x % 3 for x in xs)
    assert w.aggregateByKey((0, 0), lambda z, v: (z[0] + v, z[1] + 1), lambda p, q: (p[0] + q[0], p[1] + q[1])).collectAsMap() == {k: (sum(v for kk, v in lw if kk == k), sum(1 for kk, _ in lw if kk == k)) for k, _ in lw}
    assert w.foldByKey(0, lambda p, q: p + q).collectAsMap() == w.reduceByKeyLocally(lambda p, q: p + q)if xs else True
    assert a.aggregate(0, lambda z, x: z + x, lambda p, q: p + q) == sum(xs)
    assert a.take(5) == xs[:5] and a.takeOrdered(3) == sorted(xs)[:3] and a.top(3) == sorted(xs, reverse=True)[:3]
    if xs:
        assert a.treeReduce(lambda p, q: p + q) == sum(xs) == a.treeAggregate(0, lambda z, x: z + x, lambda p, q: p + q, 3)
        assert a.histogram(2)[1] and sum(a.histogram(3)[1]) == len(xs)
        assert w.lookup("a") == [v for k, v in lw if k == "a"]
        assert list(a.toLocalIterator()) == xs
        assert len(a.takeSample(False, 3, 1)) == min(3, len(xs)) and len(a.takeSample(True, 70, 1)) == 70
    parts = a.randomSplit([1, 2], 5)
    assert sorted(parts[0].collect() + parts[1].collect()) == sorted(xs)
    assert w.partitionBy(3).glom().map(len).sum() == len(xs)
print("all")
`)
    ).toBe('all\n')
  })
})
