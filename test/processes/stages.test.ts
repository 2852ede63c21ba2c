/** Stages, caches, checkpoints and accumulators on real processes (§5, §9). */
import { describe, expect, it } from 'vitest'
import { testLab } from './lab.ts'

const bench = testLab()

describe('task binaries', () => {
  it('§5.9, 13.20 what cannot be serialized ends the action before any task; a large one is warned of', async () => {
    const ran = await bench.run(`
from pyspark import SparkContext
sc = SparkContext(appName="binaries")
opened = open("note.txt", "w")
try:
    sc.parallelize([1]).map(lambda x: opened.write("x")).collect()
except Exception as error:
    print(type(error).__name__, str(error).split(' object')[0], "object:")
ballast = bytes(1100 * 1024)
print(sc.parallelize([1]).map(lambda x: x + len(ballast) * 0).collect())
`)
    expect(ran.stdout).toBe('PicklingError Could not serialize object:\n[1]\n')
    expect(ran.of('SparkListenerJobStart')).toHaveLength(1)
    expect(ran.of('kindling.Note').map((event) => event.text)).toEqual(expect.arrayContaining([expect.stringMatching(/^Broadcasting large task binary with size 1\d\d\d\.\d KiB$/)]))
  })
})

describe('cache and checkpoint', () => {
  it('§5.31, §5.32, §9.4, §9.5 persist() only marks and keeps the lineage; without it two actions compute, and count, twice', async () => {
    const ran = await bench.run(`
from pyspark import SparkContext, StorageLevel
sc = SparkContext(appName="cache")
counted = sc.accumulator(0)
def see(x):
    counted.add(1)
    return x
plain = sc.parallelize(range(10), 2).map(see)
plain.count(); plain.count()
print("uncached", counted.value)
kept = sc.parallelize(range(10), 2).map(see).persist(StorageLevel.MEMORY_ONLY)
print("marked", counted.value)
kept.count(); kept.count()
print("cached", counted.value)
print("ParallelCollectionRDD" in kept.toDebugString().decode())
try:
    kept.persist(StorageLevel.DISK_ONLY)
except Exception as error:
    print("Cannot change storage level of an RDD after it was already assigned a level" in str(error))
kept.unpersist().persist(StorageLevel.DISK_ONLY).count()
print("anew", counted.value)
`)
    expect(ran.stdout).toBe('uncached 20\nmarked 20\ncached 30\nTrue\nTrue\nanew 40\n')
  })

  it('§5.34, §5.35 localCheckpoint() keeps blocks on executors after the first runJob, whatever the level; they go with those', async () => {
    const ran = await bench.run(
      `
from pyspark import SparkContext, StorageLevel
from py4j.protocol import Py4JJavaError
sc = SparkContext(appName="local checkpoint")
rdd = sc.parallelize(range(4), 4).map(lambda x: x * 2).persist(StorageLevel.MEMORY_ONLY)
rdd.localCheckpoint()
print(rdd.isCheckpointed(), rdd.sum(), rdd.isCheckpointed(), rdd.getStorageLevel().useDisk)
try:
    print(rdd.map(lambda x: x + 1).sum())
except Py4JJavaError as error:
    print("CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND" in str(error))
`,
      { faults: ['crash-executor@stage=1'] }
    )
    expect(ran.stdout).toBe('False 12 True True\nTrue\n')
  })
})

describe('failure signatures', () => {
  it('13.1, 13.8, 13.9 a killed executor, a fetch failure and a task that failed four times, in Spark’s words', async () => {
    const ran = await bench.run(
      `
from pyspark import SparkContext
from py4j.protocol import Py4JJavaError
sc = SparkContext(appName="signatures")
print(sorted(sc.parallelize(range(40), 8).map(lambda x: (x % 4, 1)).reduceByKey(lambda a, b: a + b, 4).collect()))
def bad(x):
    raise ValueError("never")
try:
    sc.parallelize([1], 1).map(bad).collect()
except Py4JJavaError as error:
    print(str(error.java_exception).splitlines()[0][:130])
`,
      { conf: { 'kindling.task.pace': '100ms' }, faults: ['crash-executor@stage=1'] }
    )
    expect(ran.stdout).toMatch(/^\[\(0, 10\), \(1, 10\), \(2, 10\), \(3, 10\)\]\norg\.apache\.spark\.SparkException: Job aborted due to stage failure: Task 0 in stage \d+\.0 failed 4 times, most recent failure: /)
    expect(ran.of('SparkListenerExecutorRemoved')[0]!['Removed Reason']).toBe('Command exited with code 137')
    const failed = ran.of('SparkListenerStageCompleted').find((event) => event['Stage Info']['Failure Reason'] !== undefined)!['Stage Info']
    expect(failed['Failure Reason']).toMatch(/FetchFailedException|Connection|dead|Missing an output location/)
    const again = ran.of('SparkListenerStageSubmitted').filter((event) => event['Stage Info']['Stage ID'] === failed['Stage ID'])
    expect(again.map((event) => event['Stage Info']['Stage Attempt ID'])).toEqual([0, 1])
    const fetch = ran.of('SparkListenerTaskEnd').find((event) => event['Task End Reason'].Reason === 'FetchFailed')!
    expect(ran.stderr).toMatch(/^ERROR TaskSchedulerImpl: Lost executor \d on \S+: Command exited with code 137$/m)
    expect(ran.stderr).toMatch(/^WARN TaskSetManager: Lost task \d\.0 in stage \d\.0 \(TID \d+\) \(\S+ executor \d\): ExecutorLostFailure \(executor \d exited caused by one of the running tasks\) Reason: Command exited with code 137$/m)
    // The failed stage comes back 200 ms later, not sooner.
    expect(again[1]!.Kindling.t - fetch.Kindling.t).toBeGreaterThanOrEqual(200)
  })
})
