/** What PySpark's side of RDDs does, a fact of the sheet each. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Lab, withContext } from './lab.ts'
import type { Run } from './lab.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.open()
})
afterAll(() => lab.close())

const run = async (body: string): Promise<Run> => {
  const ended = await lab.run(withContext(body))
  expect(ended.err).toBe('')
  return ended
}
const shuffles = (ended: Run): number => [...ended.engine.rdds.values()].filter((rdd) => rdd.name === 'ShuffledRDD').length
const names = (ended: Run): string[] => [...ended.engine.rdds.values()].sort((a, b) => a.id - b.id).map((rdd) => rdd.name)

it('§1.3 spark.driver.allowMultipleContexts changes nothing', async () => {
  const ended = await lab.run(`from pyspark import SparkConf, SparkContext
conf = SparkConf().setAppName("one").set("spark.driver.allowMultipleContexts", "true")
sc = SparkContext(conf=conf)
try: SparkContext(conf=conf)
except ValueError as e: print(e)
`)
  expect(ended.out).toMatch(/^Cannot run multiple SparkContexts at once; existing SparkContext\(app=one, /)
})

it('§5.31 persist only marks: no job, nothing computed, the lineage stays', async () => {
  const ended = await run(`
seen = sc.accumulator(0)
rdd = sc.parallelize(range(4), 2).map(lambda x: (seen.add(1), x)[1]).persist()
print(seen.value, rdd.is_cached)
rdd.count(); rdd.count()
print(seen.value)
`)
  expect(ended.out).toBe('0 True\n4\n')
  expect(ended.engine.jobs.map((job) => job.callSite.split(' ')[0])).toEqual(['count', 'count'])
  expect(names(ended).slice(0, 2)).toEqual(['ParallelCollectionRDD', 'PythonRDD'])
})

it('§9.4, §9.5 updates in a transformation come with every computation: none while lazy, twice for two actions', async () => {
  const { out } = await run(`
seen = sc.accumulator(0)
rdd = sc.parallelize(range(10), 2).map(lambda x: (seen.add(1), x)[1])
print(seen.value)
rdd.count()
print(seen.value)
rdd.count()
print(seen.value)
kept = sc.accumulator(0)
cached = sc.parallelize(range(10), 2).map(lambda x: (kept.add(1), x)[1]).cache()
cached.count(); cached.count()
print(kept.value)
`)
  expect(out).toBe('0\n10\n20\n10\n')
})

it('§11.3 a shuffle in Python: combined in Python, bucketed in Python, one shuffle, two stages', async () => {
  const ended = await run(`print(sorted(sc.parallelize([("a", 1), ("b", 2), ("a", 3)], 2).reduceByKey(lambda a, b: a + b).collect()))`)
  expect(ended.out).toBe("[('a', 4), ('b', 2)]\n")
  expect(names(ended)).toEqual(['ParallelCollectionRDD', 'PythonRDD', 'PairwiseRDD', 'ShuffledRDD', 'MapPartitionsRDD', 'PythonRDD'])
  expect(ended.engine.jobs.map((job) => job.tasks)).toEqual([2 + 2])
})

it('§11.4 reduceByKey, foldByKey, aggregateByKey and PySpark’s groupByKey combine before the shuffle', async () => {
  const { out } = await run(`
pairs = [("a", 1)] * 50
once = sc.accumulator(0)
def add(a, b):
    once.add(1)
    return a + b
# 50 values of one key in two partitions: 48 sums before the shuffle, one after.
print(sc.parallelize(pairs, 2).reduceByKey(add).collect(), once.value)
for shuffled in [sc.parallelize(pairs, 2).reduceByKey(lambda a, b: a + b), sc.parallelize(pairs, 2).foldByKey(0, lambda a, b: a + b), sc.parallelize(pairs, 2).aggregateByKey(0, lambda a, b: a + b, lambda a, b: a + b), sc.parallelize(pairs, 2).groupByKey().mapValues(sum)]:
    print(shuffled.collect())
`)
  expect(out).toBe("[('a', 50)] 49\n" + "[('a', 50)]\n".repeat(4))
})

it('§11.5 as many partitions as there were, or spark.default.parallelism, or as asked', async () => {
  const program = (parallelism: string): string => `from pyspark import SparkConf, SparkContext
sc = SparkContext(conf=SparkConf().setAppName("t")${parallelism})
pairs = sc.parallelize([(1, 2)], 3)
print([rdd.getNumPartitions() for rdd in [pairs.reduceByKey(max), pairs.groupByKey(), pairs.sortByKey(), pairs.distinct(), pairs.reduceByKey(max, 7)]])
`
  expect((await lab.run(program(''))).out).toBe('[3, 3, 3, 3, 7]\n')
  // The engine of these tests says 4 where it is asked for the default parallelism.
  expect((await lab.run(program('.set("spark.default.parallelism", "4")'))).out).toBe('[4, 4, 4, 4, 7]\n')
})

it('§11.8 distinct is a reduceByKey: one shuffle', async () => {
  const ended = await run('print(sorted(sc.parallelize([3, 1, 3, 2, 1], 2).distinct().collect()))')
  expect(ended.out).toBe('[1, 2, 3]\n')
  expect(shuffles(ended)).toBe(1)
  expect(names(ended)).toEqual(['ParallelCollectionRDD', 'PythonRDD', 'PairwiseRDD', 'ShuffledRDD', 'MapPartitionsRDD', 'PythonRDD'])
})
