import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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
  expect(ended.end).toEqual({ code: 0 })
  return ended
}
const shape = ({ engine }: Run): string[] =>
  [...engine.rdds.values()].sort((a, b) => a.id - b.id).map(({ id, name, callSite }) => `${id} ${name} ${callSite.replace(/ at .*:/, ' ')}`)
const jobs = ({ engine }: Run): string[] => engine.jobs.map(({ callSite, partitions }) => `${callSite.split(' ')[0]} ${partitions.length}`)

it('consecutive steps are one PythonRDD; ids go in the order the JVM would give them (§11.1)', async () => {
  const ended = await run(`
words = sc.parallelize(["a b", "b"], 2)
counts = words.flatMap(str.split).map(lambda w: (w, 1)).reduceByKey(lambda a, b: a + b)
print(sorted(counts.collect()), counts.id())
`)
  expect(ended.out).toBe("[('a', 1), ('b', 2)] 5\n")
  expect(shape(ended)).toEqual([
    '0 ParallelCollectionRDD parallelize 4',
    '1 PythonRDD reduceByKey 5',
    '2 PairwiseRDD reduceByKey 5',
    '3 ShuffledRDD reduceByKey 5',
    '4 MapPartitionsRDD reduceByKey 5',
    '5 PythonRDD collect 6'
  ])
  // One map task a partition, one reduce task a partition.
  expect(ended.engine.jobs[0]!.tasks).toBe(4)
  expect(ended.engine.rdds.get(3)!.deterministic).toBe('UNORDERED')
})

it('a cached RDD ends the pipeline (§11.1)', async () => {
  const ended = await run(`
a = sc.parallelize([1, 2], 1).map(lambda x: x + 1).cache()
b = a.map(lambda x: x * 2)
print(b.collect(), a.id(), b.id())
`)
  expect(ended.out).toBe('[4, 6] 1 2\n')
  expect(ended.engine.rdds.get(2)!.dependencies).toEqual([{ kind: 'one-to-one', rdd: 1 }])
})

it('nothing is declared before it is needed, and nothing twice', async () => {
  const ended = await run(`
a = sc.parallelize([1], 1).map(str)
b = sc.parallelize([2], 1)
print(b.collect(), b.count(), b.collect())
`)
  expect([...ended.engine.rdds.keys()].sort()).toEqual([1, 2])
})

it('actions run the jobs PySpark runs (§11.6, §11.7, §11.12, §11.13)', async () => {
  const ended = await run(`
rdd = sc.parallelize(range(100), 20)
rdd.take(3)
rdd.filter(lambda x: x > 97).take(2)
rdd.first(); rdd.isEmpty()
rdd.zipWithIndex()
rdd.map(lambda x: (x, x)).sortByKey(True, 3)
rdd.map(lambda x: (x, x)).sortByKey(True, 1)
list(sc.parallelize([1, 2, 3], 3).toLocalIterator())
rdd.foreach(lambda x: None)
`)
  expect(jobs(ended)).toEqual([
    'take 1', 'take 1', 'take 4', 'take 15', 'first 1', 'isEmpty 1', 'zipWithIndex 20', 'sortByKey 20', 'sortByKey 20',
    'toLocalIterator 1', 'toLocalIterator 1', 'toLocalIterator 1', 'foreach 20'
  ])
})

it('lists are cut by batches, ranges by position (§10.9)', async () => {
  const { out } = await run(`
print(sc.parallelize(list(range(8)), 3).glom().map(len).collect(), sc.parallelize(range(8), 3).glom().map(len).collect())
print(sc.parallelize([1, 2], 4).glom().collect(), sc.range(1, 10, 3, 2).glom().collect())
`)
  expect(out).toBe('[2, 2, 4] [2, 3, 3]\n[[], [1], [], [2]] [[1], [4, 7]]\n')
})

it('a join is one map stage over the union, and has the partitions of both sides (§11.9)', async () => {
  const ended = await run(`
a = sc.parallelize([(1, "a"), (2, "b")], 2)
b = sc.parallelize([(1, "c")], 3)
j = a.join(b)
print(j.collect(), j.getNumPartitions())
`)
  expect(ended.out).toBe("[(1, ('a', 'c'))] 5\n")
  expect(ended.engine.jobs[0]!.tasks).toBe(5 + 5)
  expect(shape(ended).filter((line) => line.includes('UnionRDD'))).toEqual(['4 UnionRDD join 6'])
})

it('co-partitioned sides join without a shuffle (§11.9, §11.10)', async () => {
  const ended = await run(`
a = sc.parallelize([(1, "a"), (2, "b")], 2).partitionBy(2).cache()
b = sc.parallelize([(1, "c")], 2).partitionBy(2).cache()
a.count(); b.count()
j = a.join(b)
print(j.collect(), j.getNumPartitions())
`)
  expect(ended.out).toBe("[(1, ('a', 'c'))] 2\n")
  expect(shape(ended).some((line) => line.includes('PartitionerAwareUnionRDD'))).toBe(true)
  expect(ended.engine.jobs.at(-1)!.tasks).toBe(2)
})

