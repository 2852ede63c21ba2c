import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Lab, withContext } from './lab.ts'
import { LocalEngine } from './local-engine.ts'
import type { Run } from './lab.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.open()
})
afterAll(() => lab.close())

const run = async (body: string, engine = new LocalEngine(lab.worker)): Promise<Run> => {
  const ended = await lab.run(withContext(body), { engine })
  expect(ended.err).toBe('')
  return ended
}

it('accumulators add up from all tasks', async () => {
  const { out } = await run(`
from pyspark import AccumulatorParam
class Words(AccumulatorParam):
    def zero(self, value): return []
    def addInPlace(self, a, b): return a + b if isinstance(b, list) else a + [b]
n, f, words = sc.accumulator(10), sc.accumulator(0.5), sc.accumulator([], Words())
def see(x):
    global n
    n += 1
    f.add(x)
    words.add(str(x))
rdd = sc.parallelize([1, 2, 3], 2)
rdd.foreach(see)
print(n.value, f.value, sorted(words.value), n, repr(n))
rdd.map(lambda x: n.add(100)).count(); rdd.map(lambda x: n.add(100)).count()
print(n.value)
n.value = 0
print(n.value)
try: sc.accumulator("text")
except TypeError as e: print(e)
`)
  expect(out).toBe("13 6.5 ['1', '2', '3'] 13 Accumulator<id=0, value=13>\n613\n0\nNo default accumulator param for type <class 'str'>\n")
})

it('an accumulator cannot be read in a task (§9.6)', async () => {
  const ended = await lab.run(withContext('acc = sc.accumulator(0)\nsc.parallelize([1], 1).map(lambda x: acc.value).collect()'))
  expect(ended.end.error!.message).toContain('[VALUE_NOT_ACCESSIBLE] Value `Accumulator.value` cannot be accessed inside tasks.')
})

it('updates of map tasks count, those of failed tasks do not (§9.3)', async () => {
  const { out } = await run(`
acc = sc.accumulator(0)
def tag(x):
    acc.add(1)
    return (x % 2, x)
sc.parallelize(range(6), 3).map(tag).reduceByKey(lambda a, b: a + b).collect()
print(acc.value)
`)
  expect(out).toBe('6\n')
})

it('broadcast values are fetched once a thread, and only when read', async () => {
  const ended = await run(`
table = {"a": 1}
b = sc.broadcast(table)
table["a"] = 99
unread = sc.broadcast([0])
print(sc.parallelize(["a", "a"], 2).map(lambda k: b.value[k] if k else unread.value).collect(), b.value)
b.unpersist(); b.destroy()
unread.destroy()
print(b.value)
try: unread.value
except Exception as e: print(str(e).splitlines()[1])
`)
  expect(ended.out).toMatch(/\(destroy at .*:\d+\)  SQLSTATE: XX000\n$/)
  expect(ended.out.replace(/ \(destroy at .*\)  SQLSTATE: XX000/, '')).toBe("[1, 1] {'a': 1}\n{'a': 1}\n: org.apache.spark.SparkException: [INTERNAL_ERROR_BROADCAST] Attempted to use Broadcast(1) after it was destroyed\n")
  expect(ended.engine.calls.filter((name) => name === 'getBroadcast')).toHaveLength(1)
})

it('a cached RDD is computed once, and recomputed where it did not fit (§8.8)', async () => {
  const program = `
acc = sc.accumulator(0)
def see(x):
    acc.add(1)
    return x
rdd = sc.parallelize(range(4), 2).map(see).cache()
print(rdd.count(), rdd.collect(), acc.value)
rdd.unpersist()
print(rdd.sum(), acc.value)
`
  const cached = await run(program)
  expect(cached.out).toBe('4 [0, 1, 2, 3] 4\n6 8\n')
  expect(cached.engine.stored).toEqual(['1:0', '1:1'])
  const engine = new LocalEngine(lab.worker)
  engine.full = true
  expect((await run(program, engine)).out).toBe('4 [0, 1, 2, 3] 8\n6 12\n')
})

it('persist marks only: a missing file shows at the action', async () => {
  const ended = await lab.run(withContext('rdd = sc.textFile("nowhere").cache()\nprint("still here")\nrdd.count()'))
  expect(ended.out).toBe('still here\n')
  expect(ended.end.error!.message).toContain('Input path does not exist: file:')
  expect(ended.end.error!.line).toBe(5)
})

it('a checkpoint is written by an extra pass and read from then on (§5.33)', async () => {
  const ended = await run(`
sc.setCheckpointDir("points")
acc = sc.accumulator(0)
def see(x):
    acc.add(1)
    return x + 1
rdd = sc.parallelize([1, 2, 3], 2).map(see)
rdd.checkpoint()
print(rdd.isCheckpointed(), rdd.count(), rdd.isCheckpointed(), rdd.getCheckpointFile() is not None)
print(rdd.map(lambda x: x * 10).collect(), acc.value)
`)
  // Updates of the extra pass do not count in this engine, and the second job reads.
  expect(ended.out).toBe('False 3 True True\n[20, 30, 40] 3\n')
  expect(await readdir(join(lab.data, 'points/c0ffee/rdd-1'))).toEqual(['part-00000', 'part-00001'])
})

it('big partitions cross in pieces and come back whole', async () => {
  const { out } = await run(`
rdd = sc.parallelize(range(200000), 2).map(lambda x: "row %d" % x)
rows = rdd.cache().collect()
print(len(rows), rows[199999], rdd.count(), rdd.map(lambda s: (len(s), 1)).reduceByKey(lambda a, b: a + b).collectAsMap()[10])
print(rdd.map(lambda s: (s, 1)).groupByKey(3).count())
`)
  expect(out).toBe('200000 row 199999 200000 100000\n200000\n')
})