it('keys land in the partitions they land in on 64-bit CPython (§11.15)', async () => {
  const { out } = await run(`
from pyspark.rdd import portable_hash
print([portable_hash(x) for x in ["a", "spark", "é", "日本", "😀", "", "the quick brown fox jumps", b"abc"]])
print([portable_hash(x) for x in [2.5, 1e300, -0.1, 2**61, 2**70, -1, 1.0, 0.1, float("inf"), True, None, ("a", 1), ()]])
words = "to be or not that is the question".split()
print(sc.parallelize(words, 2).map(lambda w: (w, 1)).partitionBy(4).glom().collect())
`)
  expect(out.split('\n')).toEqual([
    '[4644417185603328019, 226417650480810963, 6047309291227476195, 6243316497235261705, -3536540696076613844, 0, 56729954816557122, -4594863902769663758]',
    '[1152921504606846978, 1224995262755759164, -230584300921369408, 1, 512, -2, 1, 230584300921369408, 314159, 1, 0, 102774922574124034, 3430008]',
    "[[('to', 1), ('question', 1)], [('or', 1), ('that', 1), ('is', 1), ('the', 1)], [], [('be', 1), ('not', 1)]]",
    ''
  ])
})

it('repartition deals batches of ten in turn (§11.11)', async () => {
  const ended = await run(`
rdd = sc.parallelize(range(100), 2).repartition(5)
print(rdd.glom().map(len).collect())
`)
  expect(ended.out).toBe('[20, 20, 20, 20, 20]\n')
  expect(shape(ended).map((line) => line.split(' ')[1])).toEqual([
    'ParallelCollectionRDD', 'PythonRDD', 'MapPartitionsRDD', 'ShuffledRDD', 'CoalescedRDD', 'MapPartitionsRDD', 'PythonRDD'
  ])
})

it('coalesce merges neighbours without a shuffle (§11.11)', async () => {
  const ended = await run(`print(sc.parallelize(range(10), 5).coalesce(2).glom().collect())`)
  expect(ended.out).toBe('[[0, 1, 2, 3], [4, 5, 6, 7, 8, 9]]\n')
  expect(ended.engine.jobs[0]!.tasks).toBe(2)
})

it('a text file is cut into lines whatever the splits', async () => {
  const lines = Array.from({ length: 50 }, (_, index) => 'x'.repeat(index % 7) + index)
  await writeFile(join(lab.data, 'lines.txt'), lines.join('\n') + '\n')
  const ended = await run(`
for n in (1, 2, 3, 7, 40):
    rdd = sc.textFile("lines.txt", n)
    assert rdd.getNumPartitions() >= n
    print(rdd.collect() == ["x" * (i % 7) + str(i) for i in range(50)], end=" ")
print(sc.textFile("file:${join(lab.data, 'lines.txt')}").count())
name, raw = sc.binaryFiles("lines.txt").first()
assert type(raw) is bytes and raw == open("lines.txt", "rb").read() and name.startswith("file:/")
name, text = sc.wholeTextFiles("lines.txt").first()
print(name, len(text))
`)
  expect(ended.out).toBe(`True True True True True 50\nfile:${join(lab.data, 'lines.txt')} ${lines.join('\n').length + 1}\n`)
  const first = ended.engine.rdds.get(0)!
  expect([first.name, first.label]).toEqual(['HadoopRDD', 'lines.txt'])
})

it('names, debug strings and levels are PySpark’s (§11.14, §8.9)', async () => {
  const { out } = await run(`
rdd = sc.parallelize([1], 1).setName("mine")
print(rdd, rdd.name(), rdd.toDebugString())
print(rdd.getStorageLevel(), rdd.cache().getStorageLevel(), rdd.is_cached)
print(rdd.unpersist().is_cached, StorageLevel.MEMORY_AND_DISK, StorageLevel.MEMORY_AND_DISK_DESER)
`)
  const site = `parallelize at ${join(lab.data, 'program.py')}:4`
  expect(out.split('\n')).toEqual([
    `mine ParallelCollectionRDD[0] at ${site} mine b'(1) mine ParallelCollectionRDD[0] at ${site} []'`,
    'Serialized 1x Replicated Memory Serialized 1x Replicated True',
    'False Disk Memory Serialized 1x Replicated Disk Memory Deserialized 1x Replicated',
    ''
  ])
})

it('job properties go with the job', async () => {
  const ended = await run(`
sc.setJobGroup("g", "the group")
sc.setLocalProperty("spark.scheduler.pool", "fast")
from pyspark import TaskContext
print(sc.parallelize([1], 1).map(lambda x: (TaskContext.get().partitionId(), TaskContext.get().attemptNumber(), TaskContext.get().getLocalProperty("spark.scheduler.pool"))).collect())
sc.setLocalProperty("spark.scheduler.pool", None)
sc.setJobDescription("later")
sc.parallelize([1], 1).count()
`)
  expect(ended.out).toBe("[(0, 0, 'fast')]\n")
  expect(ended.engine.jobs.map((job) => job.properties)).toEqual([
    { 'spark.jobGroup.id': 'g', 'spark.job.description': 'the group', 'spark.job.interruptOnCancel': 'false', 'spark.scheduler.pool': 'fast' },
    { 'spark.jobGroup.id': 'g', 'spark.job.description': 'later', 'spark.job.interruptOnCancel': 'false' }
  ])
})
